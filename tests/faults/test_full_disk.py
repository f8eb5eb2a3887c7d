"""A disk without room refuses numbers with a clear word, keeps what it has, and goes on when there is room.

Two ways, for SQLite answers them with two codes: a limit on the size of the process's files
(SQLITE_IOERR_WRITE), and a small file system that is full (SQLITE_FULL; PostgreSQL's disk_full), which only
root can make.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy

from kiosk.settings import load
from tests.centre.support import WarmProcess
from tests.faults.audit import audited
from tests.faults.caller import Answer, Caller
from tests.faults.places import Place, Seed, moved

MEGABYTE = 1 << 20
MOST = 3000


class Issuing:
    """A kiosk that notes what it was told."""

    def __init__(self, place: Place, urls: list[str]) -> None:
        self._place = place
        self._caller = Caller(urls, place.tokens["kiosk"], seconds=20)
        self.keys: dict[str, str] = {}

    def issue(self) -> Answer:
        """The next number; the key of a refused one is used again."""
        key = f"key-{len(self.keys)}"
        answer = self._caller("POST", "/tickets", {"service": "ho-tich"}, key)
        if answer.status == 201:
            self.keys[key] = answer.body["id"]
        return answer

    def until_full(self) -> Answer:
        """Numbers until one is refused."""
        for _ in range(MOST):
            answer = self.issue()
            if answer.status != 201:
                return answer
        raise AssertionError("the disk never was full")

    def close(self) -> None:
        """Hang up."""
        self._caller.close()


def goes_through(place: Place, fill: Callable[[], None], free: Callable[[], None]) -> None:
    """Numbers are given, refused while there is no room, and given again."""
    process = WarmProcess(place.data, place.config)
    try:
        process.start()
        kiosk = Issuing(place, [process.url])
        for _ in range(5):
            assert kiosk.issue().status == 201
        fill()
        refused = kiosk.until_full()
        assert (refused.status, refused.code) == (507, "STORE_FULL")
        again = kiosk.until_full()
        assert (again.status, again.code) == (507, "STORE_FULL"), "and says so again"
        told = len(kiosk.keys)
        free()
        end = time.monotonic() + 20
        while (answer := kiosk.issue()).status != 201:
            assert time.monotonic() < end, answer
            time.sleep(0.05)
        assert answer.body["sequence"] == told + 1, "the refused ones took no number"
        kiosk.close()
    finally:
        process.end()
    told_lines = [("ticket.issued", ticket, "kiosk") for ticket in kiosk.keys.values()]
    books = audited(place.url, load(place.config).centre.site, told_lines, kiosk.keys)
    assert books.faults == ()
    assert books.epochs == 1
    again_process = WarmProcess(place.data, place.config)
    try:
        again_process.start()
    finally:
        again_process.end()


@contextlib.contextmanager
def small_file_system(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system in memory, so small that it can be filled."""
    if os.getuid() != 0:
        pytest.skip("only root can make a small file system")
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(folder)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip(f"this machine mounts nothing: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


class Ballast:
    """A file that takes all the room there is but a little."""

    def __init__(self, folder: Path, left: int) -> None:
        self._file = folder / "ballast"
        self._left = left

    def fill(self) -> None:
        """Take the room."""
        room = os.statvfs(self._file.parent)
        self._file.write_bytes(bytes(max(0, room.f_bavail * room.f_frsize - self._left)))

    def free(self) -> None:
        """Give it back."""
        self._file.unlink()


def test_a_full_file_system(seeds: Seed, tmp_path: Path) -> None:
    with small_file_system(tmp_path / "disk", 24) as disk:
        place = moved(seeds.place("sqlite", tmp_path), disk)
        ballast = Ballast(disk, MEGABYTE // 4)
        goes_through(place, ballast.fill, ballast.free)


def test_a_limit_on_the_size_of_files(seeds: Seed, tmp_path: Path) -> None:
    place = seeds.place("sqlite", tmp_path)
    wal = place.data / "centre.sqlite3-wal"
    whole = resource.getrlimit(resource.RLIMIT_FSIZE)

    def centre() -> int:
        """The process that holds the database open and is not this one."""
        for folder in Path("/proc").glob("[0-9]*/fd"):
            with contextlib.suppress(OSError):
                if any(link.readlink() == wal for link in folder.iterdir()):
                    return int(folder.parent.name)
        raise AssertionError("nobody has the database open")

    def fill() -> None:
        largest = max(one.stat().st_size for one in place.data.glob("centre.sqlite3*"))
        resource.prlimit(centre(), resource.RLIMIT_FSIZE, (largest + 50_000, whole[1]))

    goes_through(place, fill, lambda: resource.prlimit(centre(), resource.RLIMIT_FSIZE, whole) and None)


def test_a_full_table_space_of_postgresql(seeds: Seed, tmp_path: Path) -> None:
    place = seeds.place("postgresql", tmp_path)
    assert place.server is not None
    with small_file_system(place.server.folder / "space", 48) as disk:
        space = disk / "tables"
        space.mkdir()
        owner = place.server.folder.stat()
        os.chown(space, owner.st_uid, owner.st_gid)
        administer = sqlalchemy.create_engine(place.server.url("postgres"), isolation_level="AUTOCOMMIT")
        with administer.connect() as connection:
            connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{space}'")
            connection.exec_driver_sql(f"ALTER DATABASE {place.database} SET TABLESPACE small")
        ballast = Ballast(disk, MEGABYTE // 2)
        try:
            goes_through(place, ballast.fill, ballast.free)
        finally:
            seeds.leave(place)
            with administer.connect() as connection:
                connection.exec_driver_sql("DROP TABLESPACE small")
            administer.dispose()
