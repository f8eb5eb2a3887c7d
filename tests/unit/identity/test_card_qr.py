"""The printed QR opens the chip and fills a form; anybody can print such text, and it is treated as such."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.virtual.chip_card import demo_citizens
from kiosk.identity import card_qr
from kiosk.identity.citizen import Sex, Source

CARD_2021 = "008078000123|070123456|Nguyễn Thị Hà|12031978|Nữ|Tổ dân phố 3, Phường Nam Sơn, Bắc Ninh|25042021"


def test_a_card_of_2021():
    found = card_qr.parse(CARD_2021)
    assert found.number == "008078000123"
    assert found.can == "000123"
    assert found.former_number == "070123456"
    assert found.full_name == "Nguyễn Thị Hà"
    assert found.birth_date == date(1978, 3, 12)
    assert found.sex is Sex.FEMALE
    assert found.residence == "Tổ dân phố 3, Phường Nam Sơn, Bắc Ninh"
    assert found.issue_date == date(2021, 4, 25)
    assert (found.cancelled_number, found.father, found.mother, found.extra) == (None, None, None, ())


def test_a_card_of_2024_with_more_fields_than_known():
    found = card_qr.parse(CARD_2021 + "||Nguyễn Văn Tư|Lê Thị Sáu|mới|khác")
    assert (found.cancelled_number, found.father, found.mother) == (None, "Nguyễn Văn Tư", "Lê Thị Sáu")
    assert found.extra == ("mới", "khác")


def test_every_value_is_marked_as_coming_from_the_qr():
    citizen = card_qr.parse(CARD_2021).citizen()
    assert citizen.source is Source.CARD_QR
    assert citizen.number == "008078000123"
    assert citizen.ethnicity is None


def test_nothing_of_the_person_shows_in_reprs_or_errors():
    assert "078" not in repr(card_qr.parse(CARD_2021))
    with pytest.raises(card_qr.CardQrError) as caught:
        card_qr.parse(CARD_2021.replace("12031978", "45031978"))
    assert "1978" not in str(caught.value)


def test_what_may_be_missing_may_be_missing():
    found = card_qr.parse("008078000123||Nguyễn Thị Hà|12031978|Nữ||")
    assert (found.former_number, found.residence, found.issue_date) == (None, None, None)


def test_letters_and_spaces_are_put_in_order():
    found = card_qr.parse("\ufeff  " + unicodedata.normalize("NFD", CARD_2021) + "\r\n")
    assert found.full_name == "Nguyễn Thị Hà"
    assert found == card_qr.parse(CARD_2021)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A015",
        "http://192.168.1.10:8080/follow/Xk3v9QmT",
        "8938505974192",
        CARD_2021.rsplit("|", 1)[0],
        CARD_2021.replace("008078000123", "8078000123"),
        CARD_2021.replace("12031978", "31021978"),
        CARD_2021.replace("12031978", "12-3-1978"),
        CARD_2021.replace("|Nữ|", "|F|"),
        CARD_2021.replace("Nguyễn Thị Hà", ""),
        CARD_2021.replace("Nguyễn Thị Hà", "Nguyễn Thị 7"),
        CARD_2021.replace("Hà", "Hà\u202e"),
        CARD_2021.replace("Hà", "H\x00"),
        CARD_2021 + "|x" * 600,
    ],
)
def test_any_other_text_is_refused(text):
    with pytest.raises(card_qr.CardQrError):
        card_qr.parse(text)


@given(st.text(max_size=300) | st.lists(st.text(max_size=20), min_size=7, max_size=12).map("|".join))
def test_any_text_is_a_card_or_refused(text):
    try:
        found = card_qr.parse(text)
    except card_qr.CardQrError:
        return
    assert len(found.can) == 6


words = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáạảãếộựĐƯ0123456789 ,./-", max_size=30).map(str.strip)


@given(
    st.from_regex(r"[0-9]{12}", fullmatch=True),
    st.dates(date(1900, 1, 1)),
    st.none() | st.dates(date(2021, 1, 1)),
    st.sampled_from(Sex),
    st.lists(words, max_size=8),
)
def test_every_field_of_either_layout_comes_back(number, born, issued, sex, further):
    issue = f"{issued:%d%m}{issued.year:04}" if issued else ""
    fields = [number, "", "Lý Thị Pà", f"{born:%d%m}{born.year:04}", sex.value, "Nà Phiêng", issue, *further]
    found = card_qr.parse("|".join(fields))
    assert (found.number, found.birth_date, found.issue_date, found.sex) == (number, born, issued, sex)
    padded = [*(text or None for text in further[:3]), None, None, None]
    assert [found.cancelled_number, found.father, found.mother] == padded[:3]
    assert found.extra == tuple(further[3:])


@pytest.mark.parametrize("name", demo_citizens())
def test_the_demo_cards_have_a_qr_that_says_what_the_chip_says(name):
    person = demo_citizens()[name]
    found = card_qr.parse(person.qr)
    assert found.can == person.can
    citizen = found.citizen()
    for field in ("number", "full_name", "birth_date", "sex", "residence", "issue_date", "former_number"):
        assert getattr(citizen, field) == getattr(person, field)
