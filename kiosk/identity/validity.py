"""How long a chip ID card runs: the ages at which it is renewed. Pure.

Law on Identification 26/2023/QH15 art. 21: at 14, 25, 40 and 60; a card issued within two years before such
an age runs to the next one. The law before it (59/2014/QH13 art. 21, cards issued until 30 June 2024) had 25,
40 and 60, for people from 14. The date signed in the chip decides; the rule only guesses the key that is made
of it, and warns.
"""

from __future__ import annotations

from datetime import date

NEW_LAW_FROM = date(2024, 7, 1)
_AGES = (14, 25, 40, 60)
_AGES_BEFORE = _AGES[1:]
_EARLY = 2  # years before such an age in which a card is already made for the next one
_MOST = 2


def expiry_candidates(birth_date: date, issue_date: date) -> tuple[date | None, ...]:
    """The days on which a card may expire, most likely first; one, at most two. ``None``: it never does.

    There are two where the law leaves room: a card issued on the very day two years before such an age, and a
    holder born on 29 February, whose age is completed on 28 February (as a term counted in months ends,
    Civil Code 2015 art. 148.3) or on 1 March of a common year.

    Raises ``ValueError`` for an issue before birth.
    """
    if issue_date < birth_date:
        raise ValueError("issued before birth")
    ages = _AGES if issue_date >= NEW_LAW_FROM else _AGES_BEFORE
    found: list[date | None] = []
    for march in (False, True):
        found += [_expiry(birth_date, issue_date, ages, early, march) for early in (True, False)]
    distinct = list(dict.fromkeys(found))
    return tuple(distinct[:_MOST])


def birthday(birth_date: date, age: int, march: bool = False) -> date:
    """The day on which an age is completed. ``march``: born on 29 February, it is 1 March of common years,
    else 28 February.
    """
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1) if march else date(birth_date.year + age, 2, 28)


def _expiry(
    birth_date: date, issue_date: date, ages: tuple[int, ...], early_day_counts: bool, march: bool
) -> date | None:
    for age in ages:
        early_from = birthday(birth_date, age - _EARLY, march)
        if issue_date < early_from or (issue_date == early_from and not early_day_counts):
            return birthday(birth_date, age, march)
    return None
