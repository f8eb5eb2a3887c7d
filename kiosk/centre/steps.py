"""One step of a ticket's life in the database: the row, the leg it ends, and the journal's entry.

Order of locks in every transaction: the business day, counters by id, tickets, the journal's head. Whoever
changes several tickets holds the business day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from kiosk.centre.moments import written
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_state import Json, Row
from kiosk.centre.store.schema import OPEN_TICKET, counter, journal, leg, ticket
from kiosk.centre.store.store import Transaction
from kiosk.centre.ticket_record import life_of, life_values, recorded
from kiosk.failures import FailureCode
from kiosk.queueing.ticket import Actor, Guard, Refused, Step, TicketEvent, TicketState, issued, step

KINDS: Mapping[TicketEvent, str] = {
    TicketEvent.CALL: "ticket.called",
    TicketEvent.RECALL: "ticket.recalled",
    TicketEvent.START: "ticket.started",
    TicketEvent.COMPLETE: "ticket.completed",
    TicketEvent.PARK: "ticket.parked",
    TicketEvent.RETURN: "ticket.returned",
    TicketEvent.TRANSFER: "ticket.transferred",
    TicketEvent.NO_SHOW: "ticket.no_show",
    TicketEvent.REJOIN: "ticket.rejoined",
    TicketEvent.CANCEL: "ticket.cancelled",
    TicketEvent.EXPIRE: "ticket.expired",
    TicketEvent.PRIORITISE: "ticket.prioritised",
    TicketEvent.ADD_SERVICE: "ticket.service_added",
    TicketEvent.RELEASE: "ticket.released",
    TicketEvent.UNDO: "ticket.undone",
}
"""The journal's name of each event; a service completed with another to come is ``NEXT_SERVICE``."""

NEXT_SERVICE = "ticket.next_service"

_WHY: Mapping[Guard, tuple[FailureCode, str]] = {
    Guard.NOT_ELSEWHERE: (FailureCode.TICKET_ELSEWHERE, "The ticket is reserved for another counter."),
    Guard.SAME_COUNTER: (FailureCode.TICKET_ELSEWHERE, "The ticket is at another counter."),
    Guard.RECALL_GAP: (FailureCode.RECALL_TOO_SOON, "The last call is hardly over."),
    Guard.WITHIN_GRACE: (FailureCode.REJOIN_TOO_LATE, "The time to come back is over."),
    Guard.REJOINS_LEFT: (FailureCode.REJOINS_USED_UP, "The ticket has come back as often as it may."),
    Guard.HAS_TARGET: (FailureCode.TRANSFER_NOWHERE, "Neither another service nor a counter is named."),
    Guard.NOT_THERE_YET: (FailureCode.SERVICE_ASKED_ALREADY, "The visit has this service already."),
    Guard.WITHIN_UNDO: (FailureCode.UNDO_TOO_LATE, "This counter did nothing to it a moment ago."),
}
SYSTEM = "centre"
"""As the journal names who does what nobody asked for."""

_ENDS_A_LEG = frozenset({TicketEvent.COMPLETE, TicketEvent.NO_SHOW})

_BY_ID = select(ticket).where(ticket.c.site == bindparam("in_site"), ticket.c.id == bindparam("in_id"))
_LOCK = _BY_ID.with_for_update()
_CHANGED = ("legs", *life_values(issued("")))
_CHANGE = (
    update(ticket)
    .where(
        ticket.c.site == bindparam("in_site"),
        ticket.c.id == bindparam("in_id"),
        ticket.c.state == bindparam("in_state"),
    )
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
    .returning(ticket)
)
_NEWEST_CALL = (
    select(journal.c.payload)
    .where(
        journal.c.site == bindparam("in_site"),
        journal.c.subject == bindparam("in_id"),
        journal.c.type == KINDS[TicketEvent.CALL],
    )
    .order_by(journal.c.seq.desc())
    .limit(1)
)
_OPEN_COUNTERS = select(func.count()).select_from(counter).where(counter.c.site == bindparam("in_site"))


def refusal(refused: Refused) -> RefusalError:
    """The answer that names the rule that does not hold."""
    known = _WHY.get(refused.guard) if refused.guard is not None else None
    if known is not None:
        return RefusalError(*known)
    return RefusalError(
        FailureCode.TICKET_STATE_WRONG, f"The ticket is {refused.state}; {refused.event} does not apply."
    )


