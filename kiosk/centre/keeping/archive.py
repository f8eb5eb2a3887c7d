"""Old days leave the database for compressed files, and the chain goes on over them.

A day's file holds the day's entries as lines; its first line says where it stands in the chain and what it
hands over. The file is on the disk, and read back, before the first row is deleted; rows go in small
transactions, so that nobody who wants a number waits for it. ``journal_anchor`` holds each file's SHA-256 and
the number and hash of its last entry.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, delete, select

from kiosk.centre import journal
from kiosk.centre.durable import make_folder, write_file
from kiosk.centre.follow_token import follow_secret
from kiosk.centre.journal import Entry, JournalBrokenError, Verified, verify_chain
from kiosk.centre.keeping import tables
from kiosk.centre.keeping.journal_files import PACKED, entry_of, line_of
from kiosk.centre.keeping.rebuild import Books
from kiosk.centre.store import schema
from kiosk.centre.store.store import Store, Transaction

_LOG = logging.getLogger(__name__)
_ROWS_AT_ONCE = 100
_PAUSE_SECONDS = 0.005
_PAGE = 2000
_CHUNK = 1 << 20


class ArchiveError(JournalBrokenError):
    """An archived file is missing or was changed; the text names it."""


@dataclass(frozen=True)
class Archived:
    """One anchor: a file, the last entry in it and the file's sum."""

    seq: int
    hash: str
    day: str
    file: str
    digest: str


@dataclass(frozen=True)
class _Cut:
    day: str
    last: int


def archived(connection: Connection, site: str) -> list[Archived]:
    """Every file that the database's chain goes on from, the oldest first."""
    table = schema.journal_anchor
    columns = [table.c[name] for name in Archived.__dataclass_fields__]
    rows = connection.execute(select(*columns).where(table.c.site == site).order_by(table.c.seq))
    return [Archived(*row) for row in rows]


def is_whole(folders: list[Path], name: str, digest: str) -> bool:
    """Whether one of the folders holds this file, unchanged."""
    return find(folders, name, digest) is not None


def find(folders: list[Path], name: str, digest: str) -> Path | None:
    """The first file of this name whose sum is right."""
    for folder in folders:
        file = folder / name
        try:
            if digest_of(file) == digest:
                return file
        except OSError:
            continue
    return None


def files_in(folders: list[Path]) -> list[Path]:
    """The files of all folders by day, each once."""
    files: dict[str, Path] = {}
    for folder in folders:
        for file in folder.glob(f"????-??-??{PACKED}"):
            files.setdefault(file.name, file)
    return [files[name] for name in sorted(files)]


def digest_of(file: Path) -> str:
    """SHA-256 in hexadecimal. Raises ``OSError``."""
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def read_head(file: Path) -> dict[str, Any]:
    """What a file says of itself: site, day, ``after`` (seq and hash before it), ``carried``.

    Raises ``ArchiveError``.
    """
    try:
        with gzip.open(file, "rb") as lines:
            head: dict[str, Any] = json.loads(lines.readline())["archive"]
            return head
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"the archived day {file.name} cannot be read") from error


def read_entries(file: Path) -> Iterator[Entry]:
    """A file's entries. Raises ``ArchiveError``."""
    try:
        with gzip.open(file, "rb") as lines:
            lines.readline()
            for line in lines:
                yield entry_of(line.decode("utf-8"))
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ArchiveError(f"the archived day {file.name} cannot be read") from error


def verify(
    folders: list[Path], site: str, known: list[Archived], told: Callable[[str], None] = lambda day: None
) -> Verified:
    """Follow the chain through all archived files; ``told`` hears of each day.

    Raises ``ArchiveError`` and ``JournalBrokenError``, which name the day.
    """
    done = Verified(0, 0, journal.NO_HASH)
    for one in known:
        file = find(folders, one.file, one.digest) if one.file else None
        if file is None:
            there = any((folder / one.file).exists() for folder in folders)
            fate = "was changed after it was written" if there else "is missing"
            raise ArchiveError(f"the archived day {one.day} ({one.file}) {fate}")
        entries = list(read_entries(file))
        try:
            done = verify_chain(site, entries, done)
        except JournalBrokenError as error:
            raise JournalBrokenError(f"archived day {one.day}: {error}") from error
        if (done.seq, done.hash) != (one.seq, one.hash):
            raise ArchiveError(f"the archived day {one.day} ({one.file}) ends at another entry")
        told(one.day)
    return done


def archive_before(store: Store, folders: list[Path], first_kept: date) -> list[Archived]:
    """Archive every day before ``first_kept`` that is still in the database; the days that were archived.

    Works while the centre does. Can be stopped at any moment: a file without an anchor is written anew, rows
    that are past their anchor are deleted the next time. Raises ``OSError``, ``StoreFullError``,
    ``RebuildError``, ``JournalBrokenError``.
    """
    site = store.site
    cuts = store.submit_read(lambda reading: _cuts(reading.connection, site, first_kept)).result()
    made: list[Archived] = []
    carried: dict[str, Any] = {}
    if cuts:
        made, carried = _write_files(store, folders, cuts)

        def tell(transaction: Transaction) -> None:
            table = schema.journal_anchor
            rows = [{"site": site, "at": transaction.at, **vars(one)} for one in made]
            transaction.connection.execute(table.insert(), rows)
            payload = {"until": cuts[-1].day, "files": [vars(one) for one in made], "carried": carried}
            transaction.record("days.archived", "centre", "archive", payload)
            _delete_small(transaction.connection, site, cuts[-1].day)

        store.submit_write(tell).result()
        _LOG.info("%d days up to %s are archived", len(made), cuts[-1].day)
    _delete_archived(store)
    return made


