"""How long services take, learnt from the legs of the last weeks and of today, and the waits that follow."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import RowMapping, bindparam, select

from kiosk.centre.moments import read, written
from kiosk.centre.plan import Plan
from kiosk.centre.store.schema import leg
from kiosk.centre.store.store import Reading, Store
from kiosk.queueing.arrivals import Arrivals, Coming
from kiosk.queueing.business_day import local_date
from kiosk.queueing.calibration import Calibration
from kiosk.queueing.discipline import CounterQueue, Waiting
from kiosk.queueing.estimate import Forecast, OpenCounter, forecast
from kiosk.queueing.service_times import Leg, ServiceTimes

DAYS = 60
_LOOK = timedelta(seconds=10)
_HEAVY_SECONDS = 0.003
_SHARE_OF_TIME = 20
"""A forecast that took longer than ``_HEAVY_SECONDS`` serves for so many times as long, whatever happens."""

_DAYS = (
    select(leg.c.day)
    .where(
        leg.c.site == bindparam("in_site"),
        leg.c.day >= bindparam("in_first"),
        leg.c.day < bindparam("in_day"),
    )
    .distinct()
    .order_by(leg.c.day)
)
_OF_DAY = (
    select(leg)
    .where(leg.c.site == bindparam("in_site"), leg.c.day == bindparam("in_day"))
    .where(leg.c.ended_at > bindparam("in_after"), leg.c.ended_at <= bindparam("in_until"))
    .order_by(leg.c.ended_at)
)
_JUST_QUEUED = timedelta(seconds=30)
_ALWAYS = {"in_after": "", "in_until": "~"}


class LearntTimes:
    """Service times for the running centre. Safe to use from several threads.

    A leg counts only once it can no longer be undone.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._configured = {one.id: one.minutes_each for one in plan.services.values()}
        self._lock = threading.Lock()
        self._times = ServiceTimes(self._configured, plan.zone)
        self._seen: tuple[str, str] = ("", "")
        self._looked_at: datetime | None = None
        self._last: tuple[float, float, Forecast] | None = None
        self._arrivals = Arrivals(plan.zone)
        self._arrived: set[str] = set()
        self._calibration = Calibration()

    async def learn_history(self, store: Store, now: datetime) -> None:
        """Begin anew with the days before today, read a day at a time so that nobody has to wait for it."""
        today = local_date(now, self._plan.zone)
        first = (today - timedelta(days=DAYS)).isoformat()
        asked = {"in_site": self._plan.site, "in_first": first, "in_day": today.isoformat()}
        legs: list[Leg] = []
        days = await store.read(lambda reading: reading.connection.execute(_DAYS, asked).scalars().all())
        for day in days:
            of_day = {"in_site": self._plan.site, "in_day": day, **_ALWAYS}
            legs += await store.read(partial(_legs, asked=of_day))
        times = await asyncio.to_thread(ServiceTimes, self._configured, self._plan.zone, legs)
        with self._lock:
            self._times, self._seen, self._looked_at, self._last = times, ("", ""), None, None

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
                self._calibration.begin()
                self._arrived.clear()
            self._times.begin(day)
            asked = {"in_site": self._plan.site, "in_day": day.isoformat()}
            for ticket, one in _legs_of_tickets(reading, asked | {"in_after": seen, "in_until": settled}):
                self._times.add(one)
                self._calibration.called(ticket, one.called_at)
                seen = written(one.ended_at)
            self._seen = (day.isoformat(), seen)

    def forecast(
        self,
        waiting: Sequence[Waiting],
        counters: Sequence[OpenCounter],
        closed: Sequence[CounterQueue],
        now: datetime,
        *,
        then: Mapping[str, Sequence[str]],
        parked: Sequence[Coming],
        exact: bool = False,
    ) -> Forecast:
        """The waits of all who wait, and of one who comes now, by service. ``exact``: made for this queue.

        ``then``: by ticket the services it still goes to; ``parked``: who comes back when.
        """
        with self._lock:
            began = time.monotonic()
            if self._last is not None and not exact:
                at, took, last = self._last
                if took > _HEAVY_SECONDS and began - at < _SHARE_OF_TIME * took:
                    return last
            self._meet(waiting)
            made = forecast(
                waiting,
                counters,
                self._times,
                self._plan.discipline,
                now,
                services=self._plan.services,
                closed=closed,
                then=then,
                coming=[*parked, *self._arrivals.expected(now)],
            )
            made = self._promise(made, waiting, now)
            self._last = (time.monotonic(), time.monotonic() - began, made)
            return made

    def _meet(self, waiting: Sequence[Waiting]) -> None:
        """Learn how many come, and who has priority among them."""
        for one in waiting:
            if one.id not in self._arrived:
                self._arrived.add(one.id)
                appointed = one.appointed_at is not None
                self._arrivals.add(one.service, one.priority, one.queued_at, appointed=appointed)

    def _promise(self, made: Forecast, waiting: Sequence[Waiting], now: datetime) -> Forecast:
        """Tell it as promises were kept so far, and remember what is promised to those who just came."""
        for one in waiting:
            if now - one.queued_at < _JUST_QUEUED:
                self._calibration.promised(one.id, made.tickets[one.id], now)
        told = self._calibration.corrected
        return Forecast(
            {ticket: told(wait) for ticket, wait in made.tickets.items()},
            {service: told(wait) for service, wait in made.newcomers.items()},
        )


def _legs(reading: Reading, asked: dict[str, str]) -> list[Leg]:
    return [one for _, one in _legs_of_tickets(reading, asked)]


def _legs_of_tickets(reading: Reading, asked: dict[str, str]) -> list[tuple[str, Leg]]:
    return [(row["ticket"], _leg(row)) for row in reading.connection.execute(_OF_DAY, asked).mappings()]


def _leg(row: RowMapping) -> Leg:
    return Leg(
        service=row["service"],
        called_at=read(row["called_at"]),
        started_at=None if row["started_at"] is None else read(row["started_at"]),
        ended_at=read(row["ended_at"]),
        outcome=row["outcome"],
        officers=row["officers"],
        day=date.fromisoformat(row["day"]),
        counter=row["counter"],
        queued_at=read(row["queued_at"]) if row["n"] == 1 else None,  # later ones did not wait since then
    )
