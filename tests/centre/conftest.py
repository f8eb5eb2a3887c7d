"""Fixtures of the centre's tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.centre import admin
from kiosk.settings import Settings, load
from tests.centre.support import CONFIG, OFFICERS, PASSWORD, Desk, Process, SetClock, sign_in, start_desk


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load(CONFIG)


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A data folder with tokens and officers, to be copied: passwords take time to hash."""
    settings, folder = load(CONFIG), tmp_path_factory.mktemp("seed") / "data"
    tokens = {
        role: admin.create_token(settings, folder, role, f"{role}-1")
        for role in ("kiosk", "display", "maintenance")
    }
    tokens["kiosk-2"] = admin.create_token(settings, folder, "kiosk", "kiosk-2")
    for login in OFFICERS:
        admin.add_officer(settings, folder, login, "officer", PASSWORD, name=login.title())
    admin.add_officer(settings, folder, "bao-tri", "maintenance", PASSWORD)
    return folder, tokens


@pytest.fixture
def data(seed: tuple[Path, dict[str, str]], tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(seed[0], folder)
    return folder


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))  # a Monday, 09:00 in Vietnam


@pytest.fixture
def desk(
    settings: Settings, seed: tuple[Path, dict[str, str]], data: Path, clock: SetClock
) -> Iterator[Desk]:
    web = start_desk(settings, data, clock)
    made = Desk(settings, data, clock, web, dict(seed[1]))
    made.tokens["officer"] = sign_in(web, "lan")
    try:
        yield made
    finally:
        web.__exit__(None, None, None)


@pytest.fixture
def process(data: Path) -> Iterator[Process]:
    """A running centre over the seeded data folder."""
    made = Process(data)
    made.start()
    try:
        yield made
    finally:
        made.end()
