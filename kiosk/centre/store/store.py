"""Changes and readings of the centre's database, each on a thread of the store.

SQLite: one writer thread with one connection, one reader thread with another. Several writers would be
correct, too, but wait unfairly for each other, up to seconds. PostgreSQL: a few of each. A write to a slow
disk may take 100 ms; made on the event loop it would hold up every stream of events for as long.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, bindparam, select, text
from sqlalchemy.exc import DBAPIError

from kiosk.centre import journal
from kiosk.centre.follow_token import follow_secret
from kiosk.centre.journal import Entry, Record
from kiosk.centre.moments import Clock, written
from kiosk.centre.outside_mark import OutsideMark
from kiosk.centre.store import postgresql
from kiosk.centre.store.engine import (
    FILE_NAME,
    Connect,
    Trouble,
    database_of,
    is_postgresql,
    open_engine,
    trouble_of,
    verify_safety,
)
from kiosk.centre.store.errors import StoreFullError, StoreUnreachableError, StoreUnsafeError
from kiosk.centre.store.migrations import migrate
from kiosk.centre.store.schema import journal_head
from kiosk.centre.store.workers import Link, Outage, Workers

__all__ = [
    "FILE_NAME",
    "Reading",
    "Store",
    "StoreFullError",
    "StoreUnreachableError",
    "StoreUnsafeError",
    "Transaction",
]

T = TypeVar("T")
WRITERS = READERS = 4
"""Threads and connections of each kind on PostgreSQL, in every process of the centre."""
_TRIES = 8
_BREAKS = 3
_LONGEST_PAUSE = 0.1
_LOCK_HEAD = select(journal_head.c.seq).where(journal_head.c.site == bindparam("in_site")).with_for_update()
_ANNOUNCE = text("SELECT pg_notify(:channel, :seq)")


class Reading:
    """A consistent view of the database for as long as one read function runs."""

    def __init__(self, connection: Connection, site: str, clock: Clock) -> None:
        self.connection = connection
        self.site = site
        self.now = clock()


class Transaction(Reading):
    """One change: rows, and what the journal will say of it. ``now`` is the moment of all of it."""

    def __init__(self, connection: Connection, site: str, clock: Clock) -> None:
        super().__init__(connection, site, clock)
        self.at = written(self.now)
        self.records: list[Record] = []

    def record(self, kind: str, actor: str, subject: str, payload: Mapping[str, Any]) -> None:
        """Have the journal say this when the transaction is committed."""
        self.records.append(Record(kind, actor, subject, payload))


class Store:
    """The database of a centre: that of its data folder, or PostgreSQL's at ``url``.

    ``on_commit`` is called on a writer's thread after each commit that made journal entries, with the
    entries (on PostgreSQL several threads may call at once and out of order); ``on_write`` after each write
    with its seconds. ``connect``: SQLite's connections from somewhere else. Close it at the end; a process
    that is killed instead loses nothing that was acknowledged.
    """

    def __init__(
        self,
        folder: Path,
        site: str,
        clock: Clock,
        url: str = "",
        *,
        connect: Connect | None = None,
        on_commit: Callable[[tuple[Entry, ...]], None] = lambda entries: None,
        on_write: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.site = site
        self.clock = clock
        self.on_commit = on_commit
        self.on_write = on_write
        self.mark = OutsideMark(folder, site)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.database = database_of(folder, url)
        self._connect = connect
        writing = open_engine(self.database, write=True, connect=connect)
        reading = open_engine(self.database, write=False, connect=connect)
        self.on_postgresql = is_postgresql(writing)
        writers, readers = (WRITERS, READERS) if self.on_postgresql else (1, 1)
        outage = Outage()
        self._writers = Workers("centre-writer", writing, writers, outage)
        self._readers = Workers("centre-reader", reading, readers, outage)

    def open(self) -> tuple[Entry, ...]:
        """Check the connection's safety, migrate, and begin a new epoch where one is due.

        Returns the entries this made. Raises ``StoreUnsafeError``, ``DatabaseTooNewError``,
        ``JournalBrokenError``, ``StoreFullError``, ``StoreUnreachableError``.
        """
        if isinstance(self.database, Path):
            self.database.touch(mode=0o600)
        self._writers.start()
        self._readers.start()
        return self._writers.submit(self._prepare).result()

    def _prepare(self, link: Link) -> tuple[Entry, ...]:
        connection = link.connection()
        verify_safety(connection)
        alone: AbstractContextManager[None] = contextlib.nullcontext()
        if self.on_postgresql:
            alone = postgresql.one_at_a_time(connection, "mot-cua", "open")
        with alone:
            with connection.begin():
                if self.on_postgresql:
                    postgresql.take_your_time(connection)
                migrate(connection)
                follow_secret(connection, self.site)
                reason = self.mark.reason_for_new_epoch(connection)
                entries: tuple[Entry, ...] = ()
                if reason is not None:
                    entries = journal.begin_epoch(connection, self.site, written(self.clock()), reason)
                head = journal.read_head(connection, self.site)
            if head is not None:
                self.mark.write(head)
        return entries

    def submit_write(self, change: Callable[[Transaction], T]) -> Future[T]:
        """Run ``change`` in a transaction on a writer's thread; the future is done after the commit.

        On PostgreSQL ``change`` may run several times, of which one counts: it must do nothing but what its
        transaction undoes. Whatever it raises undoes the transaction and comes out of the future; so do
        ``StoreFullError`` and ``StoreUnreachableError``.
        """
        return self._writers.submit(lambda link: self._transact(link, change))

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """``submit_write`` for the event loop.

        The change happens even if the caller is cancelled meanwhile.
        """
        return await asyncio.shield(asyncio.wrap_future(self.submit_write(change)))

    def submit_read(self, look: Callable[[Reading], T]) -> Future[T]:
        """Run ``look`` on a reader's thread against one consistent view."""
        return self._readers.submit(lambda link: self._look(link, look))

    async def read(self, look: Callable[[Reading], T]) -> T:
        """``submit_read`` for the event loop."""
        return await asyncio.wrap_future(self.submit_read(look))

    def new_reader(self) -> Engine:
        """An engine for long reads beside the readers' threads. The caller disposes of it."""
        return open_engine(self.database, write=False, connect=self._connect, patient=True)

    def own_backend(self, number: int) -> bool:
        """Whether a PostgreSQL connection with this number is one of this store's."""
        return number in self._writers.backends

    @property
    def channel(self) -> str:
        """The PostgreSQL channel on which commits announce their newest entry's number."""
        return f"mot_cua:{self.site}"

    def write_mark(self) -> None:
        """Bring the file outside the database up to date. Raises ``OSError``."""
        head = self.submit_read(lambda reading: journal.read_head(reading.connection, self.site)).result()
        if head is not None:
            self.mark.write(head)

    def close(self) -> None:
        """Finish what is queued, write the mark, then let go of the database."""
        self._writers.stop()
        with contextlib.suppress(OSError, RuntimeError, DBAPIError, StoreUnreachableError):
            self.write_mark()
        self._readers.stop()

    def _look(self, link: Link, look: Callable[[Reading], T]) -> T:
        for last in (False, True):
            connection = link.connection()
            try:
                with connection.begin():
                    return look(Reading(connection, self.site, self.clock))
            except DBAPIError as error:
                trouble = trouble_of(error)
                if trouble is None:
                    raise
                if trouble is Trouble.UNREACHABLE:
                    link.drop()
                if last or trouble is not Trouble.UNREACHABLE:
                    raise _refusal(trouble) from error
        raise AssertionError

    def _transact(self, link: Link, change: Callable[[Transaction], T]) -> T:
        began = time.perf_counter()
        try:
            entries, result = self._made(link, change)
        finally:
            self.on_write(time.perf_counter() - began)
        if entries:
            self.on_commit(entries)
        return result

    def _made(self, link: Link, change: Callable[[Transaction], T]) -> tuple[tuple[Entry, ...], T]:
        """Make a change, again after a conflict or a broken connection."""
        broken = 0
        for tried in range(1, _TRIES + 1):
            attempt = _Attempt(self, change)
            try:
                return attempt.run(link.connection())
            except DBAPIError as error:
                trouble = trouble_of(error)
                if trouble is None or (trouble is Trouble.CONFLICT and tried == _TRIES):
                    raise
                if trouble is not Trouble.CONFLICT and trouble is not Trouble.UNREACHABLE:
                    raise _refusal(trouble) from error
                if trouble is Trouble.UNREACHABLE:
                    link.drop()
                    broken += 1
                    if broken == _BREAKS:
                        raise _refusal(trouble) from error
                    if attempt.entries and self._arrived(link, attempt.entries[-1]):
                        return attempt.outcome()
            time.sleep(random.uniform(0, min(_LONGEST_PAUSE, 0.002 * 2**tried)))  # noqa: S311
        raise AssertionError

    def _arrived(self, link: Link, entry: Entry) -> bool:
        """Whether a commit whose answer was lost was made all the same. The head is locked for the question:
        until the connection that broke lets go of it, nobody can know. Raises ``StoreUnreachableError``.
        """
        try:
            connection = link.connection()
            with connection.begin():
                connection.execute(_LOCK_HEAD, {"in_site": self.site})
                found = journal.find(connection, self.site, entry.seq)
        except DBAPIError as error:
            link.drop()
            raise _refusal(Trouble.UNREACHABLE) from error
        return found is not None and found.hash == entry.hash


def _refusal(trouble: Trouble) -> Exception:
    kind = StoreFullError if trouble is Trouble.FULL else StoreUnreachableError
    return kind(trouble.value)


class _Attempt(Generic[T]):
    """One run of a change."""

    def __init__(self, store: Store, change: Callable[[Transaction], T]) -> None:
        self._store = store
        self._change = change
        self._result: list[T] = []
        self.entries: tuple[Entry, ...] = ()

    def run(self, connection: Connection) -> tuple[tuple[Entry, ...], T]:
        store = self._store
        with connection.begin():
            transaction = Transaction(connection, store.site, store.clock)
            self._result = [self._change(transaction)]
            if transaction.records:
                self.entries = journal.append(connection, store.site, transaction.at, transaction.records)
                if store.on_postgresql:
                    announced = {"channel": store.channel, "seq": str(self.entries[-1].seq)}
                    connection.execute(_ANNOUNCE, announced)
        return self.outcome()

    def outcome(self) -> tuple[tuple[Entry, ...], T]:
        return self.entries, self._result[0]
