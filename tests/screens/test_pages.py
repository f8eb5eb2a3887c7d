"""Every citizen's screen is built and measured as it stands on the panel, without a display."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "screens"


def offscreen(module: str, *arguments: str, timeout: float = 150) -> subprocess.CompletedProcess[str]:
    """Run a module where windows are drawn into memory."""
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout, check=False
    )


PANELS = {
    "upright": (540, 960),
    "lying": (960, 540),
}  # half the pixels, the same millimetres
# Every size with every place of the buttons at least once; all others: python -m tests.screens.page_checks
MODES = ("vi-0", "vi-0-low", "vi-1-left-contrast", "vi-2", "vi-2-low-left", "en-0", "en-2-low")


@pytest.fixture(scope="module")
def seen():
    """What was seen of the pages, by panel: mode, what is wrong, which texts fill their page too much. Each
    panel is one process, and both work side by side.
    """

    def look(size):
        done = offscreen("tests.screens.page_checks", *map(str, size), *MODES, timeout=560)
        told = [json.loads(line) for line in done.stdout.splitlines()]
        return {one["mode"]: one for one in told}, done.stderr[-2000:]

    with ThreadPoolExecutor(len(PANELS)) as pool:
        return dict(zip(PANELS, pool.map(look, PANELS.values()), strict=True))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_too_small_too_near_cut_or_out_of_reach(seen, panel, mode):
    """Touch targets ≥ 13 mm, the main one ≥ 20 mm, 3 mm apart; no words cut, broken or over others; capitals
    of 7 mm, more where larger letters were chosen; in the low layout all below 1.1 m.
    """
    told, wrong = seen[panel]
    assert mode in told, wrong
    assert told[mode]["problems"] == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize("panel", PANELS)
def test_english_fills_no_page_that_the_vietnamese_does_not(seen, panel):
    told, wrong = seen[panel]
    assert {"vi-0", "en-0"} <= told.keys(), wrong
    too_full = {screen for screen, _, _ in told["vi-0"]["too_full"]}
    assert [one for one in told["en-0"]["too_full"] if one[0] not in too_full] == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("panel", PANELS)
def test_the_procedures_with_the_most_words_are_readable_too(panel):
    done = offscreen("tests.screens.procedure_checks", *map(str, PANELS[panel]), "vi-0", "25", timeout=280)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["problems"] == []


def test_a_citizen_who_left_leaves_no_words_in_any_widget():
    done = offscreen("tests.screens.forgetting")
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["during"], "the citizen's name should have been on a screen"
    assert seen["after"] == []


def test_every_screen_of_the_visit_has_a_sample_and_follows_its_view_model():
    from kiosk.visit.states import NAMES
    from screens.gallery import samples

    assert {view.name for view in samples().values()} == set(NAMES.values())


def test_pages_declare_every_field_of_their_view_model():
    done = offscreen("tests.screens.page_fields")
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {}


OURS = [
    path
    for path in [*SCREENS.glob("*.py"), *SCREENS.glob("widgets/*"), *SCREENS.glob("citizen/**/*")]
    if path.suffix in (".py", ".kv")
]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(SCREENS)))
def test_no_words_and_no_literal_colours_stand_in_code(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".kv":
        kv = [text]
    else:
        constants = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
        kv = [node.value for node in constants if isinstance(node.value, str)]
        kv = [value for value in kv if value.lstrip().startswith(("<", "#:")) or "\n<" in value]
    for value in kv:
        assert not re.search(r"#[0-9A-Fa-f]{6}\b", value)
        assert not re.search(r"\bapp\.", value)
        assert not re.search(r"\b(dp|sp|pt)\(", value)
        assert not _vietnamese(value)
    if path.suffix == ".py":
        tree = ast.parse(text)
        words = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _vietnamese(node.value)
        ]
        docstrings = [
            ast.get_docstring(node, clean=False)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        ]
        assert [word for word in words if word not in docstrings and word not in _KEYS] == []


_KEYS = {"asdfghjklđ", "ăâêôơư,.-'"}  # the keys of a keyboard are no words


def _vietnamese(text: str) -> bool:
    return any(ord(letter) > 127 and unicodedata.category(letter).startswith("L") for letter in text)


def test_fields_of_the_window_are_what_the_stage_reads():
    from screens.citizen.screens import KioskView

    assert {field.name for field in fields(KioskView)} == {
        "name",
        "key",
        "centre",
        "help",
        "screen",
        "frame",
        "comfort",
        "overlay",
        "spoken",
        "news",
    }
