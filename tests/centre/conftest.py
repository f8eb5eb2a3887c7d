"""Fixtures of the centre's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from kiosk.centre.keeping import tables
from kiosk.centre.moments import written
from kiosk.settings import Settings, load
from tests.centre.support import (
    CONFIG,
    ENGINES,
    Desk,
    Seed,
    SetClock,
    WarmProcess,
    planted,
    sown,
    start_desk,
)


def pytest_configure(config: pytest.Config) -> None:
    """Name the marks."""
    config.addinivalue_line("markers", "on_sqlite: about SQLite's files, or the same on both engines")
    config.addinivalue_line("markers", "on_postgresql: about what only PostgreSQL has")


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load(CONFIG)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever uses a centre's data runs on SQLite and on PostgreSQL, unless it is marked ``on_sqlite`` or
    ``on_postgresql``.
    """
    if "engine" in metafunc.fixturenames:
        marks = (mark.name.removeprefix("on_") for mark in metafunc.definition.iter_markers())
        nearest = next((name for name in marks if name in ENGINES), None)
        metafunc.parametrize("engine", [nearest] if nearest else ENGINES, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    """The database under the centre: ``sqlite`` or ``postgresql``."""
    return str(request.param)


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Seed]:
    """What to begin with, made once for each engine: passwords take time to hash."""
    return cache(lambda engine: sown(engine, tmp_path_factory.mktemp("seed") / "data"))


@pytest.fixture(scope="session")
def seed(seeds: Callable[[str], Seed], engine: str) -> Seed:
    """A data folder and, on PostgreSQL, a database with tokens and officers, to be copied."""
    return seeds(engine)


@pytest.fixture
def data(seed: Seed, tmp_path: Path) -> Iterator[Path]:
    """The data folder of a centre of this test's own; its database is where the environment says."""
    folder = tmp_path / "data"
    with planted(seed, folder):
        yield folder


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))  # a Monday, 09:00 in Vietnam


@pytest.fixture
def desk(settings: Settings, seed: Seed, data: Path, clock: SetClock) -> Iterator[Desk]:
    made = Desk(settings, data, clock, start_desk(settings, data, clock), dict(seed.tokens))
    try:
        yield made
    finally:
        made.web.__exit__(None, None, None)  # the one of now: a test may have started another


@pytest.fixture
def journal_tells_it_all(desk: Desk) -> Iterator[None]:
    """After the test the tables are what the journal says."""
    yield
    now = written(desk.clock.moment)
    checked = desk.centre.store.submit_read(
        lambda reading: tables.check(reading.connection, reading.site, now)
    )
    assert checked.result() is None


@pytest.fixture
def process(data: Path) -> Iterator[WarmProcess]:
    """A running centre over the seeded data folder."""
    made = WarmProcess(data)
    made.start()
    try:
        yield made
    finally:
        made.end()
