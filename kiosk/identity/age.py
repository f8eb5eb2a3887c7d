"""Age on a day, and who is elderly."""

from __future__ import annotations

from datetime import date

ELDERLY_FROM = 80


def age_on(birth_date: date, day: date) -> int:
    """Completed years of life on a day; somebody born on 29 February has the birthday on 1 March of common
    years.

    Raises ``ValueError`` when the day is before birth.
    """
    if day < birth_date:
        raise ValueError("the day is before birth")
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def is_elderly(birth_date: date, day: date, elderly_from: int = ELDERLY_FROM) -> bool:
    """True from the birthday on which the person completes ``elderly_from`` years (a setting of the
    centre).
    """
    return day >= birth_date and age_on(birth_date, day) >= elderly_from
