"""When each ticket will be called: the real discipline run forward over the open counters.

One run with usual times decides the order of calls, by the discipline itself, as the centre will. Then the
counters work that order off many times with drawn times, which gives each ticket's median and 90 % time.
Draws belong to the ticket, not to the moment: the same queue gives the same figures, and one who leaves does
not stir the others'.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heapreplace
from math import exp
from random import Random
from statistics import NormalDist
from zlib import crc32

from kiosk.queueing.discipline import CounterQueue, Discipline, Waiting, passed_by
from kiosk.queueing.service_times import Outlook, Running, ServiceTimes
from kiosk.queueing.wait import NOBODY_KNOWS, Wait

DRAWS = 48
_ORDERS = 251
_HORIZON_HOURS = 24
_NEWCOMER = "newcomer "
_random = Random(20260714)  # noqa: S311 - draws of a forecast, no secret
_SHUFFLED = [_random.sample(range(DRAWS), DRAWS) for _ in range(_ORDERS)]
_NORMAL_LEVELS = [NormalDist().inv_cdf((number + 0.5) / DRAWS) for number in range(DRAWS)]


@dataclass(frozen=True)
class OpenCounter:
    """A counter where an officer sits. ``ticket`` is who is called or served there."""

    queue: CounterQueue
    ticket: Running | None = None


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
) -> Forecast:
    """Both at once. A ticket that no open counter may call, has no figures."""
    ghosts = [
        Waiting(_NEWCOMER + service, service, now, 1 << 40, None) for service in dict.fromkeys(services)
    ]
    line = _Line(waiting, ghosts, counters, times, now)
    waits = line.drawn(line.order(discipline))
    return Forecast(
        {one.id: waits.get(one.id, NOBODY_KNOWS) for one in waiting},
        {ghost.service: waits.get(ghost.id, NOBODY_KNOWS) for ghost in ghosts},
    )


class _Line:
    """The queue and its counters at one moment. Times are minutes from now."""

    def __init__(
        self,
        waiting: Sequence[Waiting],
        ghosts: Sequence[Waiting],
        counters: Sequence[OpenCounter],
        times: ServiceTimes,
        now: datetime,
    ) -> None:
        self._now = now
        self._counters = counters
        running = [counter.ticket for counter in counters if counter.ticket is not None]
        outlook = times.outlook(running, now, len(counters))
        self._outlook: Outlook = outlook
        queues = [counter.queue for counter in counters]
        self._tickets = sorted(
            (one for one in (*waiting, *ghosts) if any(queue.may_call(one) for queue in queues)),
            key=lambda one: one.place,
        )
        self._ghosts = {one.id for one in ghosts}
        self._draws = {
            service: outlook.draws(service, DRAWS) for service in {one.service for one in self._tickets}
        }
        self._speeds = [outlook.counter_factor(counter.queue.id) for counter in counters]
        self._remaining = [
            outlook.remaining(counter.ticket, DRAWS) if counter.ticket else None for counter in counters
        ]

    def order(self, discipline: Discipline) -> list[Waiting]:
        """All tickets in the order in which they are called if every service takes its usual time."""
        usual = {service: sum(draws) / DRAWS for service, draws in self._draws.items()}
        classes: dict[object, deque[Waiting]] = {}
        for one in self._tickets:
            key = one.id if one.appointed_at else (one.service, one.priority, one.reserved_counter)
            classes.setdefault(key, deque()).append(one)
        free = [
            (0.0 if remaining is None else sum(remaining) / DRAWS + self._outlook.gap, number)
            for number, remaining in enumerate(self._remaining)
        ]
        heapify(free)
        called: list[Waiting] = []
        while free and len(called) < len(self._tickets):
            at, number = free[0]
            queue = self._counters[number].queue
            heads = [line[0] for line in classes.values() if line]
            choice = discipline.choose(heads, queue, self._now + timedelta(minutes=at))
            if choice is None:
                heappop(free)
                continue
            chosen = choice.ticket
            for line in classes.values():
                if line and line[0].id == chosen.id:
                    line.popleft()
            called.append(chosen)
            if chosen.id in self._ghosts:
                continue
            if choice.passed:
                self._overtake(chosen, classes, queue)
            heapreplace(free, (at + usual[chosen.service] * self._speeds[number] + self._outlook.gap, number))
        return called

    def _overtake(
        self, chosen: Waiting, classes: Mapping[object, deque[Waiting]], queue: CounterQueue
    ) -> None:
        for line in classes.values():
            passed = set(passed_by(chosen, line, queue))
            for place, one in enumerate(line):
                if one.id in passed and one.id not in self._ghosts:
                    line[place] = replace(one, overtaken=one.overtaken + 1)

    def drawn(self, order: Sequence[Waiting]) -> dict[str, Wait]:
        """Each ticket's wait when the counters work ``order`` off with drawn times."""
        lengths = [self._lengths(one) for one in order]
        lists = [
            [place for place, one in enumerate(order) if counter.queue.may_call(one)]
            for counter in self._counters
        ]
        starts = [
            [0.0] * DRAWS if remaining is None else _shuffled(remaining, counter.queue.id + " remaining")
            for counter, remaining in zip(self._counters, self._remaining, strict=True)
        ]
        gap = self._outlook.gap
        first = [0.0 if remaining is None else gap for remaining in self._remaining]
        day = _shuffled([exp(level * self._outlook.day_spread) for level in _NORMAL_LEVELS], "day")
        hours = self._outlook.hour_factors(_HORIZON_HOURS)
        minute = self._outlook.minute_of_hour
        speeds = self._speeds
        called_at: list[list[float]] = [[] for _ in order]
        for draw in range(DRAWS):
            factor = day[draw]
            free = [(starts[number][draw] + first[number], number) for number in range(len(lists))]
            heapify(free)
            walks = [iter(places) for places in lists]
            gone = [False] * len(order)
            while free:
                at, number = free[0]
                for place in walks[number]:
                    if not gone[place]:
                        break
                else:
                    heappop(free)
                    continue
                gone[place] = True
                called_at[place].append(at)
                length = lengths[place]
                if length is None:  # one who would come now takes nobody's time
                    continue
                hour = hours[min(_HORIZON_HOURS - 1, int((at + minute) / 60))]
                heapreplace(free, (at + length[draw] * factor * speeds[number] * hour + gap, number))
        return {one.id: _wait(minutes) for one, minutes in zip(order, called_at, strict=True) if minutes}

    def _lengths(self, one: Waiting) -> list[float] | None:
        return None if one.id in self._ghosts else _shuffled(self._draws[one.service], one.id)


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
