"""Draws of a forecast: each ticket has its own, the same whenever it is asked, and evenly spread."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import exp
from random import Random
from statistics import NormalDist
from typing import TypeVar
from zlib import crc32

from kiosk.queueing.leaving import STEP
from kiosk.queueing.wait import Wait

DRAWS = 72
_ORDERS = 251
_MIDDLE = (0.4, 0.45, 0.5, 0.55, 0.6)
"""The median of so few draws is told more steadily by the mean of these."""
_random = Random(20260714)  # noqa: S311 - draws of a forecast, no secret
_SHUFFLED = [_random.sample(range(DRAWS), DRAWS) for _ in range(_ORDERS)]
_NORMAL_LEVELS = [NormalDist().inv_cdf((number + 0.5) / DRAWS) for number in range(DRAWS)]
T = TypeVar("T")


def unsure(spread: float, name: str, part: slice) -> list[float]:
    """Factors about one, one for each draw."""
    return shuffled([exp(level * spread) for level in _NORMAL_LEVELS], name, part)


def shuffled(levels: Sequence[T], name: str, part: slice) -> list[T]:
    """The levels in an order of their own for each name, the same each time; ``part`` of them."""
    mixed = crc32(name.encode())
    turn = mixed // _ORDERS % DRAWS
    return [levels[place - turn] for place in _SHUFFLED[mixed % _ORDERS][part]]


def wait_of(minutes: list[float], stays: Sequence[float], already: float) -> Wait:
    """The wait of one who stays, from equally likely ``minutes``, which are sorted here.

    Long ones count as much less as people leave before their end: ``stays``, see ``Leaving.staying``.
    ``already``: minutes it has waited.
    """
    minutes.sort()
    sums = list(accumulate(stays[min(len(stays) - 1, int((already + one) / STEP))] for one in minutes))
    middle = sum(_weighed(minutes, sums, share) for share in _MIDDLE) / len(_MIDDLE)
    return Wait(middle, max(middle, _weighed(minutes, sums, 0.9)))


def _weighed(minutes: Sequence[float], sums: Sequence[float], share: float) -> float:
    """The minutes at ``share``, between two by a line; ``sums`` are the weights up to each."""
    wanted = share * sums[-1]
    place = bisect_left(sums, wanted)
    below = sums[place - 1] if place else 0.0
    at = (wanted - below) / (sums[place] - below) - 0.5
    other = max(0, min(len(minutes) - 1, place + (1 if at > 0 else -1)))
    return minutes[place] + (minutes[other] - minutes[place]) * abs(at)
