"""A card runs to the ages of 14, 25, 40 and 60; made within two years before one, it runs to the next."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.validity import NEW_LAW_FROM, birthday, expiry_candidates

BORN = date(1999, 2, 1)


@pytest.mark.parametrize(
    ("born", "issued", "expires"),
    [
        (BORN, date(2022, 1, 1), date(2024, 2, 1)),
        (BORN, date(2022, 1, 31), date(2024, 2, 1)),
        (BORN, date(2022, 2, 2), date(2039, 2, 1)),
        (BORN, date(2024, 2, 1), date(2039, 2, 1)),
        (date(1984, 12, 31), date(2022, 12, 30), date(2024, 12, 31)),
        (date(1984, 12, 31), date(2023, 1, 1), date(2044, 12, 31)),
        (date(1964, 6, 15), date(2022, 6, 14), date(2024, 6, 15)),
        (date(1964, 6, 15), date(2022, 6, 16), None),
        (date(1943, 12, 15), date(2021, 4, 25), None),
        (date(2007, 9, 3), date(2021, 9, 3), date(2032, 9, 3)),
        (date(2020, 5, 5), date(2024, 7, 1), date(2034, 5, 5)),
        (date(2012, 7, 2), date(2024, 7, 1), date(2026, 7, 2)),
        (date(2012, 6, 30), date(2024, 7, 1), date(2037, 6, 30)),
    ],
)
def test_the_ages_of_both_laws(born, issued, expires):
    assert expiry_candidates(born, issued) == (expires,)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (date(2022, 2, 1), (date(2039, 2, 1), date(2024, 2, 1))),
        (date(2037, 2, 1), (date(2059, 2, 1), date(2039, 2, 1))),
        (date(2057, 2, 1), (None, date(2059, 2, 1))),
    ],
)
def test_the_very_day_two_years_before_leaves_two(issued, expected):
    assert expiry_candidates(BORN, issued) == expected


def test_below_fourteen_the_law_of_2024_decides():
    born = date(2013, 7, 2)
    assert expiry_candidates(born, NEW_LAW_FROM) == (date(2027, 7, 2),)
    assert expiry_candidates(born, NEW_LAW_FROM - timedelta(days=1)) == (date(2038, 7, 2),)


@pytest.mark.parametrize(
    ("issued", "expected"),
    [
        (date(2021, 6, 10), (date(2025, 2, 28), date(2025, 3, 1))),
        (date(2023, 2, 27), (date(2025, 2, 28), date(2025, 3, 1))),
        (date(2023, 2, 28), (date(2040, 2, 29), date(2025, 2, 28))),
        (date(2023, 3, 1), (date(2040, 2, 29), date(2025, 3, 1))),
        (date(2023, 3, 2), (date(2040, 2, 29),)),
        (date(2045, 1, 1), (date(2060, 2, 29),)),
        (date(2058, 3, 2), (None,)),
    ],
)
def test_born_on_29_february(issued, expected):
    assert expiry_candidates(date(2000, 2, 29), issued) == expected


def test_the_day_on_which_an_age_is_completed():
    assert birthday(BORN, 25) == date(2024, 2, 1)
    assert birthday(date(2000, 2, 29), 40) == date(2040, 2, 29)
    assert birthday(date(2000, 2, 29), 25) == date(2025, 2, 28)
    assert birthday(date(2000, 2, 29), 25, march=True) == date(2025, 3, 1)


def test_a_card_cannot_be_older_than_its_holder():
    with pytest.raises(ValueError, match="before birth"):
        expiry_candidates(BORN, BORN - timedelta(days=1))


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40_000))
def test_one_or_two_days_after_the_issue_that_complete_an_age(born, days):
    issued = born + timedelta(days=days)
    found = expiry_candidates(born, issued)
    assert 1 <= len(found) <= 2
    assert len(set(found)) == len(found)
    for day in found:
        if day is None:
            assert issued >= birthday(born, 58)
        else:
            assert day >= issued
            assert any(
                day in (birthday(born, age), birthday(born, age, march=True)) for age in (14, 25, 40, 60)
            )
