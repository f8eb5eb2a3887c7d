"""A queue number: the letter of its series and a sequence number, such as ``A015``."""

from __future__ import annotations


class BandExhaustedError(Exception):
    """All numbers of a service's band are given out today. They are not given a second time."""


def sequence_in_band(taken: int, first: int, last: int) -> int:
    """The sequence number after ``taken`` numbers of the band ``first`` … ``last``.

    Raises ``BandExhaustedError`` past the end of the band.
    """
    sequence = first + taken
    if sequence > last:
        raise BandExhaustedError(f"all numbers from {first} to {last} are given out")
    return sequence


def format_number(series: str, sequence: int) -> str:
    """Series and sequence as citizens read it, at least three digits."""
    return f"{series}{sequence:03d}"
