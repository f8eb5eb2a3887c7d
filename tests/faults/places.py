"""Where the centres of a fault test run: a data folder, a configuration, a database on either engine."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import update

from kiosk.centre import accounts, admin
from kiosk.centre.access import Role
from kiosk.centre.moments import system_clock
from kiosk.centre.store.schema import session
from kiosk.centre.store.store import FILE_NAME, Store, Transaction
from kiosk.settings import load
from tests.centre.support import CONFIG, OFFICERS, PASSWORD
from tests.postgres_server import PostgresServer

ENGINES = ("sqlite", "postgresql")


@dataclass
class Place:
    """``url``: the database's address as SQLAlchemy has it; ``server`` and ``database`` with PostgreSQL."""

    engine: str
    data: Path
    tokens: dict[str, str]
    config: Path
    url: str
    server: PostgresServer | None = None
    database: str = ""


class Seed:
    """Makes places. Passwords take time to hash, so there is one database with officers for each engine.

    ``server``: PostgreSQL's, running already, if it shall not be an ordinary one.
    """

    def __init__(self, server: PostgresServer | None = None) -> None:
        self._server = server
        self._folder = tempfile.TemporaryDirectory(prefix="seed-")
        self._made: dict[str, Place] = {}

    def close(self) -> None:
        """Stop the server, remove everything."""
        for made in self._made.values():
            if made.server is not None:
                made.server.stop()
        self._folder.cleanup()

    def place(self, engine: str, folder: Path) -> Place:
        """A fresh place in ``folder``, like every other on this engine."""
        like = self._made.get(engine) or self._seeded(engine)
        shutil.copytree(like.data, folder / "data")
        if like.server is None:
            return _sqlite(folder, like.tokens)
        return _postgresql(folder, like.tokens, like.server, like.server.create(like.database))

    def leave(self, place: Place) -> None:
        """The place is needed no more; what is on the disk belongs to the folder's owner."""
        if place.server is not None:
            place.server.drop(place.database)

    def _seeded(self, engine: str) -> Place:
        folder = Path(self._folder.name, engine)
        folder.mkdir()
        if engine == "sqlite":
            made = _sqlite(folder, {})
        else:
            server = self._server or PostgresServer()
            if server is not self._server:
                server.start()
            made = _postgresql(folder, {}, server, server.create())
        self._made[engine] = made
        settings = load(made.config)
        for name, role in (("kiosk", "kiosk"), ("kiosk-2", "kiosk"), ("display", "display")):
            made.tokens[name] = admin.create_token(settings, made.data, role, name)
        for login in OFFICERS:
            admin.add_officer(settings, made.data, login, "officer", PASSWORD, name=login.title())
        admin.add_officer(settings, made.data, "truong", "head", PASSWORD)
        _signed_in(made)
        return made


def _signed_in(place: Place) -> None:
    """Sessions of everybody that do not end, whatever the clock does."""
    settings = load(place.config)
    store = Store(place.data, settings.centre.site, system_clock, place.url if place.server else "")
    store.open()

    def begin(transaction: Transaction) -> None:
        for login in (*OFFICERS, "truong"):
            role = Role.HEAD if login == "truong" else Role.OFFICER
            place.tokens[login] = accounts._begin_session(transaction, login, login.title(), role).token
        transaction.connection.execute(update(session).values(expires_at="2099-01-01T00:00:00.000Z"))

    try:
        store.submit_write(begin).result()
    finally:
        store.close()


def moved(place: Place, folder: Path) -> Place:
    """The same place with its data folder in ``folder``."""
    data = folder / "data"
    shutil.copytree(place.data, data)
    return replace(place, data=data, url=place.url.replace(str(place.data), str(data)))


def _sqlite(folder: Path, tokens: dict[str, str]) -> Place:
    data = folder / "data"
    return Place("sqlite", data, tokens, configured(folder, ""), f"sqlite:///{data / FILE_NAME}")


def _postgresql(folder: Path, tokens: dict[str, str], server: PostgresServer, database: str) -> Place:
    url = server.url(database)
    return Place("postgresql", folder / "data", tokens, configured(folder, url), url, server, database)


_NO_BACKUP = "\n[backup]\nenabled = false\n"


def configured(folder: Path, database_url: str) -> Path:
    """The shipped configuration, with a database's address and no pause between two calls."""
    config = folder / "config"
    shutil.copytree(CONFIG, config)
    centre = config / "centre.toml"
    assert "[backup]" not in centre.read_text(encoding="utf-8")
    centre.write_text(f'database_url = "{database_url}"\n' + centre.read_text(encoding="utf-8") + _NO_BACKUP)
    queue = config / "queue.toml"
    queue.write_text(queue.read_text(encoding="utf-8").replace("[rules]", "[rules]\nrecall_gap_seconds = 0"))
    return config
