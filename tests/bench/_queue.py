"""A centre's store to measure, on either engine, with as many counters as wanted, and the engine's floor."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from kiosk.centre import tickets
from kiosk.centre.counters import CounterDesk
from kiosk.centre.moments import system_clock
from kiosk.centre.plan import Plan
from kiosk.centre.store.store import FILE_NAME, Store, Transaction
from kiosk.settings import load
from tests.faults.places import configured
from tests.postgres_server import PostgresServer

SERVICES = ("ho-tich", "xac-nhan-hon-nhan", "chung-thuc", "dat-dai", "ho-kinh-doanh", "nhan-ket-qua")
BODY = "x" * 600
"""A bare commit writes one row of about a journal entry's length."""


def with_counters(config: Path, count: int) -> None:
    """Let a configuration have so many counters; each serves two of the services, a single one all."""
    lines = []
    for number in range(1, count + 1):
        own = SERVICES if count == 1 else [SERVICES[(number + place) % len(SERVICES)] for place in (0, 1)]
        services = ", ".join(f'"{service}"' for service in own)
        lines.append(f'[[counter]]\nid = "quay-{number}"\nnumber = {number}\nservices = [{services}]\n')
    (config / "counters.toml").write_text("\n".join(lines), encoding="utf-8")


@dataclass
class Queue:
    """The product's store with open counters; every method is one durable transaction."""

    engine: str
    folder: Path
    store: Store
    plan: Plan
    url: str
    server: PostgresServer | None
    database: str
    keys: Iterator[int] = field(default_factory=itertools.count)

    def issue(self) -> None:
        """A citizen takes a number."""
        key = next(self.keys)
        self._write(
            lambda transaction: tickets.issue(
                transaction, self.plan, "kiosk:bench", SERVICES[key % len(SERVICES)], f"key-{key}"
            )
        )

    def call(self, counter: int) -> bool:
        """The next citizen is called; ``False`` when nobody waits for this counter."""
        return self._write(lambda transaction: self._desk(transaction, counter).call_next() is not None)

    def start(self, counter: int) -> None:
        """The citizen has come."""
        self._write(lambda transaction: self._desk(transaction, counter).start() and None)

    def complete(self, counter: int) -> None:
        """Serving is over."""
        self._write(lambda transaction: self._desk(transaction, counter).complete() and None)

    def open(self, counter: int) -> None:
        """The officer sits down."""
        self._write(lambda transaction: self._desk(transaction, counter).open())

    def _desk(self, transaction: Transaction, counter: int) -> CounterDesk:
        login = f"officer-{counter}"
        return CounterDesk(transaction, self.plan, f"quay-{counter}", login, f"officer:{login}")

    def _write(self, change: Callable[[Transaction], object]) -> bool:
        return bool(self.store.submit_write(change).result())

    @contextlib.contextmanager
    def floor(self) -> Iterator[Callable[[], None]]:
        """One row, one durable commit, with the engine's own driver; on the same disk."""
        if self.server is not None:
            with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS bare (id serial PRIMARY KEY, body text)")
                yield lambda: connection.execute("INSERT INTO bare (body) VALUES (%s)", (BODY,)) and None
            return
        with contextlib.closing(bare_sqlite(self.folder / "bare.sqlite3")) as bare:
            bare.execute("CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, body TEXT)")
            yield lambda: bare.execute("INSERT INTO bare (body) VALUES (?)", (BODY,)) and None


def bare_sqlite(file: Path) -> sqlite3.Connection:
    """A connection as safe as the product's."""
    made = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute("PRAGMA synchronous=FULL")
    return made


@contextlib.contextmanager
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL on the disk, as it is in a centre."""
    made = PostgresServer(on_disk=True)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@contextlib.contextmanager
def queue(counters: int, postgres: PostgresServer | None = None) -> Iterator[Queue]:
    """An empty queue with open counters: in a SQLite file, or in a database of ``postgres``."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        database = "" if postgres is None else postgres.create()
        url = "" if postgres is None else postgres.url(database)
        config = configured(folder, url)
        with_counters(config, counters)
        settings = load(config)
        plan = Plan.of(settings, "http://127.0.0.1")
        options = {"url": url} if url else {}
        store = Store(folder / "data", plan.site, system_clock, **options)
        store.open()
        engine = "PostgreSQL" if url else "SQLite"
        made = Queue(
            engine, folder, store, plan, url or f"sqlite:///{folder / 'data' / FILE_NAME}", postgres, database
        )
        try:
            for counter in range(1, counters + 1):
                made.open(counter)
            yield made
        finally:
            store.close()
            if postgres is not None:
                postgres.drop(database)
