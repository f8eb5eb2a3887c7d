"""Rows of the queue as the API tells of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, func, select

from kiosk.centre.moments import written
from kiosk.centre.plan import Plan
from kiosk.centre.queue_state import Json, QueueState, Row, counter_queue
from kiosk.centre.store.schema import UNDOABLE_TICKET, journal, ticket
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.ticket_record import life_of, row_of, services_of, waiting_of
from kiosk.queueing.counter import Counter, counter_state
from kiosk.queueing.number import format_number
from kiosk.queueing.ticket import TicketState, rejoin_until
from kiosk.queueing.wait import Wait, wait_range

__all__ = ["Json", "QueueView", "Row", "counter_name", "counter_name_of", "ticket_json", "told"]

BOARD_LINES = 8

_ONE = select(ticket).where(ticket.c.site == bindparam("in_site"), ticket.c.id == bindparam("in_id"))
_FOLLOWED = select(ticket).where(
    ticket.c.site == bindparam("in_site"), ticket.c.follow_token == bindparam("in_token")
)
_UNDOABLE = (
    select(ticket)
    .where(ticket.c.site == bindparam("in_site"), ticket.c.undo_until >= bindparam("in_now"), UNDOABLE_TICKET)
    .order_by(ticket.c.undo_until, ticket.c.called_at)
)


class QueueView:
    """The queue as one reading (or transaction) sees it, in the words of the API.

    Waits, and how many wait for a counter, are told to readings only: a transaction holds up everybody
    else's.
    """

    def __init__(self, reading: Reading, plan: Plan, state: QueueState) -> None:
        self._reading = reading
        self._plan = plan
        self._state = state
        self._undoable: dict[str, Row] | None = None

    @property
    def state(self) -> QueueState:
        """What the view is made from."""
        return self._state

    @property
    def waiting_count(self) -> int:
        """How many wait."""
        return len(self._state.waiting)

    def row(self, ticket_id: str) -> Row | None:
        """One ticket's row."""
        found = self._reading.connection.execute(_ONE, {"in_site": self._plan.site, "in_id": ticket_id})
        return found.mappings().first()

    def followed(self, token: str) -> Row | None:
        """The row of the ticket with this follow token."""
        found = self._reading.connection.execute(_FOLLOWED, {"in_site": self._plan.site, "in_token": token})
        return found.mappings().first()

    def ahead(self, row: Row) -> int:
        """People called before a ticket as things stand; 0 once it was called."""
        return self._state.ahead(waiting_of(row)) if row["state"] == TicketState.WAITING else 0

    def wait(self, row: Row) -> Json | None:
        """A ticket's wait; ``None`` when it does not wait, or nobody can say."""
        if row["state"] != TicketState.WAITING or isinstance(self._reading, Transaction):
            return None
        return wait_json(self._state.wait(row["id"], row["service"]))

    def services(self, open_services: Mapping[str, Json]) -> list[Json]:
        """All services with their queues; ``open_services`` holds each one's hours as the API tells them."""
        answer = []
        for service in self._plan.services.values():
            before = self._plan.before.get(service.id, frozenset({service.id}))
            wait = wait_json(self._state.newcomers_wait(service.id))
            answer.append(
                {
                    "id": service.id,
                    "name": service.name,
                    "name_in": dict(service.name_in),
                    "hint": service.hint,
                    "hint_in": dict(service.hint_in),
                    **open_services[service.id],
                    "waiting": sum(1 for one in self._state.waiting if one.service == service.id),
                    "ahead": sum(1 for one in self._state.waiting if one.service in before),
                    "minutes_wait": minutes(wait),
                    "wait": wait,
                    "counters": [counter_name(counter) for counter in self._plan.serving(service.id)],
                    "form": service.form,
                    "for_ages": self._plan.for_ages.get(service.id),
                }
            )
        return answer

    def ticket(self, row: Row, *, ahead: int | None = None, secret: bool = False) -> Json:
        """A ticket as the API tells of it; the holder's follow address only with ``secret``."""
        places = self.ahead(row) if ahead is None else ahead
        return ticket_json(row, self._plan, places, self.wait(row), secret=secret)

    def counter(self, counter: Counter, active: Row | None) -> Json:
        """A counter with its officer, its ticket, and what may be taken back there."""
        holder = self._state.holders.get(counter.id)
        state = None if active is None else TicketState(active["state"])
        done = self._last_done().get(counter.id)
        return {
            **counter_name(counter),
            "services": list(counter.services),
            "state": counter_state(held=holder is not None, ticket=state).value,
            "officer": holder,
            "ticket": None if active is None else self.ticket(active),
            "waiting": None
            if isinstance(self._reading, Transaction)
            else self._state.waiting_for(counter_queue(counter)),
            "undo_until": None if done is None else done["undo_until"],
            "undo": None
            if done is None
            else {
                "event": done["undoable"],
                "ticket": done["id"],
                "number": format_number(done["series"], done["sequence"]),
            },
        }

    def counter_now(self, counter_id: str) -> Json:
        """One counter. Raises ``KeyError``."""
        at = {row["counter"]: row for row in self._state.active}
        return self.counter(self._plan.counters[counter_id], at.get(counter_id))

    def counters(self) -> list[Json]:
        """All counters, in the order of the configuration."""
        at = {row["counter"]: row for row in self._state.active}
        return [self.counter(counter, at.get(counter.id)) for counter in self._plan.counters.values()]

    def _last_done(self) -> dict[str, Row]:
        """What each counter did last and may take back."""
        if self._undoable is None:
            now = {"in_site": self._plan.site, "in_now": written(self._reading.now)}
            rows = self._reading.connection.execute(_UNDOABLE, now).mappings()
            self._undoable = {row["undo_counter"]: row for row in rows}
        return self._undoable

    def place(self, row: Row, head: int) -> Json:
        """What the holder of a ticket sees on the follow page."""
        wait = self.wait(row)
        return {
            "number": format_number(row["series"], row["sequence"]),
            "service_name": service_name(row["service"], self._plan),
            "state": row["state"],
            "ahead": self.ahead(row),
            "minutes_wait": minutes(wait),
            "wait": wait,
            "counters": [counter_name(counter) for counter in counters_of(row, self._plan)],
            "counter": counter_name_of(row["counter"], self._plan),
            "call_count": row["call_count"],
            "issued_at": row["issued_at"],
            "then": [service_name(service, self._plan) for service in services_of(row)],
            "parked_until": row["parked_until"],
            **rejoining(row, self._plan),
            "head": head,
        }

    def board(self) -> list[Json]:
        """Calls a display shows: the newest first."""
        rows = {row["id"]: row for row in self._state.active}
        calls = newest_calls(self._reading, self._plan.site, list(rows))
        lines = [
            {
                "number": format_number(row["series"], row["sequence"]),
                "counter": counter_name_of(row["counter"], self._plan),
                "called_at": row["called_at"],
                "call_count": row["call_count"],
                "call": calls[row["id"]],
            }
            for row in rows.values()
            if row["id"] in calls
        ]
        lines.sort(key=lambda line: int(line["call"]), reverse=True)
        return lines[:BOARD_LINES]


