"""What reading numbers aloud has in common in every language: groups of thousands, digits one by one."""

from __future__ import annotations

from collections.abc import Sequence

HIGHEST = 999_999_999_999


def groups(number: int) -> list[tuple[int, int]]:
    """The groups of three digits that are not 0, the highest first: 5 000 012 → ``[(2, 5), (0, 12)]``.

    Each with its place: how often it is to be taken a thousand times. Raises ``ValueError`` for a number
    below 0 or above 999,999,999,999.
    """
    if not 0 <= number <= HIGHEST:
        raise ValueError(f"a number from 0 to {HIGHEST} is wanted, not {number}")
    split = [(place, number // 1000**place % 1000) for place in (3, 2, 1, 0)]
    return [(place, group) for place, group in split if group]


def named(digits: str, names: Sequence[str]) -> str:
    """Each digit by its own name of ``names``. Raises ``ValueError`` for anything else than digits."""
    if not digits or any(character not in "0123456789" for character in digits):
        raise ValueError(f"digits are wanted, not “{digits}”")
    return " ".join(names[int(digit)] for digit in digits)
