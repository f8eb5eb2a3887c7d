"""What the twelve digits say of a person is a hint, never a verdict."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.virtual.chip_card import demo_citizens
from kiosk.identity import number
from kiosk.identity.citizen import Sex
from kiosk.identity.number import NumberDoubt


@pytest.mark.parametrize(
    ("digits", "sex", "year"),
    [
        ("001199012345", Sex.FEMALE, 1999),
        ("099099012345", Sex.MALE, 1999),
        ("008043150926", Sex.MALE, 1943),
        ("008302417263", Sex.FEMALE, 2002),
        ("002207093152", Sex.MALE, 2007),
        ("001401000000", Sex.MALE, 2101),
        ("001999000000", Sex.FEMALE, 2399),
    ],
)
def test_century_and_sex_stand_in_the_fourth_digit(digits, sex, year):
    assert number.sex(digits) is sex
    assert number.birth_year(digits) == year


@pytest.mark.parametrize(
    "text", ["", "00119901234", "0011990123456", "00119901234a", "００１１９９０１２３４５", " 01199012345"]
)
def test_only_twelve_plain_digits_are_a_number(text):
    assert not number.is_number(text)
    for ask in (number.sex, number.birth_year, number.century, number.card_access_number):
        with pytest.raises(ValueError, match="12-digit"):
            ask(text)


def test_the_last_six_digits_open_the_chip():
    assert number.card_access_number("008302417263") == "417263"


def test_a_number_that_fits_raises_no_doubt():
    assert number.doubts("001199012345", Sex.FEMALE, date(1999, 2, 1)) == frozenset()


@pytest.mark.parametrize(
    ("digits", "sex", "born", "doubt"),
    [
        ("001099012345", Sex.FEMALE, date(1999, 2, 1), NumberDoubt.SEX),
        ("001199012345", Sex.FEMALE, date(1998, 2, 1), NumberDoubt.BIRTH_YEAR),
        ("003199012345", Sex.FEMALE, date(1999, 2, 1), NumberDoubt.PLACE),
        ("000199012345", Sex.FEMALE, date(1999, 2, 1), NumberDoubt.PLACE),
        ("097199012345", Sex.FEMALE, date(1999, 2, 1), NumberDoubt.PLACE),
    ],
)
def test_a_disagreement_is_named(digits, sex, born, doubt):
    assert number.doubts(digits, sex, born) == {doubt}


def test_births_registered_abroad_are_not_doubted():
    assert number.doubts("123199012345", Sex.FEMALE, date(1999, 2, 1)) == frozenset()


def test_there_are_63_provinces_of_birth():
    known = [p for p in range(100) if not number.doubts(f"{p:03d}199000000", Sex.FEMALE, date(1999, 1, 1))]
    assert len(known) == 63
    assert {1, 2, 8, 79, 96} <= set(known)


@given(st.text(max_size=14))
def test_any_text_is_a_number_or_not(text):
    if number.is_number(text):
        assert len(number.card_access_number(text)) == 6


@pytest.mark.parametrize("name", demo_citizens())
def test_the_numbers_of_the_demo_cards_fit_their_holders(name):
    citizen = demo_citizens()[name]
    assert number.doubts(citizen.number, citizen.sex, citizen.birth_date) == frozenset()


def test_no_two_demo_cards_share_a_number():
    people = demo_citizens().values()
    assert len({person.number for person in people}) == len({person.can for person in people}) == len(people)