def newest_calls(reading: Reading, site: str, tickets: Sequence[str]) -> dict[str, int]:
    """Journal number of each ticket's newest call or recall."""
    if not tickets:
        return {}
    query = (
        select(journal.c.subject, func.max(journal.c.seq).label("call"))
        .where(
            journal.c.site == site,
            journal.c.subject.in_(tickets),
            journal.c.type.in_(["ticket.called", "ticket.recalled"]),
        )
        .group_by(journal.c.subject)
    )
    return {row.subject: row.call for row in reading.connection.execute(query)}


def counter_name(counter: Counter) -> Json:
    """What a citizen needs to find a counter."""
    return {"id": counter.id, "number": counter.number, "name": counter.name}


def counter_name_of(counter_id: str | None, plan: Plan) -> Json | None:
    """The same by id; a counter that has left the configuration keeps its id as name."""
    if counter_id is None:
        return None
    counter = plan.counters.get(counter_id)
    return counter_name(counter) if counter else {"id": counter_id, "number": 0, "name": counter_id}


def service_name(service: str, plan: Plan) -> str:
    """A service's name; one that has left the configuration keeps its id."""
    known = plan.services.get(service)
    return known.name if known else service


def counters_of(row: Row, plan: Plan) -> list[Counter]:
    """The counters that may call a ticket, in the order of the configuration."""
    if row["reserved_counter"] is not None and row["reserved_counter"] in plan.counters:
        return [plan.counters[row["reserved_counter"]]]
    return plan.serving(row["service"])


