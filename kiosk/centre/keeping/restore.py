"""A database put together again: from a backup, from the journal's copy beyond it, or from the copy alone.

What is there is set aside, never deleted. Numbers go on where they were; a new epoch says that some of them
may have been given twice.
"""

from __future__ import annotations

import itertools
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from kiosk.centre import journal
from kiosk.centre.durable import sync_file, sync_folder, write_file
from kiosk.centre.follow_token import follow_secret
from kiosk.centre.journal import Entry, JournalBrokenError, Record, Verified, verify_chain
from kiosk.centre.keeping import archive, backup, sqlite_files, tables
from kiosk.centre.keeping.archive import ArchiveError
from kiosk.centre.keeping.backup import BackupError
from kiosk.centre.keeping.journal_files import newest, read_folder
from kiosk.centre.keeping.places import Places
from kiosk.centre.keeping.rebuild import Books, RebuildError
from kiosk.centre.keeping.replay import Replayed, add_anchor, begin_head, beyond, head_of, replay
from kiosk.centre.moments import written
from kiosk.centre.outside_mark import OutsideMark
from kiosk.centre.store.engine import FILE_NAME, Database, open_engine
from kiosk.centre.store.migrations import migrate
from kiosk.centre.store.schema import (
    device_setting,
    device_token,
    journal_head,
    officer,
    rating_words,
    site_secret,
)
from kiosk.centre.store.upsert import upsert

FOLLOW_FILE = "follow.secret"
_SALVAGED = {
    officer: ["officer.added"],
    device_token: ["token.created"],
    device_setting: [],
    rating_words: [],
}
_ADDED_SINCE = {device_setting: {"machine": ""}}
"""Columns that a database of an earlier version lacks, with what its rows mean there."""


class RestoreError(Exception):
    """Nothing could be restored from what was given; the text says why. The database is as it was."""


@dataclass(frozen=True)
class Restored:
    """What was done. ``source``: the backup's name, ``journal copy``, ``present database`` or ``nothing``.

    ``backup_seq``: the newest entry of the backup; ``seq``: the newest of all that was brought back;
    ``replayed``: entries beyond the backup; ``missing``: entries known to have been and not found anywhere;
    ``not_told``: changes after the backup that must be done again, by type of entry.
    """

    why: str
    source: str
    at: str
    backup_seq: int | None
    seq: int
    replayed: int
    missing: int
    set_aside: str | None
    not_told: dict[str, int] = field(default_factory=dict)

    def payload(self) -> dict[str, object]:
        """As the journal's entry ``centre.restored`` tells it."""
        return dict(vars(self))


def restore(
    places: Places,
    site: str,
    now: datetime,
    *,
    why: str,
    file: Path | None,
    copies: bool = True,
    at_least: int = 0,
    salvage: bool = False,
) -> Restored:
    """Put the SQLite database of a data folder together again and set the present one aside.

    ``file``: a backup, or ``None`` for the journal's copy alone; ``copies``: whether entries beyond the
    backup are put back; ``at_least``: up to which entry it must reach; ``salvage``: take accounts and
    device tokens that only the present database has, where they can be read. Raises ``RestoreError``; then
    everything is as it was.
    """
    database = places.data / FILE_NAME
    fresh = places.data / f"{FILE_NAME}.restoring"
    _remove(fresh)
    try:
        manifest = None if file is None else backup.unpack(file, site, fresh)
        if manifest is not None:
            if manifest.engine != backup.SQLITE:
                raise RestoreError(f"{manifest.at}: a backup of PostgreSQL; this centre works on SQLite")
            sqlite_files.check_whole(fresh)
            sqlite_files.leave_out(fresh)
        others = [_readable(database, site)] if copies and database.exists() else []
        replayed = _bring_to_newest(places, site, fresh, now, others, copies=copies)
        if manifest is None and not replayed.entries:
            raise RestoreError("the journal's copy holds nothing that could be put back")
        if replayed.seq < at_least:
            raise RestoreError(f"what is there reaches entry {replayed.seq}, and {at_least} is known")
        if salvage and database.exists():
            for kind in _salvage(database, fresh, site):
                replayed.not_told.pop(kind, None)
        present = [one for one in sqlite_files.files_of(database) if one.exists()]
        aside = places.new_aside(now, "database") if present else None
        done = Restored(
            why=why,
            source="journal copy" if file is None else file.name,
            at=written(now),
            backup_seq=None if manifest is None else manifest.seq,
            seq=replayed.seq,
            replayed=replayed.entries,
            missing=max(0, newest_known(places, site) - replayed.seq) if copies else 0,
            set_aside=None if aside is None else aside.name,
            not_told=dict(sorted(replayed.not_told.items())),
        )
        _tell_in(fresh, site, done)
        sync_file(fresh)
        if aside is not None:
            places.move_aside(present, aside)
        fresh.replace(database)
        sync_folder(places.data)
    except (BackupError, ArchiveError, JournalBrokenError, RebuildError, sqlite3.Error) as error:
        raise RestoreError(str(error)) from error
    finally:
        _remove(fresh)
    _mark(places, database, site)
    return done


