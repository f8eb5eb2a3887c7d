"""Every event of the queue over the real API on both engines, beside a plain lobby; and that this can fail.

``LOBBY_EXAMPLES=500`` tries so many instead of a few.
"""

from __future__ import annotations

import pytest

from tests.faults.lobby_machine import MORE, explore
from tests.faults.places import Seed

FEW = {"sqlite": 25, "postgresql": 10}


@pytest.mark.timeout(900 if MORE else 120)
@pytest.mark.parametrize("engine", sorted(FEW))
def test_the_lobby_keeps_its_rules(seeds: Seed, engine: str) -> None:
    explore(seeds, engine, MORE or FEW[engine])
