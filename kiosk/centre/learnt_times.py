"""What was learnt of service times, arrivals and promises until now, and the waits that follow.

All of it is learnt anew from the database when the centre starts.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from kiosk.centre import kept_days
from kiosk.centre.kept_days import Day
from kiosk.centre.moments import written
from kiosk.centre.plan import Plan
from kiosk.centre.store.store import Reading, Store
from kiosk.queueing.arrivals import Arrivals, Coming
from kiosk.queueing.business_day import local_date
from kiosk.queueing.calibration import Calibration
from kiosk.queueing.discipline import CounterQueue, Waiting
from kiosk.queueing.estimate import Forecast, OpenCounter, forecast
from kiosk.queueing.replay import promised_again
from kiosk.queueing.service_times import ServiceTimes
from kiosk.queueing.wait import Wait

DAYS = 60
_DAYS_OF_PROMISES = 3
_DONE = object()
_LOOK = timedelta(seconds=10)
_HEAVY_SECONDS = 0.003
_SHARE_OF_TIME = 20
"""A forecast that took longer than ``_HEAVY_SECONDS`` serves for so many times as long."""

_JUST_QUEUED = timedelta(seconds=30)
_PROMISES = 300
"""How many of the last promises are made again after a start to learn what they are worth."""
_SHARE_AT_START = 3
"""Making one again is followed by a pause so many times as long."""


class LearntTimes:
    """Service times for the running centre. Safe to use from several threads.

    A leg counts only once it can no longer be undone.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._configured = {one.id: one.minutes_each for one in plan.services.values()}
        self._lock = threading.Lock()
        self.times = ServiceTimes(self._configured, plan.zone)
        self._seen: tuple[str, str] = ("", "")
        self._looked_at: datetime | None = None
        self._last: tuple[float, float, Forecast, frozenset[str]] | None = None
        self.arrivals = Arrivals(plan.zone)
        self._arrived: set[str] = set()
        self._cancels_seen = ""
        self.calibration = Calibration()

    async def learn_history(self, store: Store, now: datetime) -> None:
        """Begin anew with the days before today, read a day at a time so that nobody has to wait for it."""
        today = local_date(now, self._plan.zone)
        times, arrivals = ServiceTimes(self._configured, self._plan.zone), Arrivals(self._plan.zone)
        days = await store.read(
            partial(kept_days.days, site=self._plan.site, first=today - timedelta(days=DAYS), before=today)
        )
        last: deque[Day] = deque(maxlen=_DAYS_OF_PROMISES)
        for day in days:
            last.append(await store.read(partial(kept_days.day, site=self._plan.site, day=day)))
            await asyncio.to_thread(_learn_day, last[-1], times, arrivals)
        so_far = await store.read(partial(kept_days.day, site=self._plan.site, day=today.isoformat()))
        for ticket in so_far.tickets:
            _learn_arrival(ticket.ticket, arrivals)
        with self._lock:
            self.times, self._seen, self._cancels_seen = times, ("", ""), ""
            self.arrivals, self._arrived = arrivals, {one.ticket.id for one in so_far.tickets}
            self._looked_at, self._last = None, None
        await self._learn_promises(last)

    async def _learn_promises(self, days: Iterable[Day]) -> None:
        """What promises of the last days were worth, little by little."""
        learnt = Calibration()
        queues = [CounterQueue(one.id, one.services) for one in self._plan.counters.values()]
        missing = _PROMISES
        for day in reversed(list(days)):
            steps = promised_again(day.tickets, day.legs, queues, self._foretell_again, learnt)
            while missing:
                began = time.monotonic()
                if await asyncio.to_thread(next, steps, _DONE) is _DONE:
                    break
                missing -= 1
                await asyncio.sleep(_SHARE_AT_START * (time.monotonic() - began))
        with self._lock:
            self.calibration.take_over(learnt)

    def _foretell_again(
        self,
        waiting: Sequence[Waiting],
        counters: Sequence[OpenCounter],
        closed: Sequence[CounterQueue],
        now: datetime,
    ) -> Wait:
        with self._lock:
            made = forecast(waiting, counters, self.times, self._plan.discipline, now, closed=closed)
        return made.tickets[waiting[-1].id]

    def refresh(self, reading: Reading) -> None:
        """Learn from what ended today since the last look."""
        with self._lock:
            if self._looked_at is not None and timedelta() <= reading.now - self._looked_at < _LOOK:
                return
            self._looked_at = reading.now
            day = local_date(reading.now, self._plan.zone)
            seen = self._seen[1] if self._seen[0] == day.isoformat() else ""
            settled = written(reading.now - timedelta(seconds=self._plan.rules.undo_seconds))
            if self._seen[0] != day.isoformat():
                self.calibration.begin()
                self._arrived.clear()
                self._cancels_seen = ""
            self.times.begin(day)
            asked = {"site": self._plan.site, "day": day.isoformat(), "until": settled}
            for ticket, one in kept_days.legs(reading, **asked, after=seen):
                self.times.add(one)
                self.calibration.called(ticket, one.called_at)
                seen = written(one.ended_at)
            self._seen = (day.isoformat(), seen)
            for ticket, waited, at in kept_days.cancelled(reading, **asked, after=self._cancels_seen):
                self.times.cancelled(waited)
                self.calibration.forget(ticket)
                self._cancels_seen = at

    def forecast(
        self,
        waiting: Sequence[Waiting],
        counters: Sequence[OpenCounter],
        closed: Sequence[CounterQueue],
        now: datetime,
        *,
        then: Mapping[str, Sequence[str]],
        parked: Sequence[Coming],
    ) -> Forecast:
        """The waits of all who wait, and of one who comes now, by service.

        ``then``: by ticket the services it still goes to; ``parked``: who comes back when.
        """
        with self._lock:
            began = time.monotonic()
            self._meet(waiting)
            made = forecast(
                waiting,
                counters,
                self.times,
                self._plan.discipline,
                now,
                services=self._plan.services,
                closed=closed,
                then=then,
                coming=parked,
                futures=self.arrivals.futures(now, len(waiting)),
            )
            made = self._promise(made, waiting, now)
            ended = time.monotonic()
            self._last = (ended, ended - began, made, _ids(counters))
            return made

    def still_good(self, counters: Sequence[OpenCounter]) -> Forecast | None:
        """The last forecast if it was a heavy one not long ago and the same counters are open."""
        with self._lock:
            if self._last is None:
                return None
            ended, took, made, opened = self._last
            fresh = time.monotonic() - ended < _SHARE_OF_TIME * took
            return made if took > _HEAVY_SECONDS and fresh and opened == _ids(counters) else None

    def _meet(self, waiting: Sequence[Waiting]) -> None:
        """Learn how many come, and who has priority among them."""
        for one in waiting:
            if one.id not in self._arrived:
                self._arrived.add(one.id)
                _learn_arrival(one, self.arrivals)

    def _promise(self, made: Forecast, waiting: Sequence[Waiting], now: datetime) -> Forecast:
        """Tell it as promises were kept so far, and remember what is promised to those who just came."""
        for one in waiting:
            if now - one.queued_at < _JUST_QUEUED:
                self.calibration.promised(one.id, made.tickets[one.id], now)
        told = self.calibration.corrected
        return Forecast(
            {ticket: told(wait) for ticket, wait in made.tickets.items()},
            {service: told(wait) for service, wait in made.newcomers.items()},
        )


def _ids(counters: Sequence[OpenCounter]) -> frozenset[str]:
    return frozenset(one.queue.id for one in counters)


def _learn_day(day: Day, times: ServiceTimes, arrivals: Arrivals) -> None:
    for leg in day.legs:
        times.add(leg)
    for waited in day.cancelled_after:
        times.cancelled(waited)
    for one in day.tickets:
        _learn_arrival(one.ticket, arrivals)


def _learn_arrival(one: Waiting, arrivals: Arrivals) -> None:
    arrivals.add(one.service, one.priority, one.queued_at, appointed=one.appointed_at is not None)
