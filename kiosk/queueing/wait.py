"""How long the wait will be, in figures people trust: what is said is rounded so that it is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 120
"""Minutes from which only "more than" is said."""
_LEAST_WIDTH = 5


@dataclass(frozen=True)
class Wait:
    """Minutes until a ticket is called: as likely less as more, and not exceeded 9 times in 10.

    Both are ``None`` when nobody can say.
    """

    median: float | None
    p90: float | None


NOBODY_KNOWS = Wait(None, None)


class WaitKind(StrEnum):
    """How a wait is told."""

    UNKNOWN = "unknown"
    UNDER = "under"  # less than ``high`` minutes
    RANGE = "range"  # about ``low`` to ``high`` minutes
    OVER = "over"  # more than ``low`` minutes


@dataclass(frozen=True)
class WaitRange:
    """Whole minutes to be told. ``low`` or ``high`` is ``None`` where the kind has none."""

    low: int | None
    high: int | None
    kind: WaitKind


def wait_range(wait: Wait) -> WaitRange:
    """The figures for a wait: the upper one is the 90 % time, rounded up.

    The lower one is about the time that one wait in four does not reach: who goes away until then seldom
    misses the call, and the range stays narrow enough to be believed.
    """
    if wait.median is None or wait.p90 is None:
        return WaitRange(None, None, WaitKind.UNKNOWN)
    high = _rounded(wait.p90, up=True)
    likely = wait.median * math.sqrt(min(1.0, wait.median / wait.p90)) if wait.p90 > 0 else 0.0
    low = _rounded(min(likely, high - _LEAST_WIDTH), up=False)
    if low >= LONGEST:
        return WaitRange(LONGEST, None, WaitKind.OVER)
    if low <= 0:
        return WaitRange(None, high, WaitKind.UNDER)
    return WaitRange(low, high, WaitKind.RANGE)


def _rounded(minutes: float, *, up: bool) -> int:
    """To 5 minutes up to an hour, to 10 below two hours, else to 30; at least 5 when rounded up."""
    step = 5 if minutes <= 60 else 10 if minutes <= 120 else 30
    if up:
        return max(5, math.ceil(minutes / step - 1e-9) * step)
    return math.floor(minutes / step + 1e-9) * step
