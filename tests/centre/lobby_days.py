"""Whole days of a busy centre, written straight into a store: what they leave in the journal and the tables.

Each number has six entries, as a visit that is printed and served: issued, slip begun, slip printed, called,
started, completed. Each step is the ticket's own (``kiosk.queueing.ticket``); several share a transaction.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from kiosk.centre.follow_token import follow_secret, follow_token
from kiosk.centre.keeping.rebuild import KEYS
from kiosk.centre.moments import written
from kiosk.centre.store.schema import metadata
from kiosk.centre.store.store import Store, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.centre.ticket_record import life_of, life_values, recorded
from kiosk.queueing.ticket import Actor, Refused, Rules, Step, TicketEvent, issued, step

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_AT_ONCE = 25
_COUNTERS = 8
_STEPS = (
    ("ticket.print", None),
    ("ticket.print", None),
    ("ticket.called", TicketEvent.CALL),
    ("ticket.started", TicketEvent.START),
    ("ticket.completed", TicketEvent.COMPLETE),
)


class Visit(NamedTuple):
    """The rows that one visit leaves."""

    ticket: dict[str, Any]
    issue_key: dict[str, Any]
    leg: dict[str, Any] | None


class LobbyDays:
    """Fills ``store``, whose clock is ``now``."""

    def __init__(self, site: str) -> None:
        self.moment = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
        self.store: Store
        self._site = site
        self._known = b""

    def now(self) -> datetime:
        """The clock for the store."""
        return self.moment

    def day(self, day: date, numbers: int, *, last_waits: bool = False) -> None:
        """One day with so many numbers; with ``last_waits`` the last one is only issued."""
        self.moment = datetime.combine(day, time(7, 30), ZONE).astimezone(UTC)
        self.store.submit_write(lambda transaction: self._begin(transaction, day)).result()
        for first in range(1, numbers + 1, _AT_ONCE):
            some = range(first, min(first + _AT_ONCE, numbers + 1))
            served = [n for n in some if not (last_waits and n == numbers)]

            def write(transaction: Transaction, some: range = some, served: list[int] = served) -> None:
                rows = [self._visit(transaction, day, n, whole=n in served) for n in some]
                self._keep(transaction, rows)

            self.store.submit_write(write).result()
            self.moment += timedelta(seconds=30 * _AT_ONCE)

    def _begin(self, transaction: Transaction, day: date) -> None:
        row = {"day": day.isoformat(), "arrivals": 0, "last_queued_at": None, "closed_at": None}
        _put(transaction, "business_day", row)
        transaction.record("day.begun", "centre", "centre", {"day": day.isoformat()})

    @staticmethod
    def _keep(transaction: Transaction, rows: list[Visit]) -> None:
        connection, last = transaction.connection, rows[-1].ticket
        for name in ("ticket", "issue_key", "leg"):
            many = [row for visit in rows if (row := getattr(visit, name)) is not None]
            if many:
                connection.execute(insert(metadata.tables[name]), many)
        of_day = {"day": last["day"], "taken": last["sequence"], "series": "A", "first": 1, "reserved": 0}
        _put(transaction, "number_band", of_day)
        arrived = {"day": last["day"], "arrivals": last["arrival"], "closed_at": None}
        _put(transaction, "business_day", {**arrived, "last_queued_at": last["queued_at"]})

    def _visit(self, transaction: Transaction, day: date, n: int, *, whole: bool) -> Visit:
        site, at, said = self._site, self.moment, day.isoformat()
        actor, counter = "kiosk:sanh-1", f"quay-{n % _COUNTERS + 1}"
        ticket_id = hashlib.sha256(f"{day}/{n}".encode()).hexdigest()[:24]
        key = hashlib.sha256(f"key {day}/{n}".encode()).hexdigest()[:32]
        service = ("ho-tich", "chung-thuc", "dat-dai")[n % 3]
        row: dict[str, Any] = {
            "site": site,
            "id": ticket_id,
            "day": said,
            "series": "A",
            "sequence": n,
            **life_values(issued(service)),
            "arrival": n,
            "queued_at": written(at),
            "issued_at": written(at),
            "issued_by": actor,
            "offline": 0,
            "appointed_at": None,
            "overtaken": 0,
            "legs": 0,
            "follow_token": follow_token(self._secret(transaction), ticket_id),
            "print_state": "none",
            "print_code": None,
            "print_copies": 0,
            "form": None,
            "form_attached_at": None,
        }
        told = {"ticket": recorded(row), "key": key, "body": key[::-1], "band": [1, n, 0]}
        transaction.record("ticket.issued", actor, ticket_id, told)
        leg = None
        for index, (kind, event) in enumerate(_STEPS if whole else ()):
            more: dict[str, Any] = {}
            if event is None:
                row["print_state"] = ("pending", "printed")[index]
                more = {"copy": False}
            else:
                asked = Step(event, Actor.OFFICER, at + timedelta(minutes=9 * index), counter=counter)
                life = step(life_of(row), asked, Rules())
                assert not isinstance(life, Refused)
                row |= life_values(life)
                more = {"counter": counter}
            if event is TicketEvent.CALL:
                more["passed"] = []
            if event is TicketEvent.COMPLETE:
                row["legs"] = 1
                more["leg"] = {
                    "n": 1,
                    "service": service,
                    "counter": counter,
                    "officers": _COUNTERS,
                    **{name: row[name] for name in ("queued_at", "called_at", "started_at", "ended_at")},
                    "outcome": "completed",
                }
                leg = {"site": site, "ticket": ticket_id, "day": said, **more["leg"]}
            who = actor if event is None else "officer:lan"
            transaction.record(kind, who, ticket_id, {"ticket": recorded(row), **more})
        issue_key = {"site": site, "key": key, "body": key[::-1], "ticket": ticket_id, "at": transaction.at}
        return Visit(row, issue_key, leg)

    def _secret(self, transaction: Transaction) -> bytes:
        self._known = self._known or follow_secret(transaction.connection, self._site)
        return self._known


def _put(transaction: Transaction, name: str, row: dict[str, Any]) -> None:
    table = metadata.tables[name]
    fresh = upsert(table).values(site=transaction.site, **row)
    keys = ["site", *KEYS[name]]
    others = {column: value for column, value in row.items() if column not in keys}
    transaction.connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=others))
