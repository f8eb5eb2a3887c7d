"""A disk without room refuses numbers with a clear word, keeps what it has, and goes on when there is room.

Two ways, for SQLite answers them with two codes: a limit on the size of the process's files
(SQLITE_IOERR_WRITE), and a small file system that is full (SQLITE_FULL). PostgreSQL refuses what finds no
room in its tables (disk_full), and stops altogether where its log finds none. Who is not root makes small
file systems in a user namespace.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy

from kiosk.settings import load
from tests.centre.support import ROOT, WarmProcess
from tests.faults.audit import Books, audited
from tests.faults.caller import Answer, Caller
from tests.faults.places import Place, Seed, moved
from tests.faults.small_disk import SmallDiskServer

MEGABYTE = 1 << 20
MOST = 3000
SERVICES = ("ho-tich", "xac-nhan-hon-nhan", "chung-thuc", "dat-dai", "ho-kinh-doanh", "nhan-ket-qua")
EACH = 900  # of the 999 numbers that a service has


class Issuing:
    """A kiosk that notes what it was told."""

    def __init__(self, place: Place, urls: list[str]) -> None:
        self._place = place
        self._caller = Caller(urls, place.tokens["kiosk"], seconds=20)
        self.keys: dict[str, str] = {}

    def issue(self) -> Answer:
        """The next number; the key of a refused one is used again."""
        key = f"key-{len(self.keys)}"
        service = SERVICES[len(self.keys) // EACH]
        answer = self._caller("POST", "/tickets", {"service": service}, key)
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


FULL = (507, "STORE_FULL")
AWAY = (503, "STORE_UNREACHABLE")


def goes_through(
    place: Place, fill: Callable[[], None], free: Callable[[], None]
) -> tuple[set[tuple[int, str]], Books]:
    """Numbers are given, refused while there is no room, and given again; with what words they were refused,
    and the books afterwards.
    """
    process = WarmProcess(place.data, place.config)
    try:
        process.start()
        kiosk = Issuing(place, [process.url])
        for _ in range(5):
            assert kiosk.issue().status == 201
        fill()
        refused = [kiosk.until_full() for _ in range(2)]
        told = len(kiosk.keys)
        free()
        end = time.monotonic() + 20
        while (answer := kiosk.issue()).status != 201:
            assert time.monotonic() < end, answer
            time.sleep(0.05)
        assert answer.body["sequence"] == told % EACH + 1, "the refused ones took no number"
        kiosk.close()
    finally:
        process.end()
    told_lines = [("ticket.issued", ticket, "kiosk") for ticket in kiosk.keys.values()]
    books = audited(place.url, load(place.config).centre.site, told_lines, kiosk.keys)
    again_process = WarmProcess(place.data, place.config)
    try:
        again_process.start()
    finally:
        again_process.end()
    return {(one.status, one.code) for one in refused}, books


@contextlib.contextmanager
def small_file_system(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system in memory, so small that it can be filled; for root, real or of a user namespace."""
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


def _as_root_of_a_namespace(test: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """This test of this file once more, by one who is root in namespaces of its own alone."""
    tried = subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"this machine allows no user namespaces: {tried.stderr.strip()}")
    command = ["unshare", "-rm", sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider"]
    command += ["--basetemp", str(folder)]
    return subprocess.run(
        [*command, f"{Path(__file__)}::{test}"], cwd=ROOT, check=False, capture_output=True, text=True
    )


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
    if os.getuid() != 0:
        done = _as_root_of_a_namespace("test_a_full_file_system", tmp_path / "again")
        assert done.returncode == 0, done.stdout[-4000:]
        return
    with small_file_system(tmp_path / "disk", 24) as disk:
        place = moved(seeds.place("sqlite", tmp_path), disk)
        ballast = Ballast(disk, MEGABYTE // 4)
        said, books = goes_through(place, ballast.fill, ballast.free)
    assert (said, books.faults, books.epochs) == ({FULL}, (), 1)


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

    def free() -> None:
        resource.prlimit(centre(), resource.RLIMIT_FSIZE, whole)

    said, books = goes_through(place, fill, free)
    assert (said, books.faults, books.epochs) == ({FULL}, (), 1)


@pytest.fixture
def small_server(request: pytest.FixtureRequest) -> Iterator[tuple[SmallDiskServer, Seed]]:
    """A PostgreSQL on a disk that can be filled; the parameters are those of ``SmallDiskServer``."""
    server = SmallDiskServer(**request.param)
    seeds = Seed(server)
    try:
        server.start()
    except RuntimeError as error:
        if "Operation not permitted" in str(error):
            pytest.skip("this machine allows no namespaces")
        raise
    try:
        yield server, seeds
    finally:
        server.stop()
        seeds.close()


@pytest.mark.parametrize(
    "small_server", [{"megabytes": 48, "only_space": True}], indirect=True, ids=["48 MB"]
)
def test_a_full_table_space_of_postgresql(small_server: tuple[SmallDiskServer, Seed], tmp_path: Path) -> None:
    server, seeds = small_server
    place = seeds.place("postgresql", tmp_path)
    administer = sqlalchemy.create_engine(server.url("postgres"), isolation_level="AUTOCOMMIT")
    with administer.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{server.space}'")
        connection.exec_driver_sql(f"ALTER DATABASE {place.database} SET TABLESPACE small")
    administer.dispose()
    said, books = goes_through(place, lambda: server.fill(MEGABYTE // 2), server.free)
    assert (said, books.faults, books.epochs) == ({FULL}, (), 1)


@pytest.mark.parametrize("small_server", [{"megabytes": 96}], indirect=True, ids=["96 MB"])
def test_a_full_disk_under_postgresql(small_server: tuple[SmallDiskServer, Seed], tmp_path: Path) -> None:
    """Tables and log share the disk; where the log finds no room first, the server stops and comes back."""
    server, seeds = small_server
    place = seeds.place("postgresql", tmp_path)
    said, books = goes_through(place, lambda: server.fill(MEGABYTE // 8), server.free)
    assert said <= {FULL, AWAY}
    assert (books.faults, books.epochs) == ((), 1)
    assert "No space left on device" in server.log()
