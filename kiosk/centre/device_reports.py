"""What the owner of a device reports, and how it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import device as device_table
from kiosk.centre.store.store import Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode


@dataclass(frozen=True)
class Report:
    """A device's status as its owner sees it."""

    condition: str
    failure: FailureCode | None
    warning: FailureCode | None
    facts: Json


def same(row: Row, report: Report) -> bool:
    """Whether a report says what is kept already."""
    told = (row["condition"], row["failure"], row["warning"], json.loads(row["facts"]))
    return told == (report.condition, report.failure, report.warning, report.facts)


def keep_report(
    transaction: Transaction, actor: str, name: str, report: Report, seen_at: str | None = None
) -> None:
    """Keep a status; a change of condition, failure or warning goes into the journal. ``seen_at``: now."""
    site, connection = transaction.site, transaction.connection
    query = select(device_table).where(device_table.c.site == site, device_table.c.name == name)
    old = connection.execute(query).mappings().first()
    state = {"condition": report.condition, "failure": report.failure, "warning": report.warning}
    changed = old is None or any(old[key] != value for key, value in state.items())
    row = {
        **state,
        "facts": json.dumps(report.facts, ensure_ascii=False),
        "since": transaction.at if changed or old is None else old["since"],
        "seen_at": seen_at or transaction.at,
    }
    fresh = upsert(device_table).values(site=site, name=name, **row)
    connection.execute(fresh.on_conflict_do_update(index_elements=["site", "name"], set_=row))
    if changed:
        transaction.record("device.changed", actor, name, {"name": name, **state})
