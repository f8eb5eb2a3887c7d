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
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

_LOG = logging.getLogger(__name__)

KEPT_DAYS = 14
"""Days after which a number that the centre has answered is forgotten."""
_TABLES = """
CREATE TABLE IF NOT EXISTS lease (
  id TEXT PRIMARY KEY, day TEXT NOT NULL, at TEXT NOT NULL, until TEXT NOT NULL, held INTEGER NOT NULL
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


@dataclass(frozen=True)
class Block:
    """Numbers of one service, ``first`` to ``last``; ``open``: today's periods (UTC), ``None``: all day."""

    service: str
    series: str
    first: int
    last: int
    open: tuple[tuple[datetime, datetime], ...] | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether numbers are given at ``now``."""
        return self.open is None or any(start <= now < until for start, until in self.open)

    def opens_at(self, now: datetime) -> datetime | None:
        """When numbers are given again today; ``None`` when they are, or not any more."""
        if self.open is None or self.is_open(now):
            return None
        return min((start for start, _ in self.open if start > now), default=None)


@dataclass(frozen=True)
class Lease:
    """Blocks of one day; nothing is given from them at or after ``until`` (UTC, by the centre's clock)."""

    id: str
    day: date
    at: datetime
    until: datetime
    blocks: tuple[Block, ...]

    def block(self, service: str) -> Block | None:
        """The block of a service."""
        return next((block for block in self.blocks if block.service == service), None)


@dataclass(frozen=True)
class Given:
    """A number given without the centre. ``state``: ``waiting`` to be told, ``accepted`` or ``refused``.

    ``ticket``: its id at the centre once accepted. ``slip``: ``none``, ``pending``, ``printed``, ``failed``
    or ``unknown``; ``slip_told``: the centre knows that.
    """

    key: str
    lease: str
    series: str
    sequence: int
    service: str
    issued_at: datetime
    priority: str | None = None
    source: str | None = None
    person: str | None = None
    state: str = "waiting"
    ticket: str | None = None
    slip: str = "none"
    slip_code: str | None = None
    slip_told: bool = True


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
        """Hold this lease instead of any other. The same lease again changes nothing but its hours."""
        with self._writing() as connection:
            connection.execute("UPDATE lease SET held = 0 WHERE id <> ?", (lease.id,))
            connection.execute(
                "INSERT INTO lease (id, day, at, until, held) VALUES (?, ?, ?, ?, 1) "
                "ON CONFLICT (id) DO UPDATE SET until = excluded.until, held = 1",
                (lease.id, lease.day.isoformat(), lease.at.isoformat(), lease.until.isoformat()),
            )
            for block in lease.blocks:
                connection.execute(
                    "INSERT INTO block (lease, service, series, first, last, open) VALUES (?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (lease, service) DO UPDATE SET open = excluded.open",
                    (lease.id, block.service, block.series, block.first, block.last, _periods(block.open)),
                )

    def drop(self, lease: str) -> None:
        """Give nothing from this lease any more."""
        with self._writing() as connection:
            connection.execute("UPDATE lease SET held = 0 WHERE id = ?", (lease,))

    @property
    def lease(self) -> Lease | None:
        """The lease that is held, whatever its day."""
        with self._lock:
            row = self._one("SELECT id, day, at, until FROM lease WHERE held = 1")
            if row is None:
                return None
            blocks = self._all(
                "SELECT service, series, first, last, open FROM block WHERE lease = ? ORDER BY rowid",
                (row["id"],),
            )
        return Lease(
            id=row["id"],
            day=date.fromisoformat(row["day"]),
            at=_moment(row["at"]),
            until=_moment(row["until"]),
            blocks=tuple(
                Block(b["service"], b["series"], b["first"], b["last"], _read_periods(b["open"]))
                for b in blocks
            ),
        )

    def left(self, service: str) -> int:
        """Numbers left for a service in the lease that is held."""
        with self._lock:
            lease = self.lease
            block = lease.block(service) if lease else None
            if lease is None or block is None:
                return 0
            return max(0, block.last - self._next(lease.day, block) + 1)

    # -- numbers -----------------------------------------------------------------------------------------

    def give(
        self,
        service: str,
        key: str,
        now: datetime,
        priority: tuple[str, str] | None = None,
        person: str | None = None,
    ) -> Given | None:
        """The next number of a service, on the disk when this returns; the same for the same ``key``.

        ``now`` is the centre's time (UTC); ``priority`` a class and who says so. ``None``: no lease for now,
        the service is closed, or its block is used up. Times of issue only grow. Raises
        ``OfflineStoreError``.
        """
        with self._writing() as connection:
            known = self._one("SELECT * FROM given WHERE key = ?", (key,))
            if known is not None:
                return _given(known)
            lease = self.lease
            block = lease.block(service) if lease else None
            if lease is None or block is None or now >= lease.until or not block.is_open(now):
                return None
            sequence = self._next(lease.day, block)
            if sequence > block.last:
                return None
            last = self._one("SELECT MAX(issued_at) AS at FROM given WHERE day = ?", (lease.day.isoformat(),))
            if last is not None and last["at"] is not None:
                now = max(now, _moment(last["at"]) + timedelta(milliseconds=1))
            known_class, source = priority or (None, None)
            connection.execute(
                "INSERT INTO given (key, lease, day, series, sequence, service, issued_at, priority, source, "
                "person, state, slip, slip_told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 'none', 1)",
                (
                    key, lease.id, lease.day.isoformat(), block.series, sequence, service, _written(now),
                    known_class, source, person,
                ),
            )  # fmt: skip
        return Given(key, lease.id, block.series, sequence, service, now, known_class, source, person)

    def waiting(self) -> list[Given]:
        """Numbers that the centre has not answered yet, in the order of issue."""
        with self._lock:
            rows = self._all("SELECT * FROM given WHERE state = 'waiting' ORDER BY issued_at, sequence")
        return [_given(row) for row in rows]

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
        return None if row is None else _given(row)

    def slips_to_tell(self) -> list[Given]:
        """Accepted numbers of whose slips the centre does not know yet."""
        with self._lock:
            rows = self._all(
                "SELECT * FROM given WHERE state = 'accepted' AND slip_told = 0 ORDER BY issued_at"
            )
        return [_given(row) for row in rows]

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


def _given(row: sqlite3.Row) -> Given:
    return Given(
        key=row["key"],
        lease=row["lease"],
        series=row["series"],
        sequence=row["sequence"],
        service=row["service"],
        issued_at=_moment(row["issued_at"]),
        priority=row["priority"],
        source=row["source"],
        person=row["person"],
        state=row["state"],
        ticket=row["ticket"],
        slip=row["slip"],
        slip_code=row["slip_code"],
        slip_told=bool(row["slip_told"]),
    )


def _written(moment: datetime) -> str:
    """UTC to the microsecond in one length, so that text sorts as time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _periods(periods: tuple[tuple[datetime, datetime], ...] | None) -> str | None:
    if periods is None:
        return None
    return json.dumps([[start.isoformat(), until.isoformat()] for start, until in periods])


def _read_periods(text: str | None) -> tuple[tuple[datetime, datetime], ...] | None:
    if text is None:
        return None
    return tuple((_moment(start), _moment(until)) for start, until in json.loads(text))
