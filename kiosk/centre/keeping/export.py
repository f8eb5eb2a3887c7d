"""The journal of some days as lines that other programs read: CSV for spreadsheets, JSON Lines for the rest.

Archived days are included. Entries come one at a time, so that years can be exported on a small machine.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kiosk.centre import journal
from kiosk.centre.journal import Entry
from kiosk.centre.keeping import archive, tables
from kiosk.centre.keeping.archive import ArchiveError
from kiosk.centre.keeping.journal_files import line_of
from kiosk.centre.moments import read, written
from kiosk.queueing.number import format_number

COLUMNS = (
    "seq",
    "local_time",
    "type",
    "actor",
    "number",
    "service",
    "state",
    "counter",
    "subject",
    "details",
    "at",
    "epoch",
    "hash",
)
BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Days:
    """From the beginning of ``first`` to the end of ``last``, as the calendar at the centre has them."""

    first: date
    last: date
    zone: ZoneInfo


def entries_of_days(connection: Connection, site: str, archives: list[Path], days: Days) -> Iterator[Entry]:
    """The entries of some days.

    Raises ``ArchiveError`` naming an archived day that is needed and missing or changed.
    """
    begin = written(datetime.combine(days.first, time(), days.zone))
    end = written(datetime.combine(days.last + timedelta(days=1), time(), days.zone))
    for entry in _all(connection, site, archives, days.first, days.last):
        if begin <= entry.at < end:
            yield entry


def _all(connection: Connection, site: str, archives: list[Path], first: date, last: date) -> Iterator[Entry]:
    known = archive.archived(connection, site)
    for index, one in enumerate(known):
        following = known[index + 1].day if index + 1 < len(known) else None
        if (index and one.day > last.isoformat()) or (following and following < first.isoformat()):
            continue
        file = archive.find(archives, one.file, one.digest) if one.file else None
        if file is None:
            raise ArchiveError(f"the archived day {one.day} ({one.file}) is missing or was changed")
        yield from archive.read_entries(file)
    yield from tables.entries_after(connection, site, journal.anchor(connection, site).seq)


def json_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """One object a line, with everything that an entry holds; the chain can be followed in them."""
    for entry in entries:
        yield f"{line_of(entry)}\n"


def csv_lines(entries: Iterable[Entry], zone: ZoneInfo) -> Iterator[str]:
    """A line of headings and one for each entry (RFC 4180).

    What a spreadsheet would take for a formula begins with an apostrophe.
    """
    yield _csv(COLUMNS)
    for entry in entries:
        yield _csv([_safe(value) for value in _fields(entry, zone)])


def _fields(entry: Entry, zone: ZoneInfo) -> list[str]:
    told: dict[str, Any] = json.loads(entry.payload)
    ticket = told.get("ticket") or {}
    number = format_number(ticket["series"], ticket["sequence"]) if "sequence" in ticket else ""
    return [
        str(entry.seq),
        read(entry.at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
        entry.type,
        entry.actor,
        number,
        str(ticket.get("service") or told.get("service") or ""),
        str(ticket.get("state") or ""),
        str(told.get("counter") or ticket.get("counter") or ""),
        entry.subject,
        entry.payload,
        entry.at,
        entry.epoch,
        entry.hash,
    ]


def _safe(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _csv(values: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
