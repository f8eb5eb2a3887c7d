"""What the command line does to a centre's data, also while the centre runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, inspect

from kiosk.centre import journal, opening
from kiosk.centre.access import Role
from kiosk.centre.accounts import add_token, hash_password, set_officer
from kiosk.centre.journal import JournalBrokenError, Verified
from kiosk.centre.keeping import archive, export, restore_postgresql, tables
from kiosk.centre.keeping.back_up import back_up as keeping_back_up
from kiosk.centre.keeping.places import Places, Presence
from kiosk.centre.keeping.restore import Restored
from kiosk.centre.keeping.restore import restore as restore_file
from kiosk.centre.moments import system_clock, written
from kiosk.centre.outside_mark import OutsideMark
from kiosk.centre.plan import Plan
from kiosk.centre.store.engine import chosen_url, connected, database_of, open_engine
from kiosk.centre.store.schema import journal_head
from kiosk.centre.store.store import Store, Transaction
from kiosk.settings import Settings

T = TypeVar("T")
_ACTOR = "administrator"


@contextlib.contextmanager
def _opened(settings: Settings, data_folder: Path) -> Iterator[Store]:
    url = chosen_url(settings.centre.database_url)
    store = Store(data_folder, settings.centre.site, system_clock, url)
    try:
        store.open()
        yield store
    finally:
        store.close()


def _write(settings: Settings, data_folder: Path, change: Callable[[Transaction], T]) -> T:
    with _opened(settings, data_folder) as store:
        return store.submit_write(change).result()


def create_token(settings: Settings, data_folder: Path, role: Role | str, name: str) -> str:
    """A new device token, shown this once. Raises ``AccountError``, ``StoreFullError``."""
    return _write(settings, data_folder, lambda transaction: add_token(transaction, Role(role), name))


def add_officer(
    settings: Settings, data_folder: Path, login: str, role: Role | str, password: str, *, name: str = ""
) -> bool:
    """Add a person, or give a known one a new role and password. Returns whether the person is new.

    Raises ``AccountError``, ``StoreFullError``.
    """
    hashed = hash_password(password)
    return _write(
        settings, data_folder, lambda transaction: set_officer(transaction, login, Role(role), name, hashed)
    )


def stop_service(settings: Settings, data_folder: Path, service_id: str, message: str) -> None:
    """Give no more numbers of a service (``*``: of the whole house) until ``resume_service``.

    Raises ``RefusalError``: ``NOT_FOUND``.
    """
    plan = Plan.of(settings, "")
    _write(
        settings,
        data_folder,
        lambda transaction: opening.stop(transaction, plan, _ACTOR, service_id, message),
    )


def resume_service(settings: Settings, data_folder: Path, service_id: str) -> None:
    """Take a stop back. Raises ``RefusalError``: ``NOT_FOUND``."""
    plan = Plan.of(settings, "")
    _write(settings, data_folder, lambda transaction: opening.resume(transaction, plan, _ACTOR, service_id))


def stopped_services(settings: Settings, data_folder: Path) -> dict[str, str]:
    """The messages of all stops, by service (``*``: the whole house)."""
    with _opened(settings, data_folder) as store:
        return store.submit_read(opening.stops).result()


def verify_journal(settings: Settings, data_folder: Path) -> Verified:
    """Follow the whole chain, archived days first, and compare its end with the mark outside the database.

    Changes nothing. Raises ``JournalBrokenError``, and ``FileNotFoundError`` when there is no database.
    """
    site = settings.centre.site
    mark = OutsideMark(data_folder, site).read()
    with _looked_at(settings, data_folder) as connection:
        folders = Places.of(settings, data_folder).archives
        archived = archive.verify(folders, site, archive.archived(connection, site))
        done = journal.verify(connection, site)
        if mark is not None and mark.seq > archived.seq:
            known = journal.find(connection, site, mark.seq)
            if known is None:
                raise JournalBrokenError(f"entry {mark.seq} was written once; the journal ends at {done.seq}")
            if known.hash != mark.hash:
                raise JournalBrokenError(f"entry {mark.seq} is not the one that was written first")
        return Verified(archived.entries + done.entries, done.seq, done.hash)


def export_journal(
    settings: Settings, data_folder: Path, first: date, last: date, form: str
) -> Iterator[str]:
    """The journal of these local days as lines of ``form``: ``csv`` or ``jsonl``.

    Works while the centre does. Raises ``ArchiveError``, and ``FileNotFoundError`` when there is no database.
    """
    zone = ZoneInfo(settings.centre.timezone)
    with _looked_at(settings, data_folder) as connection:
        folders, site = Places.of(settings, data_folder).archives, settings.centre.site
        days = export.Days(first, last, zone)
        entries = export.entries_of_days(connection, site, folders, days)
        yield from export.csv_lines(entries, zone) if form == "csv" else export.json_lines(entries)


def check_rebuild(settings: Settings, data_folder: Path) -> str | None:
    """Fold the journal and compare with the tables: the first difference, or ``None``.

    Raises ``RebuildError``, and ``FileNotFoundError`` when there is no database.
    """
    with _looked_at(settings, data_folder) as connection:
        return tables.check(connection, settings.centre.site, written(system_clock()))


def back_up(settings: Settings, data_folder: Path, to: Path | None = None) -> dict[str, Any]:
    """Make a backup and prove it, also while the centre runs; the journal says so.

    ``to``: another folder than the configured ones. Raises ``BackupError``.
    """
    told = keeping_back_up(settings, data_folder, system_clock(), to)
    subject = "backup" if to is None else "backup-elsewhere"
    _write(settings, data_folder, lambda t: t.record("backup.made", "administrator", subject, told))
    return told


def restore(settings: Settings, data_folder: Path, file: Path, *, copies: bool = True) -> Restored:
    """Put a backup in place of the database, and what the journal's copy holds beyond it.

    Raises ``CentreRunsError`` while the centre runs, ``RestoreError``, ``OSError``.
    """
    site, places, now = settings.centre.site, Places.of(settings, data_folder), system_clock()
    presence = Presence(data_folder)
    presence.claim(alone=True)
    try:
        database = database_of(data_folder, chosen_url(settings.centre.database_url))
        if isinstance(database, Path):
            return restore_file(places, site, now, why="asked for", file=file, copies=copies)
        return restore_postgresql.restore(
            database, places, site, now, why="asked for", file=file, copies=copies
        )
    finally:
        presence.leave()


@contextlib.contextmanager
def _looked_at(settings: Settings, data_folder: Path) -> Iterator[Connection]:
    """One moment of the database, read only. Raises ``FileNotFoundError``, ``StoreUnreachableError``."""
    database = database_of(data_folder, chosen_url(settings.centre.database_url))
    if isinstance(database, Path) and not database.is_file():
        raise FileNotFoundError(database)
    engine = open_engine(database, write=False, patient=True)
    try:
        with connected(engine) as connection, connection.begin():
            if not inspect(connection).has_table(journal_head.name):
                raise FileNotFoundError("the database is empty")
            yield connection
    finally:
        engine.dispose()
