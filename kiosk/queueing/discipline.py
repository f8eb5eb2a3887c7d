"""Who is called next: disciplines that can be swapped and simulated, pure functions of what waits.

Each discipline ranks the tickets a counter may call and calls the smallest rank. Common to all:

* **The bound.** A ticket that has been overtaken ``overtaken_at_most`` times goes before all that were queued
  after it. So nobody is overtaken more often than that, whatever the ranks say.
* **Appointments** count as queued at their time, or when they came if that was later. From
  ``appointment_early`` minutes before their time they have the head start ``appointment_head_start``, as if
  it were a priority class; who comes more than ``appointment_early`` minutes late waits like a walk-in.
* **Balance.** A counter's order of its services is minutes, not absolute: a service one place further down
  waits as if it had been queued ``preference_minutes`` later, so no service of a counter dries out.

The only memory of what was called before is ``Waiting.overtaken``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol


@dataclass(frozen=True)
class Waiting:
    """What the discipline needs to know of a waiting ticket.

    ``overtaken``: how many went before it that were queued later, and by ``Ratio`` those it had to let go
    first. A ticket with ``reserved_counter`` may be called by that counter only.
    """

    id: str
    service: str
    queued_at: datetime
    arrival: int
    priority: str | None = None
    appointed_at: datetime | None = None
    overtaken: int = 0
    reserved_counter: str | None = None

    @property
    def counts_from(self) -> datetime:
        """When it counts as queued: an appointment at its time, or when it came if that was later."""
        return self.queued_at if self.appointed_at is None else max(self.queued_at, self.appointed_at)

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place by arrival."""
        return (self.counts_from, self.arrival)


@dataclass(frozen=True)
class CounterQueue:
    """A counter as the discipline sees it: its services in its own order of preference.

    Not ``ordered``: all its services are alike to it.
    """

    id: str
    services: tuple[str, ...]
    ordered: bool = True

    def may_call(self, ticket: Waiting) -> bool:
        """Whether this counter may call the ticket."""
        if ticket.reserved_counter is not None:
            return ticket.reserved_counter == self.id
        return ticket.service in self.services

    def place_of(self, service: str) -> int:
        """How far down a service stands; 0 for the first, and for one that was only sent here."""
        return self.services.index(service) if self.ordered and service in self.services else 0


@dataclass(frozen=True)
class Choice:
    """The ticket to call, and those that are to be counted as overtaken by it."""

    ticket: Waiting
    passed: tuple[str, ...] = ()


class Discipline(Protocol):
    """A rule that chooses."""

    @property
    def name(self) -> str:
        """Its name in the settings."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        """The ticket this counter calls now; ``None`` only if nobody it may call waits."""

    def forward(self, waiting: Iterable[Waiting], counter: CounterQueue, now: datetime) -> Iterator[Choice]:
        """All that this counter would call, one after the other, if nobody else called or came."""


def passed_by(ticket: Waiting, waiting: Iterable[Waiting], counter: CounterQueue) -> tuple[str, ...]:
    """Those whom ``ticket`` overtakes when ``counter`` calls it: queued before it, and callable there."""
    return tuple(one.id for one in waiting if one.place < ticket.place and counter.may_call(one))


Rank = tuple[Any, ...]
"""Compared within one discipline only; the smallest is called."""


@dataclass
class _Standing:
    """A ticket while the discipline is run forward."""

    ticket: Waiting
    place: tuple[datetime, int]
    rank: Rank
    overtaken: int


@dataclass(frozen=True)
class _Ranked(ABC):
    """What all disciplines have in common, see the module. Times are minutes; ``head_starts`` by class."""

    overtaken_at_most: int = 3
    head_starts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    preference_minutes: float = 5
    appointment_head_start: float = 60
    appointment_early: float = 10

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        """The ticket this counter calls now; ``None`` only if nobody it may call waits."""
        return next(self.forward(waiting, counter, now), None)

    def forward(self, waiting: Iterable[Waiting], counter: CounterQueue, now: datetime) -> Iterator[Choice]:
        """All that this counter would call, one after the other, if nobody else called or came."""
        standing = [
            _Standing(one, one.place, self._rank(one, counter, now), one.overtaken)
            for one in waiting
            if counter.may_call(one)
        ]
        while standing:
            enough = [one.place for one in standing if one.overtaken >= self.overtaken_at_most]
            limit = min(enough) if enough else None
            chosen = min((one for one in standing if limit is None or one.place <= limit), key=self._key)
            standing.remove(chosen)
            passed = [one for one in standing if one.place < chosen.place]
            passed += self._held_back(chosen, standing)
            for one in passed:
                one.overtaken += 1
            yield Choice(chosen.ticket, tuple(one.ticket.id for one in passed))

    def head_start(self, ticket: Waiting, now: datetime) -> float:
        """Minutes by which the ticket's class, or its appointment while it is due, goes ahead."""
        by_class = self.head_starts.get(ticket.priority or "", 0)
        if ticket.appointed_at is None:
            return by_class
        early = timedelta(minutes=self.appointment_early)
        due = now >= ticket.appointed_at - early and ticket.queued_at <= ticket.appointed_at + early
        return max(by_class, self.appointment_head_start) if due else by_class

    @abstractmethod
    def _rank(self, ticket: Waiting, counter: CounterQueue, now: datetime) -> Rank:
        """The ticket's rank at this counter."""

    def _key(self, standing: _Standing) -> Rank:
        return standing.rank

    def _held_back(self, chosen: _Standing, others: Sequence[_Standing]) -> list[_Standing]:
        return []

    def _counts_from(self, ticket: Waiting, counter: CounterQueue) -> datetime:
        later = self.preference_minutes * counter.place_of(ticket.service)
        return ticket.counts_from + timedelta(minutes=later)


