"""A lobby at random, for properties of disciplines: people come, are called, miss it, come back, are moved.

A run knows nothing of how a discipline decides: it offers the waiting tickets in no order, does what the
discipline says, counts by itself who was overtaken, and keeps every call for the properties to look at.
"""

from __future__ import annotations

from collections import Counter as Tally
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from kiosk.queueing.discipline import Choice, CounterQueue, Discipline, Waiting

START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
SERVICES = ("a", "b", "c")
COUNTERS = (
    CounterQueue("quay-1", ("a",)),
    CounterQueue("quay-2", ("b", "a")),
    CounterQueue("quay-3", ("a", "b", "c")),
)
CLASSES = {"p": 30.0, "q": 45.0}


@dataclass(frozen=True)
class Arrive:
    """Somebody takes a number; ``appointed`` is the time of an appointment in minutes from now."""

    service: str
    priority: str | None
    appointed: int | None


@dataclass(frozen=True)
class Call:
    """A counter presses *next*."""

    counter: int


@dataclass(frozen=True)
class Pass:
    """Minutes pass."""

    minutes: int


@dataclass(frozen=True)
class Miss:
    """The one called last did not come."""


@dataclass(frozen=True)
class Rejoin:
    """One who was missed comes back, at the old place."""

    which: int


@dataclass(frozen=True)
class Transfer:
    """A waiting ticket is moved to a service, or for a counter."""

    which: int
    service: str
    counter: int | None


Event = Arrive | Call | Pass | Miss | Rejoin | Transfer


def events(*, appointments: bool = True) -> st.SearchStrategy[list[Event]]:
    """Days of up to some sixty events."""
    appointed = st.none() | st.integers(-40, 90) if appointments else st.none()
    arrive = st.builds(Arrive, st.sampled_from(SERVICES), st.sampled_from([None, None, "p", "q"]), appointed)
    call = st.builds(Call, st.integers(0, len(COUNTERS) - 1))
    moved = st.builds(
        Transfer,
        st.integers(0, 9),
        st.sampled_from(SERVICES),
        st.none() | st.integers(0, len(COUNTERS) - 1),
    )
    other = st.one_of(
        st.builds(Pass, st.integers(1, 20)), st.just(Miss()), st.builds(Rejoin, st.integers(0, 3)), moved
    )
    return st.lists(st.one_of(arrive, arrive, call, call, other), max_size=60)


@dataclass(frozen=True)
class Called:
    """One press of *next*: who could have been called, and who was. ``overtaken``: the run's own count."""

    counter: CounterQueue
    now: datetime
    callable_: tuple[Waiting, ...]
    choice: Choice | None
    overtaken: dict[str, int]


@dataclass
class Run:
    """A lobby under one discipline. ``overtakings`` is this run's own count."""

    discipline: Discipline
    now: datetime = START
    waiting: dict[str, Waiting] = field(default_factory=dict)
    missed: list[Waiting] = field(default_factory=list)
    last: Waiting | None = None
    calls: list[Called] = field(default_factory=list)
    overtakings: Tally[str] = field(default_factory=Tally)
    arrivals: int = 0
    _mix: Random = field(default_factory=lambda: Random(7))  # noqa: S311

    def arrive(self, event: Arrive) -> Waiting:
        """A new ticket waits."""
        self.arrivals += 1
        appointed = None if event.appointed is None else self.now + timedelta(minutes=event.appointed)
        ticket = Waiting(
            f"t{self.arrivals}", event.service, self.now, self.arrivals, event.priority, appointed
        )
        self.waiting[ticket.id] = ticket
        return ticket

    def call(self, counter: CounterQueue) -> Waiting | None:
        """One press of *next*."""
        offered = list(self.waiting.values())
        self._mix.shuffle(offered)
        choice = self.discipline.choose(offered, counter, self.now)
        callable_ = tuple(one for one in self.waiting.values() if may_call(counter, one))
        seen = {one.id: self.overtakings[one.id] for one in callable_}
        self.calls.append(Called(counter, self.now, callable_, choice, seen))
        if choice is None:
            return None
        self.last = self.waiting.pop(choice.ticket.id)
        for other in callable_:
            if other.id != self.last.id and counts_before(other, self.last):
                self.overtakings[other.id] += 1
        for passed in choice.passed:
            one = self.waiting[passed]
            self.waiting[passed] = replace(one, overtaken=one.overtaken + 1)
        return self.last

    def happen(self, event: Event) -> None:
        """One event of the day."""
        match event:
            case Arrive():
                self.arrive(event)
            case Call(counter):
                self.call(COUNTERS[counter])
            case Pass(minutes):
                self.now += timedelta(minutes=minutes)
            case Miss():
                if self.last is not None:
                    self.missed.append(self.last)
                    self.last = None
            case Rejoin(which):
                if which < len(self.missed):
                    back = self.missed.pop(which)
                    self.waiting[back.id] = back
            case Transfer(which, service, counter):
                if which < len(self.waiting):
                    moved = list(self.waiting.values())[which]
                    reserved = None if counter is None else COUNTERS[counter].id
                    self.waiting[moved.id] = replace(moved, service=service, reserved_counter=reserved)


def ran(discipline: Discipline, day: list[Event]) -> Run:
    """A whole day under a discipline; then all counters call until nobody is called any more."""
    run = Run(discipline)
    for event in day:
        run.happen(event)
    while sum(run.call(counter) is not None for counter in COUNTERS):
        pass
    return run


def may_call(counter: CounterQueue, ticket: Waiting) -> bool:
    """Said once more, apart from the code under test."""
    if ticket.reserved_counter is None:
        return ticket.service in counter.services
    return ticket.reserved_counter == counter.id


def counts_before(one: Waiting, other: Waiting) -> bool:
    """Whether ``one`` counts as queued before ``other``: walk-ins when they came, appointments at their time,
    or when they came if they were late.
    """

    def place(ticket: Waiting) -> tuple[datetime, int]:
        if ticket.appointed_at is None or ticket.appointed_at < ticket.queued_at:
            return ticket.queued_at, ticket.arrival
        return ticket.appointed_at, ticket.arrival

    return place(one) < place(other)
