"""What officers do at their counters. Each is one transaction; a wrong moment changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, insert, select, update

from kiosk.centre import days
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import QueueView, Row, counter_name, ticket_json
from kiosk.centre.store.schema import counter as counter_table
from kiosk.centre.store.schema import session, ticket
from kiosk.centre.store.store import Transaction
from kiosk.failures import FailureCode
from kiosk.queueing.counter import Counter
from kiosk.queueing.discipline import next_ticket
from kiosk.queueing.ticket import ACTIVE, Refused, TicketEvent, TicketState, after

_ACTIVE = sorted(ACTIVE)


class CounterDesk:
    """One officer's transaction at one counter.

    ``login`` is the officer, ``actor`` the same as the journal names it. Raises ``RefusalError``:
    ``NOT_FOUND`` for an unknown counter.
    """

    def __init__(self, transaction: Transaction, plan: Plan, counter_id: str, login: str, actor: str) -> None:
        counter = plan.counters.get(counter_id)
        if counter is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such counter.")
        self._transaction = transaction
        self._connection = transaction.connection
        self._plan = plan
        self._counter: Counter = counter
        self._login = login
        self._actor = actor
        self._day = days.today(transaction, plan)

    def open(self) -> None:
        """Take the counter. Raises ``RefusalError``: ``COUNTER_TAKEN`` while somebody else sits there.

        A counter whose officer has no session any more and which has no ticket may be taken over.
        """
        holder = self._holder()
        if holder == self._login:
            return
        if holder is not None:
            if self._active() is not None or self._signed_in(holder):
                raise RefusalError(FailureCode.COUNTER_TAKEN, "Another officer holds this counter.")
            self._leave()
        row = {
            "site": self._plan.site,
            "id": self._counter.id,
            "officer": self._login,
            "opened_at": self._transaction.at,
        }
        self._connection.execute(insert(counter_table).values(row))
        self._record("counter.opened")

    def close(self) -> None:
        """Leave the counter. Raises ``RefusalError``: ``COUNTER_CLOSED``, ``NOT_ALLOWED``,
        ``COUNTER_BUSY``.
        """
        self._must_hold()
        if self._active() is not None:
            raise RefusalError(FailureCode.COUNTER_BUSY, "The counter still has a ticket.")
        self._leave()

    def call_next(self) -> Row | None:
        """Call the next ticket; ``None`` when nobody waits.

        Raises ``RefusalError``: ``COUNTER_CLOSED``, ``NOT_ALLOWED``, ``COUNTER_BUSY``.
        """
        self._must_hold()
        if self._active() is not None:
            raise RefusalError(FailureCode.COUNTER_BUSY, "The counter already has a ticket.")
        waiting = QueueView(self._transaction, self._plan).waiting
        while (chosen := next_ticket(waiting, self._counter.services)) is not None:
            called = self._change(
                chosen.id,
                TicketState.WAITING,
                TicketEvent.CALL,
                counter=self._counter.id,
                called_at=self._transaction.at,
                call_count=1,
            )
            if called is not None:
                self._record("ticket.called", called)
                return called
            waiting = [one for one in waiting if one.id != chosen.id]
        return None

    def recall(self) -> Row:
        """Call the same citizen once more."""
        return self._step(TicketEvent.RECALL, "ticket.recalled", call_count=ticket.c.call_count + 1)

    def start(self) -> Row:
        """The citizen has come."""
        return self._step(TicketEvent.START, "ticket.started", started_at=self._transaction.at)

    def complete(self) -> Row:
        """Serving is over."""
        return self._step(TicketEvent.COMPLETE, "ticket.completed", ended_at=self._transaction.at)

    def no_show(self) -> Row:
        """The citizen did not come."""
        return self._step(TicketEvent.NO_SHOW, "ticket.no_show", ended_at=self._transaction.at)

    def view(self) -> dict[str, Any]:
        """The counter as it is now, within this transaction."""
        return QueueView(self._transaction, self._plan).counter(self._counter, self._active())

    def _step(self, event: TicketEvent, kind: str, **values: Any) -> Row:
        """Raises ``RefusalError``: ``COUNTER_CLOSED``, ``NOT_ALLOWED``, ``COUNTER_IDLE``,
        ``TICKET_STATE_WRONG``.
        """
        self._must_hold()
        active = self._active()
        if active is None:
            raise RefusalError(FailureCode.COUNTER_IDLE, "The counter has no ticket.")
        state = TicketState(active["state"])
        row = None
        if not isinstance(after(state, event), Refused):
            row = self._change(active["id"], state, event, **values)
        if row is None:
            raise RefusalError(
                FailureCode.TICKET_STATE_WRONG, f"The ticket is {state}; {event} does not apply."
            )
        self._record(kind, row)
        return row

    def _change(self, ticket_id: str, state: TicketState, event: TicketEvent, **values: Any) -> Row | None:
        """One conditional update: nothing happens if the ticket is no longer in ``state``."""
        move = after(state, event)
        if isinstance(move, Refused):
            return None
        change = (
            update(ticket)
            .where(ticket.c.site == self._plan.site, ticket.c.id == ticket_id, ticket.c.state == state.value)
            .values(state=move.to.value, **values)
            .returning(ticket)
        )
        return self._connection.execute(change).mappings().first()

    def _active(self) -> Row | None:
        query = select(ticket).where(
            ticket.c.site == self._plan.site,
            ticket.c.counter == self._counter.id,
            ticket.c.state.in_(_ACTIVE),
        )
        return self._connection.execute(query).mappings().first()

    def _holder(self) -> str | None:
        query = select(counter_table.c.officer).where(
            counter_table.c.site == self._plan.site, counter_table.c.id == self._counter.id
        )
        return self._connection.execute(query).scalar()

    def _signed_in(self, login: str) -> bool:
        query = select(session.c.hash).where(
            session.c.site == self._plan.site,
            session.c.login == login,
            session.c.expires_at > self._transaction.at,
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def _must_hold(self) -> None:
        holder = self._holder()
        if holder is None:
            raise RefusalError(FailureCode.COUNTER_CLOSED, "The counter is closed.")
        if holder != self._login:
            raise RefusalError(FailureCode.NOT_ALLOWED, "Another officer holds this counter.")

    def _leave(self) -> None:
        self._connection.execute(
            delete(counter_table).where(
                counter_table.c.site == self._plan.site, counter_table.c.id == self._counter.id
            )
        )
        self._record("counter.closed")

    def _record(self, kind: str, row: Row | None = None) -> None:
        payload: dict[str, Any] = {"counter": counter_name(self._counter)}
        if row is not None:
            payload["ticket"] = ticket_json(row, self._plan, 0, secret=False)
        self._transaction.record(kind, self._actor, self._counter.id if row is None else row["id"], payload)


Action = Callable[[CounterDesk], Row | None]

ACTIONS: dict[str, Action] = {
    "recall": CounterDesk.recall,
    "start": CounterDesk.start,
    "complete": CounterDesk.complete,
    "no-show": CounterDesk.no_show,
}
"""The last part of a route, and what it does to the counter's ticket."""
