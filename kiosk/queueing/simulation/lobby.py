"""One simulated day: events in the order of time, every change of a ticket by the product's own rules.

The lobby plays citizens and officers; ``ticket.step`` says what becomes of a ticket and the discipline who is
called. A ``Watcher`` is told what the centre would know, and nothing of what is to come.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Protocol

from kiosk.queueing.arrivals import Coming
from kiosk.queueing.discipline import CounterQueue, Discipline, Waiting
from kiosk.queueing.estimate import OpenCounter
from kiosk.queueing.service_times import NO_SHOW, Leg, Running
from kiosk.queueing.simulation.world import Citizen, Minutes, Officer, SimulatedDay, World
from kiosk.queueing.ticket import (
    ACTIVE,
    Actor,
    Life,
    Refused,
    Rules,
    Step,
    TicketEvent,
    TicketState,
    issued,
    step,
)

_NOTICES = 0.15
_RECALLS_AFTER = 0.8
_GIVES_UP_AFTER = 1.8
_BETWEEN = 0.4
_TRANSFER_AFTER = 1.5
_COPY_AFTER = 2.0


class SimulationError(RuntimeError):
    """The product's rules refused what the simulated people may do."""


@dataclass(frozen=True)
class Seen:
    """What the centre knows at one moment: those who wait, the open counters and who is there."""

    now: datetime
    waiting: tuple[Waiting, ...]
    counters: tuple[OpenCounter, ...]
    closed: tuple[CounterQueue, ...]
    then: Mapping[str, tuple[str, ...]]
    parked: tuple[Coming, ...]


class Watcher(Protocol):
    """One who looks on, such as an estimate that is to be judged."""

    def arrived(self, ticket: str, seen: Seen) -> None:
        """A number was taken; ``seen`` holds it among the waiting."""

    def called(self, ticket: str, at: datetime) -> None:
        """A ticket was called."""

    def left(self, leg: Leg) -> None:
        """A stay at a counter ended."""

    def cancelled(self, ticket: str, at: datetime) -> None:
        """A ticket was cancelled while it waited."""


@dataclass
class Visit:
    """One citizen's day. Times in minutes since midnight; ``waits``: minutes before each call."""

    ticket: str
    citizen: Citizen
    service: str
    called: list[Minutes] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    overtaken: int = 0
    rejoined: bool = False
    events: list[TicketEvent] = field(default_factory=list)
    walked_out: Minutes | None = None
    ended: Minutes | None = None
    outcome: TicketState | None = None

    @property
    def wait(self) -> float | None:
        """Minutes from taking the number to the first call."""
        return self.waits[0] if self.waits else None


@dataclass(frozen=True)
class DayRecord:
    """What a day brought. ``busy`` and ``open``: minutes by counter."""

    number: int
    visits: tuple[Visit, ...]
    legs: tuple[Leg, ...]
    busy: dict[str, float]
    open: dict[str, float]

    @property
    def utilisation(self) -> float:
        """Share of the open counters' time with a ticket."""
        return sum(self.busy.values()) / max(1e-9, sum(self.open.values()))


@dataclass
class _Ticket:
    visit: Visit
    life: Life
    waiting: Waiting
    queued: Minutes
    there: bool = True
    stepped_out: bool = False


@dataclass
class _Counter:
    officer: Officer
    queue: CounterQueue
    is_open: bool = False
    away: bool = False
    ticket: _Ticket | None = None
    resting_until: Minutes = 0
    opened_at: Minutes = 0


