"""A centre to test against: inside the test's process with a clock that can be set, or as its own process."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from fastapi.testclient import TestClient
from sqlalchemy import make_url, text

from kiosk.centre import admin
from kiosk.centre.accounts import hashed
from kiosk.centre.app import create_app
from kiosk.centre.store.engine import URL_VARIABLE, chosen_url, database_of, open_engine
from kiosk.centre.store.schema import metadata
from kiosk.settings import Settings, load
from tests.centre.read_once import read_once
from tests.postgres_server import PostgresServer, shared_server

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "config"
PASSWORD = "mat-khau-thu-nghiem"
OFFICERS = ("lan", "minh", "hoa", "tuan")
HEAD = "giam-doc"
API = "/api/v1"


ENGINES = ("sqlite", "postgresql")


class Seed(NamedTuple):
    """A centre that was set up: its folder, tokens by role, and on PostgreSQL its database."""

    folder: Path
    tokens: dict[str, str]
    database: str = ""


@contextlib.contextmanager
def database_url(url: str) -> Iterator[None]:
    """Every centre begun inside, here or as a process of its own, uses this database."""
    before = os.environ.get(URL_VARIABLE)
    os.environ[URL_VARIABLE] = url
    try:
        yield
    finally:
        os.environ.pop(URL_VARIABLE, None)
        if before is not None:
            os.environ[URL_VARIABLE] = before


def sown(engine: str, folder: Path, server: PostgresServer | None = None) -> Seed:
    """Set up a centre with tokens and officers; on PostgreSQL in a database of ``server``, by default the
    one that all tests share.
    """
    settings, database, url = load(CONFIG), "", ""
    if engine == "postgresql":
        server = server or shared_server()
        database = server.create()
        url = server.url(database)
    with database_url(url):
        roles = {"kiosk": "kiosk", "display": "display", "maintenance": "maintenance", "kiosk-2": "kiosk"}
        tokens = {
            name: admin.create_token(settings, folder, role, name if name == "kiosk-2" else f"{role}-1")
            for name, role in roles.items()
        }
        for login in OFFICERS:
            admin.add_officer(settings, folder, login, "officer", PASSWORD, name=login.title())
        admin.add_officer(settings, folder, "bao-tri", "maintenance", PASSWORD)
        admin.add_officer(settings, folder, HEAD, "head", PASSWORD)
        tokens["officer"] = _session(folder, settings.centre.site, "lan")
    return Seed(folder, tokens, database)


def _session(folder: Path, site: str, login: str) -> str:
    """Someone who is signed in already: to check a password takes as long as a whole test."""
    token = f"session-of-{login}"
    sql(
        folder,
        "INSERT INTO session (site, hash, login, created_at, expires_at) "
        "VALUES (:site, :hash, :login, '2026-01-01T00:00:00.000Z', '2100-01-01T00:00:00.000Z')",
        site=site,
        hash=hashed(token),
        login=login,
    )
    return token


@contextlib.contextmanager
def planted(seed: Seed, folder: Path) -> Iterator[str]:
    """A copy of ``seed`` in ``folder``, for as long as the context lasts; its URL (SQLite: empty)."""
    shutil.copytree(seed.folder, folder)
    if not seed.database:
        with database_url(""):
            yield ""
        return
    server = shared_server()
    copy = server.create(seed.database)
    try:
        with database_url(server.url(copy)):
            yield server.url(copy)
    finally:
        server.drop(copy)


def sql(folder: Path, *statements: str, **values: Any) -> list[Any]:
    """Statements on the database of a centre's folder, beside the centre; returns the rows of the last."""
    engine = open_engine(database_of(folder, chosen_url("")), write=True)
    try:
        with engine.connect() as connection, connection.begin():
            found: list[Any] = []
            for statement in statements:
                answer = connection.execute(text(statement), values)
                found = list(answer) if answer.returns_rows else []
            return found
    finally:
        engine.dispose()


def stored(folder: Path) -> bytes:
    """All that a centre has written down: the files of its folder, and every row of its database."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    rows = [row for table in metadata.tables for row in sql(folder, f'SELECT * FROM "{table}"')]  # noqa: S608
    return b"".join(files) + repr(rows).encode()


def backup(folder: Path) -> Callable[[], None]:
    """Copy the database of a centre that does not run; what is returned puts the copy back in its place."""
    database = database_of(folder, chosen_url(""))
    if isinstance(database, Path):
        copy = folder.parent / "backup.sqlite3"
        shutil.copy(database, copy)

        def restore_file() -> None:
            for file in folder.glob(f"{database.name}*"):
                file.unlink()
            shutil.copy(copy, database)

        return restore_file
    server, name = shared_server(), str(make_url(database).database)
    kept = server.create(name)

    def restore() -> None:
        server.drop(name)
        server.create(kept, name)

    return restore


class SetClock:
    """A server clock under the test's control."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **delta: float) -> None:
        self.moment += timedelta(**delta)


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Desk:
    """A centre inside this process, with a token for each role."""

    settings: Settings
    folder: Path
    clock: SetClock
    web: TestClient
    tokens: dict[str, str] = field(default_factory=dict)
    keys: int = 0

    @property
    def centre(self) -> Any:
        return self.web.app.state.centre  # type: ignore[attr-defined]

    def call(self, method: str, path: str, role: str | None = "officer", **more: Any) -> Any:
        sent = {**(headers(self.tokens[role]) if role else {}), **more.pop("headers", {})}
        return self.web.request(method, API + path, headers=sent, **more)

    def issue(self, service: str = "ho-tich", key: str | None = None, role: str = "kiosk") -> Any:
        self.keys += 1
        key = key or f"key-{self.keys}"
        return self.call(
            "POST", "/tickets", role, json={"service": service}, headers={"Idempotency-Key": key}
        )

    def at(self, counter: str, action: str, role: str = "officer") -> Any:
        return self.call("POST", f"/counters/{counter}/{action}", role)

    def journal(self) -> list[Any]:
        from kiosk.centre import journal

        reading = self.centre.store.submit_read(
            lambda reading: journal.read_after(reading.connection, reading.site, 0, 100_000)
        )
        return reading.result()

    def head(self) -> int:
        return len(self.journal())