def _cuts(connection: Connection, site: str, first_kept: date) -> list[_Cut]:
    """For each day that is over long enough: its last entry is the one before the next day's first.

    A page that was turned to a later day ends all days before it.
    """
    table = schema.journal
    query = (
        select(table.c.seq, table.c.payload)
        .where(table.c.site == site, table.c.subject == "centre", table.c.type == "day.begun")
        .order_by(table.c.seq)
    )
    begun = [(seq, str(json.loads(payload)["day"])) for seq, payload in connection.execute(query)]
    cuts = []
    for (_, day), (seq, _) in pairwise(begun):
        if day >= first_kept.isoformat():
            break
        cuts.append(_Cut(day, seq - 1))
    done = journal.anchor(connection, site).seq
    return [cut for cut in cuts if cut.last > done]


def _write_files(
    store: Store, folders: list[Path], cuts: list[_Cut]
) -> tuple[list[Archived], dict[str, Any]]:
    site = store.site
    engine = store.new_reader()
    try:
        with engine.connect() as connection, connection.begin():
            done = journal.anchor(connection, site)
            books = Books(site, follow_secret(connection, site))
            books.take_over(tables.carried(connection, site))
            made = []
            for cut in cuts:
                entries = _entries(connection, site, done.seq, cut.last)
                before, done = done, verify_chain(site, entries, done)
                for entry in entries:
                    if entry.type.startswith(("counter.", "service.")):
                        books.apply(entry)
                head = {
                    "site": site,
                    "day": cut.day,
                    "after": {"seq": before.seq, "hash": before.hash},
                    "carried": books.carried(),
                }
                name = cut.day + PACKED
                digest = _write_file(folders[0] / name, head, entries)
                made.append(Archived(done.seq, done.hash, cut.day, name, digest))
            return made, books.carried()
    finally:
        engine.dispose()


def _entries(connection: Connection, site: str, after: int, last: int) -> list[Entry]:
    found: list[Entry] = []
    while after < last and (page := journal.read_after(connection, site, after, min(_PAGE, last - after))):
        found += page
        after = page[-1].seq
    return found


def _write_file(file: Path, head: dict[str, Any], entries: list[Entry]) -> str:
    """Write, have it on the disk, and read it back. Raises ``OSError``, ``ArchiveError``."""
    make_folder(file.parent)

    def write(target: BinaryIO) -> None:
        with gzip.GzipFile(filename="", mode="wb", fileobj=target, compresslevel=9, mtime=0) as out:
            out.write(f"{journal.canonical({'archive': head})}\n".encode())
            for entry in entries:
                out.write(f"{line_of(entry)}\n".encode())

    write_file(file, write)
    if list(read_entries(file)) != entries:
        raise ArchiveError(f"{file.name} does not read back as it was written")
    return digest_of(file)


def _delete_small(connection: Connection, site: str, until: str) -> None:
    """The few rows by day that hang together; tickets, the many, follow in small steps."""
    leases = select(schema.lease.c.id).where(schema.lease.c.site == site, schema.lease.c.day <= until)
    block = schema.lease_block
    connection.execute(delete(block).where(block.c.site == site, block.c.lease.in_(leases)))
    for table in (schema.lease, schema.number_band, schema.help_call, schema.rating):
        connection.execute(delete(table).where(table.c.site == site, table.c.day <= until))


def _delete_archived(store: Store) -> None:
    """Delete, some hundred rows at a time, what lies before the newest anchor."""
    site = store.site
    known = store.submit_read(lambda reading: archived(reading.connection, site)).result()
    if not known:
        return
    seq, until = known[-1].seq, known[-1].day
    for step in (
        lambda transaction: _delete_tickets(transaction.connection, site, until),
        lambda transaction: _delete_entries(transaction.connection, site, seq),
    ):
        while store.submit_write(step).result():
            time.sleep(_PAUSE_SECONDS)


def _delete_tickets(connection: Connection, site: str, until: str) -> int:
    table = schema.ticket
    old = select(table.c.id).where(table.c.site == site, table.c.day <= until).limit(_ROWS_AT_ONCE)
    ids = list(connection.execute(old).scalars())
    if ids:
        for part in (schema.form, schema.leg, schema.issue_key):
            connection.execute(delete(part).where(part.c.site == site, part.c.ticket.in_(ids)))
        connection.execute(delete(table).where(table.c.site == site, table.c.id.in_(ids)))
    return len(ids)


def _delete_entries(connection: Connection, site: str, seq: int) -> int:
    table = schema.journal
    first = connection.execute(
        select(table.c.seq).where(table.c.site == site).order_by(table.c.seq).limit(1)
    ).scalar()
    if first is None or first > seq:
        return 0
    last = min(seq, first + _ROWS_AT_ONCE - 1)
    connection.execute(delete(table).where(table.c.site == site, table.c.seq <= last))
    return int(last - first + 1)


def copy_missing(folders: list[Path]) -> None:
    """Have every folder hold what the first one holds. Raises ``OSError``."""
    for file in files_in(folders[:1]):
        for folder in folders[1:]:
            if not (folder / file.name).exists():
                _copy_to(file, folder)


def _copy_to(file: Path, folder: Path) -> None:
    make_folder(folder)
    content = file.read_bytes()
    write_file(folder / file.name, lambda target: target.write(content))
