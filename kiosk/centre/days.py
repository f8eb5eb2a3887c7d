"""The business day in the database, its order of arrival, and what becomes of open tickets when it ends.

The row of the business day is the lock of the queue's order: whoever issues, calls the next, turns the page
or changes several tickets takes it first.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, func, select, update

from kiosk.centre import persons
from kiosk.centre.moments import read, written
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.steps import SYSTEM, do_all
from kiosk.centre.store.schema import OPEN_TICKET, ticket
from kiosk.centre.store.schema import business_day as day_table
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import business_day, local_date
from kiosk.queueing.ticket import TABLE, TicketEvent

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
_CLOSED = select(day_table.c.day, day_table.c.closed_at).where(day_table.c.site == bindparam("in_site"))
_CLOSE = (
    update(day_table)
    .where(day_table.c.site == bindparam("in_site"))
    .values(closed_at=bindparam("new_closed"))
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


def _day(last: str | None, reading: Reading, plan: Plan) -> str:
    return business_day(date.fromisoformat(last) if last else None, reading.now, plan.zone).isoformat()


def close_if_due(transaction: Transaction, plan: Plan) -> None:
    """End the day's queue ``close_after_minutes`` after the last closing, within ``today``'s lock.

    Who is being served is served to the end; all others' numbers expire. A house that never closes ends its
    day at midnight only.
    """
    site = {"in_site": plan.site}
    day, closed_at = transaction.connection.execute(_CLOSED, site).one()
    closing = last_closing(plan, date.fromisoformat(day))
    if closed_at is not None or closing is None:
        return
    if transaction.now < closing + timedelta(minutes=plan.close_after_minutes):
        return
    _expire(transaction, plan)
    transaction.connection.execute(_CLOSE, site | {"new_closed": transaction.at})
    transaction.record("day.closed", SYSTEM, "centre", {"day": day})


def last_closing(plan: Plan, day: date) -> datetime | None:
    """When the last service closes on a day; ``None`` on a day on which none opens."""
    spans = [span for one in plan.services.values() for span in plan.calendar.open_on(one.hours, day)]
    return max((span.until for span in spans), default=None)


def turn_back(transaction: Transaction, plan: Plan, actor: str) -> str | None:
    """Return to the clock's date from a later day that a wrong clock began; the day, or ``None`` if it is
    right.

    Numbers of the day go on where they ended. Raises ``RefusalError``: ``DAY_IN_USE`` while a number of the
    later day is open.
    """
    site = {"in_site": plan.site}
    last = transaction.connection.execute(_LOCK, site).scalar()
    day = local_date(transaction.now, plan.zone).isoformat()
    if last is None or last <= day:
        return None
    still_open = select(func.count()).where(ticket.c.site == plan.site, OPEN_TICKET, ticket.c.day > day)
    if transaction.connection.execute(still_open).scalar_one():
        raise RefusalError(FailureCode.DAY_IN_USE, "Numbers of the later day are still open.")
    _begin(transaction, plan, day, actor)
    return day


def _turn_page(transaction: Transaction, plan: Plan, day: str) -> None:
    # Days by themselves would lead the database to look through all the old ones; the open tickets are few.
    _expire(transaction, plan, func.coalesce(ticket.c.day, "") < day)
    _begin(transaction, plan, day, SYSTEM)


def _expire(transaction: Transaction, plan: Plan, *which: ColumnElement[bool]) -> None:
    do_all(transaction, plan, TicketEvent.EXPIRE, ticket.c.state.in_(_EXPIRABLE), *which)


def _begin(transaction: Transaction, plan: Plan, day: str, actor: str) -> None:
    begun = {"day": day, "arrivals": 0, "last_queued_at": None, "closed_at": None}
    fresh = upsert(day_table).values(site=plan.site, **begun)
    transaction.connection.execute(fresh.on_conflict_do_update(index_elements=["site"], set_=begun))
    persons.forget_other_days(transaction, day)
    transaction.record("day.begun", actor, "centre", {"day": day})
