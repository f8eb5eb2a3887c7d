"""What the command line does to a centre's data, also while the centre runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from kiosk.centre import journal
from kiosk.centre.access import Role
from kiosk.centre.accounts import add_token, hash_password, set_officer
from kiosk.centre.journal import JournalBrokenError, Verified
from kiosk.centre.moments import system_clock
from kiosk.centre.outside_mark import OutsideMark
from kiosk.centre.store.engine import chosen_url, database_of, open_engine
from kiosk.centre.store.store import Store, Transaction
from kiosk.settings import Settings

T = TypeVar("T")


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


def verify_journal(settings: Settings, data_folder: Path) -> Verified:
    """Follow the whole chain and compare its end with the mark outside the database; changes nothing.

    Raises ``JournalBrokenError``, and ``FileNotFoundError`` when there is no database.
    """
    site = settings.centre.site
    database = database_of(data_folder, chosen_url(settings.centre.database_url))
    if isinstance(database, Path) and not database.is_file():
        raise FileNotFoundError(database)
    mark = OutsideMark(data_folder, site).read()
    engine = open_engine(database, write=False, patient=True)
    try:
        with engine.connect() as connection:
            done = journal.verify(connection, site)
            if mark is not None:
                known = journal.find(connection, site, mark.seq)
                if known is None:
                    raise JournalBrokenError(
                        f"entry {mark.seq} was written once; the journal ends at {done.seq}"
                    )
                if known.hash != mark.hash:
                    raise JournalBrokenError(f"entry {mark.seq} is not the one that was written first")
            return done
    finally:
        engine.dispose()
