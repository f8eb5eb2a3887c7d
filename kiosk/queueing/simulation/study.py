"""Many simulated days one after the other: disciplines compared, and estimates judged by what then happened.

An estimate is given what a centre knows at that moment and learns from the days before. It is judged by the
minutes from taking the number to the first call. Each is asked at the same moments, and only moments count at
which all could answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean

from kiosk.queueing.arrivals import Arrivals
from kiosk.queueing.calibration import Calibration
from kiosk.queueing.discipline import Discipline, ahead, discipline, services_before
from kiosk.queueing.estimate import forecast
from kiosk.queueing.service_times import NO_SHOW, Leg, ServiceTimes
from kiosk.queueing.simulation.lobby import DayRecord, Lobby, Seen
from kiosk.queueing.simulation.world import PRIORITIES, World, configured_minutes, counters_of, draw_day
from kiosk.queueing.ticket import Rules
from kiosk.queueing.wait import Wait, WaitKind, wait_range

HEAD_START = 30.0

OURS = "run forward"
AHEAD = "people ahead × average service time"
AHEAD_SHARED = "people ahead × average service time ÷ open counters"
SHOWN = "people ahead as the slip shows them × average service time"
WHOLE_LOBBY = "all who wait × average service time ÷ all open counters"
DAY_AVERAGE = "the day's average wait so far"
ESTIMATES = (OURS, AHEAD, AHEAD_SHARED, SHOWN, WHOLE_LOBBY, DAY_AVERAGE)
"""``AHEAD`` is what most queue systems tell: those waiting for the same service × its mean time.
``AHEAD_SHARED`` divides by the open counters that serve it; ``SHOWN`` counts, by this kiosk's discipline, who
is certain to go first; ``WHOLE_LOBBY`` takes the lobby as one queue.
"""


def a_discipline(kind: str) -> Discipline:
    """The discipline of this name with the classes of the simulated world."""
    return discipline(kind, head_starts={name: HEAD_START for name, _ in PRIORITIES})


@dataclass(frozen=True)
class Promise:
    """What was foretold when a number was taken, in minutes, and what then happened.

    ``foretold`` holds each estimate's figure, ``wait`` our two.
    """

    day: int
    at: datetime
    service: str
    priority: bool
    foretold: Mapping[str, float]
    wait: Wait
    actual: float

    @property
    def kept_p90(self) -> bool:
        """Whether it took no longer than the 90 % time."""
        return self.wait.p90 is not None and self.actual <= self.wait.p90

    @property
    def kept_upper(self) -> bool:
        """Whether it took no longer than the greatest figure told."""
        told = wait_range(self.wait)
        return told.high is None or self.actual <= told.high

    @property
    def in_range(self) -> bool:
        """Whether it lay between the figures told."""
        told = wait_range(self.wait)
        above = told.kind in {WaitKind.UNDER, WaitKind.UNKNOWN} or self.actual >= (told.low or 0)
        return above and self.kept_upper


@dataclass
class _Mean:
    total: float = 0
    count: int = 0

    def add(self, value: float) -> None:
        self.total += value
        self.count += 1

    def value(self, otherwise: float) -> float:
        return self.total / self.count if self.count else otherwise


@dataclass
class Foreteller:
    """A watcher that asks every estimate when a number is taken."""

    times: ServiceTimes
    arrivals: Arrivals
    discipline: Discipline
    configured: Mapping[str, float]
    counters: Sequence[tuple[str, tuple[str, ...]]]
    calibration: Calibration = field(default_factory=Calibration)
    day: int = 0
    promises: list[Promise] = field(default_factory=list)
    _open: dict[str, tuple[Seen, Mapping[str, float], Wait]] = field(default_factory=dict)
    _means: dict[str, _Mean] = field(default_factory=dict)
    _waits_today: dict[str, _Mean] = field(default_factory=dict)
    _waits: _Mean = field(default_factory=_Mean)

    def begin(self, day: int) -> None:
        """A new day: nobody waits any more."""
        self.day = day
        self._open.clear()
        self._waits_today.clear()

    def arrived(self, ticket: str, seen: Seen) -> None:
        """Ask all."""
        own = next(one for one in seen.waiting if one.id == ticket)
        self.arrivals.add(own.service, own.priority, seen.now, appointed=own.appointed_at is not None)
        answer = forecast(
            seen.waiting,
            seen.counters,
            self.times,
            self.discipline,
            seen.now,
            closed=seen.closed,
            then=seen.then,
            coming=seen.parked,
            futures=self.arrivals.futures(seen.now, len(seen.waiting)),
        )
        raw = answer.tickets[ticket]
        wait = self.calibration.corrected(raw)
        self.calibration.promised(ticket, raw, seen.now)
        people = sum(1 for one in seen.waiting if one.service == own.service and one.place < own.place)
        before = services_before(own.service, [services for _, services in self.counters])
        shown = ahead(own, seen.waiting, before, self.discipline, seen.now)
        each = self._means.get(own.service, _Mean()).value(self.configured[own.service])
        serving = sum(1 for counter in seen.counters if own.service in counter.queue.services)
        if wait.median is None or serving == 0:
            return
        whole = self._waits_today.get("", _Mean()).value(self._waits.value(0.0))
        foretold = {
            OURS: wait.median,
            AHEAD: people * each,
            AHEAD_SHARED: people * each / serving,
            SHOWN: shown * each,
            WHOLE_LOBBY: (len(seen.waiting) - 1) * each / len(seen.counters),
            DAY_AVERAGE: self._waits_today.get(own.service, _Mean()).value(whole),
        }
        self._open[ticket] = (seen, foretold, wait)

    def called(self, ticket: str, at: datetime) -> None:
        """See what the promise was worth."""
        self.calibration.called(ticket, at)
        if ticket not in self._open:
            return
        seen, foretold, wait = self._open.pop(ticket)
        own = next(one for one in seen.waiting if one.id == ticket)
        actual = (at - seen.now).total_seconds() / 60
        for name in ("", own.service):
            self._waits_today.setdefault(name, _Mean()).add(actual)
        self._waits.add(actual)
        promise = Promise(self.day, seen.now, own.service, own.priority is not None, foretold, wait, actual)
        self.promises.append(promise)

    def cancelled(self, ticket: str, at: datetime) -> None:
        """Learn that some do not stay."""
        self.calibration.forget(ticket)
        if ticket in self._open:
            seen, _, _ = self._open.pop(ticket)
            self.times.cancelled((at - seen.now).total_seconds() / 60)

    def left(self, leg: Leg) -> None:
        """Learn."""
        self.times.add(leg)
        if leg.outcome != NO_SHOW:
            minutes = (leg.ended_at - leg.called_at).total_seconds() / 60
            self._means.setdefault(leg.service, _Mean()).add(minutes)


@dataclass(frozen=True)
class Study:
    """One discipline over many days."""

    kind: str
    days: tuple[DayRecord, ...]
    promises: tuple[Promise, ...]

    def waits(self, *, priority: bool) -> list[float]:
        """Minutes to the first call, of those with or without priority."""
        return [
            visit.wait
            for day in self.days
            for visit in day.visits
            if visit.wait is not None and (visit.citizen.priority is not None) == priority
        ]

    @property
    def utilisation(self) -> float:
        """Share of the open counters' time with a ticket."""
        return fmean(day.utilisation for day in self.days)


def run(world: World, kind: str, days: int, seed: int, *, foretell: bool = True) -> Study:
    """``days`` days of ``world`` with the discipline ``kind``; the same for the same seed."""
    chosen, configured = a_discipline(kind), configured_minutes(world, seed)
    watcher = Foreteller(
        times=ServiceTimes(configured, world.zone),
        arrivals=Arrivals(world.zone),
        discipline=chosen,
        configured=configured,
        counters=counters_of(world),
    )
    records = []
    for number in range(days):
        watcher.begin(number)
        day = draw_day(world, number, seed)
        records.append(Lobby(world, day, chosen, Rules(), watcher if foretell else None).run())
    return Study(kind, tuple(records), tuple(watcher.promises))


def mean_error(promises: Sequence[Promise], name: str) -> float:
    """Mean absolute error in minutes."""
    return fmean(abs(one.foretold[name] - one.actual) for one in promises)


def mean_lateness(promises: Sequence[Promise], name: str) -> float:
    """Mean of what it really took less what was foretold, in minutes."""
    return fmean(one.actual - one.foretold[name] for one in promises)
