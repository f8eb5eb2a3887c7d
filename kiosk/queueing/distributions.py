"""Distributions as they are kept here: histograms of logarithms, and lists of equally likely values."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

BIN = 0.08
"""Width of a histogram's place, of the logarithm of minutes."""
BINS = 116
LOWEST = math.log(0.05)


def quantiles(counts: Sequence[float], number: int) -> list[float]:
    """``number`` equally likely values of a histogram of logarithms."""
    whole = sum(counts)
    values = []
    place, below = 0, 0.0
    for index in range(number):
        wanted = (index + 0.5) / number * whole
        while place < BINS - 1 and below + counts[place] < wanted:
            below += counts[place]
            place += 1
        inside = (wanted - below) / counts[place] if counts[place] > 0 else 0.5
        values.append(LOWEST + (place + min(1.0, inside)) * BIN)
    return values


def quantile(counts: Sequence[float], share: float) -> float:
    """The value below which ``share`` of a histogram of logarithms lies."""
    whole = sum(counts) * share
    below = 0.0
    for place, count in enumerate(counts):
        if below + count >= whole and count > 0:
            return LOWEST + (place + (whole - below) / count) * BIN
        below += count
    return LOWEST + BINS * BIN


def left(levels: Sequence[float], elapsed: float, count: int, otherwise: float) -> list[float]:
    """What is left of equally likely ``levels`` after ``elapsed``.

    Beyond what was ever seen nobody knows: then ``otherwise`` is the mean.
    """
    later = [level - elapsed for level in levels[bisect_right(levels, elapsed) :]]
    if len(later) < 3:
        return [-math.log(1 - (number + 0.5) / count) * otherwise for number in range(count)]
    return [at_share(later, (number + 0.5) / count) for number in range(count)]


def at_share(levels: Sequence[float], share: float) -> float:
    """The value at ``share`` of equally likely ``levels``, between them by a line."""
    place = share * len(levels) - 0.5
    if place <= 0:
        return levels[0]
    low = int(place)
    if low >= len(levels) - 1:
        return levels[-1]
    return levels[low] + (levels[low + 1] - levels[low]) * (place - low)
