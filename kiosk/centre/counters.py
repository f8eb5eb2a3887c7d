"""What officers do at their counters. Each is one transaction; a wrong moment changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from kiosk.centre import days
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import QueueView, Row
from kiosk.centre.store.schema import counter as counter_table
from kiosk.centre.store.schema import session, ticket
from kiosk.centre.store.store import Transaction
from kiosk.centre.ticket_record import life_of, life_values, recorded
from kiosk.failures import FailureCode
from kiosk.queueing.counter import Counter
from kiosk.queueing.discipline import CounterQueue
from kiosk.queueing.ticket import ACTIVE, Actor, Refused, Step, TicketEvent, TicketState, step

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
        queue = CounterQueue(self._counter.id, self._counter.services)
        while (choice := self._plan.discipline.choose(waiting, queue, self._transaction.now)) is not None:
            row = self._take(choice.ticket.id)
            if row is not None:
                called = self._change(row, TicketEvent.CALL)
                self._overtake(choice.passed)
                self._record("ticket.called", called, passed=list(choice.passed))
                return called
            waiting = [one for one in waiting if one.id != choice.ticket.id]
        return None

    def recall(self) -> Row:
        """Call the same citizen once more."""
        return self._step(TicketEvent.RECALL, "ticket.recalled")

    def start(self) -> Row:
        """The citizen has come."""
        return self._step(TicketEvent.START, "ticket.started")

    def complete(self) -> Row:
        """Serving is over."""
        return self._step(TicketEvent.COMPLETE, "ticket.completed")

    def no_show(self) -> Row:
        """The citizen did not come."""
        return self._step(TicketEvent.NO_SHOW, "ticket.no_show")

    def view(self) -> dict[str, Any]:
        """The counter as it is now, within this transaction."""
        return QueueView(self._transaction, self._plan).counter(self._counter, self._active())

    def _step(self, event: TicketEvent, kind: str) -> Row:
        """Raises ``RefusalError``: ``COUNTER_CLOSED``, ``NOT_ALLOWED``, ``COUNTER_IDLE``,
        ``TICKET_STATE_WRONG``.
        """
        self._must_hold()
        active = self._active()
        if active is None:
            raise RefusalError(FailureCode.COUNTER_IDLE, "The counter has no ticket.")
        row = self._change(active, event)
        self._record(kind, row)
        return row

    def _take(self, ticket_id: str) -> Row | None:
        """A waiting ticket's row, locked; ``None`` if somebody else is changing it or has changed it."""
        query = select(ticket).where(
            ticket.c.site == self._plan.site,
            ticket.c.id == ticket_id,
            ticket.c.state == TicketState.WAITING.value,
        )
        return self._connection.execute(query.with_for_update(skip_locked=True)).mappings().first()

    def _change(self, row: Row, event: TicketEvent) -> Row:
        """Do one step of the ticket's life. Raises ``RefusalError``: ``TICKET_STATE_WRONG``."""
        asked = Step(event, Actor.OFFICER, self._transaction.now, counter=self._counter.id)
        life = step(life_of(row), asked, self._plan.rules)
        if isinstance(life, Refused):
            raise RefusalError(
                FailureCode.TICKET_STATE_WRONG, f"The ticket is {life.state}; {event} does not apply."
            )
        change = (
            update(ticket)
            .where(ticket.c.site == self._plan.site, ticket.c.id == row["id"])
            .values(**life_values(life))
            .returning(ticket)
        )
        return self._connection.execute(change).mappings().one()

    def _overtake(self, passed: Sequence[str]) -> None:
        if passed:
            self._connection.execute(
                update(ticket)
                .where(ticket.c.site == self._plan.site, ticket.c.id.in_(passed))
                .values(overtaken=ticket.c.overtaken + 1)
            )

    def _active(self) -> Row | None:
        query = select(ticket).where(
            ticket.c.site == self._plan.site,
            ticket.c.counter == self._counter.id,
            ticket.c.state.in_(_ACTIVE),
        )
        return self._connection.execute(query.with_for_update()).mappings().first()

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

    def _record(self, kind: str, row: Row | None = None, **more: Any) -> None:
        payload: dict[str, Any] = {"counter": self._counter.id, **more}
        if row is not None:
            payload["ticket"] = recorded(row)
        self._transaction.record(kind, self._actor, self._counter.id if row is None else row["id"], payload)


Action = Callable[[CounterDesk], Row | None]

ACTIONS: dict[str, Action] = {
    "recall": CounterDesk.recall,
    "start": CounterDesk.start,
    "complete": CounterDesk.complete,
    "no-show": CounterDesk.no_show,
}
"""The last part of a route, and what it does to the counter's ticket."""
