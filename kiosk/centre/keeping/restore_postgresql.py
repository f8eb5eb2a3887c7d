"""A backup in place of what the configured PostgreSQL database holds, and the journal's copy beyond it."""

from __future__ import annotations

import logging
import shutil
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from kiosk.centre import journal
from kiosk.centre.journal import Entry, JournalBrokenError
from kiosk.centre.keeping import backup, postgresql_dump, tables
from kiosk.centre.keeping.backup import BackupError
from kiosk.centre.keeping.places import CentreRunsError, Places
from kiosk.centre.keeping.postgresql_dump import DumpError
from kiosk.centre.keeping.rebuild import RebuildError
from kiosk.centre.keeping.replay import Replayed, beyond, head_of, replay
from kiosk.centre.keeping.restore import Restored, RestoreError, newest_known, tell
from kiosk.centre.moments import written
from kiosk.centre.outside_mark import OutsideMark
from kiosk.centre.store.engine import open_engine
from kiosk.centre.store.migrations import migrate
from kiosk.centre.store.postgresql import take_your_time

_LOG = logging.getLogger(__name__)
BESIDE = "database "
"""Begins the place of what was set aside: a database on the same server, not a folder."""


def restore(
    url: str, places: Places, site: str, now: datetime, *, why: str, file: Path, copies: bool = True
) -> Restored:
    """Dump what is there into the folder ``set-aside``, restore ``file``, and put back what came after it.

    A database too damaged to be dumped stays on the server under another name, and the backup goes into a
    fresh one. Raises ``CentreRunsError`` while anybody else is connected, ``RestoreError``, ``OSError``. The
    backup goes in whole or not at all; entries beyond it, too.
    """
    try:
        if postgresql_dump.others(url):
            raise CentreRunsError(
                "others are connected to the database; stop every centre that uses it first"
            )
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=places.data) as place:
            copy = Path(place) / "centre.dump"
            manifest = backup.unpack(file, site, copy)
            if manifest.engine != backup.POSTGRESQL:
                raise RestoreError(f"{file.name} is a backup of SQLite; this centre works on PostgreSQL")
            aside, present = _set_aside(url, places, site, now, manifest.seq)
            _load(url, copy, aside)
        engine = open_engine(url, write=True, patient=True)
        try:
            with engine.connect() as connection, connection.begin():
                take_your_time(connection)
                migrate(connection)
                journal.verify(connection, site)
                replayed = Replayed(manifest.seq)
                if copies:
                    entries = beyond(site, places.journals, head_of(connection, site), [present])
                    before = tables.kept_in_tables(connection, site)
                    replayed = replay(connection, site, entries, places.archives, before)
                done = Restored(
                    why=why,
                    source=file.name,
                    at=written(now),
                    backup_seq=manifest.seq,
                    seq=replayed.seq,
                    replayed=replayed.entries,
                    missing=max(0, newest_known(places, site) - replayed.seq) if copies else 0,
                    set_aside=aside,
                    not_told=dict(sorted(replayed.not_told.items())),
                )
                tell(connection, site, done)
                head = journal.read_head(connection, site)
        finally:
            engine.dispose()
    except (BackupError, DumpError, JournalBrokenError, RebuildError, DBAPIError) as error:
        raise RestoreError(str(getattr(error, "orig", None) or error)) from error
    if head is not None:
        OutsideMark(places.data, site).write(head)
    return done


def _set_aside(
    url: str, places: Places, site: str, now: datetime, after: int
) -> tuple[str | None, list[Entry]]:
    """A dump of what the database holds, or the database itself under another name (``BESIDE``), and its
    entries beyond the backup as far as they can be read; nothing for an empty database.
    """
    engine = open_engine(url, write=False, patient=True)
    present: list[Entry] = []
    try:
        with engine.connect() as connection, connection.begin():
            there = connection.execute(text("SELECT to_regclass('public.journal') IS NOT NULL")).scalar_one()
            if not there:
                return None, []
            aside = places.new_aside(now, "database")
            snapshot = postgresql_dump.export_snapshot(connection)
            try:
                postgresql_dump.dump(url, aside / "centre.dump", snapshot)
            except DumpError as error:
                _LOG.error("the database cannot be dumped: %s", error)
                shutil.rmtree(aside)
            else:
                return aside.name, list(tables.entries_after(connection, site, after))
        with suppress(DBAPIError), engine.connect() as connection:
            present = list(tables.entries_after(connection, site, after))
    finally:
        engine.dispose()
    name = f"{make_url(url).database}_damaged_{now.astimezone(UTC):%Y%m%dt%H%M%S}"
    postgresql_dump.put_beside(url, name)
    return BESIDE + name, present


def _load(url: str, copy: Path, aside: str | None) -> None:
    """The backup in whole, or everything as it was."""
    try:
        postgresql_dump.load(url, copy)
    except DumpError:
        if aside is not None and aside.startswith(BESIDE):
            postgresql_dump.put_back(url, aside.removeprefix(BESIDE))
        raise
