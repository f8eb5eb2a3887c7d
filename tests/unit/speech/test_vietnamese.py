"""What is called in the lobby is said the way people in the lobby say it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.speech import announcement, cardinal, one_by_one, ticket_number

# Reading numbers in Vietnamese: the field's own table.
CARDINALS = {
    0: "không",
    1: "một",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",
    24: "hai mươi tư",
    25: "hai mươi lăm",
    99: "chín mươi chín",
    100: "một trăm",
    101: "một trăm linh một",
    105: "một trăm linh năm",
    110: "một trăm mười",
    115: "một trăm mười lăm",
    121: "một trăm hai mươi mốt",
    1005: "một nghìn không trăm linh năm",
    1015: "một nghìn không trăm mười lăm",
    1105: "một nghìn một trăm linh năm",
    8000: "tám nghìn",
    10000: "mười nghìn",
    120000: "một trăm hai mươi nghìn",
    1000005: "một triệu không trăm linh năm",
    2147483647: "hai tỷ một trăm bốn mươi bảy triệu bốn trăm tám mươi ba nghìn sáu trăm bốn mươi bảy",
}


@pytest.mark.parametrize(("number", "words"), CARDINALS.items())
def test_a_number_is_read_as_people_read_it(number, words):
    assert cardinal(number) == words


@pytest.mark.parametrize("number", [-1, 1_000_000_000_000])
def test_a_number_that_cannot_be_read_is_refused(number):
    with pytest.raises(ValueError, match="0 to 999"):
        cardinal(number)


@given(st.integers(0, 999_999_999_999), st.integers(0, 999_999_999_999))
def test_two_numbers_never_sound_alike(one, other):
    assert (cardinal(one) == cardinal(other)) == (one == other)


def test_digits_of_a_ticket_keep_their_plain_names():
    assert one_by_one("015") == "không một năm"
    assert one_by_one("555") == "năm năm năm"
    with pytest.raises(ValueError, match="digits"):
        one_by_one("0x5")
    with pytest.raises(ValueError, match="digits"):
        one_by_one("٣")


def test_a_call_is_one_polite_sentence():
    assert announcement("A015", 9) == "Mời số A không một năm, đến quầy số chín"
    assert announcement("B120", 15) == "Mời số bê một hai không, đến quầy số mười lăm"
    assert announcement("C007", 21) == "Mời số xê không không bảy, đến quầy số hai mươi mốt"
    assert announcement("K999", 2) == "Mời số ca chín chín chín, đến quầy số hai"


@pytest.mark.parametrize("number", ["", "A", "a015", "A 15", "A-15", "Đ015", "015A"])
def test_what_is_no_ticket_number_is_refused_rather_than_mumbled(number):
    with pytest.raises(ValueError, match="digits"):
        ticket_number(number)


@given(
    st.from_regex(r"[A-Z]{1,2}[0-9]{3}", fullmatch=True),
    st.integers(1, 99),
)
def test_the_voice_never_gets_a_digit_and_no_two_calls_sound_alike(number, counter):
    words = announcement(number, counter)
    assert not any(character.isdigit() for character in words)
    assert unicodedata.is_normalized("NFC", words)
    others = {
        announcement(number, 1 + counter % 99),
        announcement("Z998", counter),
        announcement("A001", counter),
    }
    assert sum(other == words for other in others) == sum(n == number for n in ("Z998", "A001"))


def test_every_letter_has_a_name_of_its_own():
    names = [ticket_number(f"{chr(letter)}1") for letter in range(ord("A"), ord("Z") + 1)]
    assert len(set(names)) == 26
