"""The counters run forward: one run with usual times for the order of calls, then many with drawn times.

``estimate`` says why. A run knows who waits, who will come, when counters are free, leave and come back.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace
from math import exp
from random import Random
from statistics import NormalDist
from zlib import crc32

from kiosk.queueing.arrivals import Coming
from kiosk.queueing.discipline import Choice, CounterQueue, Discipline, Waiting, passed_by
from kiosk.queueing.service_times import Outlook, Running, ServiceTimes
from kiosk.queueing.staffing import NEVER
from kiosk.queueing.wait import Wait

DRAWS = 48
_ORDERS = 251
_HORIZON_HOURS = 24
_WAITED_STEP = 15
_JUST_OPENED = 20
"""Minutes: a free counter that has let people wait for longer has been closed meanwhile."""
_A_DAY = 24 * 60.0
_random = Random(20260714)  # noqa: S311 - draws of a forecast, no secret
_SHUFFLED = [_random.sample(range(DRAWS), DRAWS) for _ in range(_ORDERS)]
_NORMAL_LEVELS = [NormalDist().inv_cdf((number + 0.5) / DRAWS) for number in range(DRAWS)]


@dataclass(frozen=True)
class OpenCounter:
    """A counter where an officer sits. ``ticket`` is who is called or served there."""

    queue: CounterQueue
    ticket: Running | None = None


@dataclass(frozen=True)
class _Desk:
    """A counter in the forecast. ``free``: equally likely minutes until it is free; absences by draw.

    ``busy``: somebody is there. ``ticket``: as he waited.
    """

    queue: CounterQueue
    is_open: bool
    busy: bool
    ticket: Waiting | None
    free: Sequence[float]
    speed: float
    leaves: Sequence[float]
    back: Sequence[float]


@dataclass(frozen=True)
class DesksNow:
    """All counters that count, and the times as they look now."""

    desks: Sequence[_Desk]
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
        courses = times.staffing.absences(queue.id, minute, is_open=is_open)
        if not is_open and all(one.back == NEVER for one in courses):
            continue
        each = [courses[draw * len(courses) // DRAWS] for draw in range(DRAWS)]
        if ticket is not None:
            free = outlook.remaining(ticket, DRAWS)
        elif is_open:
            free = outlook.gaps(DRAWS, _hesitates(queue, waiting, times.last_end(queue.id), now))
        else:
            free = [0.0] * DRAWS
        speed = outlook.counter_factor(queue.id)
        leaves, back = [one.leaves for one in each], [one.back for one in each]
        waited = ticket.ticket if ticket is not None else None
        desks.append(_Desk(queue, is_open, ticket is not None, waited, free, speed, leaves, back))
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


@dataclass(frozen=True)
class _Call:
    """A call in the forecast's order. ``after``: the call, or ``-1 - desk``, whose end it must wait for.

    ``counts``: somebody wants to know when. ``ghost``: takes nobody's time.
    ``waited``: about how long it will have waited, ``waited_already`` until now.
    """

    ticket: Waiting
    ready: float
    after: int | None
    counts: bool = False
    ghost: bool = False
    waited: float = 0
    waited_already: float = 0


class ForwardRun:
    """The queue and its counters at one moment. Times are minutes from now."""

    def __init__(self, now: datetime, desks: DesksNow, then: Mapping[str, Sequence[str]]) -> None:
        self._now = now
        self._desks, self._outlook = desks.desks, desks.outlook
        self._then = then
        self._levels: dict[tuple[str, int, int], list[float]] = {}
        self._gaps = self._outlook.gaps(DRAWS)
        self._gap = sum(self._gaps) / DRAWS

    def _draws(self, call: _Call) -> list[float]:
        """Equally likely minutes of a call."""
        waited = int(call.waited / _WAITED_STEP) * _WAITED_STEP
        already = int(call.waited_already / _WAITED_STEP) * _WAITED_STEP
        key = (call.ticket.service, waited, already)
        if key not in self._levels:
            gone = self._outlook.gone_share(already, waited)
            self._levels[key] = self._outlook.draws(call.ticket.service, DRAWS, waited, gone)
        return self._levels[key]

    def order(
        self,
        discipline: Discipline,
        waiting: Iterable[Waiting],
        coming: Iterable[Coming],
        ghosts: Container[str],
    ) -> list[_Call]:
        """All calls in the order in which they come if every service takes its usual time."""
        queues = [desk.queue for desk in self._desks if desk.is_open]
        wanted = [one for one in waiting if any(queue.may_call(one) for queue in queues)]
        classes = _Classes(wanted)
        calls = {one.id: _Call(one, 0, None, counts=True, ghost=one.id in ghosts) for one in wanted}
        later = _Later(calls)
        for one in coming:
            at = max(0.0, (one.at - self._now).total_seconds() / 60)
            later.add(at, _Call(one.ticket, at, None))
        free = []
        for number, desk in enumerate(self._desks):
            done = sum(desk.free) / DRAWS
            self._follow(later, done, desk.ticket, -1 - number)
            free.append((done + (self._gap if desk.busy else 0.0), number))
        heapify(free)
        order: list[_Call] = []
        missing = len(wanted)
        while free and missing:
            at, number = free[0]
            desk = self._desks[number]
            if desk.leaves[DRAWS // 2] <= at < desk.back[DRAWS // 2]:
                heapreplace(free, (desk.back[DRAWS // 2], number))
                continue
            classes.add(later.until(at))
            moment = self._now + timedelta(minutes=min(at, _A_DAY))
            choice = discipline.choose(classes.heads(), desk.queue, moment)
            if choice is None:
                heappop(free)
                if later.soonest is not None:
                    heappush(free, (later.soonest, number))
                continue
            call = calls[choice.ticket.id]
            classes.call(choice, desk.queue, ghosts)
            if call.after is None:
                call = self._with_waits(call, moment)
            order.append(call)
            missing -= call.counts
            if call.ghost:
                continue
            end = at + sum(self._draws(call)) / DRAWS * desk.speed
            self._follow(later, end, call.ticket, len(order) - 1)
            heapreplace(free, (end + self._gap, number))
        return order

    def _with_waits(self, call: _Call, at: datetime) -> _Call:
        waited = max(0.0, (at - call.ticket.queued_at).total_seconds() / 60)
        already = max(0.0, (self._now - call.ticket.queued_at).total_seconds() / 60)
        return replace(call, waited=waited, waited_already=already)

    def _follow(self, later: _Later, at: float, ticket: Waiting | None, after: int) -> None:
        """Who has a further service waits for it as soon as the first is done."""
        further = self._then.get(ticket.id) if ticket is not None else None
        if ticket is None or not further:
            return
        again = replace(ticket, id=f"{ticket.id} {further[0]}", service=further[0], reserved_counter=None)
        if any(desk.queue.may_call(again) for desk in self._desks):
            later.add(at, _Call(again, 0, after))

    def drawn(self, order: Sequence[_Call]) -> dict[str, Wait]:  # noqa: PLR0912, PLR0915 - one tight loop
        """Each ticket's wait when the counters work ``order`` off with drawn times."""
        unsure = {
            service: _unsure(self._outlook.spread(service), service)
            for service in {call.ticket.service for call in order}
        }
        lengths = [
            None
            if call.ghost
            else [
                length * factor
                for length, factor in zip(
                    _shuffled(self._draws(call), call.ticket.id),
                    unsure[call.ticket.service],
                    strict=True,
                )
            ]
            for call in order
        ]
        gaps = [_shuffled(self._gaps, call.ticket.id + " gap") for call in order]
        lists = [
            [place for place, call in enumerate(order) if desk.queue.may_call(call.ticket)]
            for desk in self._desks
        ]
        done = [_shuffled(desk.free, desk.queue.id + " free") for desk in self._desks]
        pauses = [
            _shuffled(self._gaps, desk.queue.id + " gap") if desk.busy else [0.0] * DRAWS
            for desk in self._desks
        ]
        leaves = [_shuffled(desk.leaves, desk.queue.id + " habit") for desk in self._desks]
        backs = [_shuffled(desk.back, desk.queue.id + " habit") for desk in self._desks]
        speeds = [desk.speed for desk in self._desks]
        follows = {call.after: place for place, call in enumerate(order) if call.after is not None}
        day = _unsure(self._outlook.day_spread, "day")
        hours = self._outlook.hour_factors(_HORIZON_HOURS)
        minute = self._outlook.minute_of_hour
        called_at: list[list[float]] = [[] for _ in order]
        wanted = sum(call.counts for call in order)
        count = len(order)
        for draw in range(DRAWS):
            factor = day[draw]
            free = [(done[number][draw] + pause[draw], number) for number, pause in enumerate(pauses)]
            heapify(free)
            idle: list[int] = []
            firsts = [0] * len(lists)
            gone = [False] * count
            ready = [call.ready if call.after is None else NEVER for call in order]
            for number, end_of in enumerate(done):
                if -1 - number in follows:
                    ready[follows[-1 - number]] = end_of[draw]
            missing = wanted
            while free and missing:
                at, number = free[0]
                if leaves[number][draw] <= at < backs[number][draw]:
                    heapreplace(free, (backs[number][draw], number))
                    continue
                places = lists[number]
                first = firsts[number]
                while first < len(places) and gone[places[first]]:
                    first += 1
                firsts[number] = first
                soonest = NEVER
                for further in range(first, len(places)):
                    place = places[further]
                    if gone[place]:
                        continue
                    if ready[place] <= at:
                        break
                    soonest = min(soonest, ready[place])
                else:
                    heappop(free)
                    if soonest < NEVER:
                        heappush(free, (soonest, number))
                    elif first < len(places):
                        idle.append(number)
                    continue
                gone[place] = True
                missing -= order[place].counts
                called_at[place].append(at)
                length = lengths[place]
                if length is None:
                    continue
                hour = hours[min(_HORIZON_HOURS - 1, int((at + minute) / 60))]
                end = at + length[draw] * factor * speeds[number] * hour
                heapreplace(free, (end + gaps[place][draw], number))
                if place in follows:
                    ready[follows[place]] = end
                    for other in idle:
                        heappush(free, (end, other))
                    idle.clear()
        return {
            call.ticket.id: _wait(minutes)
            for call, minutes in zip(order, called_at, strict=True)
            if call.counts and minutes
        }