def put_back(places: Places, database: Database, site: str, now: datetime) -> Restored | None:
    """Put entries that only the copies hold into a whole database that lags behind them; in place.

    ``None`` if it does not. Raises ``RebuildError``.
    """
    engine = open_engine(database, write=True, patient=True)
    try:
        with engine.connect() as connection, connection.begin():
            connection.execute(
                select(journal_head.c.seq).where(journal_head.c.site == site).with_for_update()
            )
            head = head_of(connection, site)
            following = beyond(site, places.journals, head)
            first = next(following, None)
            if first is None:
                return None
            entries = itertools.chain([first], following)
            before = tables.kept_in_tables(connection, site)
            replayed = replay(connection, site, entries, places.archives, before)
            done = Restored(
                why="the database is older than the copy of its journal",
                source="present database",
                at=written(now),
                backup_seq=head.seq,
                seq=replayed.seq,
                replayed=replayed.entries,
                missing=max(0, newest_known(places, site) - replayed.seq),
                set_aside=None,
                not_told=dict(sorted(replayed.not_told.items())),
            )
            tell(connection, site, done)
    finally:
        engine.dispose()
    _mark(places, database, site)
    return done


def tell(connection: Connection, site: str, done: Restored) -> None:
    """Begin a new epoch and have the journal say what was restored."""
    journal.begin_epoch(connection, site, done.at, "restore")
    records = [Record("centre.restored", "centre", "restore", done.payload())]
    journal.append(connection, site, done.at, records)


def _bring_to_newest(
    places: Places,
    site: str,
    fresh: Path,
    now: datetime,
    others: list[Iterator[Entry]],
    *,
    copies: bool,
) -> Replayed:
    engine = open_engine(fresh, write=True)
    try:
        with engine.connect() as connection, connection.begin():
            migrate(connection)
            bring_secret(connection, places, site)
            if journal.read_head(connection, site) is None:
                _begin(connection, places, site, written(now))
            else:
                journal.verify(connection, site)
            if not copies:
                return Replayed(head_of(connection, site).seq)
            entries = beyond(site, places.journals, head_of(connection, site), others)
            before = tables.kept_in_tables(connection, site)
            return replay(connection, site, entries, places.archives, before)
    finally:
        engine.dispose()


def _begin(connection: Connection, places: Places, site: str, at: str) -> None:
    """Where a chain begins that no backup tells of: after the archived days, or with the first entry."""
    oldest = min(filter(None, map(_first_of, places.journals)), key=lambda entry: entry.seq, default=None)
    first = 1 if oldest is None else oldest.seq
    done, carried = Verified(0, 0, journal.NO_HASH), {}
    for file in archive.files_in(places.archives):
        head = archive.read_head(file)
        if head["site"] != site or head["after"] != {"seq": done.seq, "hash": done.hash} or done.seq >= first:
            break
        done, carried = verify_chain(site, list(archive.read_entries(file)), done), head["carried"]
        told = {"seq": done.seq, "hash": done.hash, "day": head["day"], "file": file.name}
        add_anchor(connection, site, {**told, "digest": archive.digest_of(file)}, at)
    if (
        oldest is not None and first > done.seq + 1
    ):  # what came before is lost; the chain is taken as it stands
        done = Verified(0, first, oldest.hash)
        told = {"seq": first, "hash": oldest.hash, "day": oldest.at[:10], "file": "", "digest": ""}
        add_anchor(connection, site, told, at)
    books = Books(site, follow_secret(connection, site))
    books.take_over(carried)
    tables.write(connection, Books(site, b""), books)
    begin_head(connection, site, done, secrets.token_hex(8))


