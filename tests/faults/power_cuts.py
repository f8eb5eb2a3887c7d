"""Runs of the product's store on a disk that loses what was not synced, with many power cuts in each.

A cut is a copy of what the disk would hold; ordinary SQLite recovers it, and ``whole.faults`` looks at it.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from kiosk.centre.plan import Plan
from kiosk.centre.store.engine import Connect
from kiosk.centre.store.store import FILE_NAME, Store
from kiosk.settings import load
from tests.centre.support import CONFIG
from tests.faults import apsw_driver
from tests.faults.lobby_work import Clock, Lobby, Told
from tests.faults.losing_disk import LEFT, Disk, laid_out
from tests.faults.whole import KIND, faults

_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108
RAM = _SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None
PROBABILITY = 0.04
REOPENED = 0.02
"""Share of the cuts after which the product's store is opened over the remains and goes on."""


@dataclass(frozen=True)
class Seeded:
    """What is wrong on purpose. ``synchronous``: what the connection is really set to."""

    synchronous: str = "FULL"
    lies: bool = False
    two_transactions: bool = False
    too_early: bool = False


@dataclass
class Tally:
    """What became of the cuts."""

    cuts: int = 0
    unsynced: int = 0
    told: int = 0
    reopened: int = 0
    refused: int = 0
    bad: int = 0
    survived_unacknowledged: int = 0
    worst_loss: int = 0
    words: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Both together."""
        for name in ("cuts", "unsynced", "told", "reopened", "refused", "bad", "survived_unacknowledged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.worst_loss = max(self.worst_loss, other.worst_loss)
        self.words += other.words
        self.examples += other.examples


class Statements:
    """What a connection's statements become: the seeded mistakes, below the product."""

    def __init__(self, seeded: Seeded, checkpoint: int, pages: int) -> None:
        self._seeded = seeded
        self._checkpoint = checkpoint
        self._pages = pages

    def connect(self, disk: Disk, path: str) -> apsw_driver.Connection:
        """A connection as the product's engine gets it."""
        connection = apsw_driver.Connection(disk.connect(path))
        connection.execute(f"PRAGMA cache_size={self._pages}")
        connection.driver.set_wal_hook(self._committed)

        def before(statement: str) -> str:
            if statement == "PRAGMA synchronous=FULL":
                return f"PRAGMA synchronous={self._seeded.synchronous}"
            if statement == "PRAGMA synchronous":
                return "SELECT 2"  # the product asks whether it is FULL
            if self._seeded.two_transactions and statement.startswith("INSERT INTO journal "):
                connection.driver.execute("COMMIT")
                connection.driver.execute("BEGIN IMMEDIATE")
            return statement

        connection.before = before
        return connection

    def _committed(self, driver: apsw.Connection, name: str, pages: int) -> int:
        """SQLite's own automatic checkpoint: the commit has happened, whatever becomes of the checkpoint."""
        if pages >= self._checkpoint:
            with contextlib.suppress(apsw.Error):
                driver.wal_checkpoint(name)
        return apsw.SQLITE_OK


def over(disk: Disk, statements: Statements) -> Connect:
    """Connections to the SQLite file that lies on ``disk``."""
    return lambda file: statements.connect(disk, str(file))