class _Later:
    """Those who are still to come. Each is kept in ``calls`` under its ticket's id."""

    def __init__(self, calls: dict[str, _Call]) -> None:
        self._calls = calls
        self._heap: list[tuple[float, int, Waiting]] = []

    def add(self, at: float, call: _Call) -> None:
        """One who will wait from ``at`` on."""
        self._calls[call.ticket.id] = call
        heappush(self._heap, (at, len(self._calls), call.ticket))

    def until(self, at: float) -> Iterator[Waiting]:
        """Take out those who have come."""
        while self._heap and self._heap[0][0] <= at:
            yield heappop(self._heap)[2]

    @property
    def soonest(self) -> float | None:
        """When the next one comes."""
        return self._heap[0][0] if self._heap else None


class _Classes:
    """Waiting tickets by what a discipline can tell apart, each class by arrival: only firsts can be next."""

    def __init__(self, waiting: Iterable[Waiting]) -> None:
        self._classes: dict[object, list[Waiting]] = {}
        for one in sorted(waiting, key=lambda one: one.place):
            self._classes.setdefault(self._key(one), []).append(one)

    @staticmethod
    def _key(one: Waiting) -> object:
        return one.id if one.appointed_at else (one.service, one.priority, one.reserved_counter)

    def add(self, comers: Iterable[Waiting]) -> None:
        """Those who came."""
        for comer in comers:
            insort(self._classes.setdefault(self._key(comer), []), comer, key=lambda one: one.place)

    def heads(self) -> list[Waiting]:
        """The first of each class."""
        return [line[0] for line in self._classes.values() if line]

    def call(self, choice: Choice, queue: CounterQueue, ghosts: Container[str]) -> None:
        """The choice goes; who was passed is counted, also those whom the discipline did not see."""
        for line in self._classes.values():
            if line and line[0].id == choice.ticket.id:
                del line[0]
                break
        if not choice.passed or choice.ticket.id in ghosts:
            return
        for line in self._classes.values():
            passed = {*choice.passed, *passed_by(choice.ticket, line, queue)}
            for place, one in enumerate(line):
                if one.id in passed and one.id not in ghosts:
                    line[place] = replace(one, overtaken=one.overtaken + 1)


def _unsure(spread: float, name: str) -> list[float]:
    """Factors about one, one for each draw."""
    return _shuffled([exp(level * spread) for level in _NORMAL_LEVELS], name)


def _shuffled(levels: Sequence[float], name: str) -> list[float]:
    """The levels in an order of their own for each name, the same each time."""
    mixed = crc32(name.encode())
    turn = mixed // _ORDERS % DRAWS
    return [levels[place - turn] for place in _SHUFFLED[mixed % _ORDERS]]


def _wait(minutes: list[float]) -> Wait:
    minutes.sort()
    middle = len(minutes) // 2
    place = 0.9 * (len(minutes) - 1)
    low = int(place)
    p90 = minutes[low] + (minutes[min(low + 1, len(minutes) - 1)] - minutes[low]) * (place - low)
    return Wait((minutes[middle - 1] + minutes[middle]) / 2, p90)
