"""Centres, backends and servers are killed under load; ``script/bench faults`` does it 500 times."""

from __future__ import annotations

import pytest

from tests.faults.kills import STEADY, run
from tests.faults.places import Place

KILLS = 12


@pytest.mark.timeout(120)
def test_kills_under_load_lose_and_double_nothing(place: Place) -> None:
    outcome = run(place, KILLS, seed=4, processes=1 if place.server is None else 2)
    assert outcome.books.faults == ()
    assert outcome.wrong == []
    assert outcome.books.epochs == 1, "a kill is no restore"
    assert outcome.in_flight >= KILLS // 2, "the kills struck while requests were under way"
    assert outcome.told >= STEADY * KILLS, "the lobby was at work"
