"""Engines for the centre's database: a SQLite file, or PostgreSQL for a centre with several processes.

Both are set up so that what was committed survives a power cut, and verify it (``sqlite.py``,
``postgresql.py``). The caller keeps its connections; there is no pool. Statements' values never appear in
error messages.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from kiosk.centre.store import postgresql, sqlite
from kiosk.centre.store.errors import StoreUnreachableError, StoreUnsafeError

URL_VARIABLE = "CENTRE_DATABASE_URL"
FILE_NAME = "centre.sqlite3"

Database = Path | str
"""The file of a SQLite database, or the URL of a PostgreSQL one (``postgresql+psycopg://…``)."""

Connect = Callable[[Path], Any]
"""Makes a DB-API connection to a SQLite file in place of ``sqlite3.connect``."""


class Trouble(Enum):
    """What a database error means for the one who asked."""

    FULL = "the disk is full or refuses to write"
    UNREACHABLE = "the database does not answer"
    SLOW = "the database does not answer in time"
    CONFLICT = "somebody else changed the same rows; the transaction may run again"


def chosen_url(configured: str) -> str:
    """The environment's ``CENTRE_DATABASE_URL``, else what the settings say; empty: a SQLite file."""
    return os.environ.get(URL_VARIABLE, "") or configured


def database_of(data_folder: Path, url: str) -> Database:
    """The database of a data folder. Raises ``StoreUnsafeError`` for a URL that is not PostgreSQL's."""
    if not url:
        return data_folder / FILE_NAME
    try:
        known = make_url(url).drivername == postgresql.DRIVER
    except ArgumentError:
        known = False
    if not known:  # it may hold a password, so it is not quoted
        raise StoreUnsafeError(f"the database's URL does not begin with {postgresql.DRIVER}://")
    return url


def open_engine(
    database: Database, *, write: bool, connect: Connect | None = None, patient: bool = False
) -> Engine:
    """An engine for ``database``. Without ``write`` nothing can be written through it.

    ``connect``: SQLite's connections from somewhere else. ``patient``: statements may take as long as they
    like (backups, exports).
    """
    if isinstance(database, Path):
        return sqlite.open_engine(database, write=write, connect=connect)
    return postgresql.open_engine(database, write=write, patient=patient)


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection of ``engine``. Raises ``StoreUnreachableError`` if there is none to be had."""
    try:
        connection = engine.connect()
    except DBAPIError as error:
        if trouble_of(error) is not Trouble.UNREACHABLE:
            raise
        raise StoreUnreachableError(Trouble.UNREACHABLE.value) from error
    with connection:
        yield connection


def verify_safety(connection: Connection) -> None:
    """Ask the connection itself. Raises ``StoreUnsafeError`` naming every setting that is not as promised."""
    engine = postgresql if is_postgresql(connection) else sqlite
    found = engine.unsafe_settings(connection)
    wrong = [f"{name} is {value}, not {wanted}" for name, value, wanted in found]
    if wrong:
        raise StoreUnsafeError("; ".join(wrong))


def is_postgresql(bind: Connection | Engine) -> bool:
    """Whether this is PostgreSQL's."""
    return bind.dialect.name == "postgresql"


def trouble_of(error: BaseException) -> Trouble | None:
    """What a database error means; ``None``: the program is wrong."""
    original = getattr(error, "orig", error)
    for trouble, means in _MEANS.items():
        if any(one(original) for one in means):
            return trouble
    return None


_MEANS: dict[Trouble, tuple[Callable[[BaseException], bool], ...]] = {
    Trouble.FULL: (sqlite.disk_trouble, postgresql.disk_trouble),
    Trouble.CONFLICT: (postgresql.conflict,),
    Trouble.SLOW: (sqlite.busy, postgresql.out_of_time),
    Trouble.UNREACHABLE: (postgresql.unreachable,),
}


def disk_trouble(error: Exception) -> bool:
    """Whether a database error means that the disk is full or refuses to write."""
    return trouble_of(error) is Trouble.FULL
