"""Engines for the centre's SQLite file, set up so that what was committed survives a power cut.

WAL with ``synchronous=FULL`` on every connection, verified; ``BEGIN IMMEDIATE`` for writers through the hooks
SQLAlchemy documents for pysqlite (a deferred transaction that read first and then writes fails at once when
somebody else wrote in between).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

BUSY_SECONDS = 10.0
"""How long a writer waits for another process, such as a command line at work."""

_FULL = 2  # https://www.sqlite.org/pragma.html#pragma_synchronous


class StoreUnsafeError(RuntimeError):
    """The database does not run with the settings on which the promises rest."""


def open_engine(file: Path, *, write: bool) -> Engine:
    """An engine for ``file``. With ``write`` transactions begin IMMEDIATE, without it nothing can be written.

    The caller keeps its connections; there is no pool. Statements' values never appear in error messages.
    """
    engine = create_engine(
        f"sqlite:///{file}",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
    )

    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # pysqlite begins no transaction of its own
        cursor = connection.cursor()
        if write:
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if not write:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    def begins(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)
    return engine


def verify_safety(connection: Connection) -> None:
    """Ask the connection itself. Raises ``StoreUnsafeError`` naming every setting that is not as promised."""
    wanted: dict[str, object] = {"journal_mode": "wal", "synchronous": _FULL, "foreign_keys": 1}
    cursor = _driver(connection).cursor()
    try:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    finally:
        cursor.close()
    wrong = [f"{name} is {found[name]}, not {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    if wrong:
        raise StoreUnsafeError("; ".join(wrong))


def disk_trouble(error: Exception) -> bool:
    """Whether a database error means that the disk is full or refuses to write.

    A full file system answers SQLITE_FULL, a file-size limit SQLITE_IOERR_WRITE
    (https://www.sqlite.org/rescode.html).
    """
    original = getattr(error, "orig", error)
    code = getattr(original, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
