"""Leaving wipes everything: name, number, what was typed are in no object, file or log any more."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERS = ["answer", "dossier", "home", "name", "number", "search", "words"]
FORM = {"offer_form", "question", "check_answers", "form_done", "my_forms"}
DOORS = {"find_procedure", "procedure", "clips", "my_dossier", "rate"}
SCREENS = {"enter_can", "services", "ticket", "give_back", "language", "comfort", "help"} | FORM | DOORS
"""From each of them she leaves once."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("how", ["ends", "quiet"], ids=["she ends each visit", "she walks away each time"])
def test_nothing_of_a_citizen_is_left_when_she_has_gone(tmp_path, how):
    done = subprocess.run(
        [sys.executable, "-m", "tests.screens.forgetting_lobby", str(tmp_path), how],
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=560,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert not told["crashed"]
    assert told["during"] == HERS, "what is looked for should have been there during the visits"
    assert told["objects"] == []
    assert told["files"] == []
    assert set(told["screens"]) >= SCREENS
