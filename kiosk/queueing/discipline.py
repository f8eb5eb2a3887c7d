"""Who is called next: disciplines that can be swapped and simulated, pure functions of what waits.

The default, ``Fair``, gives each ticket a *virtual time*: when it was queued, less the head start of its
priority class, plus the counter's preference; the smallest goes first. A ticket that has been overtaken
``overtaken_at_most`` times goes before all that came later, so nobody is overtaken more often than that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol


@dataclass(frozen=True)
class Waiting:
    """What the discipline needs to know of a waiting ticket.

    ``queued_at`` and then ``arrival`` are its place by arrival. ``overtaken``: how many that were queued
    later went before it. A ticket with ``reserved_counter`` may be called by that counter only.
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
    def place(self) -> tuple[datetime, int]:
        """Its place by arrival."""
        return (self.queued_at, self.arrival)


@dataclass(frozen=True)
class CounterQueue:
    """A counter as the discipline sees it: its services in its own order of preference."""

    id: str
    services: tuple[str, ...]

    def may_call(self, ticket: Waiting) -> bool:
        """Whether this counter may call the ticket."""
        if ticket.reserved_counter is not None:
            return ticket.reserved_counter == self.id
        return ticket.service in self.services


@dataclass(frozen=True)
class Choice:
    """The ticket to call, and those it overtakes: queued earlier, and this counter could have called them."""

    ticket: Waiting
    passed: tuple[str, ...] = ()


class Discipline(Protocol):
    """A rule that chooses."""

    @property
    def name(self) -> str:
        """Its name in the settings."""

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        """The ticket this counter calls now; ``None`` only if nobody it may call waits."""

    def virtual_time(self, ticket: Waiting, now: datetime) -> datetime:
        """A ticket's rank apart from any counter's preference: smaller goes first."""


def passed_by(ticket: Waiting, waiting: Iterable[Waiting], counter: CounterQueue) -> tuple[str, ...]:
    """Those whom ``ticket`` overtakes when ``counter`` calls it."""
    return tuple(one.id for one in waiting if one.place < ticket.place and counter.may_call(one))


@dataclass(frozen=True)
class FirstCome:
    """By arrival alone."""

    name: str = "first_come"

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        """The one who came first."""
        callable_ = [one for one in waiting if counter.may_call(one)]
        first = min(callable_, key=lambda one: one.place, default=None)
        return None if first is None else Choice(first)

    def virtual_time(self, ticket: Waiting, now: datetime) -> datetime:
        """When it was queued."""
        return ticket.queued_at


@dataclass(frozen=True)
class Fair:
    """See the module. Times are minutes; ``head_starts`` by priority class.

    An appointment counts as queued at its slot; from ``appointment_early`` before the slot it has the head
    start ``appointment_head_start``.
    """

    overtaken_at_most: int = 3
    head_starts: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    preference_minutes: float = 5
    appointment_head_start: float = 60
    appointment_early: float = 10
    name: str = "fair"

    def choose(self, waiting: Sequence[Waiting], counter: CounterQueue, now: datetime) -> Choice | None:
        """The smallest virtual time, unless somebody has been overtaken often enough."""
        callable_ = [one for one in waiting if counter.may_call(one)]
        if not callable_:
            return None
        enough = [one for one in callable_ if one.overtaken >= self.overtaken_at_most]
        if enough:
            chosen = min(enough, key=lambda one: one.place)
        else:
            chosen = min(callable_, key=lambda one: (self._with_preference(one, counter, now), one.place))
        return Choice(chosen, passed_by(chosen, callable_, counter))

    def virtual_time(self, ticket: Waiting, now: datetime) -> datetime:
        """See the class."""
        start = timedelta(minutes=self.head_starts.get(ticket.priority or "", 0))
        if ticket.appointed_at is None:
            return ticket.queued_at - start
        if now >= ticket.appointed_at - timedelta(minutes=self.appointment_early):
            start += timedelta(minutes=self.appointment_head_start)
        return ticket.appointed_at - start

    def _with_preference(self, ticket: Waiting, counter: CounterQueue, now: datetime) -> datetime:
        place = counter.services.index(ticket.service) if ticket.service in counter.services else 0
        return self.virtual_time(ticket, now) + timedelta(minutes=self.preference_minutes * place)


def services_before(service: str, counters: Iterable[Collection[str]]) -> frozenset[str]:
    """Services whose earlier tickets are certain to be called before one of ``service``.

    A ticket goes before another if every counter that could call the other would call it first: these are the
    services common to all counters that serve ``service``. ``counters`` are the counters' services.
    """
    serving = [frozenset(services) for services in counters if service in services]
    return frozenset({service}).union(frozenset.intersection(*serving) if serving else ())


def ahead(
    ticket: Waiting,
    waiting: Iterable[Waiting],
    before: Collection[str],
    discipline: Discipline,
    now: datetime,
) -> int:
    """How many waiting tickets of the services ``before`` go before ``ticket`` as things stand."""

    def rank(one: Waiting) -> tuple[datetime, tuple[datetime, int]]:
        return (discipline.virtual_time(one, now), one.place)

    own = rank(ticket)
    return sum(
        1 for other in waiting if other.id != ticket.id and other.service in before and rank(other) < own
    )
