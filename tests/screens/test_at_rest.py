"""While nobody stands before the kiosk its window prepares; while somebody does it answers at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.screens.resting_window"],
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_every_screen_is_built_before_somebody_comes(seen):
    assert seen["built at rest"] == seen["screens"]


def test_nothing_is_built_or_collected_while_somebody_is_there(seen):
    assert seen["built while touched"] == 0
    assert seen["set aside while touched"] == 0


def test_what_a_visit_left_is_thrown_away_at_rest(seen):
    assert seen["garbage after the rest"] == 0
    assert seen["set aside at rest"] > 0


def test_visits_without_a_rest_are_tidied_up_together(seen):
    assert seen["garbage after visits without a rest"] == 0


def test_nothing_stays_set_aside_when_the_window_is_closed(seen):
    assert seen["set aside after the end"] == 0
    assert seen["Python's own thresholds again"] is True


def test_a_touch_is_answered_by_the_frame_that_follows_it_at_once(seen):
    assert seen["looks while waiting for a frame"] >= 3
    assert seen["waited on after a touch"] is False
    assert seen["waited on after news"] is False


def test_other_letters_are_built_for_what_is_seen_first(seen):
    assert seen["built beneath the panel"] == 0
    assert seen["shown in the largest letters"] == ["StartPage"]
