"""When each ticket will be called: the real discipline run forward over the open counters.

One run with usual times decides the order of calls, by the discipline itself, as the centre will. Then the
counters work that order off many times with drawn times, which gives each ticket's median and 90 % time.
Draws belong to the ticket, not to the moment: the same queue gives the same figures, and one who leaves does
not stir the others'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from kiosk.queueing.arrivals import Coming
from kiosk.queueing.discipline import CounterQueue, Discipline, Waiting
from kiosk.queueing.forward_run import ForwardRun, OpenCounter, desks_now
from kiosk.queueing.service_times import ServiceTimes
from kiosk.queueing.wait import NOBODY_KNOWS, Wait

__all__ = ["Coming", "Forecast", "OpenCounter", "estimate", "forecast", "newcomers"]

_LAST = 1 << 40
_NEWCOMER = "newcomer "


@dataclass(frozen=True)
class Forecast:
    """Waits by ticket id, and by service id the wait of one who would come now."""

    tickets: Mapping[str, Wait]
    newcomers: Mapping[str, Wait]


def estimate(
    waiting: Sequence[Waiting],
    counters: Sequence[OpenCounter],
    times: ServiceTimes,
    discipline: Discipline,
    now: datetime,
) -> Mapping[str, Wait]:
    """The wait of each waiting ticket. ``counters`` are the open ones."""
    return forecast(waiting, counters, times, discipline, now).tickets


def newcomers(
    waiting: Sequence[Waiting],
    counters: Sequence[OpenCounter],
    times: ServiceTimes,
    discipline: Discipline,
    now: datetime,
    *,
    services: Iterable[str],
) -> Mapping[str, Wait]:
    """For each service the wait of one who would take a number now."""
    return forecast(waiting, counters, times, discipline, now, services=services).newcomers


def forecast(
    waiting: Sequence[Waiting],
    counters: Sequence[OpenCounter],
    times: ServiceTimes,
    discipline: Discipline,
    now: datetime,
    *,
    services: Iterable[str] = (),
    closed: Sequence[CounterQueue] = (),
    then: Mapping[str, Sequence[str]] = MappingProxyType({}),
    coming: Sequence[Coming] = (),
    futures: Sequence[Sequence[Coming]] = ((),),
) -> Forecast:
    """Both at once. A ticket that no open counter may call has no figures.

    ``closed``: the other counters; they are counted on from when they usually open. ``then``: by ticket id
    the further services of those who wait or are at a counter. ``coming``: who is parked.
    ``futures``: who is expected besides, each list as likely.
    """
    last = max((one.queued_at for one in waiting), default=now)  # after a clock was set back, later than now
    ghosts = [
        Waiting(_NEWCOMER + service, service, max(now, last), _LAST, None)
        for service in dict.fromkeys(services)
    ]
    run = ForwardRun(now, desks_now(waiting, counters, closed, times, now), then)
    each = [[*coming, *expected] for expected in futures]
    waits = run.waits(discipline, [*waiting, *ghosts], each, {ghost.id for ghost in ghosts})
    return Forecast(
        {one.id: waits.get(one.id, NOBODY_KNOWS) for one in waiting},
        {ghost.service: waits.get(ghost.id, NOBODY_KNOWS) for ghost in ghosts},
    )
