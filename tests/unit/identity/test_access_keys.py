"""What is printed on a card becomes the keys of its chip: at most two, and nothing of them shows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.virtual.chip_card import demo_citizens
from devices.virtual.chip_card.personalisation import mrz as write_mrz
from kiosk.identity import card_qr, mrz
from kiosk.identity.access_keys import AccessKeyError, AccessKeys, KeyProblem

INFORMATION = "199012345699020153902013"
ZONE = "IDVNM1990123456001199012345<<7\n9902015F3902013VNM<<<<<<<<<<<0\nNGUYEN<<THI<VI<DU<<<<<<<<<<<<<"
PASSPORT = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10"


def qr(born="01021999", issued="01032022", number="001199012345"):
    return card_qr.parse(f"{number}||Nguyễn Thị Vi Dụ|{born}|Nữ|Phường Nam Sơn|{issued}")


@pytest.mark.parametrize("typed", ["012345", " 012 345 ", "O12345", "oi2345", "０１２３４５"])
def test_a_typed_can(typed):
    assert AccessKeys.from_can(typed) == AccessKeys(can="012345")


@pytest.mark.parametrize("typed", ["001199012345", "001 199 012 345", "001.199.012.345", "OO1199012345"])
def test_a_typed_number(typed):
    assert AccessKeys.from_number(typed) == AccessKeys(can="012345", number="001199012345")


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345x", "12 34 5"])
def test_what_is_no_can(typed):
    with pytest.raises(AccessKeyError) as caught:
        AccessKeys.from_can(typed)
    assert caught.value.problem is KeyProblem.CAN


@pytest.mark.parametrize("typed", ["", "012345", "0011990123456", "00119901234x"])
def test_what_is_no_number(typed):
    with pytest.raises(AccessKeyError) as caught:
        AccessKeys.from_number(typed)
    assert caught.value.problem is KeyProblem.NUMBER


def test_the_qr_gives_can_number_and_the_zones_information():
    """Born 1 February 1999, issued at 23: the card runs to the age of 40."""
    keys = AccessKeys.from_qr(qr())
    assert (keys.can, keys.mrz, keys.number) == ("012345", (INFORMATION,), "001199012345")
    assert keys.qr == qr()


def test_the_qr_of_a_card_that_never_expires_counts_as_one_key():
    keys = AccessKeys.from_qr(qr("02031950", "05062022", "001150012345"))
    assert keys.mrz == (mrz.information("150012345", "500302", "991231"),)


def test_two_keys_where_the_law_leaves_room():
    keys = AccessKeys.from_qr(qr("29022000", "10062021", "001300012345"))
    assert keys.mrz == tuple(mrz.information("300012345", "000229", day) for day in ("250228", "250301"))


@pytest.mark.parametrize("issued", ["", "31021999", "01011999", "23112026"])
def test_a_qr_without_a_possible_issue_date_gives_the_can(issued):
    keys = AccessKeys.from_qr(qr(issued=issued), today=date(2026, 11, 22))
    assert (keys.can, keys.mrz, keys.number) == ("012345", (), "001199012345")


@pytest.mark.parametrize("typed", [ZONE, ZONE.lower().replace("\n", " "), ZONE.rstrip("<") + "\r\n"])
def test_a_whole_zone(typed):
    assert AccessKeys.from_mrz(typed) == AccessKeys("012345", (INFORMATION,), "001199012345")


def test_the_zone_of_a_passport_opens_it_too():
    assert AccessKeys.from_mrz(PASSPORT) == AccessKeys(mrz=("L898902C3674081221204159",))


@pytest.mark.parametrize(
    "typed",
    [
        "199012345 990201 390201",
        "199012345; 990201; 390201",
        "199012345,01/02/1999,01/02/2039",
        "199012345\n1/2/1999\n1.2.2039",
        "199012345 1999-02-01 2039-02-01",
        "199012345 01021999 20390201",
        INFORMATION,
        "1990123456990 20153902013",
    ],
)
def test_three_typed_values(typed):
    assert AccessKeys.from_mrz(typed) == AccessKeys(mrz=(INFORMATION,))


def test_the_12_digit_number_for_the_document_number_gives_the_can_as_well():
    expected = AccessKeys("012345", (INFORMATION,), "001199012345")
    assert AccessKeys.from_mrz("001199012345 01/02/1999 01/02/2039") == expected


def test_a_long_foreign_document_number_is_not_taken_for_a_12_digit_one():
    """Doc 9303-11 appendix D.2."""
    keys = AccessKeys.from_mrz("d23145890734 340712 950712")
    assert keys == AccessKeys(mrz=("D23145890734934071279507122",))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "012345",
        ZONE[:60],
        ZONE.replace("9902015", "9902014"),
        "199012345 990201",
        "199012345 991301 390201",
        "199012345 31/02/1999 390201",
        "199012345 1/2/99 1/2/39",
        "199012345 01/02/1799 390201",
        "!99012345 990201 390201",
        INFORMATION[:-1] + "4",
        "A B C D",
    ],
)
def test_what_is_no_zone(typed):
    with pytest.raises(AccessKeyError) as caught:
        AccessKeys.from_mrz(typed)
    assert caught.value.problem is KeyProblem.MRZ
    assert "1990" not in str(caught.value)


@pytest.mark.parametrize(
    ("can", "zones", "number"),
    [
        (None, (), None),
        (None, (), "001199012345"),
        ("12345", (), None),
        ("012345", ("x",), None),
        ("012345", (INFORMATION,) * 3, None),
        ("012345", (INFORMATION[:-1] + "9",), None),
        ("012345", (), "12345"),
    ],
)
def test_keys_that_cannot_be(can, zones, number):
    with pytest.raises(AccessKeyError):
        AccessKeys(can, zones, number)


def test_nothing_of_the_keys_shows():
    assert repr(AccessKeys.from_qr(qr())) == "AccessKeys()"


@given(st.text(max_size=120) | st.text("0123456789 ./-,<OIl", max_size=40))
def test_any_text_makes_keys_or_a_named_error(text):
    for make in (AccessKeys.from_can, AccessKeys.from_number, AccessKeys.from_mrz):
        try:
            keys = make(text)
        except AccessKeyError as error:
            assert error.problem in KeyProblem
        else:
            assert keys.can or keys.mrz


@given(st.dates(date(1910, 1, 1), date(2026, 1, 1)), st.dates(date(2021, 1, 1), date(2026, 11, 22)))
def test_never_more_than_two_keys(born, issued):
    digit = 1 if born.year < 2000 else 3
    number = f"001{digit}{born:%y}012345"
    keys = AccessKeys.from_qr(qr(f"{born:%d%m%Y}", f"{issued:%d%m%Y}", number))
    assert len(keys.mrz) <= 2
    assert bool(keys.mrz) is (issued >= born)
    assert len(set(keys.mrz)) == len(keys.mrz)


@pytest.mark.parametrize("name", demo_citizens())
def test_the_qr_of_every_demo_card_opens_it_by_its_zone(name):
    citizen = demo_citizens()[name]
    keys = AccessKeys.from_qr(card_qr.parse(citizen.qr))
    assert mrz.parse(write_mrz(citizen)).information in keys.mrz
    assert keys.can == citizen.can
