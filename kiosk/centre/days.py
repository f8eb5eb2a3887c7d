"""The business day in the database, and what happens to yesterday's tickets when it changes."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from kiosk.centre.plan import Plan
from kiosk.centre.store.schema import business_day as day_table
from kiosk.centre.store.schema import ticket
from kiosk.centre.store.store import Transaction
from kiosk.centre.ticket_record import recorded
from kiosk.queueing.business_day import business_day
from kiosk.queueing.ticket import TABLE, TicketEvent, TicketState

_SYSTEM = "centre"
_READ = select(day_table.c.day).where(day_table.c.site == bindparam("in_site"))
_ARRIVE = (
    update(day_table)
    .where(day_table.c.site == bindparam("in_site"))
    .values(arrivals=day_table.c.arrivals + 1)
    .returning(day_table.c.arrivals)
)
_EXPIRABLE = sorted(line.state.value for line in TABLE if line.event is TicketEvent.EXPIRE)


def today(transaction: Transaction, plan: Plan) -> str:
    """The business day of this transaction; turns the page first if a new day has begun."""
    last = transaction.connection.execute(_READ, {"in_site": plan.site}).scalar()
    day = business_day(date.fromisoformat(last) if last else None, transaction.now, plan.zone).isoformat()
    if day != last:
        _turn_page(transaction, plan, day)
    return day


def next_arrival(transaction: Transaction, plan: Plan) -> int:
    """The next place in the day's order of arrival; its row stays locked until the commit."""
    return int(transaction.connection.execute(_ARRIVE, {"in_site": plan.site}).scalar_one())


def _turn_page(transaction: Transaction, plan: Plan, day: str) -> None:
    connection = transaction.connection
    fresh = insert(day_table).values(site=plan.site, day=day, arrivals=0)
    connection.execute(fresh.on_conflict_do_update(index_elements=["site"], set_={"day": day, "arrivals": 0}))
    left_over = (
        update(ticket)
        .where(ticket.c.site == plan.site, ticket.c.day < day, ticket.c.state.in_(_EXPIRABLE))
        .values(
            state=TicketState.EXPIRED.value,
            ended_at=transaction.at,
            reserved_counter=None,
            parked_until=None,
            park_reason=None,
            before=None,
            undoable=None,
            undo_until=None,
        )
        .returning(ticket)
    )
    rows = sorted(connection.execute(left_over).mappings(), key=lambda row: (row["day"], row["arrival"]))
    for row in rows:
        transaction.record("ticket.expired", _SYSTEM, row["id"], {"ticket": recorded(row)})
    transaction.record("day.begun", _SYSTEM, "centre", {"day": day})
