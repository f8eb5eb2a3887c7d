"""Rows of the queue as the API tells of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, func, select

from kiosk.centre.plan import Plan
from kiosk.centre.store.schema import counter as counter_table
from kiosk.centre.store.schema import journal, officer, ticket
from kiosk.centre.store.store import Reading
from kiosk.centre.ticket_record import row_of, services_of, waiting_of
from kiosk.queueing import discipline
from kiosk.queueing.counter import Counter, counter_state
from kiosk.queueing.discipline import Waiting
from kiosk.queueing.number import format_number
from kiosk.queueing.ticket import ACTIVE, TicketState
from kiosk.queueing.wait import minutes_wait

Json = dict[str, Any]
Row = RowMapping | dict[str, Any]

BOARD_LINES = 8

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
    .where(ticket.c.site == bindparam("in_site"), ticket.c.state == TicketState.WAITING.value)
    .order_by(ticket.c.queued_at, ticket.c.arrival)
)
_ACTIVE = (
    select(ticket)
    .where(ticket.c.site == bindparam("in_site"), ticket.c.state.in_(sorted(ACTIVE)))
    .order_by(ticket.c.arrival)
)
_ONE = select(ticket).where(ticket.c.site == bindparam("in_site"), ticket.c.id == bindparam("in_id"))
_FOLLOWED = select(ticket).where(
    ticket.c.site == bindparam("in_site"), ticket.c.follow_token == bindparam("in_token")
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


class QueueView:
    """The queue as one reading (or transaction) sees it; each part is read at most once."""

    def __init__(self, reading: Reading, plan: Plan) -> None:
        self._reading = reading
        self._plan = plan
        self._waiting: list[Waiting] | None = None
        self._holders: dict[str, Json] | None = None

    @property
    def waiting(self) -> list[Waiting]:
        """Every waiting ticket, in the order of arrival."""
        if self._waiting is None:
            rows = self._reading.connection.execute(_WAITING, {"in_site": self._plan.site})
            self._waiting = [waiting_of(row) for row in rows.mappings()]
        return self._waiting

    @property
    def holders(self) -> dict[str, Json]:
        """Open counters' ids with the officer who holds each: ``{login, name}``."""
        if self._holders is None:
            rows = self._reading.connection.execute(_HELD, {"in_site": self._plan.site})
            self._holders = {
                counter: {"login": login, "name": name or login} for counter, login, name in rows
            }
        return self._holders

    def row(self, ticket_id: str) -> Row | None:
        """One ticket's row."""
        found = self._reading.connection.execute(_ONE, {"in_site": self._plan.site, "in_id": ticket_id})
        return found.mappings().first()

    def followed(self, token: str) -> Row | None:
        """The row of the ticket with this follow token."""
        found = self._reading.connection.execute(_FOLLOWED, {"in_site": self._plan.site, "in_token": token})
        return found.mappings().first()

    def active(self) -> list[Row]:
        """Tickets at a counter: called or being served."""
        return list(self._reading.connection.execute(_ACTIVE, {"in_site": self._plan.site}).mappings())

    def ahead(self, row: Row) -> int:
        """People before a ticket; 0 once it was called."""
        if row["state"] != TicketState.WAITING:
            return 0
        before = self._before(row["service"])
        return discipline.ahead(
            waiting_of(row), self.waiting, before, self._plan.discipline, self._reading.now
        )

    def minutes(self, service: str, ahead: int) -> int | None:
        """Estimated wait in minutes with ``ahead`` people before; ``None`` when nobody can say."""
        known = self._plan.services.get(service)
        if known is None:
            return None
        open_counters = sum(1 for counter in self._plan.serving(service) if counter.id in self.holders)
        return minutes_wait(ahead, known.minutes_each, open_counters)

    def _before(self, service: str) -> Collection[str]:
        return self._plan.before.get(service, frozenset({service}))

    def services(self, open_services: Mapping[str, Json]) -> list[Json]:
        """All services with their queues; ``open_services`` holds each one's hours as the API tells them."""
        answer = []
        for service in self._plan.services.values():
            before = self._before(service.id)
            ahead = sum(1 for one in self.waiting if one.service in before)
            answer.append(
                {
                    "id": service.id,
                    "name": service.name,
                    "hint": service.hint,
                    **open_services[service.id],
                    "waiting": sum(1 for one in self.waiting if one.service == service.id),
                    "ahead": ahead,
                    "minutes_wait": self.minutes(service.id, ahead),
                    "counters": [counter_name(counter) for counter in self._plan.serving(service.id)],
                    "form": service.form,
                }
            )
        return answer

    def ticket(self, row: Row, *, ahead: int | None = None, secret: bool = False) -> Json:
        """A ticket as the API tells of it; the holder's follow address only with ``secret``."""
        return ticket_json(row, self._plan, self.ahead(row) if ahead is None else ahead, secret=secret)

    def counter(self, counter: Counter, active: Row | None) -> Json:
        """A counter with its officer and ticket."""
        holder = self.holders.get(counter.id)
        state = None if active is None else TicketState(active["state"])
        return {
            **counter_name(counter),
            "services": list(counter.services),
            "state": counter_state(held=holder is not None, ticket=state).value,
            "officer": holder,
            "ticket": None if active is None else self.ticket(active),
        }

    def counters(self) -> list[Json]:
        """All counters, in the order of the configuration."""
        at = {row["counter"]: row for row in self.active()}
        return [self.counter(counter, at.get(counter.id)) for counter in self._plan.counters.values()]

    def place(self, row: Row, head: int) -> Json:
        """What the holder of a ticket sees on the follow page."""
        ahead = self.ahead(row)
        waiting = row["state"] == TicketState.WAITING
        return {
            "number": format_number(row["series"], row["sequence"]),
            "service_name": service_name(row["service"], self._plan),
            "state": row["state"],
            "ahead": ahead,
            "minutes_wait": self.minutes(row["service"], ahead) if waiting else None,
            "counters": [counter_name(counter) for counter in self._plan.serving(row["service"])],
            "counter": counter_name_of(row["counter"], self._plan),
            "call_count": row["call_count"],
            "issued_at": row["issued_at"],
            "head": head,
        }

    def board(self) -> list[Json]:
        """Calls a display shows: the newest first."""
        rows = {row["id"]: row for row in self.active()}
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


def ticket_json(row: Row, plan: Plan, ahead: int, *, secret: bool) -> Json:
    """A ticket as the API and the journal tell of it; the follow address only with ``secret``."""
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
        "queued_at": row["queued_at"],
        "then": list(services_of(row)),
        "priority": row["priority"],
        "ahead": ahead,
        "counters": [counter_name(counter) for counter in plan.serving(row["service"])],
        "counter": counter_name_of(row["counter"], plan),
        "called_at": row["called_at"],
        "call_count": row["call_count"],
        "started_at": row["started_at"],
        "ended_at": row["ended_at"],
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
        data = {**data, "ticket": ticket_json(row_of(ticket_record, plan.site), plan, 0, secret=False)}
    if isinstance(counter_id, str):
        data = {**data, "counter": counter_name_of(counter_id, plan)}
    return data
