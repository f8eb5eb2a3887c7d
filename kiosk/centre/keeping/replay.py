"""Entries put back, word for word, into a database that is older than they are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from kiosk.centre import journal
from kiosk.centre.journal import Entry, Verified
from kiosk.centre.keeping import tables
from kiosk.centre.keeping.archive import is_whole
from kiosk.centre.keeping.journal_files import chained, read_folder
from kiosk.centre.keeping.rebuild import Books
from kiosk.centre.store.schema import journal as journal_table
from kiosk.centre.store.schema import journal_anchor, journal_head
from kiosk.centre.store.upsert import upsert

_PAGE = 1000
NOT_TOLD = ("token.created", "officer.added", "officer.changed", "device.set", "form.attached")
"""Entries that say that something happened, without all of it: what they are about must be done again."""


@dataclass
class Replayed:
    """What was put back. ``seq``: the newest entry now; ``not_told``: entries of types ``NOT_TOLD``."""

    seq: int
    entries: int = 0
    rows: int = 0
    not_told: Counter[str] = field(default_factory=Counter)


def beyond(
    site: str, folders: Iterable[Path], after: Verified, others: Iterable[Iterable[Entry]] = ()
) -> Iterator[Entry]:
    """The entries that follow ``after`` without a gap in any of the copies, or in ``others``."""
    return chained(site, [*(read_folder(folder, after.seq) for folder in folders), *others], after)


def replay(
    connection: Connection, site: str, entries: Iterable[Entry], archives: list[Path], before: Books
) -> Replayed:
    """Put ``entries``, which follow the database's head, into journal and tables.

    ``before``: what the tables hold now. Raises ``RebuildError``.
    """
    after = before.copy()
    last: Entry | None = None
    done = Replayed(seq=0)
    for page in _pages(entries):
        connection.execute(insert(journal_table), [{"site": site, **vars(entry)} for entry in page])
        for entry in page:
            after.apply(entry)
            if entry.type in NOT_TOLD:
                done.not_told[entry.type] += 1
            if entry.type == "days.archived":
                _anchor(connection, site, entry, archives)
        done.entries += len(page)
        last = page[-1]
    if last is not None:
        moved = {"epoch": last.epoch, "seq": last.seq, "hash": last.hash}
        connection.execute(update(journal_head).where(journal_head.c.site == site).values(**moved))
        done.rows = tables.write(connection, before, after)
    head = journal.read_head(connection, site)
    done.seq = 0 if head is None else head.seq
    return done


def _pages(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    following = iter(entries)
    while page := list(islice(following, _PAGE)):
        yield page


def _anchor(connection: Connection, site: str, entry: Entry, archives: list[Path]) -> None:
    """Entries that an archive holds leave the database again, as they did before."""
    told: dict[str, Any] = json.loads(entry.payload)
    known = journal.anchor(connection, site).seq
    for one in told["files"]:
        if one["seq"] <= known or not is_whole(archives, one["file"], one["digest"]):
            continue
        add_anchor(connection, site, one, entry.at)
        gone = delete(journal_table).where(journal_table.c.site == site, journal_table.c.seq <= one["seq"])
        connection.execute(gone)


def add_anchor(connection: Connection, site: str, told: dict[str, Any], at: str) -> None:
    """Let the chain begin after an archived file: ``seq``, ``hash``, ``day``, ``file``, ``digest``."""
    row = {name: told[name] for name in ("seq", "hash", "day", "file", "digest")}
    fresh = upsert(journal_anchor).values(site=site, at=at, **row)
    connection.execute(fresh.on_conflict_do_nothing(index_elements=["site", "seq"]))


def head_of(connection: Connection, site: str) -> Verified:
    """Where a database's chain ends."""
    head = journal.read_head(connection, site)
    return Verified(0, 0, journal.NO_HASH) if head is None else Verified(0, head.seq, head.hash)


def begin_head(connection: Connection, site: str, at: Verified, epoch: str) -> None:
    """Give a database without a journal a head, for entries that follow ``at``."""
    known = connection.execute(select(journal_head.c.seq).where(journal_head.c.site == site)).first()
    if known is None:
        connection.execute(insert(journal_head).values(site=site, epoch=epoch, seq=at.seq, hash=at.hash))
