"""Every event of the queue over the real API on both engines, beside a plain lobby; and that this can fail.

``LOBBY_EXAMPLES=500`` tries so many instead of a few.
"""

from __future__ import annotations

import pytest

from tests.faults.lobby_machine import MORE, explore
from tests.faults.places import Seed
from tests.faults.seeded_mistakes import MISTAKES

MOST = 12
"""Examples within which a mistake is found by the rules that can show it; with ``LOBBY_EXAMPLES`` by all."""

FEW = {"sqlite": 10, "postgresql": 5}


@pytest.mark.timeout(900 if MORE else 120)
@pytest.mark.parametrize("engine", sorted(FEW))
def test_the_lobby_keeps_its_rules(seeds: Seed, engine: str) -> None:
    assert explore(seeds, engine, MORE or FEW[engine]) > 0


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.replace(" ", "-"))
def test_a_seeded_mistake_is_found(seeds: Seed, mistake: str) -> None:
    made, rules = MISTAKES[mistake]
    with made(), pytest.raises(Exception) as found:
        explore(seeds, "sqlite", MORE or MOST, only=() if MORE else rules, fixed=True)
    assert found.type.__name__ in {"AssertionError", "FlakyStrategyDefinition", "FlakyFailure"}, found.value
