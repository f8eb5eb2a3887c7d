"""A PostgreSQL database with damaged pages: the log names the command, and the command brings all back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.centre import admin
from kiosk.settings import Settings
from tests.centre.command import main
from tests.centre.support import (
    CONFIG,
    Desk,
    Seed,
    SetClock,
    WarmProcess,
    database_url,
    sown,
    start_desk,
)
from tests.postgres_server import PostgresServer


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def harmed(
    own_server: PostgresServer,
    settings: Settings,
    clock: SetClock,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[tuple[Seed, Path]]:
    """A centre with three numbers in its backup and one after it; then the first page of a table goes bad.
    Its seed, and the backup.
    """
    seed = sown("postgresql", tmp_path / "data", own_server)
    with database_url(own_server.url(seed.database)):
        for turn, numbers in enumerate((3, 1)):
            web = start_desk(settings, seed.folder, clock)
            desk = Desk(settings, seed.folder, clock, web, dict(seed.tokens), keys=10 * turn)
            for _ in range(numbers):
                assert desk.issue().status_code == 201
            web.__exit__(None, None, None)
            if turn == 0:
                made = admin.back_up(settings, seed.folder)
        found = own_server.run(seed.database, f"SELECT pg_relation_filepath('{request.param}')")
        own_server.crash()
        own_server.start()
        own_server.run(seed.database, "CHECKPOINT")
        own_server.crash()
        page = own_server.folder / "data" / str(found[0][0])
        page.write_bytes(random.Random(7).randbytes(2000) + page.read_bytes()[2000:])  # noqa: S311
        own_server.start()
        yield seed, seed.folder / "backups" / str(made["file"])


def restore(seed: Seed, backup: Path) -> int:
    return main(["restore", str(backup), "--yes", "--config", str(CONFIG), "--data", str(seed.folder)])


@pytest.mark.parametrize("harmed", ["ticket", "journal"], indirect=True)
def test_the_restore_command_sets_it_beside_and_brings_everything_back(
    harmed: tuple[Seed, Path],
    own_server: PostgresServer,
    settings: Settings,
    clock: SetClock,
    capsys: pytest.CaptureFixture[str],
) -> None:
    seed, backup = harmed
    assert restore(seed, backup) == 0
    said = capsys.readouterr().out
    assert f"kept as the database {seed.database}_damaged_" in said
    assert "NOT FOUND" not in said
    databases = own_server.run("postgres", "SELECT datname FROM pg_database WHERE datname LIKE '%damaged%'")
    assert len(databases) == 1
    assert admin.check_rebuild(settings, seed.folder) is None
    web = start_desk(settings, seed.folder, clock)
    try:
        desk = Desk(settings, seed.folder, clock, web, dict(seed.tokens), keys=20)
        numbers = [one["number"] for one in desk.call("GET", "/tickets", "kiosk").json()]
        assert numbers == ["A001", "A002", "A003", "A004"], "the one after the backup came from the copy"
        assert desk.issue().json()["number"] == "A005"
        assert web.get("/readyz").json()["warnings"] == ["CENTRE_RESTORED"]
    finally:
        web.__exit__(None, None, None)


@pytest.mark.parametrize("harmed", ["journal"], indirect=True)
def test_the_log_of_the_start_names_the_command(harmed: tuple[Seed, Path]) -> None:
    seed, backup = harmed
    process = WarmProcess(seed.folder)
    try:
        with pytest.raises(AssertionError):
            process.start()
    finally:
        process.end()
    told = process.log.read_text()
    assert "the database is damaged: invalid page" in told
    assert f"main.py restore {backup}" in told


@pytest.mark.parametrize("harmed", ["ticket"], indirect=True)
def test_a_user_who_may_not_is_told_what_the_administrator_must_run(
    harmed: tuple[Seed, Path], own_server: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, backup = harmed
    own_server.run(
        seed.database, "CREATE ROLE weak LOGIN", "GRANT ALL ON ALL TABLES IN SCHEMA public TO weak"
    )
    weak = own_server.url(seed.database).replace("mot_cua@", "weak@")
    with database_url(weak):
        assert restore(seed, backup) == 2
    told = capsys.readouterr().err
    assert f'ALTER DATABASE "{seed.database}" RENAME TO "{seed.database}_damaged_' in told
    assert f'CREATE DATABASE "{seed.database}" TEMPLATE template0 OWNER "weak"' in told.replace("\\", "")
    assert len(own_server.run("postgres", "SELECT 1 FROM pg_database WHERE datname LIKE '%damaged%'")) == 0
    left = own_server.run(seed.database, "SELECT count(*) FROM journal")
    assert left[0][0], "nothing was changed"