def _first_of(folder: Path) -> Entry | None:
    return next(read_folder(folder), None)


def bring_secret(connection: Connection, places: Places, site: str) -> None:
    """Have follow links that are printed on slips go on working though no backup holds their secret."""
    try:
        secret = (places.data / FOLLOW_FILE).read_bytes()
    except OSError:
        return
    fresh = upsert(site_secret).values(site=site, name="follow", value=secret)
    connection.execute(fresh.on_conflict_do_nothing(index_elements=["site", "name"]))


def keep_secret(places: Places, secret: bytes) -> None:
    """Keep the secret of the follow links beside the database. Raises ``OSError``."""
    file = places.data / FOLLOW_FILE
    if not file.exists() or file.read_bytes() != secret:
        write_file(file, lambda target: target.write(secret))


def _readable(database: Path, site: str) -> Iterator[Entry]:
    """What can still be read of a journal in a database that may be damaged, from both of its ends."""
    columns = ", ".join(Entry.__dataclass_fields__)
    query = f"SELECT {columns} FROM journal WHERE site = ? ORDER BY seq"  # noqa: S608 - names of this module
    last = 0
    for entry in _rows(database, query, site):
        last = entry.seq
        yield entry
    from_the_end = itertools.takewhile(lambda entry: entry.seq > last, _rows(database, f"{query} DESC", site))
    yield from reversed(list(from_the_end))


def _rows(database: Path, query: str, site: str) -> Iterator[Entry]:
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as opened:
            for row in opened.execute(query, (site,)):
                yield Entry(*row)
    except sqlite3.Error:
        return


def _salvage(damaged: Path, fresh: Path, site: str) -> list[str]:
    """Bring over rows that the restored database lacks; returns what types of entries are thus made good."""
    good: list[str] = []
    engine = open_engine(fresh, write=True)
    try:
        with engine.connect() as connection, connection.begin():
            for table, kinds in _SALVAGED.items():
                try:
                    with closing(
                        sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)
                    ) as opened:
                        opened.row_factory = sqlite3.Row
                        query = f"SELECT * FROM {table.name} WHERE site = ?"  # noqa: S608 - names of the schema
                        added = _ADDED_SINCE.get(table, {})
                        rows = [{**added, **dict(row)} for row in opened.execute(query, (site,))]
                except sqlite3.Error:
                    continue
                if rows and set(rows[0]) == set(table.columns.keys()):
                    connection.execute(upsert(table).on_conflict_do_nothing(), rows)
                good += kinds
    finally:
        engine.dispose()
    return good


def _tell_in(file: Path, site: str, done: Restored) -> None:
    engine = open_engine(file, write=True)
    try:
        with engine.connect() as connection, connection.begin():
            tell(connection, site, done)
    finally:
        engine.dispose()


def newest_known(places: Places, site: str) -> int:
    """The greatest number that the mark or a copy of the journal tells of."""
    mark = OutsideMark(places.data, site).read()
    copied = (newest(folder) for folder in places.journals if folder.is_dir())
    known = [0 if mark is None else mark.seq, *(entry.seq for entry in copied if entry is not None)]
    return max(known)


def _mark(places: Places, database: Database, site: str) -> None:
    """The numbers go on from here; without this the next start would begin one more epoch."""
    engine = open_engine(database, write=False)
    try:
        with engine.connect() as connection:
            head = journal.read_head(connection, site)
            if head is not None:
                OutsideMark(places.data, site).write(head)
    finally:
        engine.dispose()


def _remove(file: Path) -> None:
    for part in sqlite_files.files_of(file):
        part.unlink(missing_ok=True)
