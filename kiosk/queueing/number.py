"""A queue number: the letter of its series and a sequence number, such as ``A015``.

A *band* is the numbers ``first`` … ``last`` of a series that are given in one day, once each. They are given
from its start, one after the other; blocks for kiosks without a link to the centre are cut from its end. Two
counts say all of it: ``taken`` from the start and ``reserved`` from the end. Where they meet, the band is
exhausted. Services that share one band (one sequence for the house) share its two counts.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations


class BandExhaustedError(Exception):
    """All numbers of a service's band are given out today. They are not given a second time."""


def free_in_band(first: int, last: int, taken: int, reserved: int = 0) -> int:
    """How many numbers of the band are left."""
    return max(0, last - first + 1 - taken - reserved)


def next_in_band(first: int, last: int, taken: int, reserved: int = 0) -> int:
    """The number that is given after ``taken`` others. Raises ``BandExhaustedError``."""
    if not free_in_band(first, last, taken, reserved):
        raise BandExhaustedError(f"all numbers from {first} to {last} are given out")
    return first + taken


def cut_block(first: int, last: int, taken: int, reserved: int, size: int) -> tuple[int, int] | None:
    """First and last number of a block of ``size`` numbers from the band's end, or of as many as are left;
    ``None`` if there are none. The band has as many more ``reserved`` afterwards.
    """
    count = min(size, free_in_band(first, last, taken, reserved))
    if count <= 0:
        return None
    end = last - reserved
    return (end - count + 1, end)


def format_number(series: str, sequence: int) -> str:
    """Series and sequence as citizens read it, at least three digits."""
    return f"{series}{sequence:03d}"


class LetterFault(StrEnum):
    """Why a letter, or two together, are a bad choice for numbers that are read and called out."""

    LIKE_A_DIGIT = "like_a_digit"
    LOOK_ALIKE = "look_alike"
    SOUND_ALIKE = "sound_alike"


@dataclass(frozen=True)
class LetterProblem:
    """What is wrong with which letters; the digit a letter is taken for stands after it."""

    fault: LetterFault
    letters: tuple[str, ...]


LIKE_DIGITS = {"I": "1", "O": "0", "Q": "0", "S": "5", "Z": "2"}
"""Letters that are read as a digit. B, D and G are told from 8, 0 and 6: a number begins with a letter."""

LOOK_ALIKE = frozenset({"CG", "EF", "MN", "OQ", "PR", "UV", "VY"})
"""Pairs that are mixed up on a slip held at arm's length."""

SOUND_ALIKE = frozenset({"BP", "IY", "LN", "LR", "MN", "PT", "SX", "VW"})
"""Pairs whose Vietnamese names are mixed up over a loudspeaker: *bê, pê, tê*; *e lờ, en nờ, e rờ*, which are
one sound in many dialects; *em mờ, en nờ*; *ét sì, ích xì*; *i, i dài*; *vê, vê kép*.
"""


def letter_problems(series: Collection[str]) -> list[LetterProblem]:
    """What is wrong with the letters in use at one centre, in the order of the alphabet."""
    used = sorted(set(series))
    problems = [
        LetterProblem(LetterFault.LIKE_A_DIGIT, (letter, LIKE_DIGITS[letter]))
        for letter in used
        if letter in LIKE_DIGITS
    ]
    for one, other in combinations(used, 2):
        if one + other in SOUND_ALIKE:
            problems.append(LetterProblem(LetterFault.SOUND_ALIKE, (one, other)))
        elif one + other in LOOK_ALIKE:
            problems.append(LetterProblem(LetterFault.LOOK_ALIKE, (one, other)))
    return problems
