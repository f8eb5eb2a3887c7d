"""A PostgreSQL 15 of the tests' own, from Debian's package: private, on a unix socket, gone when they end.

PostgreSQL does not run as root; started by root it runs as the package's user ``postgres``. It dies with the
process that started it, whatever ends that process.
"""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
_PACKAGE_USER = "postgres"
_OWNER = "mot_cua"
_PREFIX = "mot-cua-pg-"
_ABANDONED_SECONDS = 600
_START_SECONDS = 30.0
_ROOM = 2 * 1024**3
_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "autovacuum": "off",  # nothing here lives long enough
    "jit": "off",
    "log_min_messages": "warning",
    "lc_messages": "C",
}


class PostgresServer:
    """A server in a folder of its own. ``fsync`` off is quicker; the centre refuses to run on it.

    ``settings`` come on top of the tests' own. The folder is on a RAM file system where there is one with
    room, unless ``on_disk``.
    """

    def __init__(
        self, *, fsync: bool = True, on_disk: bool = False, settings: Mapping[str, str] | None = None
    ) -> None:
        self._settings = {**_SETTINGS, "fsync": "on" if fsync else "off", **(settings or {})}
        self._parent = None if on_disk else _quick_folder()
        self._names = itertools.count(1)
        self._child: subprocess.Popen[Any] | None = None
        self._administration: psycopg.Connection | None = None
        self.folder = Path()

    def start(self) -> None:
        """Make the folder if there is none yet, start, and wait until connections are answered."""
        if not self.folder.is_absolute():
            self._make_folder()
        log = (self.folder / "log").open("ab")
        self._child = self._launch(log)
        log.close()
        end = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL does not start:\n{self.log()[-2000:]}")
            time.sleep(0.02)

    def _make_folder(self) -> None:
        if not (PROGRAMS / "initdb").exists():
            raise RuntimeError("PostgreSQL 15 is not installed; run script/setup")
        _sweep(Path(self._parent or tempfile.gettempdir()))
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=self._parent))
        if os.getuid() == 0:
            owner = pwd.getpwnam(_PACKAGE_USER)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._initialise()

    def initdb(self) -> list[str]:
        """The command that makes the data folder."""
        return [
            *_as_owner(), str(PROGRAMS / "initdb"), "-D", str(self.folder / "data"), "-U", _OWNER,
            "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        ]  # fmt: skip

    def postgres(self) -> list[str]:
        """The command of the server itself."""
        chosen = [word for name, value in self._settings.items() for word in ("-c", f"{name}={value}")]
        return [
            *_as_owner("--pdeathsig", "QUIT"), str(PROGRAMS / "postgres"), "-D", str(self.folder / "data"),
            "-k", str(self.folder), *chosen,
        ]  # fmt: skip

    def _initialise(self) -> None:
        made = subprocess.run(self.initdb(), capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise RuntimeError(f"initdb: {made.stderr}")

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[Any]:
        return subprocess.Popen(
            self.postgres(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )

    def _answers(self) -> bool:
        try:
            self._administer().close()
        except psycopg.OperationalError:
            return False
        return True

    def _administer(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=_OWNER, dbname="postgres", autocommit=True)

    def _administrator(self) -> psycopg.Connection:
        """The one connection that makes and removes databases: a new one each time is a process each time."""
        if self._administration is None or self._administration.closed:
            self._administration = self._administer()
        return self._administration

    def url(self, database: str) -> str:
        """As ``CENTRE_DATABASE_URL`` takes it."""
        return f"postgresql+psycopg://{_OWNER}@/{database}?host={self.folder}"

    def create(self, template: str = "template0", name: str = "") -> str:
        """Make a database like ``template``, to which nobody may be connected; returns its name."""
        name = name or f"t{next(self._names)}"
        # Files are copied as they are: page by page through the log takes the server twice the time.
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._administrator().execute(command.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database; whoever is connected is thrown out."""
        command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._administrator().execute(command.format(sql.Identifier(name)))

    def run(self, database: str, *statements: str) -> list[tuple[object, ...]]:
        """Run statements on a connection of their own; returns the rows of the last one, if it gives any."""
        found: list[tuple[object, ...]] = []
        with psycopg.connect(host=str(self.folder), user=_OWNER, dbname=database) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                found = cursor.fetchall() if cursor.description else []
        return found

    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "log").read_text(errors="replace")

    def crash(self) -> None:
        """Stop at once, without a checkpoint: the next start is a recovery."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """Stop, and remove everything."""
        self._end(signal.SIGINT)
        if self.folder.is_absolute():
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = Path()

    def _end(self, sig: signal.Signals) -> None:
        if self._child is None:
            return
        if self._administration is not None:
            self._administration.close()
        if self._child.poll() is None:
            self._child.send_signal(sig)
        self._child.wait(timeout=30)
        self._child = None


@cache
def shared_server() -> PostgresServer:
    """The one server of this test process."""
    server = PostgresServer()
    server.start()
    atexit.register(server.stop)
    return server


def _as_owner(*more: str) -> list[str]:
    """The command in front of PostgreSQL's programs."""
    if os.getuid() == 0:
        return ["setpriv", f"--reuid={_PACKAGE_USER}", f"--regid={_PACKAGE_USER}", "--init-groups", *more]
    return ["setpriv", *more] if more else []


def _quick_folder() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 - a folder of its own is made inside
    try:
        room = os.statvfs(memory)
    except OSError:
        return None
    return str(memory) if room.f_bavail * room.f_frsize > _ROOM and os.access(memory, os.W_OK) else None


def _sweep(parent: Path) -> None:
    """Remove what test processes left that were killed: folders of servers that no longer run."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime < _ABANDONED_SECONDS:
                continue
            file = folder / "data" / "postmaster.pid"
            running = file.exists() and Path("/proc", file.read_text().split("\n", 1)[0]).exists()
        except OSError:
            continue  # somebody else's, or just going
        if not running:
            shutil.rmtree(folder, ignore_errors=True)
