"""What happens to tickets without anybody asking: parked ones come back, reservations of closed counters end,
the day's leftovers expire, calls for help of other days end, what can no longer be undone is forgotten.

Every function takes a transaction that holds the business day's lock (``days.today``), but for ``forget``.
"""

from __future__ import annotations

from sqlalchemy import select, update

from kiosk.centre import days, help_calls
from kiosk.centre.plan import Plan
from kiosk.centre.steps import do_all
from kiosk.centre.store.schema import UNDOABLE_TICKET, counter, ticket
from kiosk.centre.store.store import Transaction
from kiosk.queueing.ticket import TicketEvent, TicketState


def each_minute(transaction: Transaction, plan: Plan) -> str:
    """All of it, as the time of day asks for. Returns the business day."""
    day = days.today(transaction, plan)
    return_parked(transaction, plan)
    release_reserved(transaction, plan)
    days.close_if_due(transaction, plan)
    help_calls.expire(transaction, plan, day)
    forget(transaction, plan)
    return day


def return_parked(transaction: Transaction, plan: Plan) -> None:
    """Let those wait again whose time aside is over."""
    due = (ticket.c.state == TicketState.PARKED.value, ticket.c.parked_until <= transaction.at)
    do_all(transaction, plan, TicketEvent.RETURN, *due)


def release_reserved(transaction: Transaction, plan: Plan) -> None:
    """Let every counter call those who waited for one that is closed."""
    opened = select(counter.c.id).where(counter.c.site == plan.site)
    do_all(
        transaction,
        plan,
        TicketEvent.RELEASE,
        ticket.c.state == TicketState.WAITING.value,
        ticket.c.reserved_counter.is_not(None),
        ticket.c.reserved_counter.not_in(opened),
    )


def forget(transaction: Transaction, plan: Plan) -> None:
    """Drop the images of steps that can no longer be undone."""
    transaction.connection.execute(
        update(ticket)
        .where(ticket.c.site == plan.site, UNDOABLE_TICKET, ticket.c.undo_until < transaction.at)
        .values(before=None, undoable=None, undo_until=None, undo_counter=None)
    )
