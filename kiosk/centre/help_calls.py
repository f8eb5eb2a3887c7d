"""Calls for help: somebody at a kiosk asks for an officer, every officer's page says so, one goes.

A call tells the kiosk and the screen that is shown there, nothing of the person. One kiosk has one open call.
"""

from __future__ import annotations

import secrets
from statistics import median
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from kiosk.centre import days, holding
from kiosk.centre.moments import read
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row, counter_name_of
from kiosk.centre.steps import SYSTEM
from kiosk.centre.store.schema import help_call
from kiosk.centre.store.store import Reading, Transaction
from kiosk.failures import FailureCode

_MINE = help_call.c.site == bindparam("in_site")
_OPEN = select(help_call).where(_MINE, help_call.c.ended_at.is_(None))
_OPEN_AT = _OPEN.where(help_call.c.kiosk == bindparam("in_kiosk"))
_ONE = select(help_call).where(_MINE, help_call.c.id == bindparam("in_id"))


class Called(NamedTuple):
    """A call; not ``new``: it was open already."""

    row: Row
    new: bool


def call(
    transaction: Transaction, plan: Plan, actor: str, *, kiosk: str, screen: str, language: str | None
) -> Called:
    """Call an officer to a kiosk. While a call of the kiosk is open a repetition is that call."""
    day = days.today(transaction, plan)
    found = transaction.connection.execute(_OPEN_AT, {"in_site": plan.site, "in_kiosk": kiosk})
    row = found.mappings().first()
    if row is not None and row["day"] == day:
        return Called(row, new=False)
    if row is not None:
        _expire(transaction, row)
    fresh: Json = {
        "site": plan.site,
        "id": secrets.token_hex(8),
        "kiosk": kiosk,
        "screen": screen,
        "language": language,
        "day": day,
        "at": transaction.at,
        "ended_at": None,
        "outcome": None,
        "counter": None,
    }
    transaction.connection.execute(insert(help_call).values(fresh))
    transaction.record("help.called", actor, fresh["id"], {"help_call": _recorded(fresh)})
    return Called(fresh, new=True)


def answer(transaction: Transaction, plan: Plan, actor: str, login: str, call_id: str) -> Row:
    """An officer goes. Who answers a call that another one has answered learns which counter's it was.

    Raises ``RefusalError``: ``NOT_FOUND``.
    """
    days.turn_if_due(transaction, plan)
    locked = _ONE.with_for_update()
    found = transaction.connection.execute(locked, {"in_site": plan.site, "in_id": call_id})
    row = found.mappings().first()
    if row is None:
        raise _unknown()
    if row["ended_at"] is not None:
        return row
    counter = holding.counter_of(transaction, plan, login)
    return _end(transaction, row, "help.answered", actor, outcome="answered", counter=counter)


def expire(transaction: Transaction, plan: Plan, day: str) -> None:
    """End what was called on another day than ``day`` and nobody answered."""
    rows = transaction.connection.execute(_OPEN.where(help_call.c.day != day), {"in_site": plan.site})
    for row in rows.mappings().all():
        _expire(transaction, row)


def open_calls(reading: Reading) -> list[Row]:
    """The calls that nobody has answered, the oldest first."""
    query = _OPEN.order_by(help_call.c.at, help_call.c.id)
    return list(reading.connection.execute(query, {"in_site": reading.site}).mappings())


def one(reading: Reading, call_id: str, kiosk: str | None) -> Row:
    """A call; with ``kiosk`` only one of its own. Raises ``RefusalError``: ``NOT_FOUND``."""
    found = reading.connection.execute(_ONE, {"in_site": reading.site, "in_id": call_id})
    row = found.mappings().first()
    if row is None or kiosk not in {None, row["kiosk"]}:
        raise _unknown()
    return row


def times(reading: Reading, first: str, last: str) -> Json:
    """How soon officers went, on the days ``first`` to ``last`` (``YYYY-MM-DD``), in seconds."""
    query = select(help_call.c.at, help_call.c.ended_at, help_call.c.outcome).where(
        _MINE, help_call.c.day.between(first, last)
    )
    rows = reading.connection.execute(query, {"in_site": reading.site}).all()
    took = [(read(row.ended_at) - read(row.at)).total_seconds() for row in rows if row.outcome == "answered"]
    return {
        "from": first,
        "to": last,
        "calls": len(rows),
        "answered": len(took),
        "median_seconds": round(median(took), 1) if took else None,
        "longest_seconds": round(max(took), 1) if took else None,
    }


def told(row: Row, plan: Plan) -> Json:
    """A call as the API tells of it."""
    return {
        "id": row["id"],
        "kiosk": row["kiosk"],
        "screen": row["screen"],
        "language": row["language"],
        "at": row["at"],
        "state": row["outcome"] or "open",
        "answered_at": row["ended_at"] if row["outcome"] == "answered" else None,
        "answered_by": counter_name_of(row["counter"], plan),
    }


def _expire(transaction: Transaction, row: Row) -> None:
    _end(transaction, row, "help.expired", SYSTEM, outcome="expired", counter=None)


def _end(
    transaction: Transaction, row: Row, kind: str, actor: str, *, outcome: str, counter: str | None
) -> Row:
    values = {"ended_at": transaction.at, "outcome": outcome, "counter": counter}
    transaction.connection.execute(
        update(help_call).where(help_call.c.site == row["site"], help_call.c.id == row["id"]).values(values)
    )
    after = {**row, **values}
    payload: Json = {"help_call": _recorded(after)}
    if counter is not None:
        payload["counter"] = counter
    transaction.record(kind, actor, row["id"], payload)
    return after


def _recorded(row: Row) -> Json:
    """What the journal keeps: the row without what is empty or the same for all."""
    return {name: value for name, value in row.items() if name != "site" and value is not None}


def _unknown() -> RefusalError:
    return RefusalError(FailureCode.NOT_FOUND, "There is no such call for help.")
