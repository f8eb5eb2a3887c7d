"""Who waits, who sits where, who is at a counter: what the order of calls and the waits follow from.

One state belongs to one journal number and is computed once for all who look at it.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, or_, select

from kiosk.centre import journal
from kiosk.centre.journal import Head
from kiosk.centre.learnt_times import LearntTimes
from kiosk.centre.moments import read
from kiosk.centre.plan import Plan
from kiosk.centre.store.schema import OPEN_TICKET, TICKET_AT_COUNTER, officer, ticket
from kiosk.centre.store.schema import counter as counter_table
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.ticket_record import services_of, waiting_of
from kiosk.queueing.arrivals import Coming
from kiosk.queueing.counter import Counter
from kiosk.queueing.discipline import CounterQueue, Waiting, counter_before
from kiosk.queueing.estimate import Forecast, OpenCounter
from kiosk.queueing.service_times import Running
from kiosk.queueing.ticket import TicketState
from kiosk.queueing.wait import NOBODY_KNOWS, Wait

Json = dict[str, Any]
Row = RowMapping | dict[str, Any]

FRESH = timedelta(seconds=15)
"""How long a state serves while nothing happens: waits shrink with time, appointments come due."""

_WAITING = (
    select(
        ticket.c.id,
        ticket.c.service,
        ticket.c.queued_at,
        ticket.c.arrival,
        ticket.c.priority,
        ticket.c.appointed_at,
        ticket.c.overtaken,
        ticket.c.reserved_counter,
    )
    .where(ticket.c.site == bindparam("in_site"), ticket.c.state == TicketState.WAITING.value, OPEN_TICKET)
    .order_by(ticket.c.queued_at, ticket.c.arrival)
)
_CALLABLE = _WAITING.where(
    or_(
        ticket.c.reserved_counter == bindparam("in_counter"),
        and_(
            ticket.c.reserved_counter.is_(None),
            ticket.c.service.in_(bindparam("in_services", expanding=True)),
        ),
    )
)
_ACTIVE = (
    select(ticket).where(ticket.c.site == bindparam("in_site"), TICKET_AT_COUNTER).order_by(ticket.c.arrival)
)
_FURTHER = (
    select(ticket)
    .where(ticket.c.site == bindparam("in_site"), OPEN_TICKET)
    .where(
        or_(
            and_(ticket.c.state == TicketState.WAITING.value, ticket.c.then.is_not(None)),
            and_(ticket.c.state == TicketState.PARKED.value, ticket.c.parked_until.is_not(None)),
        )
    )
)
_HELD = (
    select(counter_table.c.id, counter_table.c.officer, officer.c.name)
    .join_from(
        counter_table,
        officer,
        and_(officer.c.site == counter_table.c.site, officer.c.login == counter_table.c.officer),
        isouter=True,
    )
    .where(counter_table.c.site == bindparam("in_site"))
)


def read_waiting(reading: Reading, counter: Counter | None = None) -> list[Waiting]:
    """Every waiting ticket, or those that ``counter`` may call, in the order of arrival; no more of each than
    the discipline asks for.
    """
    asked: Json = {"in_site": reading.site}
    if counter is None:
        rows = reading.connection.execute(_WAITING, asked)
    else:
        asked |= {"in_counter": counter.id, "in_services": list(counter.services)}
        rows = reading.connection.execute(_CALLABLE, asked)
    return [waiting_of(row) for row in rows.mappings()]


class QueueState:
    """The queue as one reading sees it; each part is read or computed at most once, when it is first asked
    for.
    """

    def __init__(self, reading: Reading, plan: Plan, times: LearntTimes) -> None:
        self._reading: Reading | None = reading
        self._admits = isinstance(reading, Transaction)  # it decides who still gets a number
        self._plan = plan
        self._times = times
        self._now = reading.now
        self._computing = threading.Lock()
        self._waiting: list[Waiting] | None = None
        self._active: list[Row] | None = None
        self._further: list[Row] | None = None
        self._holders: dict[str, Json] | None = None
        self._places: dict[tuple[str, str | None], dict[str, int]] = {}
        self._forecast: Forecast | None = None

    def read_all(self) -> None:
        """Read now, so that the state outlives its reading."""
        assert self.waiting is not None and self.active is not None  # noqa: S101
        assert self.further is not None and self.holders is not None  # noqa: S101
        self._reading = None

    @property
    def waiting(self) -> list[Waiting]:
        """Every waiting ticket, in the order of arrival."""
        if self._waiting is None:
            assert self._reading is not None  # noqa: S101 - whoever keeps a state has it read all
            self._waiting = read_waiting(self._reading)
        return self._waiting

    @property
    def active(self) -> list[Row]:
        """Tickets at a counter: called or being served."""
        if self._active is None:
            self._active = list(self._rows(_ACTIVE))
        return self._active

    @property
    def further(self) -> list[Row]:
        """Tickets that will wait again: they go on to another service, or are parked until a known time."""
        if self._further is None:
            self._further = list(self._rows(_FURTHER))
        return self._further

    @property
    def holders(self) -> dict[str, Json]:
        """Open counters' ids with the officer who holds each: ``{login, name}``."""
        if self._holders is None:
            self._holders = {
                row["id"]: {"login": row["officer"], "name": row["name"] or row["officer"]}
                for row in self._rows(_HELD)
            }
        return self._holders

    def ahead(self, waiting: Waiting) -> int:
        """How many are called before this waiting ticket as things stand."""
        kind = (waiting.service, waiting.reserved_counter)
        with self._computing:
            if kind not in self._places:
                self._places[kind] = self._run_forward(*kind)
            return self._places[kind].get(waiting.id, 0)

    def wait(self, ticket_id: str, service: str) -> Wait:
        """The wait of a waiting ticket; one that a forecast does not know yet waits like a newcomer."""
        known = self._forecasts().tickets.get(ticket_id)
        return self.newcomers_wait(service) if known is None else known

    def newcomers_wait(self, service: str) -> Wait:
        """The wait of one who takes a number of this service now."""
        return self._forecasts().newcomers.get(service, NOBODY_KNOWS)

    def waiting_for(self, counter: CounterQueue) -> int:
        """How many wait whom this counter may call."""
        return sum(1 for one in self.waiting if counter.may_call(one))

    def _rows(self, query: Any) -> list[RowMapping]:
        assert self._reading is not None  # noqa: S101 - whoever keeps a state has it read all
        return list(self._reading.connection.execute(query, {"in_site": self._plan.site}).mappings())

    def _run_forward(self, service: str, reserved: str | None) -> dict[str, int]:
        before = counter_before(service, [counter_queue(one) for one in self._plan.counters.values()])
        if reserved is not None:
            before = replace(before, id=reserved)
        calls = self._plan.discipline.forward(self.waiting, before, self._now)
        return {choice.ticket.id: number for number, choice in enumerate(calls)}

    def _forecasts(self) -> Forecast:
        at = {row["counter"]: row for row in self.active}
        queues = [counter_queue(counter) for counter in self._plan.counters.values()]
        opened = [OpenCounter(one, _running(at.get(one.id))) for one in queues if one.id in self.holders]
        closed = [one for one in queues if one.id not in self.holders]
        waiting, further = self.waiting, self.further
        with self._computing:
            if self._forecast is None:
                # Not kept: the next who asks may be given a newer one, made for somebody's admission.
                if not self._admits and (made := self._times.still_good(opened)) is not None:
                    return made
                self._forecast = self._times.forecast(
                    waiting,
                    opened,
                    closed,
                    self._now,
                    then={row["id"]: services_of(row) for row in (*further, *self.active) if row["then"]},
                    parked=[
                        Coming(waiting_of(row), read(row["parked_until"]))
                        for row in further
                        if row["state"] == TicketState.PARKED
                    ],
                )
            return self._forecast


class QueueStates:
    """The newest state, shared by all who read at the same journal number."""

    def __init__(self, plan: Plan, times: LearntTimes) -> None:
        self._plan = plan
        self._times = times
        self._newest: tuple[Head, datetime, QueueState] | None = None

    def of(self, reading: Reading) -> QueueState:
        """The state as this reading sees it. A transaction sees its own changes, so it gets its own."""
        if isinstance(reading, Transaction):
            return QueueState(reading, self._plan, self._times)
        head = journal.read_head(reading.connection, reading.site)
        newest = self._newest
        if newest is not None and newest[0] == head and abs(reading.now - newest[1]) < FRESH:
            return newest[2]
        self._times.refresh(reading)
        state = QueueState(reading, self._plan, self._times)
        state.read_all()
        if head is not None:
            self._newest = (head, reading.now, state)
        return state


def counter_queue(counter: Counter) -> CounterQueue:
    """A counter as the discipline sees it."""
    return CounterQueue(counter.id, counter.services)


def _running(row: Row | None) -> Running | None:
    if row is None:
        return None
    started_at = None if row["started_at"] is None else read(row["started_at"])
    return Running(row["service"], row["counter"], read(row["called_at"]), started_at, waiting_of(row))
