"""Between the database and ``Books``: the tables read, the journal folded, the differences written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from kiosk.centre import journal
from kiosk.centre.follow_token import follow_secret
from kiosk.centre.journal import Entry
from kiosk.centre.keeping.rebuild import KEYS, Books, Key, first_difference, fold
from kiosk.centre.store.schema import journal as journal_table
from kiosk.centre.store.schema import journal_anchor, metadata
from kiosk.centre.store.upsert import upsert
from kiosk.queueing.ticket import ACTIVE

_PAGE = 2000


def entries_after(connection: Connection, site: str, after: int) -> Iterator[Entry]:
    """All entries of the database above ``after``, a page at a time."""
    while page := journal.read_after(connection, site, after, _PAGE):
        yield from page
        after = page[-1].seq


def carried(connection: Connection, site: str) -> dict[str, Any]:
    """What the newest archive handed over to the entries after it."""
    query = (
        select(journal_table.c.payload)
        .where(journal_table.c.site == site, journal_table.c.subject == "archive")
        .order_by(journal_table.c.seq.desc())
        .limit(1)
    )
    payload = connection.execute(query).scalar()
    return {} if payload is None else dict(json.loads(payload)["carried"])


def _archived_until(connection: Connection, site: str) -> str:
    query = select(func.max(journal_anchor.c.day)).where(journal_anchor.c.site == site)
    return connection.execute(query).scalar() or ""


def told_by_journal(connection: Connection, site: str) -> Books:
    """The tables as the database's own entries tell them. Raises ``RebuildError``."""
    books = Books(site, follow_secret(connection, site))
    books.take_over(carried(connection, site))
    return fold(books, entries_after(connection, site, journal.anchor(connection, site).seq))


def kept_in_tables(connection: Connection, site: str) -> Books:
    """The tables as they stand."""
    books = Books(site, follow_secret(connection, site))
    for name in KEYS:
        table = metadata.tables[name]
        for row in connection.execute(select(table).where(table.c.site == site)).mappings():
            books.put(name, dict(row))
    return books


def check(connection: Connection, site: str, now: str) -> str | None:
    """The first difference between the journal and the tables. Raises ``RebuildError``.

    Rows of archived days that are not deleted yet do not count.
    """
    kept = kept_in_tables(connection, site)
    kept.let_go(_archived_until(connection, site))
    return first_difference(told_by_journal(connection, site), kept, now)


def write(connection: Connection, before: Books, after: Books) -> int:
    """Turn tables that hold ``before`` into ``after``; returns how many rows changed."""
    changed = 0
    for name in reversed(list(KEYS)):
        gone = before.tables[name].keys() - after.tables[name].keys()
        changed += len(gone)
        if name == "ticket":
            _delete(connection, "form", ("ticket",), gone, before.site)
        _delete(connection, name, KEYS[name], gone, before.site)
    for name in KEYS:
        old = before.tables[name]
        fresh = [row for key, row in after.tables[name].items() if old.get(key) != row]
        changed += len(fresh)
        _upsert(connection, name, fresh)
    return changed


def _delete(connection: Connection, name: str, columns: tuple[str, ...], gone: set[Key], site: str) -> None:
    if not gone:
        return
    table = metadata.tables[name]
    same = [table.c[column] == bindparam(f"in_{column}") for column in columns]
    values = [{f"in_{column}": part for column, part in zip(columns, key, strict=True)} for key in gone]
    connection.execute(delete(table).where(table.c.site == site, *same), values or [{}])


def _upsert(connection: Connection, name: str, rows: list[dict[str, Any]]) -> None:
    """A counter has one ticket at a time and a kiosk one open call for help, so those that leave one are
    written before those that come.
    """
    if not rows:
        return
    rows.sort(key=lambda row: row.get("state") in ACTIVE or row.get("outcome", "ended") is None)
    table = metadata.tables[name]
    keys = ["site", *KEYS[name]]
    fresh = upsert(table)
    others = {column: fresh.excluded[column] for column in set(table.columns.keys()) - set(keys)}
    connection.execute(fresh.on_conflict_do_update(index_elements=keys, set_=others), rows)
