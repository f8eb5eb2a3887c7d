"""The numbers a kiosk holds for when the centre cannot be reached, and those it gave out of them.

A small file of the kiosk's own. A number is on the disk before anybody hears of it, and none is given twice:
the file itself forbids it (a unique key over day, series and sequence). Nothing in it is about a person but a
hash under a key of the day, which goes as soon as the centre has the ticket.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.processes.held_numbers import (
    Block,
    Given,
    Lease,
    given_of,
    moment,
    periods_text,
    read_periods,
    written,
)

__all__ = ["Block", "Given", "Lease", "OfflineNumbers", "OfflineStoreError"]

_LOG = logging.getLogger(__name__)

KEPT_DAYS = 14
"""Days after which a number that the centre has answered is forgotten."""
_TABLES = """
CREATE TABLE IF NOT EXISTS lease (
  id TEXT PRIMARY KEY, day TEXT NOT NULL, at TEXT NOT NULL, until TEXT NOT NULL, held INTEGER NOT NULL,
  begins TEXT
);
CREATE TABLE IF NOT EXISTS block (
  lease TEXT NOT NULL REFERENCES lease (id), service TEXT NOT NULL, series TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, open TEXT, PRIMARY KEY (lease, service)
);
CREATE TABLE IF NOT EXISTS given (
  key TEXT PRIMARY KEY, lease TEXT NOT NULL REFERENCES lease (id), day TEXT NOT NULL, series TEXT NOT NULL,
  sequence INTEGER NOT NULL, service TEXT NOT NULL, issued_at TEXT NOT NULL, priority TEXT, source TEXT,
  person TEXT, state TEXT NOT NULL, ticket TEXT, reason TEXT,
  slip TEXT NOT NULL, slip_code TEXT, slip_told INTEGER NOT NULL,
  UNIQUE (day, series, sequence)
);
CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class OfflineStoreError(Exception):
    """The file cannot be written: no number may be given."""


