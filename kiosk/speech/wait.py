"""A wait as words that people trust: a range, in minutes up to an hour, then in hours."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.queueing.wait import WaitKind, WaitRange

Say = Callable[..., str]
"""Gives the words of a catalogue under ``under``, ``range``, ``long_range``, ``over``, ``minutes``, ``hours``
and ``hours_minutes``, with the values filled in.
"""


def wait_words(wait: WaitRange | None, say: Say) -> str:
    """Such as “khoảng 20–30 phút”; empty when nobody can say."""
    if wait is None:
        return ""
    low, high = wait.low, wait.high
    if wait.kind is WaitKind.UNDER and high is not None:
        return say("under", time=_time(high, say))
    if wait.kind is WaitKind.OVER and low is not None:
        return say("over", time=_time(low, say))
    if wait.kind is WaitKind.RANGE and low is not None and high is not None:
        if high <= 60:
            return say("range", low=low, high=high)
        return say("long_range", low=_time(low, say), high=_time(high, say))
    return ""


def _time(minutes: int, say: Say) -> str:
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return say("minutes", minutes=rest)
    return say("hours_minutes", hours=hours, minutes=rest) if rest else say("hours", hours=hours)
