"""When a service gives numbers: its week, the public holidays, and the days the house does otherwise.

For one day the first of these that says something holds: an exception of the house; a public holiday, on
which services with hours are closed; a day worked for another one (the state gives a Monday off for a
Saturday worked); the service's own week. A service without hours is always open, on public holidays too: only
an exception of the house closes it.

Moments are aware; days and times are those of ``Calendar.zone``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from kiosk.queueing.service import WEEK_DAYS, OpenPeriod

_AT_MOST_DAYS = 400
_NOTHING: Mapping[date, str] = MappingProxyType({})


class ClosedReason(StrEnum):
    """Why a service gives no numbers by the calendar. Names are those of the API."""

    HOURS = "hours"
    HOLIDAY = "holiday"
    LAST_TICKET = "last_ticket"


@dataclass(frozen=True)
class Closed:
    """A closed door. ``words``: the holiday's name or the exception's reason, else empty; ``opens_at``: when
    numbers are given again, ``None`` if not within a year.
    """

    reason: ClosedReason
    words: str
    opens_at: datetime | None


@dataclass(frozen=True)
class DayException:
    """A day that is not like its week day.

    Neither ``works_like`` nor ``hours``: the house is closed. ``works_like``: the hours of that week day.
    ``hours`` (from, until; 00:00 is midnight): every service has these; with ``works_like`` those of that
    week day as far as they lie within ``hours``.
    """

    reason: str = ""
    works_like: str | None = None
    hours: tuple[tuple[time, time], ...] = ()

    @property
    def is_day_off(self) -> bool:
        """Whether nothing opens at all."""
        return self.works_like is None and not self.hours


class Span(NamedTuple):
    """A time in which a service is open; ``until`` is exclusive."""

    start: datetime
    until: datetime


@dataclass(frozen=True)
class Calendar:
    """The centre's days. ``holidays``: names by day; ``worked``: the week day whose hours a day has."""

    zone: tzinfo
    holidays: Mapping[date, str] = field(default_factory=lambda: _NOTHING)
    worked: Mapping[date, str] = field(default_factory=lambda: _NOTHING)
    exceptions: Mapping[date, DayException] = field(default_factory=lambda: MappingProxyType({}))

    def open_on(self, hours: Sequence[OpenPeriod], day: date) -> tuple[Span, ...]:
        """The times a service with these hours is open on a day, in order, none touching the next."""
        midnight = datetime.combine(day, time(0))
        return tuple(
            Span((midnight + start).replace(tzinfo=self.zone), (midnight + until).replace(tzinfo=self.zone))
            for start, until in _joined(self._of_day(hours, day))
        )

    def is_open(self, hours: Sequence[OpenPeriod], now: datetime) -> bool:
        """Whether a service with these hours is open at ``now``. Raises ``ValueError`` without time zone."""
        return any(_holds(span, now) for span in self.open_on(hours, self._day(now)))

    def closes_at(self, hours: Sequence[OpenPeriod], now: datetime) -> datetime | None:
        """When the day of ``now`` ends for the service, whether that is still to come or not; ``None`` on a
        day on which it does not open or does not close.
        """
        return self._closing(hours, self._day(now))

    def last_ticket_at(
        self, hours: Sequence[OpenPeriod], now: datetime, last_ticket_minutes: float
    ) -> datetime | None:
        """From when on no numbers are given on the day of ``now``, so that who waits is served by closing."""
        closing = self._closing(hours, self._day(now))
        return None if closing is None else self._before(closing, last_ticket_minutes)

    def opens_at(
        self, hours: Sequence[OpenPeriod], now: datetime, last_ticket_minutes: float = 0
    ) -> datetime | None:
        """When numbers are given next; ``None`` if they are given now, or not within a year."""
        today = self._day(now)
        for number in range(_AT_MOST_DAYS):
            for span in self._giving(hours, today + timedelta(days=number), last_ticket_minutes):
                if _holds(span, now):
                    return None
                if span.start > now:
                    return span.start
        return None

    def closed(
        self, hours: Sequence[OpenPeriod], now: datetime, last_ticket_minutes: float = 0
    ) -> Closed | None:
        """Why no numbers are given at ``now``, with the day's words; ``None`` if they are."""
        day = self._day(now)
        if any(_holds(span, now) for span in self._giving(hours, day, last_ticket_minutes)):
            return None
        opens_at = self.opens_at(hours, now, last_ticket_minutes)
        exception = self.exceptions.get(day)
        if exception is not None and exception.is_day_off:
            return Closed(ClosedReason.HOLIDAY, exception.reason, opens_at)
        if exception is None and day in self.holidays:
            return Closed(ClosedReason.HOLIDAY, self.holidays[day], opens_at)
        words = "" if exception is None else exception.reason
        last = self.last_ticket_at(hours, now, last_ticket_minutes)
        closes = self.closes_at(hours, now)
        if last is not None and closes is not None and last <= now < closes:
            return Closed(ClosedReason.LAST_TICKET, words, opens_at)
        return Closed(ClosedReason.HOURS, words, opens_at)

    def _day(self, now: datetime) -> date:
        if now.tzinfo is None:
            raise ValueError("a moment without a time zone belongs to no day")
        return now.astimezone(self.zone).date()

    def _giving(self, hours: Sequence[OpenPeriod], day: date, last_ticket_minutes: float) -> Iterator[Span]:
        """The times in which numbers are given."""
        closing = self._closing(hours, day)
        last = None if closing is None else self._before(closing, last_ticket_minutes)
        for span in self.open_on(hours, day):
            if last is None:
                yield span
            elif span.start < last:
                yield Span(span.start, min(span.until, last))

    def _closing(self, hours: Sequence[OpenPeriod], day: date) -> datetime | None:
        exception = self.exceptions.get(day)
        if not hours and (exception is None or (exception.works_like is not None and not exception.hours)):
            return None
        spans = self.open_on(hours, day)
        return spans[-1].until if spans else None

    def _before(self, closing: datetime, minutes: float) -> datetime:
        return (closing.astimezone(UTC) - timedelta(minutes=minutes)).astimezone(self.zone)

    def _of_day(self, hours: Sequence[OpenPeriod], day: date) -> list[_Times]:
        exception = self.exceptions.get(day)
        if exception is not None:
            allowed = [_times(start, until) for start, until in exception.hours]
            if exception.works_like is None:
                return allowed
            usual = _of_week_day(hours, exception.works_like)
            return [_both(one, other) for one in usual for other in allowed] if allowed else usual
        if hours and day in self.holidays:
            return []
        return _of_week_day(hours, self.worked.get(day) or WEEK_DAYS[day.weekday()])


_Times = tuple[timedelta, timedelta]
_WHOLE_DAY: _Times = (timedelta(0), timedelta(days=1))


def _times(start: time, until: time) -> _Times:
    """Since midnight; 00:00 as an end is the end of the day."""
    return _since_midnight(start), _since_midnight(until) or timedelta(days=1)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)


def _of_week_day(hours: Sequence[OpenPeriod], week_day: str) -> list[_Times]:
    if not hours:
        return [_WHOLE_DAY]
    return [_times(period.start, period.until) for period in hours if week_day in period.days]


def _both(one: _Times, other: _Times) -> _Times:
    return max(one[0], other[0]), min(one[1], other[1])


def _joined(times: Sequence[_Times]) -> list[_Times]:
    """In order, those that overlap or touch as one; empty ones left out."""
    joined: list[_Times] = []
    for start, until in sorted(one for one in times if one[0] < one[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((start, until))
    return joined


def _holds(span: Span, now: datetime) -> bool:
    return span.start.astimezone(UTC) <= now.astimezone(UTC) < span.until.astimezone(UTC)