def rejoining(row: Row, plan: Plan) -> Json:
    """Until when who was missed may come back, and how often still."""
    until = None
    if row["state"] == TicketState.NO_SHOW:
        until = rejoin_until(life_of({**row, "before": None}), plan.rules)
    return {
        "rejoin_until": None if until is None else written(until),
        "rejoins_left": max(0, plan.rules.rejoins - row["rejoins"]),
    }


def wait_json(wait: Wait) -> Json | None:
    """A wait as the API tells it, in minutes: ``low`` and ``high`` are the figures to be shown, where one may
    be missing.
    """
    if wait.median is None or wait.p90 is None:
        return None
    shown = wait_range(wait)
    return {
        "median": round(wait.median, 1),
        "p90": round(wait.p90, 1),
        "low": shown.low,
        "high": shown.high,
    }


def minutes(wait: Json | None) -> int | None:
    """The one figure for those who show no range: the median, rounded up."""
    return None if wait is None else math.ceil(wait["median"])


def ticket_json(row: Row, plan: Plan, ahead: int, wait: Json | None, *, secret: bool) -> Json:
    """A ticket as the API and the stream tell of it; the follow address only with ``secret``."""
    priority = plan.priorities.get(row["priority"] or "")
    answer: Json = {
        "id": row["id"],
        "number": format_number(row["series"], row["sequence"]),
        "series": row["series"],
        "sequence": row["sequence"],
        "service": row["service"],
        "service_name": service_name(row["service"], plan),
        "state": row["state"],
        "day": row["day"],
        "issued_at": row["issued_at"],
        "issued_by": row["issued_by"],
        "offline": bool(row["offline"]),
        "queued_at": row["queued_at"],
        "then": list(services_of(row)),
        "priority": row["priority"],
        "priority_name": row["priority"] if priority is None else priority.name,
        "reserved_counter": row["reserved_counter"],
        "overtaken": row["overtaken"],
        "ahead": ahead,
        "wait": wait,
        "counters": [counter_name(counter) for counter in counters_of(row, plan)],
        "counter": counter_name_of(row["counter"], plan),
        "called_at": row["called_at"],
        "call_count": row["call_count"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
        "parked_until": row["parked_until"],
        "park_reason": row["park_reason"],
        **rejoining(row, plan),
        "undo_until": row["undo_until"],
        "form": None
        if row["form"] is None
        else {"form": row["form"], "attached_at": row["form_attached_at"]},
        "print": {
            "state": row["print_state"],
            "copies": row["print_copies"],
            "code": row["print_code"],
        },
    }
    if secret:
        answer["follow_url"] = f"{plan.address}/follow/{row['follow_token']}"
    return answer


def told(data: Json, plan: Plan) -> Json:
    """A journal entry as the stream tells it: records and ids become tickets and counters by name."""
    ticket_record, counter_id = data.get("ticket"), data.get("counter")
    if isinstance(ticket_record, dict):
        data = {**data, "ticket": ticket_json(row_of(ticket_record, plan.site), plan, 0, None, secret=False)}
    if isinstance(counter_id, str):
        data = {**data, "counter": counter_name_of(counter_id, plan)}
    return data
