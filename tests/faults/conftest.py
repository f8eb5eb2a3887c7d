"""A seeded place for centres to run in, on each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.places import Place, Seed


@pytest.fixture(scope="session")
def seeds() -> Iterator[Seed]:
    """Data folders with tokens and officers, to be copied."""
    made = Seed()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, seeds: Seed, tmp_path: Path) -> Iterator[Place]:
    """A fresh place on each engine."""
    made = seeds.place(request.param, tmp_path)
    try:
        yield made
    finally:
        seeds.leave(made)
