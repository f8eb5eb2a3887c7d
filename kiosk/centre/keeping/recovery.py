"""What happens before the database is opened: is it whole, and is it all that there was?

A damaged or missing database is set aside and put together again from the newest backup that can be relied on
and the journal's copy; a whole one that lags behind the copy gets the entries it lacks. Staff are told either
way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from kiosk.centre import journal
from kiosk.centre.journal import JournalBrokenError
from kiosk.centre.keeping import backup, sqlite_files
from kiosk.centre.keeping.journal_files import newest
from kiosk.centre.keeping.places import Places
from kiosk.centre.keeping.rebuild import RebuildError
from kiosk.centre.keeping.restore import Restored, RestoreError, newest_known, put_back, restore
from kiosk.centre.moments import written
from kiosk.centre.outside_mark import OutsideMark
from kiosk.centre.store.engine import FILE_NAME, Database, open_engine
from kiosk.centre.store.migrations import NEWEST

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def recover(places: Places, site: str, now: datetime) -> Restored | None:
    """Make sure that the SQLite database of a data folder is whole; ``None`` if it was. Raises ``OSError``.

    While the chain alone is broken nothing is changed unless every entry can be brought back: the centre then
    works on with what it has, and says so.
    """
    database = places.data / FILE_NAME
    if not _ever_used(places, site):
        return None
    why = sqlite_files.damage(database)
    if why is not None:
        _LOG.error("the database is damaged: %s", why)
        done = _restore_newest(places, site, now, f"damaged: {why}", salvage=True)
        return done or _begin_anew(places, now, why)
    why = _broken_tail(places, site)
    if why is not None:
        _LOG.error("the end of the journal is broken: %s", why)
        told = f"the journal is broken: {why}"
        return _restore_newest(
            places, site, now, told, at_least=max(newest_known(places, site), _head(places, site))
        )
    return _catch_up(places, database, site, now)


def recover_postgresql(places: Places, url: str, site: str, now: datetime) -> Restored | None:
    """Put back what a PostgreSQL database lacks that somebody restored from an older copy.

    Whether the database is whole is the server's to know; a restore is for people to begin, and the log says
    with which command.
    """
    why = _unreadable(url, site)
    if why is not None:
        newest_backup = next(iter(backup.found(places.backup_folders, site)), None)
        file = "FILE (no backup is found)" if newest_backup is None else str(newest_backup)
        _LOG.critical("the database is damaged: %s. Stop every centre, then: main.py restore %s", why, file)
    return _catch_up(places, url, site, now)


def _catch_up(places: Places, database: Database, site: str, now: datetime) -> Restored | None:
    try:
        return _told(put_back(places, database, site, now)) if _lags(places, database, site) else None
    except (RebuildError, DBAPIError) as error:
        _LOG.error("entries of the journal's copy cannot be put back: %s", type(error).__name__)
        return None


def _ever_used(places: Places, site: str) -> bool:
    """Whether there was a database once: the first start of an installation finds nothing at all."""
    database = places.data / FILE_NAME
    return (
        (database.exists() and database.stat().st_size > 0)
        or OutsideMark(places.data, site).read() is not None
        or any(newest(folder) is not None for folder in places.journals if folder.is_dir())
        or bool(backup.found(places.backup_folders, site))
    )


def _restore_newest(
    places: Places, site: str, now: datetime, why: str, *, at_least: int = 0, salvage: bool = False
) -> Restored | None:
    """From the newest backup that can be relied on, else from the journal's copy alone."""
    for file in [*backup.found(places.backup_folders, site), None]:
        try:
            done = restore(places, site, now, why=why, file=file, at_least=at_least, salvage=salvage)
            return _told(done)
        except RestoreError as error:
            _LOG.error(
                "%s cannot be restored: %s", "the journal's copy" if file is None else file.name, error
            )
    return None


def _begin_anew(places: Places, now: datetime, why: str) -> Restored:
    """Nothing is left: what there was is set aside, and the centre begins with an empty database."""
    present = [file for file in sqlite_files.files_of(places.data / FILE_NAME) if file.exists()]
    aside = places.new_aside(now, "database")
    places.move_aside(present, aside)
    _LOG.error("there is neither a backup nor a copy of the journal; an empty database begins")
    return Restored(f"damaged: {why}", "nothing", written(now), None, 0, 0, 0, aside.name)


def _told(done: Restored | None) -> Restored | None:
    if done is not None:
        _LOG.warning(
            "the database was put together again from %s, up to entry %d (%d of them from copies)",
            done.source,
            done.seq,
            done.replayed,
        )
    return done


def _broken_tail(places: Places, site: str) -> str | None:
    def look(connection: Connection) -> str | None:
        try:
            journal.verify_tail(connection, site)
        except JournalBrokenError as error:
            return str(error)
        return None

    return _asked(places.data / FILE_NAME, look)


def _unreadable(url: str, site: str) -> str | None:
    """What is wrong with a PostgreSQL database that answers, but not what it holds (SQLSTATE class XX)."""
    engine = open_engine(url, write=False)
    try:
        with engine.connect() as connection:
            journal.verify_tail(connection, site)
    except JournalBrokenError as error:
        return str(error)
    except DBAPIError as error:
        return str(error.orig) if str(getattr(error.orig, "sqlstate", "")).startswith("XX") else None
    finally:
        engine.dispose()
    return None


def _head(places: Places, site: str) -> int:
    def look(connection: Connection) -> int:
        head = journal.read_head(connection, site)
        return 0 if head is None else head.seq

    return _asked(places.data / FILE_NAME, look) or 0


def _lags(places: Places, database: Database, site: str) -> bool:
    copied = [newest(folder) for folder in places.journals if folder.is_dir()]
    last = max((entry.seq for entry in copied if entry is not None), default=0)

    def look(connection: Connection) -> bool:
        head = journal.read_head(connection, site)
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return head is not None and head.seq < last and revision == NEWEST

    return bool(last) and bool(_asked(database, look))


def _asked(database: Database, look: Callable[[Connection], T]) -> T | None:
    """What the present database answers; ``None`` for one whose tables are older than the question."""
    engine = open_engine(database, write=False)
    try:
        with engine.connect() as connection:
            return look(connection)
    except DBAPIError:
        return None
    finally:
        engine.dispose()
