"""Whether a database is whole: numbers without gap, tables as the journal says, nothing told is missing."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from pathlib import Path

from kiosk.centre import journal
from kiosk.centre.journal import JournalBrokenError
from kiosk.centre.store.engine import open_engine
from tests.faults.lobby_work import Told

STATE_AFTER = {
    "ticket.issued": "waiting",
    "ticket.called": "called",
    "ticket.started": "serving",
    "ticket.completed": "completed",
}
KIND = {"issue": "ticket.issued", "call": "ticket.called", "start": "ticket.started",
        "complete": "ticket.completed"}  # fmt: skip


def faults(file: Path, site: str, told: Told) -> list[str]:
    """What is wrong with the database of a run with one change in flight at a time; nothing if it is whole.

    The words begin with ``corrupt``, ``lost``, ``phantom``, ``torn`` (tables and journal do not fit),
    ``numbers`` or ``chain``.
    """
    try:
        with sqlite3.connect(file) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
            if answer != "ok":
                return [f"corrupt: {answer[:80]}"]
            found = _tables(database, told)
        database.close()
        return found + _chain(file, site)
    except sqlite3.DatabaseError as error:
        return [f"corrupt: {error}"]


def _tables(database: sqlite3.Connection, told: Told) -> list[str]:
    found = []
    tickets = {
        row[0]: row[1:] for row in database.execute("SELECT id, day, series, sequence, state FROM ticket")
    }
    entries: dict[str, list[str]] = defaultdict(list)
    for kind, subject in database.execute("SELECT type, subject FROM journal ORDER BY seq"):
        entries[kind].append(subject)
    issued = told.of("issue")
    if missing := set(issued) - tickets.keys():
        found.append(f"lost: {len(missing)} numbers")
    for event, kind in KIND.items():
        if missing := set(told.of(event)) - set(entries[kind]):
            found.append(f"lost: {len(missing)} entries of {event}")
        if (extra := len(entries[kind]) - len(told.of(event))) > 1:
            found.append(f"phantom: {extra} more than were told of {event}")
    states: dict[str, str] = {}
    for kind, state in STATE_AFTER.items():
        states.update(dict.fromkeys(entries[kind], state))
    if states != {ticket: row[3] for ticket, row in tickets.items()}:
        found.append("torn: tickets are not as the journal says")
    if len(set(entries["ticket.called"])) != len(entries["ticket.called"]):
        found.append("numbers: somebody was called twice")
    return found + _numbers(database, tickets)


def _numbers(database: sqlite3.Connection, tickets: dict[str, tuple[str, str, int, str]]) -> list[str]:
    found = []
    bands: dict[tuple[str, str], list[int]] = defaultdict(list)
    for day, series, sequence, _state in tickets.values():
        bands[day, series].append(sequence)
    taken = {
        (day, series): count
        for day, series, count in database.execute("SELECT day, series, taken FROM number_band")
    }
    if taken != {band: len(numbers) for band, numbers in bands.items()}:
        found.append("torn: the band is not as the tickets say")
    for band, numbers in bands.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            found.append(f"numbers: {band} is not 1 to {len(numbers)}")
    return found


def _chain(file: Path, site: str) -> list[str]:
    engine = open_engine(file, write=False)
    try:
        with engine.connect() as connection, connection.begin():
            journal.verify(connection, site)
    except JournalBrokenError as error:
        return [f"chain: {error}"]
    finally:
        engine.dispose()
    return []
