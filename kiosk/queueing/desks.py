"""The counters as a forecast begins with them: who is there, when they are free, when they will be away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.queueing.absences import NEVER
from kiosk.queueing.discipline import CounterQueue, Waiting
from kiosk.queueing.draws import DRAWS
from kiosk.queueing.legs import Running
from kiosk.queueing.outlook import Outlook
from kiosk.queueing.service_times import ServiceTimes
from kiosk.queueing.staffing import Course

_JUST_OPENED = 20
"""Minutes: a free counter that has let people wait for longer has been closed meanwhile."""


@dataclass(frozen=True)
class OpenCounter:
    """A counter where an officer sits. ``ticket`` is who is called or served there."""

    queue: CounterQueue
    ticket: Running | None = None


@dataclass(frozen=True)
class Desk:
    """A counter in the forecast. ``free``: equally likely minutes until it is free; absences by draw.

    ``busy``: somebody is there. ``ticket``: as he waited.
    """

    queue: CounterQueue
    is_open: bool
    busy: bool
    ticket: Waiting | None
    free: Sequence[float]
    speed: float
    courses: Sequence[Course]
    usual: Course


@dataclass(frozen=True)
class DesksNow:
    """All counters that count, and the times as they look now."""

    desks: Sequence[Desk]
    outlook: Outlook


def desks_now(
    waiting: Sequence[Waiting],
    counters: Sequence[OpenCounter],
    closed: Sequence[CounterQueue],
    times: ServiceTimes,
    now: datetime,
) -> DesksNow:
    running = [counter.ticket for counter in counters if counter.ticket is not None]
    outlook = times.outlook(running, now, len(counters))
    minute = outlook.minute_of_day
    desks = []
    for queue, ticket, is_open in [
        *((counter.queue, counter.ticket, True) for counter in counters),
        *((queue, None, False) for queue in closed),
    ]:
        since = times.pauses.last_end(queue.id)
        if ticket is not None:
            since = ticket.called_at
        elif is_open:
            since = now
        known = None if since is None else minute - (now - since).total_seconds() / 60
        courses = times.staffing.courses(queue.id, minute, is_open=is_open, since=known)
        if not is_open and all(one[0].back == NEVER for one in courses):
            continue
        each = [courses[draw * len(courses) // DRAWS] for draw in range(DRAWS)]
        if ticket is not None:
            free = outlook.remaining(ticket, DRAWS)
        elif is_open:
            free = outlook.gaps(DRAWS, _hesitates(queue, waiting, times.pauses.last_end(queue.id), now))
        else:
            free = [0.0] * DRAWS
        speed = outlook.counter_factor(queue.id)
        waited = ticket.ticket if ticket is not None else None
        desks.append(
            Desk(queue, is_open, ticket is not None, waited, free, speed, each, courses[len(courses) // 2])
        )
    return DesksNow(desks, outlook)


def _hesitates(
    queue: CounterQueue, waiting: Sequence[Waiting], last_end: datetime | None, now: datetime
) -> float:
    """For how many minutes a free counter has let somebody wait. One that was just opened has not."""
    if last_end is None:
        return 0.0
    since = min((one.queued_at for one in waiting if queue.may_call(one)), default=now)
    minutes = (now - max(since, last_end)).total_seconds() / 60
    return minutes if 0 < minutes < _JUST_OPENED else 0.0
