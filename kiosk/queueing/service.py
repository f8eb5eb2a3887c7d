"""A service: one queue citizens can choose, and the hours of its week. ``calendar`` opens and closes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

WEEK_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class OpenPeriod:
    """A period of some week days in local time; ``until`` is exclusive and 00:00 is the day's end."""

    days: frozenset[str]
    start: time
    until: time


@dataclass(frozen=True)
class Service:
    """A service as configured. ``minutes_each`` is the usual length of one service in minutes."""

    id: str
    name: str
    hint: str
    series: str
    first: int
    last: int
    minutes_each: float
    form: str | None
    hours: tuple[OpenPeriod, ...]
