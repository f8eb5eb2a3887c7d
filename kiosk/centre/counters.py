"""What officers do at their counters. Each is one transaction; a wrong moment changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from kiosk.centre import days, holding, upkeep
from kiosk.centre.moments import written
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_state import Row, counter_queue, read_waiting
from kiosk.centre.steps import Steps
from kiosk.centre.store.schema import TICKET_AT_COUNTER, UNDOABLE_TICKET, session, ticket
from kiosk.centre.store.schema import counter as counter_table
from kiosk.centre.store.store import Transaction
from kiosk.centre.ticket_record import life_of, waiting_of
from kiosk.failures import FailureCode
from kiosk.queueing.counter import Counter
from kiosk.queueing.ticket import ACTIVE, Actor, Step, TicketEvent, TicketState

_ACTIVE = (
    select(ticket)
    .where(
        ticket.c.site == bindparam("in_site"), ticket.c.counter == bindparam("in_counter"), TICKET_AT_COUNTER
    )
    .with_for_update()
)
_WAITING = (
    select(ticket)
    .where(
        ticket.c.site == bindparam("in_site"),
        ticket.c.id == bindparam("in_id"),
        ticket.c.state == TicketState.WAITING.value,
    )
    .with_for_update(skip_locked=True)
)
_LAST_DONE = (
    select(ticket.c.id)
    .where(
        ticket.c.site == bindparam("in_site"),
        ticket.c.undo_counter == bindparam("in_counter"),
        ticket.c.undo_until.between(bindparam("in_now"), bindparam("in_latest")),
        UNDOABLE_TICKET,
    )
    .order_by(ticket.c.undo_until.desc(), ticket.c.state.in_(sorted(ACTIVE)).desc())
    .limit(1)
)


class CounterDesk:
    """One officer's transaction at one counter.

    ``login`` is the officer, ``actor`` the same as the journal names it. Raises ``RefusalError``:
    ``NOT_FOUND`` for an unknown counter; every action besides ``COUNTER_CLOSED`` and ``NOT_ALLOWED`` for one
    that the officer does not hold, and the code of the rule of the ticket's life that does not hold.
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
        self._steps = Steps(transaction, plan, actor)
        self._here = {"in_site": plan.site, "in_counter": counter.id}

    # -- the counter itself

    def open(self) -> None:
        """Take the counter. Raises ``RefusalError``: ``COUNTER_TAKEN`` while somebody else sits there.

        A counter whose officer has no session any more and which has no ticket may be taken over.
        """
        days.today(self._transaction, self._plan)
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
        self._record("counter.opened", officer=self._login)

    def close(self) -> None:
        """Leave the counter; whom it was to call goes back to the common queue.

        Raises ``RefusalError``: ``COUNTER_BUSY``.
        """
        days.today(self._transaction, self._plan)
        self._must_hold()
        if self._active() is not None:
            raise RefusalError(FailureCode.COUNTER_BUSY, "The counter still has a ticket.")
        self._leave()

    # -- calling

    def call_next(self) -> Row | None:
        """Call the next ticket; ``None`` when nobody waits. Raises ``RefusalError``: ``COUNTER_BUSY``."""
        days.today(self._transaction, self._plan)
        self._must_be_free()
        upkeep.return_parked(self._transaction, self._plan)
        waiting, queue = read_waiting(self._transaction, self._counter), counter_queue(self._counter)
        while (choice := self._plan.discipline.choose(waiting, queue, self._transaction.now)) is not None:
            row = self._take(choice.ticket.id)
            if row is not None:
                self._steps.overtake(choice.passed)
                return self._steps.do(row, self._asked(TicketEvent.CALL), passed=list(choice.passed))
            waiting = [one for one in waiting if one.id != choice.ticket.id]
        return None

    def call(self, ticket_id: str) -> Row:
        """Call a ticket chosen by hand: waiting, parked, or missed and still in its grace.

        It counts as picked, not as overtaking: the bound of the discipline is not the officer's. Raises
        ``RefusalError``: ``COUNTER_BUSY``, ``TICKET_ELSEWHERE``.
        """
        day = days.today(self._transaction, self._plan)
        self._must_be_free()
        row = self._steps.locked(ticket_id)
        if not counter_queue(self._counter).may_call(waiting_of(row)) and row["counter"] != self._counter.id:
            raise RefusalError(FailureCode.TICKET_ELSEWHERE, "The ticket waits for other counters.")
        if row["day"] != day and row["state"] == TicketState.NO_SHOW:
            raise RefusalError(FailureCode.REJOIN_TOO_LATE, "The ticket is of another day.")
        return self._steps.do(row, self._asked(TicketEvent.CALL), passed=[], picked=True)

    def recall(self) -> Row:
        """Call the same citizen once more."""
        return self._step(TicketEvent.RECALL)

    # -- the ticket that is here

    def start(self) -> Row:
        """The citizen has come."""
        return self._step(TicketEvent.START)

    def complete(self) -> Row:
        """Serving is over; with another service to come the ticket waits for that one."""
        return self._step(TicketEvent.COMPLETE)

    def no_show(self) -> Row:
        """The citizen did not come."""
        return self._step(TicketEvent.NO_SHOW)

    def park(self, reason: str | None, minutes: float | None) -> Row:
        """Set the ticket aside, for ``minutes`` or until somebody takes it up again.

        Raises ``RefusalError``: ``PARK_REASON_UNKNOWN``.
        """
        if reason is not None and reason not in self._plan.park_reasons:
            raise RefusalError(FailureCode.PARK_REASON_UNKNOWN, "The reason is none of the configured ones.")
        until = None if minutes is None else self._transaction.now + timedelta(minutes=minutes)
        return self._step(TicketEvent.PARK, reason=reason, until=until)

    def transfer(self, service: str | None, counter: str | None) -> Row:
        """Have the ticket wait for another service, or for one counter, with its place by arrival.

        Raises ``RefusalError``: ``NOT_FOUND``, ``SERVICE_WITHOUT_COUNTER``, ``TRANSFER_COUNTER_CLOSED``.
        """
        days.turn_if_due(self._transaction, self._plan)
        self._must_hold(counter)
        active = self._must_have_ticket()
        holding.checked_target(self._transaction, self._plan, service, counter)
        asked = self._asked(TicketEvent.TRANSFER, to_service=service, to_counter=counter)
        return self._steps.do(active, asked)

    def add_service(self, service: str) -> Row:
        """Have the visit go on with another service after this one.

        Raises ``RefusalError``: ``NOT_FOUND``, ``SERVICE_WITHOUT_COUNTER``.
        """
        holding.checked_target(self._transaction, self._plan, service, None)
        return self._step(TicketEvent.ADD_SERVICE, to_service=service)

    # -- undo

    def undo(self, meant: str | None = None) -> Row:
        """Take back what this counter did last; with ``meant`` only if it was done to that ticket.

        Raises ``RefusalError``: ``UNDO_TOO_LATE``; ``COUNTER_BUSY`` if the ticket would come back to a
        counter that has another one meanwhile.
        """
        days.today(self._transaction, self._plan)
        self._must_hold()
        latest = written(self._transaction.now + timedelta(seconds=self._plan.rules.undo_seconds))
        within = {"in_now": self._transaction.at, "in_latest": latest}
        last = self._connection.execute(_LAST_DONE, self._here | within).scalar()
        if last is None or meant not in {None, last}:
            raise RefusalError(FailureCode.UNDO_TOO_LATE, "This counter did nothing to it a moment ago.")
        row = self._steps.locked(last)
        before = life_of(row).before
        if before is not None and before.state in ACTIVE:
            active = self._active()
            if active is not None and active["id"] != last:
                raise RefusalError(FailureCode.COUNTER_BUSY, "The counter has another ticket meanwhile.")
        return self._steps.do(row, self._asked(TicketEvent.UNDO))

    # -- parts

    def _step(self, event: TicketEvent, **particulars: Any) -> Row:
        """Raises ``RefusalError``: ``COUNTER_IDLE``."""
        days.turn_if_due(self._transaction, self._plan)
        self._must_hold()
        return self._steps.do(self._must_have_ticket(), self._asked(event, **particulars))

    def _asked(self, event: TicketEvent, **particulars: Any) -> Step:
        now, counter = self._transaction.now, self._counter.id
        return Step(event, Actor.OFFICER, now, counter=counter, **particulars)

    def _take(self, ticket_id: str) -> Row | None:
        """A waiting ticket's row, locked; ``None`` if somebody else is changing it or has changed it."""
        found = self._connection.execute(_WAITING, {"in_site": self._plan.site, "in_id": ticket_id})
        return found.mappings().first()

    def _active(self) -> Row | None:
        return self._connection.execute(_ACTIVE, self._here).mappings().first()

    def _must_have_ticket(self) -> Row:
        active = self._active()
        if active is None:
            raise RefusalError(FailureCode.COUNTER_IDLE, "The counter has no ticket.")
        return active

    def _must_be_free(self) -> None:
        self._must_hold()
        if self._active() is not None:
            raise RefusalError(FailureCode.COUNTER_BUSY, "The counter already has a ticket.")

    def _holder(self) -> str | None:
        return holding.locked(self._transaction, self._plan, self._counter.id).get(self._counter.id)

    def _must_hold(self, besides: str | None = None) -> None:
        """``besides``: another counter whose row is locked with this one's."""
        counters = {self._counter.id, besides or self._counter.id}
        holder = holding.locked(self._transaction, self._plan, *counters).get(self._counter.id)
        if holder is None:
            raise RefusalError(FailureCode.COUNTER_CLOSED, "The counter is closed.")
        if holder != self._login:
            raise RefusalError(FailureCode.NOT_ALLOWED, "Another officer holds this counter.")

    def _signed_in(self, login: str) -> bool:
        query = select(session.c.hash).where(
            session.c.site == self._plan.site,
            session.c.login == login,
            session.c.expires_at > self._transaction.at,
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def _leave(self) -> None:
        self._connection.execute(
            delete(counter_table).where(
                counter_table.c.site == self._plan.site, counter_table.c.id == self._counter.id
            )
        )
        self._record("counter.closed")
        upkeep.release_reserved(self._transaction, self._plan)

    def _record(self, kind: str, **more: Any) -> None:
        counter = self._counter.id
        self._transaction.record(kind, self._actor, counter, {"counter": counter, **more})
