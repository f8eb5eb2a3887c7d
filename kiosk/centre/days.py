"""The business day in the database, its order of arrival, and what becomes of open tickets when it ends.

The row of the business day is the lock of the queue's order: whoever issues, calls the next, turns the page
or changes several tickets takes it first.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import bindparam, select, update

from kiosk.centre import persons
from kiosk.centre.moments import read, written
from kiosk.centre.plan import Plan
from kiosk.centre.store.schema import business_day as day_table
from kiosk.centre.store.schema import ticket
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.centre.ticket_record import recorded
from kiosk.queueing.business_day import business_day
from kiosk.queueing.ticket import TABLE, TicketEvent, TicketState

_SYSTEM = "centre"
_MILLISECOND = timedelta(milliseconds=1)
_READ = select(day_table.c.day).where(day_table.c.site == bindparam("in_site"))
_LOCK = _READ.with_for_update()
_ARRIVE = (
    update(day_table)
    .where(day_table.c.site == bindparam("in_site"))
    .values(arrivals=day_table.c.arrivals + 1)
    .returning(day_table.c.arrivals)
)
_LAST_QUEUED = select(day_table.c.last_queued_at).where(day_table.c.site == bindparam("in_site"))
_QUEUE = (
    update(day_table)
    .where(day_table.c.site == bindparam("in_site"))
    .values(last_queued_at=bindparam("new_last"))
)
_EXPIRABLE = sorted(line.state.value for line in TABLE if line.event is TicketEvent.EXPIRE)


def today(transaction: Transaction, plan: Plan) -> str:
    """The business day of this transaction, its row locked; turns the page first if a new day has begun."""
    last = transaction.connection.execute(_LOCK, {"in_site": plan.site}).scalar()
    day = _day(last, transaction, plan)
    if day != last:
        _turn_page(transaction, plan, day)
    return day


def current(reading: Reading, plan: Plan) -> str:
    """The business day as one reading sees it, also before anything has turned the page."""
    last = reading.connection.execute(_READ, {"in_site": plan.site}).scalar()
    return _day(last, reading, plan)


def turn_if_due(transaction: Transaction, plan: Plan) -> None:
    """Turn the page if a new day has begun; locks nothing if not."""
    last = transaction.connection.execute(_READ, {"in_site": plan.site}).scalar()
    if _day(last, transaction, plan) != last:
        today(transaction, plan)


def next_arrival(transaction: Transaction, plan: Plan) -> int:
    """The next place in the day's order of arrival; its row stays locked until the commit."""
    return int(transaction.connection.execute(_ARRIVE, {"in_site": plan.site}).scalar_one())


def queue_moment(transaction: Transaction) -> str:
    """When a ticket issued now counts as queued, within ``today``'s lock.

    It is the clock's time, or a millisecond after the ticket before if the clock was set back: within a day
    later tickets are never queued earlier.
    """
    site = {"in_site": transaction.site}
    last = transaction.connection.execute(_LAST_QUEUED, site).scalar()
    moment = transaction.at
    if last is not None and moment <= last:
        moment = written(read(last) + _MILLISECOND)
    transaction.connection.execute(_QUEUE, site | {"new_last": moment})
    return moment


def _day(last: str | None, transaction: Reading, plan: Plan) -> str:
    return business_day(date.fromisoformat(last) if last else None, transaction.now, plan.zone).isoformat()


def _turn_page(transaction: Transaction, plan: Plan, day: str) -> None:
    connection = transaction.connection
    begun = {"day": day, "arrivals": 0, "last_queued_at": None, "closed_at": None}
    fresh = upsert(day_table).values(site=plan.site, **begun)
    connection.execute(fresh.on_conflict_do_update(index_elements=["site"], set_=begun))
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
            undo_counter=None,
        )
        .returning(ticket)
    )
    rows = sorted(connection.execute(left_over).mappings(), key=lambda row: (row["day"], row["arrival"]))
    for row in rows:
        transaction.record("ticket.expired", _SYSTEM, row["id"], {"ticket": recorded(row)})
    persons.forget_other_days(transaction, day)
    transaction.record("day.begun", _SYSTEM, "centre", {"day": day})
