"""The books after a fault test: what was told against the journal, the journal against the tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, select

from kiosk.centre import journal
from kiosk.centre.journal import JournalBrokenError
from kiosk.centre.keeping import tables
from kiosk.centre.store.schema import business_day, number_band, ticket
from kiosk.centre.store.schema import journal as journal_table
from kiosk.centre.ticket_record import recorded

ONCE = ("ticket.issued", "ticket.expired", "ticket.cancelled")
"""Entries of which a ticket never has two."""


@dataclass(frozen=True)
class Books:
    """What was found: words for each fault, and how much there was."""

    faults: tuple[str, ...]
    tickets: int
    entries: int
    epochs: int
    days: int


def audited(url: str, site: str, told: list[tuple[str, str, str]], keys: Mapping[str, str]) -> Books:
    """Look at the database at ``url``; ``told`` as ``ToldFile`` has it, ``keys``: each key's ticket."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            return _books(connection, site, told, keys)
    finally:
        engine.dispose()


def _books(
    connection: Connection, site: str, told: list[tuple[str, str, str]], keys: Mapping[str, str]
) -> Books:
    rows = {row["id"]: row for row in connection.execute(select(ticket)).mappings()}
    entries = journal.read_after(connection, site, 0, 10**7)
    faults: list[str] = []
    try:
        journal.verify(connection, site)
    except JournalBrokenError as error:
        faults.append(f"chain: {error}")
    faults += _against_told(entries, told, keys, set(rows))
    faults += _against_tables(entries, rows)
    faults += _called_once(entries)
    faults += _days(entries)
    faults += _numbers(connection, list(rows.values()))
    if difference := tables.check(connection, site, "9999"):
        faults.append(f"torn: {difference}")
    seqs = connection.execute(select(journal_table.c.seq).order_by(journal_table.c.seq)).scalars().all()
    if seqs != list(range(1, len(seqs) + 1)):
        faults.append("chain: the journal's numbers have a gap")
    return Books(
        tuple(faults),
        tickets=len(rows),
        entries=len(entries),
        epochs=len({one.epoch for one in entries}),
        days=len({row["day"] for row in rows.values()}),
    )


def _against_told(
    entries: list[journal.Entry],
    told: list[tuple[str, str, str]],
    keys: Mapping[str, str],
    tickets: set[str],
) -> list[str]:
    """Nothing told is missing, and there is no number that nobody asked for."""
    there = Counter((one.type, one.subject) for one in entries)
    known = Counter((kind, subject) for kind, subject, _who in told)
    faults = [
        f"lost: {kind} of {subject}, told {count} times, there {there[kind, subject]}"
        for (kind, subject), count in known.items()
        if there[kind, subject] < count
    ]
    if missing := set(keys.values()) - tickets:
        faults.append(f"lost: {len(missing)} numbers")
    if extra := tickets - set(keys.values()):
        faults.append(f"double: {len(extra)} numbers without a key of their own")
    if len(set(keys.values())) != len(keys):
        faults.append("double: two keys have one number")
    return faults


def _against_tables(entries: list[journal.Entry], rows: Mapping[str, Any]) -> list[str]:
    """The last that the journal says of each ticket is the ticket's row."""
    last: dict[str, dict[str, Any]] = {}
    for entry in entries:
        said = entry.data()
        told = said.get("ticket")
        if entry.type.startswith("ticket.") and isinstance(told, dict):
            last[entry.subject] = told
        by = -1 if entry.type == "ticket.undone" else 1
        for passed in said.get("passed", ()):
            count = last[passed].get("overtaken", 0) + by
            last[passed] = (
                {**last[passed], "overtaken": count} if count else _without(last[passed], "overtaken")
            )
    faults = []
    for one, row in rows.items():
        said, kept = last.get(one, {}), recorded(row)
        if not row["undo_until"]:
            said = _without(said, "undoable", "undo_until", "undo_counter")  # its time was over
        if said != kept:
            differing = sorted({name for name, _ in said.items() ^ kept.items()})
            faults.append(f"torn: {one} is not as the journal says: {', '.join(differing)}")
    if unknown := last.keys() - rows.keys():
        faults.append(f"torn: the journal knows {len(unknown)} tickets more")
    return faults


def _without(record: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}


def _called_once(entries: list[journal.Entry]) -> list[str]:
    """A ticket is at one counter at a time, and a counter has one ticket."""
    faults, at, holds = [], dict[str, str](), dict[str, str]()
    counts: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        if not entry.type.startswith("ticket."):
            continue
        told = entry.data().get("ticket", {})
        counts[entry.type, entry.subject] += 1
        before, state = at.pop(entry.subject, None), told.get("state")
        if before is not None:
            del holds[before]
        if state in {"called", "serving"}:
            counter = told["counter"]
            if entry.type == "ticket.called" and before is not None:
                faults.append(f"double: {entry.subject} was called at {before} and {counter}")
            if counter in holds:
                faults.append(f"double: {counter} has {holds[counter]} and {entry.subject}")
            at[entry.subject], holds[counter] = counter, entry.subject
    faults += [f"double: {kind} of {one}" for (kind, one), n in counts.items() if kind in ONCE and n > 1]
    return faults


def _days(entries: list[journal.Entry]) -> list[str]:
    """The business day never goes back, nor does the place by arrival within it."""
    faults, last = [], ("", "", 0)
    for entry in entries:
        if entry.type == "ticket.issued":
            told = entry.data()["ticket"]
            place = (told["day"], told["queued_at"], told["arrival"])
            if place <= last and not told.get("offline"):
                faults.append(f"days: {place} after {last}")
            last = max(last, place)
    return faults


def _numbers(connection: Connection, rows: list[Any]) -> list[str]:
    """Each band is 1 to n, and the counts of the day are those of the tickets."""
    faults = []
    bands: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        bands[row["day"], row["series"]].append(row["sequence"])
    taken: Counter[tuple[str, str]] = Counter()
    for day, series, count in connection.execute(
        select(number_band.c.day, number_band.c.series, number_band.c.taken)
    ):
        taken[day, series] += count
    for band, numbers in bands.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            faults.append(f"numbers: {band} has {len(numbers)} up to {max(numbers)}")
    if +taken != Counter({band: len(numbers) for band, numbers in bands.items()}):
        faults.append("torn: the bands are not as the tickets say")
    for day, arrivals in connection.execute(select(business_day.c.day, business_day.c.arrivals)):
        if arrivals != sum(row["day"] == day for row in rows):
            faults.append("torn: the day's arrivals are not as the tickets say")
    return faults
