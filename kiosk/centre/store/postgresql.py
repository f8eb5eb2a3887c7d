"""PostgreSQL as the centre uses it: several writers at READ COMMITTED, readers that see one moment.

A reading is one transaction at REPEATABLE READ, so that all of it is true as of one journal number. Whoever
writes locks the rows it decides on; ``journal_head`` comes last.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

DRIVER = "postgresql+psycopg"
CONNECT_SECONDS = 3
_APPLICATION = "mot-cua centre"
_LINK = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # ms until unanswered data ends the connection: a cut cable sends nothing
}
_SESSION = {
    "synchronous_commit": "on",  # like SQLite's FULL: no answer before the commit is on the disk
    "timezone": "UTC",
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
    # a process that vanished without a word lets go of its locks
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "5s",
}
_PATIENT = {"statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
_WANTED = {
    "synchronous_commit": {"on", "remote_apply"},
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "server_encoding": {"UTF8"},
}
_PREPARING = text("SET LOCAL statement_timeout = '5min'")


def open_engine(url: str, *, write: bool, patient: bool = False) -> Engine:
    """An engine for ``url``; without ``write`` its transactions are read-only and see one moment."""
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=_arguments(patient))

    def connected(connection: psycopg.Connection[Any], _record: Any) -> None:
        if write:
            connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        else:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True

    event.listen(engine, "connect", connected)
    return engine


def parameters(url: str) -> dict[str, Any]:
    """What ``psycopg.connect`` takes for a connection of its own to ``url``, with the session set up."""
    dialect = make_url(url).get_dialect()()
    _, taken = dialect.create_connect_args(make_url(url))
    return {**taken, **_arguments(patient=False)}


def _arguments(patient: bool) -> dict[str, Any]:
    session = {**_SESSION, **(_PATIENT if patient else {})}
    options = " ".join(f"-c {name}={value}" for name, value in session.items())
    return {**_LINK, "application_name": _APPLICATION, "options": options}


def unsafe_settings(connection: Connection) -> list[tuple[str, object, object]]:
    """Name, value and wanted value of every setting that is not as promised."""
    asked = text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)")
    with connection.begin():
        rows = connection.execute(asked, {"names": list(_WANTED)})
        found: dict[str, str] = {row.name: row.setting for row in rows}
    return [
        (name, found[name], " or ".join(sorted(wanted)))
        for name, wanted in _WANTED.items()
        if found[name] not in wanted
    ]


def lock_key(*words: str) -> int:
    """The number of an advisory lock with this name."""
    return int.from_bytes(hashlib.sha256("/".join(words).encode()).digest()[:8], "big", signed=True)


@contextmanager
def one_at_a_time(connection: Connection, *words: str) -> Iterator[None]:
    """Of all processes of the database only one is inside at a time, however many transactions it makes."""
    key = {"key": lock_key(*words)}
    with connection.begin():
        connection.execute(_PREPARING)
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
    try:
        yield
    finally:
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def take_your_time(connection: Connection) -> None:
    """Let this transaction's statements take minutes: a migration of a large table."""
    connection.execute(_PREPARING)


def backend(connection: Connection) -> int:
    """The number by which notifications name this connection."""
    driver: Any = connection.connection.driver_connection
    return int(driver.info.backend_pid)


# https://www.postgresql.org/docs/15/errcodes-appendix.html


def disk_trouble(error: BaseException) -> bool:
    """53100 disk full, 53400 a configured limit such as temp_file_limit, 58030 I/O error."""
    return isinstance(error, errors.DiskFull | errors.ConfigurationLimitExceeded | errors.IoError)


def conflict(error: BaseException) -> bool:
    """40001 and 40P01; 23505, too: of two who insert the same key at once one runs again and finds it."""
    return isinstance(error, errors.SerializationFailure | errors.DeadlockDetected | errors.UniqueViolation)


def out_of_time(error: BaseException) -> bool:
    """A lock or a statement took longer than the session allows (55P03, 57014)."""
    return isinstance(error, errors.LockNotAvailable | errors.QueryCanceled)


def unreachable(error: BaseException) -> bool:
    """No connection (08, 53300, 57P01 to 57P03, or no word of the server at all), or one that it ended."""
    ended = errors.IdleInTransactionSessionTimeout
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | ended)
