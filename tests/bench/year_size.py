"""How large a year of a busy centre is: 250 days of 1,000 numbers with six entries each, archived as it goes.

Printed: the database, the archive, the journal's copy and one backup in MB, how long a commit took while old
days were archived, and how long verifying the year takes. Must: database and archive at most 500 MB together.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kiosk.centre import journal
from kiosk.centre.keeping import archive, backup, sqlite_files, tables
from kiosk.centre.keeping.journal_copy import JournalCopy
from kiosk.centre.keeping.places import Places
from kiosk.centre.moments import written
from kiosk.centre.store.schema import probe
from kiosk.centre.store.store import FILE_NAME, Store, Transaction
from kiosk.centre.store.upsert import upsert
from tests.centre.lobby_days import ZONE, LobbyDays

SITE = "demo"
KEPT_DAYS = 60
MOST_MB = 500
_ARCHIVE_EACH = 5


class Committer:
    """Somebody who wants a number all the time: how long each commit took, in ms."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ended = threading.Event()
        self.took: list[float] = []
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Committer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._ended.is_set():
            began = time.perf_counter()
            self._store.submit_write(_commit).result()
            self.took.append((time.perf_counter() - began) * 1000)
            time.sleep(0.01)


def _commit(transaction: Transaction) -> None:
    fresh = upsert(probe).values(site=transaction.site, at=transaction.at)
    transaction.connection.execute(
        fresh.on_conflict_do_update(index_elements=["site"], set_={"at": transaction.at})
    )


def _megabytes(folder: Path, pattern: str = "*") -> float:
    return sum(file.stat().st_size for file in folder.glob(pattern) if file.is_file()) / 1e6


def _working_days(count: int) -> list[date]:
    day, days = date(2026, 1, 5), []
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += timedelta(days=1)
    return days


def measure(folder: Path, days: int, numbers: int) -> bool:
    """Live the year in ``folder`` and print the figures; whether it is small enough."""
    places = Places(folder, folder / "backups", None)
    lobby = LobbyDays(SITE)
    lobby.store = Store(folder, SITE, lobby.now)
    lobby.store.open()
    store, waited = lobby.store, [0.0]

    def after(seq: int, most: int) -> list[journal.Entry]:
        return store.submit_read(lambda r: journal.read_after(r.connection, r.site, seq, most)).result()

    copy = JournalCopy(places, ZONE, after)
    copy.start()
    store.on_commit = copy.offer
    began, archiving = time.monotonic(), 0.0
    for number, day in enumerate(_working_days(days), 1):
        lobby.day(day, numbers)
        if number % _ARCHIVE_EACH == 0:
            begun = time.monotonic()
            with Committer(store) as committer:
                archive.archive_before(store, places.archives, day - timedelta(days=KEPT_DAYS))
            archiving += time.monotonic() - begun
            waited += committer.took
            known = store.submit_read(lambda r: archive.archived(r.connection, SITE)).result()
            copy.tidy(day, known[-1].day if known else "")
    print(f"lived {days} days of {numbers} numbers in {time.monotonic() - began:.0f} s")
    copy.stop()
    shrunk = _shrink(store, folder / FILE_NAME)
    _print_sizes(places, store, shrunk)
    took = sorted(waited)
    median, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    print(f"archiving: {archiving:.1f} s in all; {len(took)} commits meanwhile took")
    print(f"  {median:.1f} ms (median), {p99:.1f} ms (p99), {took[-1]:.1f} ms (longest)")
    _print_checks(places, store)
    store.close()
    whole = _megabytes(folder, f"{FILE_NAME}*") + _megabytes(folder / "archive")
    print(f"database and archive together: {whole:.0f} MB (at most {MOST_MB})")
    return whole <= MOST_MB


def _shrink(store: Store, file: Path) -> bool:
    store.submit_read(lambda reading: None).result()
    if sqlite_files.mostly_free(file):
        sqlite_files.shrink(file)
        return True
    return False


def _print_sizes(places: Places, store: Store, shrunk: bool) -> None:
    print(f"database: {_megabytes(places.data, f'{FILE_NAME}*'):.0f} MB{' (shrunk)' if shrunk else ''}")
    files = list((places.data / "archive").glob("*"))
    print(f"archive: {_megabytes(places.data / 'archive'):.0f} MB in {len(files)} files")
    print(f"copy of the journal: {_megabytes(places.data / 'journal'):.0f} MB")
    begun = time.monotonic()
    made = backup.make(places.data / FILE_NAME, SITE, places.backups, datetime.now(UTC))
    print(f"one backup: {made.file.stat().st_size / 1e6:.0f} MB, made and proved in "
          f"{time.monotonic() - begun:.1f} s")  # fmt: skip


def _print_checks(places: Places, store: Store) -> None:
    begun = time.monotonic()
    known = store.submit_read(lambda reading: archive.archived(reading.connection, SITE)).result()
    done = archive.verify(places.archives, SITE, known)
    here = store.submit_read(lambda reading: journal.verify(reading.connection, SITE)).result()
    print(f"verified {done.entries + here.entries} entries in {time.monotonic() - begun:.1f} s")
    begun = time.monotonic()
    now = written(datetime(2027, 6, 1, tzinfo=UTC))
    difference = store.submit_read(lambda reading: tables.check(reading.connection, SITE, now)).result()
    print(f"tables folded and compared in {time.monotonic() - begun:.1f} s: {difference or 'equal'}")
    begun = time.monotonic()
    damage = sqlite_files.damage(places.data / FILE_NAME)
    print(f"quick check at the start: {time.monotonic() - begun:.2f} s: {damage or 'whole'}")


def main() -> int:
    """The measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=250)
    parser.add_argument("--numbers", type=int, default=1000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 0 if measure(Path(folder), chosen.days, chosen.numbers) else 1


if __name__ == "__main__":
    sys.exit(main())