@dataclass(frozen=True)
class FirstCome(_Ranked):
    """By arrival alone: no class and no preference counts, and nobody is overtaken."""

    name: str = "first_come"

    def _rank(self, ticket: Waiting, counter: CounterQueue, now: datetime) -> Rank:
        return ticket.place


@dataclass(frozen=True)
class Fair(_Ranked):
    """The smallest *virtual time*: when a ticket was queued, less its head start, plus the preference."""

    name: str = "fair"

    def _rank(self, ticket: Waiting, counter: CounterQueue, now: datetime) -> Rank:
        start = timedelta(minutes=self.head_start(ticket, now))
        return (self._counts_from(ticket, counter) - start, ticket.place)


@dataclass(frozen=True)
class Strict(_Ranked):
    """The class with the greatest head start first, inside a class by arrival and preference."""

    name: str = "strict"

    def _rank(self, ticket: Waiting, counter: CounterQueue, now: datetime) -> Rank:
        return (-self.head_start(ticket, now), self._counts_from(ticket, counter), ticket.place)


@dataclass(frozen=True)
class Ratio(_Ranked):
    """By arrival, but when ``ordinary_per_priority`` ordinary ones have gone since a priority ticket stands
    first of its kind, it goes next. Any class with a head start is priority; how great it is does not count.

    Of the two numbers, this and ``overtaken_at_most``, the smaller holds.
    """

    ordinary_per_priority: int = 2
    name: str = "ratio"

    def _rank(self, ticket: Waiting, counter: CounterQueue, now: datetime) -> Rank:
        return (self.head_start(ticket, now) <= 0, self._counts_from(ticket, counter), ticket.place)

    def _key(self, standing: _Standing) -> Rank:
        return (not self._has_turn(standing), *standing.rank[1:])

    def _has_turn(self, standing: _Standing) -> bool:
        ordinary = standing.rank[0]
        return not ordinary and standing.overtaken >= min(self.ordinary_per_priority, self.overtaken_at_most)

    def _held_back(self, chosen: _Standing, others: Sequence[_Standing]) -> list[_Standing]:
        ordinary = chosen.rank[0]
        first = min((one for one in others if not one.rank[0]), key=lambda one: one.rank, default=None)
        if not ordinary or first is None or first.place < chosen.place or self._has_turn(first):
            return []
        return [first]


def discipline(
    kind: str,
    *,
    overtaken_at_most: int = 3,
    head_starts: Mapping[str, float] = MappingProxyType({}),
    preference_minutes: float = 5,
    appointment_head_start: float = 60,
    appointment_early: float = 10,
    ordinary_per_priority: int = 2,
) -> Discipline:
    """The discipline of this name in the settings. Raises ``ValueError`` for an unknown one."""
    common: dict[str, Any] = {
        "overtaken_at_most": overtaken_at_most,
        "head_starts": MappingProxyType(dict(head_starts)),
        "preference_minutes": preference_minutes,
        "appointment_head_start": appointment_head_start,
        "appointment_early": appointment_early,
    }
    match kind:
        case "fair":
            return Fair(**common)
        case "first_come":
            return FirstCome(**common)
        case "strict":
            return Strict(**common)
        case "ratio":
            return Ratio(**common, ordinary_per_priority=ordinary_per_priority)
    raise ValueError(f"there is no discipline “{kind}”")


def services_before(service: str, counters: Iterable[Collection[str]]) -> frozenset[str]:
    """Services whose tickets compete with those of ``service`` at every counter that serves it.

    They are the services common to all counters that serve it. ``counters`` are the counters' services.
    """
    serving = [frozenset(services) for services in counters if service in services]
    return frozenset({service}).union(frozenset.intersection(*serving) if serving else ())


def counter_before(service: str, counters: Iterable[CounterQueue]) -> CounterQueue:
    """One counter that stands for all that serve ``service``, for ``ahead``: the one there is, or one without
    preference that serves what is common to them.
    """
    serving = [counter for counter in counters if service in counter.services]
    if len(serving) == 1:
        return serving[0]
    common = services_before(service, [counter.services for counter in serving])
    return CounterQueue("", tuple(sorted(common)), ordered=False)


def ahead(
    ticket: Waiting,
    waiting: Iterable[Waiting],
    before: CounterQueue | Collection[str],
    discipline: Discipline,
    now: datetime,
) -> int:
    """How many waiting tickets are called before ``ticket`` as things stand: the discipline run forward.

    ``before``: the counter that calls them, or, where several do, ``counter_before`` or the services it would
    serve. Exact for one counter, and with ``FirstCome`` never more than truly go before it.
    """
    if not isinstance(before, CounterQueue):
        before = CounterQueue("", tuple(before), ordered=False)
    if ticket.reserved_counter is not None:
        before = replace(before, id=ticket.reserved_counter)
    everybody = [*(one for one in waiting if one.id != ticket.id), ticket]
    count = 0
    for choice in discipline.forward(everybody, before, now):
        if choice.ticket.id == ticket.id:
            break
        count += 1
    return count