class Lobby:
    """One day with one discipline. ``run`` once."""

    def __init__(
        self,
        world: World,
        day: SimulatedDay,
        discipline: Discipline,
        rules: Rules,
        watcher: Watcher | None = None,
    ) -> None:
        self._world, self._day, self._discipline, self._rules = world, day, discipline, rules
        self._watcher = watcher
        self._midnight = world.moment(day.date, 0)
        self._minutes = {service.id: service.minutes for service in world.services}
        self._events: list[tuple[Minutes, int, Callable[[], None]]] = []
        self._count = 0
        self._now: Minutes = 0
        self._waiting: dict[str, _Ticket] = {}
        self._tickets: list[_Ticket] = []
        self._legs: list[Leg] = []
        self._busy = {officer.counter: 0.0 for officer in day.officers}
        self._open = {officer.counter: 0.0 for officer in day.officers}
        self._counters = [
            _Counter(officer, CounterQueue(officer.counter, officer.services)) for officer in day.officers
        ]

    def run(self) -> DayRecord:
        """The whole day."""
        for citizen in self._day.citizens:
            self._at(citizen.arrives, self._arrive, citizen)
        for counter in self._counters:
            officer = counter.officer
            self._at(officer.opens, self._open_counter, counter)
            self._at(officer.closes, self._leave, counter, True)
            for start, end, closed in officer.breaks:
                if officer.opens < start < officer.closes:
                    self._at(start, self._leave, counter, closed)
                    self._at(min(end, officer.closes), self._come_back, counter)
        while self._events:
            self._now, _, happen = heappop(self._events)
            happen()
        self._expire()
        return DayRecord(
            self._day.number,
            tuple(ticket.visit for ticket in self._tickets),
            tuple(self._legs),
            self._busy,
            self._open,
        )

    def _at(self, at: Minutes, happen: Callable[..., None], *with_: object) -> None:
        self._count += 1
        heappush(self._events, (max(at, self._now), self._count, lambda: happen(*with_)))

    def _after(self, minutes: float, happen: Callable[..., None], *with_: object) -> None:
        self._at(self._now + minutes, happen, *with_)

    @property
    def _moment(self) -> datetime:
        return self._midnight + timedelta(minutes=self._now)

    def _step(self, ticket: _Ticket, event: TicketEvent, who: Actor = Actor.OFFICER, **more: object) -> bool:
        """Carry an event out if the rules allow it."""
        counter = ticket.life.counter if who is Actor.OFFICER else None
        particulars = {"counter": counter, **more}
        after = step(ticket.life, Step(event, who, self._moment, **particulars), self._rules)  # type: ignore[arg-type]
        if isinstance(after, Refused):
            return False
        ticket.life = after
        ticket.visit.events.append(event)
        return True

    def _must(self, ticket: _Ticket, event: TicketEvent, who: Actor = Actor.OFFICER, **more: object) -> None:
        if not self._step(ticket, event, who, **more):
            raise SimulationError(f"{event} refused in state {ticket.life.state}")

    # -- citizens

    def _arrive(self, citizen: Citizen) -> None:
        name = f"{self._day.number}-{citizen.number}"
        service, *then = citizen.services
        life = issued(service, tuple(then), priority=citizen.priority)
        midnight = self._midnight
        appointed = None if citizen.appointed is None else midnight + timedelta(minutes=citizen.appointed)
        waiting = Waiting(name, service, self._moment, citizen.number, citizen.priority, appointed)
        ticket = _Ticket(Visit(name, citizen, service), life, waiting, self._now)
        self._tickets.append(ticket)
        self._after(citizen.patience, self._lose_patience, ticket)
        self._queue(ticket)
        if self._watcher is not None:
            self._watcher.arrived(name, self.seen())

    def _queue(self, ticket: _Ticket) -> None:
        """A ticket waits (again); idle officers notice."""
        life = ticket.life
        ticket.waiting = replace(ticket.waiting, service=life.service, reserved_counter=life.reserved_counter)
        ticket.queued = self._now
        self._waiting[ticket.waiting.id] = ticket
        for counter in self._counters:
            if counter.is_open and counter.ticket is None and counter.queue.may_call(ticket.waiting):
                self._after(_NOTICES, self._call_next, counter)

    def _lose_patience(self, ticket: _Ticket) -> None:
        if ticket.life.state is not TicketState.WAITING or ticket.visit.called:
            return
        ticket.there = False
        ticket.visit.walked_out = self._now
        if ticket.visit.citizen.cancels:
            self._must(ticket, TicketEvent.CANCEL, Actor.CITIZEN)
            del self._waiting[ticket.waiting.id]
            self._end(ticket)
            if self._watcher is not None:
                self._watcher.cancelled(ticket.waiting.id, self._moment)

    def _rejoin(self, ticket: _Ticket) -> None:
        if ticket.life.state is TicketState.NO_SHOW and self._step(ticket, TicketEvent.REJOIN, Actor.CITIZEN):
            ticket.there, ticket.visit.rejoined = True, True
            ticket.visit.outcome = ticket.visit.ended = None
            self._queue(ticket)

    # -- officers

    def _open_counter(self, counter: _Counter) -> None:
        counter.is_open, counter.away, counter.opened_at = True, False, self._now
        self._call_next(counter)

    def _leave(self, counter: _Counter, closes: bool) -> None:
        """A break or the end; who is being served is served to the end."""
        if not counter.is_open:
            return
        counter.away = True
        if closes and counter.ticket is None:
            self._close(counter)
        elif closes:
            counter.resting_until = math.inf

    def _close(self, counter: _Counter) -> None:
        counter.is_open, counter.resting_until = False, 0
        self._open[counter.queue.id] += self._now - counter.opened_at
        for ticket in list(self._waiting.values()):
            if ticket.life.reserved_counter == counter.queue.id:
                self._must(ticket, TicketEvent.RELEASE, Actor.SYSTEM)
                self._queue(ticket)

    def _come_back(self, counter: _Counter) -> None:
        if self._now >= counter.officer.closes:
            return
        counter.away, counter.resting_until = False, 0
        if not counter.is_open:
            self._open_counter(counter)
        elif counter.ticket is None:
            self._call_next(counter)

    def _call_next(self, counter: _Counter) -> None:
        if not counter.is_open or counter.away or counter.ticket is not None:
            return
        waiting = [ticket.waiting for ticket in self._waiting.values()]
        choice = self._discipline.choose(waiting, counter.queue, self._moment)
        if choice is None:
            return
        for passed in choice.passed:
            other = self._waiting[passed]
            other.waiting = replace(other.waiting, overtaken=other.waiting.overtaken + 1)
            other.visit.overtaken += 1
        ticket = self._waiting.pop(choice.ticket.id)
        self._must(ticket, TicketEvent.CALL, counter=counter.queue.id)
        counter.ticket = ticket
        ticket.visit.called.append(self._now)
        ticket.visit.waits.append(self._now - ticket.queued)
        if self._watcher is not None:
            self._watcher.called(ticket.waiting.id, self._moment)
        citizen = ticket.visit.citizen
        if citizen.absent and not ticket.stepped_out:
            ticket.stepped_out, ticket.there = True, False
            if citizen.back_after is not None:
                self._after(_GIVES_UP_AFTER + citizen.back_after, self._rejoin, ticket)
        if ticket.there:
            self._after(citizen.walk, self._start, counter, ticket)
        else:
            self._after(_RECALLS_AFTER, self._recall, counter, ticket)
            self._after(_GIVES_UP_AFTER, self._no_show, counter, ticket)

    def _recall(self, counter: _Counter, ticket: _Ticket) -> None:
        self._must(ticket, TicketEvent.RECALL)

    def _no_show(self, counter: _Counter, ticket: _Ticket) -> None:
        before = ticket.life
        self._must(ticket, TicketEvent.NO_SHOW)
        self._leg(ticket, counter.queue.id, before, NO_SHOW)
        self._end(ticket)
        self._free(counter)

    def _start(self, counter: _Counter, ticket: _Ticket) -> None:
        self._must(ticket, TicketEvent.START)
        citizen, life = ticket.visit.citizen, ticket.life
        if citizen.transfer is not None and TicketEvent.TRANSFER not in ticket.visit.events:
            self._after(_TRANSFER_AFTER, self._transfer, counter, ticket)
            return
        if citizen.parked_for is not None and TicketEvent.PARK not in ticket.visit.events:
            self._after(_COPY_AFTER, self._park, counter, ticket)
            return
        wanted = citizen.services.index(life.service) if life.service in citizen.services else 0
        minutes = self._minutes[life.service] * citizen.work[wanted] * self._slowness(counter, life.service)
        forgotten = citizen.forgotten if wanted == 0 else 0.0
        self._after(max(0.3, minutes) + forgotten, self._complete, counter, ticket)

    def _slowness(self, counter: _Counter, service: str) -> float:
        """Day, officer, hour and crowd."""
        world, hour = self._world, self._now / 60
        tired = max(0.0, math.sin((hour - 7.5) / 4 * math.pi / 2)) if hour < 12 else (hour - 13.5) / 3.5
        crowd = sum(1 for one in self._counters if one.is_open) - 1
        drift = world.hour_drift * (min(1.0, max(0.0, tired)) - 0.5) + world.crowding * crowd
        return self._day.slowness[service] * counter.officer.speed * math.exp(drift)

    def _transfer(self, counter: _Counter, ticket: _Ticket) -> None:
        to = ticket.visit.citizen.transfer
        before = ticket.life
        others = [one for one in self._counters if one.is_open and one is not counter and not one.away]
        if ticket.visit.citizen.number % 3 == 0 and others:
            self._must(ticket, TicketEvent.TRANSFER, to_counter=others[0].queue.id)
        elif to != before.service:
            self._must(ticket, TicketEvent.TRANSFER, to_service=to)
        self._occupied(counter, before.called_at)
        self._queue(ticket)
        self._free(counter)

    def _park(self, counter: _Counter, ticket: _Ticket) -> None:
        called_at = ticket.life.called_at
        minutes = ticket.visit.citizen.parked_for or 0
        until = self._moment + timedelta(minutes=minutes)
        self._must(ticket, TicketEvent.PARK, reason="copy", until=until)
        self._occupied(counter, called_at)
        self._after(minutes + 0.01, self._return, ticket)
        self._free(counter)

    def _return(self, ticket: _Ticket) -> None:
        if ticket.life.state is TicketState.PARKED:
            self._must(ticket, TicketEvent.RETURN, Actor.SYSTEM)
            self._queue(ticket)

    def _complete(self, counter: _Counter, ticket: _Ticket) -> None:
        before = ticket.life
        self._must(ticket, TicketEvent.COMPLETE)
        more = ticket.life.state is TicketState.WAITING
        outcome = "next_service" if more else "completed"
        self._leg(ticket, counter.queue.id, before, outcome)
        if more:
            self._queue(ticket)
        else:
            self._end(ticket)
        self._free(counter)

    def _free(self, counter: _Counter) -> None:
        counter.ticket = None
        if counter.away and counter.resting_until == math.inf:
            self._close(counter)
        else:
            self._after(_BETWEEN, self._call_next, counter)

    # -- records

    def _occupied(self, counter: _Counter, called_at: datetime | None) -> None:
        if called_at is not None:
            self._busy[counter.queue.id] += (self._moment - called_at).total_seconds() / 60

    def _leg(self, ticket: _Ticket, counter: str, before: Life, outcome: str) -> None:
        if before.called_at is None:
            raise SimulationError("a stay without a call")
        leg = Leg(
            service=before.service,
            called_at=before.called_at,
            started_at=before.started_at,
            ended_at=self._moment,
            outcome=outcome,
            officers=sum(1 for one in self._counters if one.is_open),
            day=self._day.date,
            counter=counter,
            queued_at=self._midnight + timedelta(minutes=ticket.queued),
        )
        self._busy[counter] += (leg.ended_at - leg.called_at).total_seconds() / 60
        self._legs.append(leg)
        if self._watcher is not None:
            self._watcher.left(leg)

    def _end(self, ticket: _Ticket) -> None:
        ticket.visit.outcome, ticket.visit.ended = ticket.life.state, self._now

    def _expire(self) -> None:
        """The day is over: who still waits or is parked has waited in vain."""
        for ticket in self._tickets:
            if ticket.life.state in ACTIVE:
                raise SimulationError("somebody is still at a counter")
            if ticket.visit.outcome is None:
                self._must(ticket, TicketEvent.EXPIRE, Actor.SYSTEM)
                self._end(ticket)

    def seen(self) -> Seen:
        """What the centre knows now."""
        counters = tuple(
            OpenCounter(counter.queue, self._running(counter))
            for counter in self._counters
            if counter.is_open
        )
        closed = tuple(counter.queue for counter in self._counters if not counter.is_open)
        parked = tuple(
            Coming(ticket.waiting, ticket.life.parked_until)
            for ticket in self._tickets
            if ticket.life.state is TicketState.PARKED and ticket.life.parked_until is not None
        )
        here = [*self._waiting.values(), *(one.ticket for one in self._counters if one.ticket is not None)]
        return Seen(
            now=self._moment,
            waiting=tuple(one.waiting for one in self._waiting.values()),
            counters=counters,
            closed=closed,
            then={one.waiting.id: one.life.then for one in here if one.life.then},
            parked=parked,
        )

    @staticmethod
    def _running(counter: _Counter) -> Running | None:
        if counter.ticket is None or counter.ticket.life.called_at is None:
            return None
        life = counter.ticket.life
        assert life.called_at is not None  # noqa: S101 - mypy
        return Running(
            life.service, counter.queue.id, life.called_at, life.started_at, counter.ticket.waiting
        )
