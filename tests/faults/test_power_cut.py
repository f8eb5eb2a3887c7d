"""After a power cut at any moment everything acknowledged is there, whole and once; and the test can tell."""

from __future__ import annotations

import random
from collections.abc import Iterator

import apsw
import pytest

from kiosk.centre.store.store import StoreFullError
from tests.faults.power_cuts import PowerCuts, Seeded, Tally

CUTS = 520
"""With something unsynced; ``python -m tests.bench.power_cuts`` makes thousands."""


@pytest.fixture(scope="module")
def cuts() -> Iterator[PowerCuts]:
    made = PowerCuts()
    try:
        yield made
    finally:
        made.close()


def runs(cuts: PowerCuts, unsynced: int, seeded: Seeded | None = None) -> Tally:
    """Runs with seeds 1, 2, 3 … until so many cuts had something to lose."""
    tally, seed = Tally(), 0
    while tally.unsynced < unsynced:
        seed += 1
        tally.add(cuts.run(seed, seeded))
        assert seed < 100, "next to no cut had anything unsynced: nothing is tested"
    return tally


def test_what_was_acknowledged_survives_every_cut(cuts: PowerCuts) -> None:
    tally = runs(cuts, CUTS)
    assert tally.bad == 0, tally.examples
    assert tally.worst_loss == 0
    assert tally.reopened > 0, "the centre was started over what remained"
    assert tally.survived_unacknowledged > 0, "some cuts struck between the commit and its answer"


@pytest.mark.parametrize(
    ("seeded", "word"),
    [
        (Seeded(synchronous="NORMAL"), "lost"),
        (Seeded(synchronous="OFF"), "corrupt"),
        (Seeded(lies=True), "corrupt"),
        (Seeded(two_transactions=True), "torn"),
        (Seeded(too_early=True), "lost"),
    ],
    ids=["synchronous=NORMAL", "synchronous=OFF", "a disk that lies", "two transactions", "told too early"],
)
def test_a_mistake_is_found(cuts: PowerCuts, seeded: Seeded, word: str) -> None:
    tally, seed = Tally(), 0
    while not tally.words[word]:
        seed += 1
        tally.add(cuts.run(seed, seeded))
        assert seed < 10, f"not found in {tally.unsynced} cuts, only {tally.words}"


@pytest.mark.parametrize("code", [apsw.SQLITE_FULL, apsw.SQLITE_IOERR_WRITE, apsw.SQLITE_IOERR_FSYNC])
def test_a_disk_that_refuses_now_and_then_loses_and_doubles_nothing(cuts: PowerCuts, code: int) -> None:
    refused = 0
    for seed in range(3):
        tally = cuts.run_with_refusals(random.Random(seed), code, StoreFullError)  # noqa: S311
        assert tally.bad == 0, tally.examples
        refused += tally.refused
    assert refused > 10, "the disk did refuse"
