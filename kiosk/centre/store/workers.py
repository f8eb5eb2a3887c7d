"""Threads that each own one connection, and what they do when it breaks."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from kiosk.centre.store.engine import Trouble, is_postgresql, trouble_of
from kiosk.centre.store.errors import StoreUnreachableError
from kiosk.centre.store.postgresql import backend

T = TypeVar("T")
PATIENCE_SECONDS = 2.0
"""How long a request waits for a database that has just gone: about a restart of PostgreSQL."""
_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


class Outage:
    """How long the database has been gone, as all links of a store know it. Safe to use from any thread.

    Right after a break everybody tries; from ``PATIENCE_SECONDS`` on only one, each ``_LONGEST_PAUSE``, and
    the others refuse at once.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since: float | None = None
        self._next_try = 0.0
        self._pause = _FIRST_PAUSE

    def may_try(self) -> bool:
        """Whether the caller should try now."""
        with self._lock:
            if not self._long():
                return True
            now = self._clock()
            if now < self._next_try:
                return False
            self._next_try = now + _LONGEST_PAUSE
            return True

    def failed(self) -> float | None:
        """A try failed: seconds until the next one, ``None`` when it is time to refuse."""
        with self._lock:
            if self._since is None:
                self._since = self._clock()
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            return None if self._long() else self._pause

    def over(self) -> None:
        """A connection was made."""
        with self._lock:
            self._since, self._pause = None, _FIRST_PAUSE

    def _long(self) -> bool:
        return self._since is not None and self._clock() - self._since > PATIENCE_SECONDS


class Link:
    """One connection, made when it is needed and made again after it broke."""

    def __init__(self, engine: Engine, outage: Outage) -> None:
        self._engine = engine
        self._outage = outage
        self._connection: Connection | None = None
        self.backend: int | None = None

    def connection(self) -> Connection:
        """The connection. Raises ``StoreUnreachableError``."""
        while self._connection is None:
            if not self._outage.may_try():
                raise StoreUnreachableError(Trouble.UNREACHABLE.value)
            try:
                self._connection = self._engine.connect()
            except DBAPIError as error:
                if trouble_of(error) is not Trouble.UNREACHABLE:
                    raise
                pause = self._outage.failed()
                if pause is None:
                    raise StoreUnreachableError(Trouble.UNREACHABLE.value) from error
                time.sleep(pause)
                continue
            self._outage.over()
            if is_postgresql(self._connection):
                self.backend = backend(self._connection)
        return self._connection

    def drop(self) -> None:
        """Let go of a connection that broke."""
        broken, self._connection, self.backend = self._connection, None, None
        if broken is not None:
            with contextlib.suppress(Exception):
                broken.invalidate()
            with contextlib.suppress(Exception):
                broken.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Workers:
    """``count`` threads, each with one connection, that take what is asked of them in order."""

    def __init__(self, name: str, engine: Engine, count: int, outage: Outage) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[Callable[[Link], None] | None] = queue.SimpleQueue()
        self._links = [Link(engine, outage) for _ in range(count)]
        self._threads = [
            threading.Thread(target=self._work, args=(link,), name=f"{name}-{number}", daemon=True)
            for number, link in enumerate(self._links)
        ]

    @property
    def backends(self) -> set[int | None]:
        """PostgreSQL's numbers of these connections."""
        return {link.backend for link in self._links}

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def submit(self, work: Callable[[Link], T]) -> Future[T]:
        """Have one of the threads do ``work``."""
        future: Future[T] = Future()

        def job(link: Link) -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work(link)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        if not any(thread.is_alive() for thread in self._threads):
            future.set_exception(RuntimeError("the store is closed"))
            return future
        self._jobs.put(job)
        return future

    def stop(self) -> None:
        """Finish what is queued."""
        running = [thread for thread in self._threads if thread.is_alive()]
        for _ in running:
            self._jobs.put(None)
        for thread in running:
            thread.join(timeout=30)
        self._engine.dispose()

    def _work(self, link: Link) -> None:
        while (job := self._jobs.get()) is not None:
            job(link)
        link.close()