class Steps:
    """Steps within one transaction. ``actor`` is as the journal names who does them."""

    def __init__(self, transaction: Transaction, plan: Plan, actor: str) -> None:
        self.transaction = transaction
        self.plan = plan
        self.actor = actor

    def locked(self, ticket_id: str) -> Row:
        """A ticket's row, locked until the commit. Raises ``RefusalError``: ``NOT_FOUND``."""
        found = self.transaction.connection.execute(_LOCK, {"in_site": self.plan.site, "in_id": ticket_id})
        row = found.mappings().first()
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such ticket.")
        return row

    def do(self, row: Row, asked: Step, **told: Any) -> Row:
        """Do ``asked`` to a locked row; ``told`` goes into the entry. Returns the row after it.

        Raises ``RefusalError`` with the code of the rule that does not hold.
        """
        before = life_of(row)
        life = step(before, asked, self.plan.rules)
        if isinstance(life, Refused):
            raise refusal(life)
        values = {"legs": row["legs"], **life_values(life)}
        kind = KINDS[asked.event]
        if asked.event in _ENDS_A_LEG:
            if life.state is TicketState.WAITING:
                kind = NEXT_SERVICE
            told["leg"] = self._keep_leg(row, asked, kind.removeprefix("ticket."))
            values["legs"] = row["legs"] + 1
        elif asked.event is TicketEvent.UNDO and before.undoable is not None:
            told |= self._take_back(row, before.undoable)
            values["legs"] = row["legs"] - (before.undoable in _ENDS_A_LEG)
        after = self._write(row, values)
        if asked.counter is not None:
            told["counter"] = asked.counter
        if after["state"] != row["state"]:
            told["was"] = row["state"]
        self.transaction.record(kind, self.actor, row["id"], {"ticket": recorded(after), **told})
        return after

    def overtake(self, passed: Sequence[str], by: int = 1) -> None:
        """Count for each of ``passed`` that it was overtaken once more, or with ``by=-1`` once less."""
        if passed:
            self.transaction.connection.execute(
                update(ticket)
                .where(ticket.c.site == self.plan.site, ticket.c.id.in_(passed))
                .values(overtaken=ticket.c.overtaken + by)
            )

    def _write(self, row: Row, values: Json) -> Row:
        asked = {"in_site": self.plan.site, "in_id": row["id"], "in_state": row["state"]}
        asked |= {f"new_{name}": value for name, value in values.items()}
        after = self.transaction.connection.execute(_CHANGE, asked).mappings().first()
        if after is None:
            raise RefusalError(FailureCode.TICKET_STATE_WRONG, "Somebody else changed the ticket.")
        return after

    def _keep_leg(self, row: Row, asked: Step, outcome: str) -> Json:
        """Keep what ended. Returns it as the entry tells it."""
        connection, site = self.transaction.connection, {"in_site": self.plan.site}
        ended: Json = {
            "n": row["legs"] + 1,
            "service": row["service"],
            "counter": asked.counter,
            "officers": connection.execute(_OPEN_COUNTERS, site).scalar_one(),
            "queued_at": row["queued_at"],
            "called_at": row["called_at"],
            "started_at": row["started_at"],
            "ended_at": written(asked.at),
            "outcome": outcome,
        }
        kept = {"site": self.plan.site, "ticket": row["id"], "day": row["day"], **ended}
        connection.execute(insert(leg), kept)
        return {name: value for name, value in ended.items() if value is not None}

    def _take_back(self, row: Row, event: TicketEvent) -> Json:
        """Undo what ``event`` did beside the row. Returns what the entry tells of it."""
        told: Json = {"undid": event.value}
        if event in _ENDS_A_LEG:
            gone = (leg.c.site == self.plan.site, leg.c.ticket == row["id"], leg.c.n == row["legs"])
            self.transaction.connection.execute(delete(leg).where(*gone))
        elif event is TicketEvent.CALL:
            told["passed"] = self._passed(row["id"])
            self.overtake(told["passed"], -1)
        return told

    def _passed(self, ticket_id: str) -> list[str]:
        """Whom the ticket's newest call overtook."""
        parameters = {"in_site": self.plan.site, "in_id": ticket_id}
        payload = self.transaction.connection.execute(_NEWEST_CALL, parameters).scalar()
        return [] if payload is None else list(json.loads(payload).get("passed", []))


def do_all(transaction: Transaction, plan: Plan, event: TicketEvent, *which: ColumnElement[bool]) -> None:
    """Have ``event`` happen by itself to all open tickets of a kind, in the order of arrival.

    The caller holds the business day.
    """
    # Sorted here: asked for the order, SQLite walks through all tickets of all days by the index of days.
    query = select(ticket).where(ticket.c.site == plan.site, OPEN_TICKET, *which).with_for_update()
    rows = transaction.connection.execute(query).mappings().all()
    steps = Steps(transaction, plan, SYSTEM)
    for row in sorted(rows, key=lambda row: (row["day"], row["arrival"])):
        steps.do(row, Step(event, Actor.SYSTEM, transaction.now))
