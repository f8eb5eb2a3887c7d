"""Age counts completed years; the elderly come first from the very birthday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.identity.age import age_on, is_elderly


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1943, 12, 15), date(2026, 12, 14), 82),
        (date(1943, 12, 15), date(2026, 12, 15), 83),
        (date(2000, 2, 29), date(2026, 2, 28), 25),
        (date(2000, 2, 29), date(2026, 3, 1), 26),
        (date(2000, 2, 29), date(2028, 2, 29), 28),
        (date(2026, 11, 22), date(2026, 11, 22), 0),
    ],
)
def test_age_on_a_day(born, day, age):
    assert age_on(born, day) == age


def test_a_day_before_birth_has_no_age():
    with pytest.raises(ValueError, match="before birth"):
        age_on(date(2026, 1, 2), date(2026, 1, 1))
    assert not is_elderly(date(2026, 1, 2), date(2026, 1, 1))


def test_elderly_from_the_birthday_on():
    assert not is_elderly(date(1946, 11, 23), date(2026, 11, 22))
    assert is_elderly(date(1946, 11, 22), date(2026, 11, 22))
    assert is_elderly(date(1966, 11, 22), date(2026, 11, 22), elderly_from=60)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 40_000))
def test_age_never_goes_down(born, days):
    day = born + timedelta(days=days)
    assert age_on(born, day) <= age_on(born, day + timedelta(days=1)) <= age_on(born, day) + 1