class PowerCuts:
    """Makes runs, all from one database that was set up and has an open counter."""

    def __init__(self) -> None:
        self._settings = load(CONFIG)
        self._plan = Plan.of(self._settings, "http://127.0.0.1")
        self._folder = tempfile.TemporaryDirectory(prefix="cuts-", dir=RAM)
        fresh = Path(self._folder.name, "fresh")
        store = Store(fresh, self._plan.site, Clock())
        store.open()
        try:
            Lobby(store, self._plan, random.Random(0)).open_counter()  # noqa: S311
        finally:
            store.close()
        self._database = (fresh / FILE_NAME).read_bytes()
        self._mark = (fresh / "journal.head.json").read_bytes()

    def close(self) -> None:
        """Remove everything."""
        self._folder.cleanup()

    def run(self, seed: int, seeded: Seeded | None = None) -> Tally:
        """One run of 20 to 120 transactions."""
        seeded = seeded or Seeded()
        dice = random.Random(seed)  # noqa: S311
        disk, tally = Disk(lies=seeded.lies), Tally()
        statements = Statements(seeded, dice.choice([5, 20, 100]), dice.choice([10, 2000]))
        with self._machine(disk) as folder:
            self._work(disk, folder, over(disk, statements), dice, seeded, tally)
        return tally

    def run_with_refusals(self, dice: random.Random, code: int, expected: type[Exception]) -> Tally:
        """A run in which writes and syncs are refused with ``code`` for a while, again and again.

        What was refused is tried again, as a kiosk does, and only ``expected`` may come out of the store.
        """
        disk, tally = Disk(), Tally()
        left = 0

        def refusal() -> int:
            nonlocal left
            if not left and dice.random() < 0.02:
                left = dice.randrange(1, 12)
            left = max(0, left - 1)
            return code if left else 0

        with self._machine(disk) as folder:
            store = Store(folder, self._plan.site, Clock(), connect=over(disk, Statements(Seeded(), 20, 10)))
            lobby = Lobby(store, self._plan, dice)
            store.open()
            disk.refusal = refusal
            try:
                for _ in range(60):
                    while True:
                        try:
                            lobby.step()
                            break
                        except expected:
                            tally.refused += 1
                remains = disk.remains("all", dice)
            finally:
                disk.refusal = lambda: 0
                store.close()
            self._judge(remains, folder, lobby.told, dice, tally)
        return tally

    @contextlib.contextmanager
    def _machine(self, disk: Disk) -> Iterator[Path]:
        """A data folder whose database is on ``disk``."""
        with tempfile.TemporaryDirectory(dir=self._folder.name) as name:
            folder = Path(name, "run")
            folder.mkdir()
            file = folder / FILE_NAME
            file.touch()
            (folder / "journal.head.json").write_bytes(self._mark)
            disk.put(str(file), self._database)
            try:
                yield folder
            finally:
                disk.remove()

    def _work(  # noqa: PLR0917
        self,
        disk: Disk,
        folder: Path,
        connect: Connect,
        dice: random.Random,
        seeded: Seeded,
        tally: Tally,
    ) -> None:
        store = Store(folder, self._plan.site, Clock(), connect=connect)
        lobby = Lobby(store, self._plan, dice, too_early=seeded.too_early)
        cuts = random.Random(dice.random())  # noqa: S311

        def moment() -> None:
            if cuts.random() < PROBABILITY:
                tally.cuts += 1
                tally.unsynced += disk.unsynced
                self._judge(disk.remains(cuts.choice(LEFT), cuts), folder, lobby.told, cuts, tally)

        store.open()
        disk.moment = moment
        try:
            for _ in range(dice.randrange(20, 120)):
                lobby.step()
                if dice.random() < 0.1:
                    store.write_mark()
        finally:
            disk.moment = lambda: None
            store.close()
        tally.told += len(lobby.told.events)

    def _judge(
        self, remains: dict[str, bytes], folder: Path, told: Told, cuts: random.Random, tally: Tally
    ) -> None:
        with tempfile.TemporaryDirectory(dir=self._folder.name) as name:
            after = Path(name)
            laid_out(remains, after)
            (after / "journal.head.json").write_bytes((folder / "journal.head.json").read_bytes())
            found = faults(after / FILE_NAME, self._plan.site, told)
            if not found and cuts.random() < REOPENED:
                tally.reopened += 1
                found = self._goes_on(after, told)
            tally.bad += bool(found)
            for words in found:
                tally.words[words.split(":")[0]] += 1
            if found and len(tally.examples) < 3:
                tally.examples.append("; ".join(found))
            count = _compared(after / FILE_NAME, told)
            tally.worst_loss = max(tally.worst_loss, -count)
            tally.survived_unacknowledged += count > 0

    def _goes_on(self, after: Path, told: Told) -> list[str]:
        """The product starts over the remains: same epoch, and the numbers go on."""
        store = Store(after, self._plan.site, Clock())
        try:
            if begun := store.open():
                return [f"epoch: {begun[0].type} after a power cut"]
            more = Lobby(store, self._plan, random.Random(1), first_key=10**6)  # noqa: S311
            more.issue()
        finally:
            store.close()
        both = Told([*told.events, *more.told.events])
        return faults(after / FILE_NAME, self._plan.site, both)


def _compared(file: Path, told: Told) -> int:
    """How many changes the journal has more (or, negative, fewer) than were told."""
    try:
        with contextlib.closing(sqlite3.connect(file)) as database:
            query = "SELECT count(*) FROM journal WHERE type IN (?, ?, ?, ?)"
            return int(database.execute(query, sorted(KIND.values())).fetchone()[0]) - len(told.events)
    except sqlite3.DatabaseError:
        return 0
