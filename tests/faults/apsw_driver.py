"""apsw as a DB-API driver, as much of it as SQLAlchemy's SQLite dialect asks of Python's ``sqlite3``.

Python's ``sqlite3`` knows no VFS of apsw, which carries its own SQLite; so the product's store is given these
connections where a test needs a disk that loses things. Errors are ``sqlite3``'s, with its result codes.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import apsw

Statement = Callable[[str], str]


def _error(error: apsw.Error) -> sqlite3.Error:
    kind: type[sqlite3.Error] = sqlite3.OperationalError
    if isinstance(error, apsw.ConstraintError):
        kind = sqlite3.IntegrityError
    elif isinstance(error, apsw.CorruptError | apsw.NotADBError):
        kind = sqlite3.DatabaseError
    made = kind(str(error))
    made.sqlite_errorcode = getattr(error, "extendedresult", getattr(error, "result", 1))  # type: ignore[misc]
    return made


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise _error(error) from error


class Cursor:
    """Executes at once and keeps the rows."""

    arraysize = 1
    lastrowid = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[tuple[Any, ...]] = []
        self.description: list[tuple[Any, ...]] | None = None
        self.rowcount = -1

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Cursor:
        """One statement."""
        return self._run(statement, [values])

    def executemany(self, statement: str, values: Iterable[Sequence[Any]]) -> Cursor:
        """One statement for each tuple of values."""
        return self._run(statement, values)

    def _run(self, statement: str, many: Iterable[Sequence[Any]]) -> Cursor:
        statement = self._connection.before(statement)
        self.description, self._rows, changed = None, [], 0
        with _errors():
            for values in many:
                cursor = self._connection.driver.cursor()
                cursor.exec_trace = self._describe
                self._rows = list(cursor.execute(statement, tuple(values)))
                changed += self._connection.driver.changes()
        writes = statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}
        self.rowcount = changed if writes else -1
        return self

    def _describe(self, cursor: apsw.Cursor, _statement: str, _values: Any) -> bool:
        columns = cursor.get_description()
        self.description = [(name, *[None] * 6) for name, *_ in columns] if columns else None
        return True

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        """The next rows."""
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        taken, self._rows = self._rows, []
        return taken

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())

    def close(self) -> None:
        """Forget the rows."""
        self._rows = []


class Connection:
    """A connection of apsw. ``before`` sees each statement first and returns the one to execute."""

    isolation_level = None

    def __init__(self, driver: apsw.Connection, before: Statement = lambda statement: statement) -> None:
        self.driver = driver
        self.before = before
        driver.set_busy_timeout(10_000)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self.driver.in_transaction

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Cursor:
        """``sqlite3``'s shortcut."""
        return self.cursor().execute(statement, values)

    def commit(self) -> None:
        """Commit, if a transaction is open."""
        self._end("COMMIT")

    def rollback(self) -> None:
        """Roll back, if a transaction is open."""
        self._end("ROLLBACK")

    def _end(self, statement: str) -> None:
        if self.driver.in_transaction:
            self.cursor().execute(statement)

    def create_function(self, name: str, count: int, function: Any, *, deterministic: bool = False) -> None:
        """A function in SQL."""
        self.driver.create_scalar_function(name, function, count, deterministic=deterministic)

    def close(self) -> None:
        """Let go of the files."""
        with _errors():
            self.driver.close()
