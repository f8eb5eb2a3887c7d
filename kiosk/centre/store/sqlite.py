"""SQLite as the centre uses it: WAL with ``synchronous=FULL`` on every connection.

``BEGIN IMMEDIATE`` for writers through the hooks SQLAlchemy documents for pysqlite: a deferred transaction
that read first and then writes fails at once when somebody else wrote in between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

BUSY_SECONDS = 10.0
"""How long a writer waits for another process, such as a command line at work."""

_FULL = 2  # https://www.sqlite.org/pragma.html#pragma_synchronous


def open_engine(file: Path, *, write: bool, connect: Callable[[Path], Any] | None = None) -> Engine:
    """An engine for ``file``; with ``write`` transactions begin IMMEDIATE."""

    def made() -> Any:
        if connect is not None:
            return connect(file)
        return sqlite3.connect(file, timeout=BUSY_SECONDS, check_same_thread=False)

    def connected(connection: Any, _record: Any) -> None:
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

    engine = create_engine("sqlite://", creator=made, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begins)
    return engine


def unsafe_settings(connection: Connection) -> list[tuple[str, object, object]]:
    """Name, value and wanted value of every setting that is not as promised."""
    wanted: dict[str, object] = {"journal_mode": "wal", "synchronous": _FULL, "foreign_keys": 1}
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in wanted}
    finally:
        cursor.close()
    return [(name, found[name], wanted[name]) for name in wanted if found[name] != wanted[name]]


def disk_trouble(error: BaseException) -> bool:
    """A full file system answers SQLITE_FULL, a file-size limit SQLITE_IOERR_WRITE
    (https://www.sqlite.org/rescode.html).
    """
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def busy(error: BaseException) -> bool:
    """Another process wrote for longer than ``BUSY_SECONDS``."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY
