"""What is done to a ticket that is at no counter: by officers, by the citizen who holds it, at the kiosk."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from kiosk.centre import days, holding, persons
from kiosk.centre.opening import Doors, NewcomersWait
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_state import Row
from kiosk.centre.steps import Steps
from kiosk.centre.store.schema import ticket
from kiosk.centre.store.store import Transaction
from kiosk.centre.ticket_record import services_of
from kiosk.failures import FailureCode
from kiosk.queueing.ticket import ACTIVE, Actor, Step, TicketEvent, TicketState

MOST_LATER = 9
"""So many services may stand behind the first one of a visit."""
CITIZEN = "citizen"
"""As the journal names whoever holds a ticket."""

_FOLLOWED = select(ticket.c.id).where(
    ticket.c.site == bindparam("in_site"), ticket.c.follow_token == bindparam("in_token")
)


class TicketDesk:
    """An officer's transaction on one ticket.

    What is done from a counter can be undone there. Raises ``RefusalError``: ``NOT_FOUND``, and each action
    the code of the rule of the ticket's life that does not hold.
    """

    def __init__(self, transaction: Transaction, plan: Plan, ticket_id: str, login: str, actor: str) -> None:
        self._transaction = transaction
        self._plan = plan
        self._id = ticket_id
        self._login = login
        self._steps = Steps(transaction, plan, actor)

    def rejoin(self) -> Row:
        """A citizen who was missed is back."""
        row = self._locked()
        _must_be_of_today(self._transaction, self._plan, row)
        return self._do(row, TicketEvent.REJOIN)

    def return_(self) -> Row:
        """A parked ticket waits again."""
        return self._do(self._locked(), TicketEvent.RETURN)

    def cancel(self) -> Row:
        """The citizen waits no more."""
        return self._do(self._locked(), TicketEvent.CANCEL)

    def transfer(self, service: str | None, counter: str | None) -> Row:
        """Have a waiting ticket wait for another service, or for one counter, with its place by arrival.

        Raises ``RefusalError``: ``TICKET_ELSEWHERE`` for one that is at a counter, which transfers it itself;
        ``NOT_FOUND``, ``SERVICE_WITHOUT_COUNTER``, ``TRANSFER_COUNTER_CLOSED``.
        """
        days.turn_if_due(self._transaction, self._plan)
        holding.checked_target(self._transaction, self._plan, service, counter)
        row = self._steps.locked(self._id)
        return self._do(row, TicketEvent.TRANSFER, to_service=service, to_counter=counter)

    def prioritise(self, priority: str | None) -> Row:
        """Put a waiting ticket into a priority class, or with ``None`` into none.

        Raises ``RefusalError``: ``PRIORITY_UNKNOWN``.
        """
        if priority is not None and not self._plan.priority_holds(priority, "officer", {"officer"}):
            raise RefusalError(FailureCode.PRIORITY_UNKNOWN, "No class that an officer may give.")
        source = None if priority is None else "officer"
        return self._do(self._locked(), TicketEvent.PRIORITISE, priority=priority, source=source)

    def _locked(self) -> Row:
        days.turn_if_due(self._transaction, self._plan)
        return self._steps.locked(self._id)

    def _do(self, row: Row, event: TicketEvent, **particulars: Any) -> Row:
        counter = holding.counter_of(self._transaction, self._plan, self._login)
        if row["state"] in ACTIVE and row["counter"] != counter:
            raise RefusalError(FailureCode.TICKET_ELSEWHERE, "The ticket is at another counter.")
        asked = Step(event, Actor.OFFICER, self._transaction.now, counter=counter, **particulars)
        return self._steps.do(row, asked)


class HolderDesk:
    """The transaction of whoever holds the link of a ticket. A repetition changes nothing.

    Raises ``RefusalError``: ``NOT_FOUND``, and the code of the rule that does not hold.
    """

    def __init__(self, transaction: Transaction, plan: Plan, token: str) -> None:
        self._transaction = transaction
        self._plan = plan
        self._steps = Steps(transaction, plan, CITIZEN)
        days.turn_if_due(transaction, plan)
        parameters = {"in_site": plan.site, "in_token": token}
        found = transaction.connection.execute(_FOLLOWED, parameters).scalar()
        if found is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no ticket with this link.")
        self._row = self._steps.locked(found)

    def rejoin(self) -> Row:
        """Who was missed is back; one who waits already stays where they are."""
        if self._row["state"] == TicketState.WAITING:
            return self._row
        _must_be_of_today(self._transaction, self._plan, self._row)
        return self._do(TicketEvent.REJOIN)

    def cancel(self) -> Row:
        """The holder waits no more."""
        if self._row["state"] == TicketState.CANCELLED:
            return self._row
        return self._do(TicketEvent.CANCEL)

    def _do(self, event: TicketEvent) -> Row:
        return self._steps.do(self._row, Step(event, Actor.CITIZEN, self._transaction.now))


class KioskDesk:
    """The transaction of the citizen who still stands at the kiosk that gave the ticket. A repetition changes
    nothing.

    ``actor``: the kiosk as the journal names it. Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED`` for
    a ticket that another kiosk or an officer gave, and the code of the rule that does not hold.
    """

    def __init__(self, transaction: Transaction, plan: Plan, ticket_id: str, actor: str) -> None:
        self._transaction = transaction
        self._plan = plan
        self._steps = Steps(transaction, plan, actor)
        self._day = days.today(transaction, plan)
        self._row = self._steps.locked(ticket_id)
        if self._row["issued_by"] != actor:
            raise RefusalError(FailureCode.NOT_ALLOWED, "This kiosk did not give the ticket.")

    def give_back(self) -> Row:
        """The number was taken by mistake.

        Raises ``RefusalError``: ``TICKET_STATE_WRONG`` once it is called.
        """
        if self._row["state"] == TicketState.CANCELLED:
            return self._row
        self._must_wait()
        return self._do(TicketEvent.CANCEL)

    def add_service(self, service: str, newcomers_wait: NewcomersWait) -> Row:
        """One more matter under the same number, after those it has.

        Raises ``RefusalError``: ``SERVICE_ASKED_ALREADY`` if the number, or another one of the same person,
        waits for it; ``SERVICE_WITHOUT_COUNTER``, ``SERVICE_CLOSED``, ``SERVICE_STOPPED``,
        ``LAST_TICKET_GONE``; ``REQUEST_INVALID`` for too many.
        """
        if service in services_of(self._row):
            return self._row
        self._must_wait()
        holding.checked_target(self._transaction, self._plan, service, None)
        if len(services_of(self._row)) >= MOST_LATER:
            raise RefusalError(FailureCode.REQUEST_INVALID, f"At most {MOST_LATER} services come later.")
        Doors(self._transaction, self._plan, self._day, newcomers_wait).admit_later(service)
        person = persons.of_ticket(self._transaction, self._day, self._row["id"])
        if person is not None and persons.held(self._transaction, self._day, person, service) is not None:
            raise RefusalError(
                FailureCode.SERVICE_ASKED_ALREADY, "The person waits for this service already."
            )
        row = self._do(TicketEvent.ADD_SERVICE, to_service=service)
        if person is not None:
            persons.remember(self._transaction, self._day, person, (service,), row["id"])
        return row

    def _must_wait(self) -> None:
        if self._row["state"] != TicketState.WAITING:
            raise RefusalError(FailureCode.TICKET_STATE_WRONG, f"The ticket is {self._row['state']}.")

    def _do(self, event: TicketEvent, **particulars: Any) -> Row:
        asked = Step(event, Actor.CITIZEN, self._transaction.now, **particulars)
        return self._steps.do(self._row, asked)


def _must_be_of_today(transaction: Transaction, plan: Plan, row: Row) -> None:
    if row["state"] == TicketState.NO_SHOW and row["day"] != days.current(transaction, plan):
        raise RefusalError(FailureCode.REJOIN_TOO_LATE, "The ticket is of another day.")