class OfflineNumbers:
    """The file. Safe between threads; one process at a time.

    A file that is no database any more is set aside under another name: its numbers are lost to this kiosk,
    and the centre, which sees another ``holder``, gives it fresh ones.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.RLock()
        self._connection = self._opened()
        self._slips_of_an_earlier_run()

    @property
    def holder(self) -> str:
        """Who this file is to the centre: random, made with the file."""
        with self._lock:
            known = self.recall("holder")
            if known is None:
                known = secrets.token_hex(16)
                self.remember("holder", known)
            return str(known)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    # -- leases ------------------------------------------------------------------------------------------

    def keep(self, lease: Lease) -> None:
        """Hold this lease instead of any other of its day. The same lease again changes nothing but its
        hours.
        """
        day = lease.day.isoformat()
        begins = None if lease.begins is None else lease.begins.isoformat()
        with self._writing() as connection:
            connection.execute("UPDATE lease SET held = 0 WHERE id <> ? AND day = ?", (lease.id, day))
            connection.execute(
                "INSERT INTO lease (id, day, at, until, held, begins) VALUES (?, ?, ?, ?, 1, ?) "
                "ON CONFLICT (id) DO UPDATE SET until = excluded.until, held = 1",
                (lease.id, day, lease.at.isoformat(), lease.until.isoformat(), begins),
            )
            for block in lease.blocks:
                connection.execute(
                    "INSERT INTO block (lease, service, series, first, last, open) VALUES (?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (lease, service) DO UPDATE SET open = excluded.open",
                    (
                        lease.id,
                        block.service,
                        block.series,
                        block.first,
                        block.last,
                        periods_text(block.open),
                    ),
                )

    def drop(self, lease: str) -> None:
        """Give nothing from this lease any more."""
        with self._writing() as connection:
            connection.execute("UPDATE lease SET held = 0 WHERE id = ?", (lease,))

    def leases(self) -> list[Lease]:
        """The leases that are held, by day."""
        with self._lock:
            rows = self._all("SELECT id, day, at, until, begins FROM lease WHERE held = 1 ORDER BY day")
            return [self._lease(row) for row in rows]

    def lease(self, now: datetime) -> Lease | None:
        """The lease from which numbers may be given at ``now``."""
        return next((lease for lease in self.leases() if lease.holds(now)), None)

    def _lease(self, row: sqlite3.Row) -> Lease:
        query = "SELECT service, series, first, last, open FROM block WHERE lease = ? ORDER BY rowid"
        return Lease(
            id=row["id"],
            day=date.fromisoformat(row["day"]),
            at=moment(row["at"]),
            until=moment(row["until"]),
            blocks=tuple(
                Block(b["service"], b["series"], b["first"], b["last"], read_periods(b["open"]))
                for b in self._all(query, (row["id"],))
            ),
            begins=None if row["begins"] is None else moment(row["begins"]),
        )

    def left(self, lease: Lease, service: str) -> int:
        """Numbers left for a service in a lease."""
        block = lease.block(service)
        if block is None:
            return 0
        with self._lock:
            return max(0, block.last - self._next(lease.day, block) + 1)

    # -- numbers -----------------------------------------------------------------------------------------

    def give(
        self,
        service: str,
        key: str,
        now: datetime,
        priority: tuple[str, str] | None = None,
        person: tuple[str, date] | None = None,
    ) -> Given | None:
        """The next number of a service, on the disk when this returns; the same for the same ``key``.

        ``now`` is the centre's time (UTC); ``priority`` a class and who says so; ``person`` a hash and the
        day of its key. ``None``: no lease just then, the service is closed, or its block is used up. Times of
        issue only grow. Raises ``OfflineStoreError``.
        """
        with self._writing() as connection:
            known = self._one("SELECT * FROM given WHERE key = ?", (key,))
            if known is not None:
                return given_of(known)
            lease = self.lease(now)
            block = lease.block(service) if lease else None
            if lease is None or block is None or not block.is_open(now):
                return None
            sequence = self._next(lease.day, block)
            if sequence > block.last:
                return None
            last = self._one("SELECT MAX(issued_at) AS at FROM given WHERE day = ?", (lease.day.isoformat(),))
            if last is not None and last["at"] is not None:
                now = max(now, moment(last["at"]) + timedelta(milliseconds=1))
            known_class, source = priority or (None, None)
            hashed = person[0] if person is not None and person[1] == lease.day else None
            connection.execute(
                "INSERT INTO given (key, lease, day, series, sequence, service, issued_at, priority, source, "
                "person, state, slip, slip_told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 'none', 1)",
                (
                    key, lease.id, lease.day.isoformat(), block.series, sequence, service, written(now),
                    known_class, source, hashed,
                ),
            )  # fmt: skip
        return Given(key, lease.id, block.series, sequence, service, now, known_class, source, hashed)

    def waiting(self) -> list[Given]:
        """Numbers that the centre has not answered yet, in the order of issue."""
        with self._lock:
            rows = self._all("SELECT * FROM given WHERE state = 'waiting' ORDER BY issued_at, sequence")
        return [given_of(row) for row in rows]

    def refused(self, day: date) -> int:
        """Numbers of a day that the centre did not take."""
        with self._lock:
            query = "SELECT COUNT(*) AS n FROM given WHERE state = 'refused' AND day = ?"
            row = self._one(query, (day.isoformat(),))
        return int(row["n"]) if row else 0

    def accepted(self, key: str, ticket: str) -> None:
        """The centre has it, under this id. The person's hash is not needed any more."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE given SET state = 'accepted', ticket = ?, person = NULL WHERE key = ?", (ticket, key)
            )

    def was_refused(self, key: str, reason: str) -> None:
        """The centre does not take it; it stays on record."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE given SET state = 'refused', reason = ?, person = NULL WHERE key = ?", (reason, key)
            )

    # -- slips -------------------------------------------------------------------------------------------

    def slip(self, key: str, state: str, code: str | None = None) -> Given | None:
        """Keep what became of a number's slip, to be told to the centre; the number, if there is one."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE given SET slip = ?, slip_code = ?, slip_told = 0 WHERE key = ?", (state, code, key)
            )
            row = self._one("SELECT * FROM given WHERE key = ?", (key,))
        return None if row is None else given_of(row)

    def slips_to_tell(self) -> list[Given]:
        """Accepted numbers of whose slips the centre does not know yet."""
        with self._lock:
            rows = self._all(
                "SELECT * FROM given WHERE state = 'accepted' AND slip_told = 0 ORDER BY issued_at"
            )
        return [given_of(row) for row in rows]

    def slip_told(self, told: Given) -> None:
        """The centre knows of this slip as it is in ``told``."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE given SET slip_told = 1 WHERE key = ? AND slip = ?", (told.key, told.slip)
            )

    def _slips_of_an_earlier_run(self) -> None:
        """Of what was being printed when the power went nobody knows whether it came out."""
        with self._writing() as connection:
            connection.execute("UPDATE given SET slip = 'unknown', slip_told = 0 WHERE slip = 'pending'")

    # -- what else is to be known without the centre -----------------------------------------------------

    def remember(self, name: str, value: Any) -> None:
        """Keep a JSON value under a name."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO known (name, value) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, json.dumps(value, ensure_ascii=False)),
            )

    def recall(self, name: str) -> Any:
        """The JSON value under a name, else ``None``."""
        with self._lock:
            row = self._one("SELECT value FROM known WHERE name = ?", (name,))
        return None if row is None else json.loads(row["value"])

    def forget_before(self, today: date) -> None:
        """Forget what the centre has answered long ago."""
        day = (today - timedelta(days=KEPT_DAYS)).isoformat()
        with self._writing() as connection:
            connection.execute("DELETE FROM given WHERE day < ? AND state <> 'waiting'", (day,))
            connection.execute("UPDATE lease SET held = 0 WHERE day < ?", (today.isoformat(),))
            old = "SELECT id FROM lease WHERE day < ? AND held = 0 AND id NOT IN (SELECT lease FROM given)"
            connection.execute(f"DELETE FROM block WHERE lease IN ({old})", (day,))  # noqa: S608 - fixed text
            connection.execute(f"DELETE FROM lease WHERE id IN ({old})", (day,))  # noqa: S608

    # -- the file ----------------------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise OfflineStoreError(str(error)) from error
            aside = self._file.with_name(f"{self._file.name}.damaged-{secrets.token_hex(4)}")
            _LOG.error("the file of offline numbers is damaged and set aside as %s: %s", aside.name, error)
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    self._file.with_name(self._file.name + suffix).rename(f"{aside}{suffix}")
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        """WAL with ``synchronous=FULL``: a commit is on the disk when it returns (sqlite.org/pragma.html)."""
        connection = sqlite3.connect(self._file, isolation_level=None, check_same_thread=False, timeout=5)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(verdict)
            connection.executescript(_TABLES)
            _bring_up_to_date(connection)
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Raises ``OfflineStoreError`` when it is not on the disk."""
        with self._lock:
            connection = self._connection
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise OfflineStoreError(f"{type(error).__name__}: {error}") from error
            finally:
                if connection.in_transaction:
                    with contextlib.suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")

    def _one(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        rows = self._all(query, values)
        return rows[0] if rows else None

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise OfflineStoreError(f"{type(error).__name__}: {error}") from error

    def _next(self, day: date, block: Block) -> int:
        """The sequence after the last one given of a block."""
        row = self._one(
            "SELECT MAX(sequence) AS last FROM given "
            "WHERE day = ? AND series = ? AND sequence BETWEEN ? AND ?",
            (day.isoformat(), block.series, block.first, block.last),
        )
        return block.first if row is None or row["last"] is None else int(row["last"]) + 1


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """A file of an earlier program knows leases of their own day alone."""
    columns = {row["name"] for row in connection.execute("PRAGMA table_info(lease)")}
    if "begins" not in columns:
        connection.execute("ALTER TABLE lease ADD COLUMN begins TEXT")