def start_desk(settings: Settings, folder: Path, clock: SetClock) -> TestClient:
    with read_once():
        app = create_app(settings, folder, clock=clock)
    client = TestClient(app, client=("127.0.0.1", 50000), raise_server_exceptions=False)
    client.__enter__()
    return client


def sign_in(web: TestClient, login: str) -> str:
    answer = web.post(f"{API}/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    web.cookies.clear()
    return str(answer.json()["token"])


class Process:
    """A centre as a process of its own."""

    def __init__(self, folder: Path, config: Path = CONFIG, port: int = 0, processes: int = 1) -> None:
        self.folder = folder
        self.port = port
        self.processes = processes
        self._config = config
        self.url = ""
        self.child: subprocess.Popen[str] | None = None

    def start(self, seconds: float = 30) -> None:
        command = [sys.executable, "-m", "tests.centre.command", "centre", "--config", str(self._config),
                   "--data", str(self.folder), "--port", str(self.port),
                   "--processes", str(self.processes)]  # fmt: skip
        log = (self.folder.parent / "centre.log").open("a")
        self.child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        assert self.child.stdout is not None
        ready, _, _ = select.select([self.child.stdout], [], [], seconds)
        line = self.child.stdout.readline() if ready else ""
        assert "http://" in line, (line, (self.folder.parent / "centre.log").read_text()[-2000:])
        self.url = line[line.index("http://") :].strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def kill(self) -> None:
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGKILL)
        self._wait()

    def stop(self) -> int:
        assert self.child is not None
        self.child.terminate()
        return self._wait()

    def _wait(self) -> int:
        assert self.child is not None
        code = self.child.wait(timeout=15)
        if self.child.stdout is not None:
            self.child.stdout.close()
        return code

    def end(self) -> None:
        if self.child is not None and self.child.poll() is None:
            self.kill()


class Starter:
    """Starts centres as processes of their own within a tenth of a second (``tests.centre.warm``)."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._told: dict[int, dict[str, Any]] = {}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.centre.warm"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def begin(self, asked: dict[str, Any]) -> int:
        """Start one, without waiting until it answers requests; its process."""
        with self._lock:
            assert self._child.stdin is not None
            self._child.stdin.write(json.dumps(asked) + "\n")
            while (said := self._next())["url" if "url" in said else "code"] is not None:
                pass  # of one begun before
            return int(said["pid"])

    def told(self, pid: int, what: str) -> Any:
        """Where it listens (``url``), or how it ended (``code``), as soon as that is so."""
        with self._lock:
            while self._told[pid].get(what) is None:
                assert what == "code" or "code" not in self._told[pid], "the centre ended before it listened"
                self._next()
            return self._told[pid][what]

    def end(self) -> None:
        """End, and with it every centre that still runs."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                pipe.close()
        self._child.wait(timeout=30)

    def _next(self) -> dict[str, Any]:
        """The next line; unbuffered, for ``select``. Each is written whole or, by one killed, not at all."""
        assert self._child.stdout is not None
        line = b""
        while not line.endswith(b"\n"):
            ready, _, _ = select.select([self._child.stdout], [], [], 30)
            assert ready, "no centre says anything"
            line += os.read(self._child.stdout.fileno(), 1)
        said: dict[str, Any] = json.loads(line)
        self._told.setdefault(said["pid"], {}).update(said)
        return said


@cache
def shared_starter() -> Starter:
    """The one of this test process."""
    made = Starter()
    atexit.register(made.end)
    return made


class WarmProcess:
    """A centre as a process of its own. Its database is where the environment says when this is made."""

    def __init__(self, folder: Path, config: Path = CONFIG) -> None:
        self.folder = folder
        self.url = ""
        self.log = folder.parent / "centre.log"
        self._starter = shared_starter()
        self._asked = {
            "config": str(config),
            "data": str(folder),
            "port": 0,
            "database": os.environ.get(URL_VARIABLE, ""),
            "log": str(self.log),
        }
        self._pid = 0

    def begin(self) -> None:
        """Start, without waiting until requests are answered."""
        self._pid = self._starter.begin(self._asked)

    def start(self) -> None:
        self.begin()
        try:
            self.url = str(self._starter.told(self._pid, "url"))
        except AssertionError as error:
            raise AssertionError(self.log.read_text()[-2000:]) from error
        self._asked["port"] = int(self.url.rsplit(":", 1)[1])

    def kill(self) -> None:
        self._leave(signal.SIGKILL)

    def stop(self) -> int:
        """Have it end in order; its exit code."""
        return self._leave(signal.SIGTERM)

    def end(self) -> None:
        if self._pid:
            self.kill()

    def _leave(self, sent: signal.Signals) -> int:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, sent)
        code = int(self._starter.told(self._pid, "code"))
        self._pid = 0
        return code


def eventually(check: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What ``check`` answers once it is true; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not (answer := check()):
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.01)
    return answer
