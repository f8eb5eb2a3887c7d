"""What the owner of a device reports, and how it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from kiosk.centre.device_owners import DeviceKey
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import device as device_table
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode

FOUND = frozenset({"ready", "busy", "needs_attention"})
"""Conditions of a device that is connected, well or not."""


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


def kept_report(reading: Reading, key: DeviceKey) -> Row | None:
    """The row of a machine's device."""
    query = select(device_table).where(
        device_table.c.site == reading.site,
        device_table.c.name == key.name,
        device_table.c.machine == key.machine,
    )
    return reading.connection.execute(query).mappings().first()


def kept_reports(reading: Reading) -> dict[DeviceKey, Row]:
    """The rows of all devices of all machines."""
    rows = reading.connection.execute(select(device_table).where(device_table.c.site == reading.site))
    return {DeviceKey(row["name"], row["machine"]): row for row in rows.mappings()}


def keep_report(
    transaction: Transaction, actor: str, key: DeviceKey, report: Report, seen_at: str | None = None
) -> None:
    """Keep a status; a change of condition, failure or warning goes into the journal. ``seen_at``: now."""
    old = kept_report(transaction, key)
    state = {"condition": report.condition, "failure": report.failure, "warning": report.warning}
    changed = old is None or any(old[name] != value for name, value in state.items())
    row = {
        **state,
        "facts": json.dumps(report.facts, ensure_ascii=False),
        "since": transaction.at if changed or old is None else old["since"],
        "found_at": (old and old["found_at"]) or (transaction.at if report.condition in FOUND else None),
        "seen_at": seen_at or transaction.at,
    }
    fresh = upsert(device_table).values(site=transaction.site, **key._asdict(), **row)
    transaction.connection.execute(
        fresh.on_conflict_do_update(index_elements=["site", "name", "machine"], set_=row)
    )
    if changed:
        transaction.record("device.changed", actor, key.name, {**key._asdict(), **state})


def forget_reports(transaction: Transaction, keys: list[DeviceKey]) -> None:
    """Delete rows of machines that are gone."""
    for key in keys:
        transaction.connection.execute(
            device_table.delete().where(
                device_table.c.site == transaction.site,
                device_table.c.name == key.name,
                device_table.c.machine == key.machine,
            )
        )
