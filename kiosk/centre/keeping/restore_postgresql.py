"""A backup in place of what the configured PostgreSQL database holds, and the journal's copy beyond it."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
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


def restore(
    url: str, places: Places, site: str, now: datetime, *, why: str, file: Path, copies: bool = True
) -> Restored:
    """Dump what is there into the folder ``set-aside``, restore ``file``, and put back what came after it.

    Raises ``CentreRunsError`` while anybody else is connected, ``RestoreError``, ``OSError``. The backup goes
    in whole or not at all; entries beyond it, too.
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
            postgresql_dump.load(url, copy)
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
                    set_aside=None if aside is None else aside.name,
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
) -> tuple[Path | None, list[Entry]]:
    """A dump of what the database holds, and its entries beyond the backup; nothing for an empty database."""
    engine = open_engine(url, write=False, patient=True)
    try:
        with engine.connect() as connection, connection.begin():
            there = connection.execute(text("SELECT to_regclass('public.journal') IS NOT NULL")).scalar_one()
            if not there:
                return None, []
            aside = places.new_aside(now, "database")
            snapshot = postgresql_dump.export_snapshot(connection)
            postgresql_dump.dump(url, aside / "centre.dump", snapshot)
            return aside, list(tables.entries_after(connection, site, after))
    finally:
        engine.dispose()
