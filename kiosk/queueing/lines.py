"""Those who wait in a forecast, in lines of whom a discipline cannot tell apart, and those still to come."""

from __future__ import annotations

from bisect import insort
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from kiosk.queueing.discipline import Choice, CounterQueue, Waiting, passed_by


@dataclass(frozen=True)
class Call:
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


class Later:
    """Those who are still to come. Each is kept in ``calls`` under its ticket's id."""

    def __init__(self, calls: dict[str, Call]) -> None:
        self._calls = calls
        self._heap: list[tuple[float, int, Waiting]] = []

    def add(self, at: float, call: Call) -> None:
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


class Lines:
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
