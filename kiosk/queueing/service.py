"""A service: one queue citizens can choose, and the hours in which it takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

WEEK_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class OpenPeriod:
    """A period of some week days in local time; ``until`` is exclusive and 00:00 is the day's end."""

    days: frozenset[str]
    start: time
    until: time

    def holds(self, local: datetime) -> bool:
        """Whether a local moment lies in this period."""
        if WEEK_DAYS[local.weekday()] not in self.days or local.time() < self.start:
            return False
        return self.until == _MIDNIGHT or local.time() < self.until


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


def is_open(hours: Sequence[OpenPeriod], now: datetime, zone: tzinfo) -> bool:
    """Whether numbers are given at ``now`` (aware). A service without hours is always open."""
    local = now.astimezone(zone)
    return not hours or any(period.holds(local) for period in hours)


def opens_at(hours: Sequence[OpenPeriod], now: datetime, zone: tzinfo) -> datetime | None:
    """When a closed service opens next, in ``zone``; ``None`` if it is open or never opens."""
    if is_open(hours, now, zone):
        return None
    local = now.astimezone(zone)
    starts = []
    for ahead in range(8):
        day = (local + timedelta(days=ahead)).date()
        for period in hours:
            start = datetime.combine(day, period.start, tzinfo=zone)
            if WEEK_DAYS[day.weekday()] in period.days and start > local:
                starts.append(start)
    return min(starts, default=None)
