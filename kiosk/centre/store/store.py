"""One writer thread with one connection, one reader thread with another.

A write to a slow disk may take 100 ms; made on the event loop it would hold up every stream of events for
as long. Several writers would be correct, too, but wait unfairly for each other, up to seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from kiosk.centre import journal
from kiosk.centre.follow_token import follow_secret
from kiosk.centre.journal import Entry, Record
from kiosk.centre.moments import Clock, written
from kiosk.centre.outside_mark import OutsideMark
from kiosk.centre.store.engine import disk_trouble, open_engine, verify_safety
from kiosk.centre.store.migrations import migrate

T = TypeVar("T")
FILE_NAME = "centre.sqlite3"


class StoreFullError(Exception):
    """The disk is full or refuses to write. The transaction is undone; a later one may succeed."""


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
    """The database of a data folder.

    ``on_commit`` is called on the writer's thread after each commit that made journal entries, with the
    entries; ``on_write`` after each write with its seconds. Close it at the end; a process that is killed
    instead loses nothing that was acknowledged.
    """

    def __init__(
        self,
        folder: Path,
        site: str,
        clock: Clock,
        *,
        on_commit: Callable[[tuple[Entry, ...]], None] = lambda entries: None,
        on_write: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self.site = site
        self.clock = clock
        self.on_commit = on_commit
        self.on_write = on_write
        self.mark = OutsideMark(folder, site)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.file = folder / FILE_NAME
        self._writer = _Worker("centre-writer", open_engine(self.file, write=True))
        self._reader = _Worker("centre-reader", open_engine(self.file, write=False))

    def open(self) -> tuple[Entry, ...]:
        """Check the connection's safety, migrate, and begin a new epoch where one is due.

        Returns the entries this made. Raises ``StoreUnsafeError``, ``DatabaseTooNewError``,
        ``JournalBrokenError``, ``StoreFullError``.
        """
        self.file.touch(mode=0o600)
        self._writer.start()
        self._reader.start()
        entries = self._writer.submit(self._prepare).result()
        self.write_mark()
        return entries

    def _prepare(self, connection: Connection) -> tuple[Entry, ...]:
        verify_safety(connection)
        with connection.begin():
            migrate(connection)
            follow_secret(connection, self.site)
            reason = self.mark.reason_for_new_epoch(connection)
            if reason is None:
                return ()
            return journal.begin_epoch(connection, self.site, written(self.clock()), reason)

    def submit_write(self, change: Callable[[Transaction], T]) -> Future[T]:
        """Run ``change`` in a transaction on the writer's thread; the future is done after the commit.

        Whatever ``change`` raises undoes the transaction and comes out of the future; so does
        ``StoreFullError``.
        """
        return self._writer.submit(lambda connection: self._transact(connection, change))

    async def write(self, change: Callable[[Transaction], T]) -> T:
        """``submit_write`` for the event loop.

        The change happens even if the caller is cancelled meanwhile.
        """
        return await asyncio.shield(asyncio.wrap_future(self.submit_write(change)))

    def submit_read(self, look: Callable[[Reading], T]) -> Future[T]:
        """Run ``look`` on the reader's thread against one consistent view."""
        return self._reader.submit(lambda connection: self._look(connection, look))

    async def read(self, look: Callable[[Reading], T]) -> T:
        """``submit_read`` for the event loop."""
        return await asyncio.wrap_future(self.submit_read(look))

    def new_reader(self) -> Engine:
        """An engine for long reads beside the reader's thread. The caller disposes of it."""
        return open_engine(self.file, write=False)

    def write_mark(self) -> None:
        """Bring the file outside the database up to date. Raises ``OSError``."""
        head = self.submit_read(lambda reading: journal.read_head(reading.connection, self.site)).result()
        if head is not None:
            self.mark.write(head)

    def close(self) -> None:
        """Finish what is queued, write the mark, then let go of the file."""
        self._writer.stop()
        with contextlib.suppress(OSError, RuntimeError, DBAPIError):
            self.write_mark()
        self._reader.stop()

    def _look(self, connection: Connection, look: Callable[[Reading], T]) -> T:
        with connection.begin():
            return look(Reading(connection, self.site, self.clock))

    def _transact(self, connection: Connection, change: Callable[[Transaction], T]) -> T:
        began = time.perf_counter()
        entries: tuple[Entry, ...] = ()
        try:
            with connection.begin():
                transaction = Transaction(connection, self.site, self.clock)
                result = change(transaction)
                if transaction.records:
                    entries = journal.append(connection, self.site, transaction.at, transaction.records)
        except DBAPIError as error:
            if disk_trouble(error):
                raise StoreFullError("the disk is full or refuses to write") from error
            raise
        finally:
            self.on_write(time.perf_counter() - began)
        if entries:
            self.on_commit(entries)
        return result


class _Worker:
    """A thread that owns one connection and does one thing at a time, in order."""

    def __init__(self, name: str, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, work: Callable[[Connection], T]) -> Future[T]:
        future: Future[T] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                if self._connection is None:
                    self._connection = self._engine.connect()
                result = work(self._connection)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        if not self._thread.is_alive():
            future.set_exception(RuntimeError("the store is closed"))
            return future
        self._jobs.put(job)
        return future

    def stop(self) -> None:
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(timeout=30)
        self._engine.dispose()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
        if self._connection is not None:
            self._connection.close()
