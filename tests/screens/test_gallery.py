"""The gallery shows everything there is: every screen in docs/screens, every widget on a page, every mode."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from kiosk.bootstrap import command_line
from screens.gallery import samples
from screens.gallery.modes import CONTRASTS, LAYOUTS, SIZES, Mode, mode_of, modes
from screens.gallery.product import readme
from screens.gallery.sheets import SMALL_BYTES, SMALL_WIDE, write_index, write_sheets, write_small

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "screens"
AGAIN = "; `python main.py gallery --docs` draws the set anew"


def test_docs_show_every_screen_once_and_nothing_else():
    drawn = {path.stem for path in DOCS.glob("*.png")}
    assert drawn == set(samples()), "not the samples of today" + AGAIN


def test_the_index_of_docs_names_every_picture():
    assert (DOCS / "README.md").read_text(encoding="utf-8") == readme(), "an old index" + AGAIN


def test_pictures_of_docs_are_small():
    for path in DOCS.glob("*.png"):
        with Image.open(path) as picture:
            assert picture.width == SMALL_WIDE, path.name
        assert path.stat().st_size <= SMALL_BYTES, path.name


@pytest.mark.timeout(420)
def test_nothing_of_a_screen_stays_on_the_one_after_it():
    done = subprocess.run(
        [sys.executable, "-m", "tests.screens.leftovers", "405", "720"],
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [], "drawn otherwise after another screen"


def test_every_widget_of_the_screens_stands_on_a_page_of_samples():
    here = {
        name
        for path in (ROOT / "screens" / "widgets").glob("*.py")
        for name, bases in re.findall(r"^class (\w+)\(([^)]*)\)", path.read_text(), re.M)
        if not name.startswith("_") and "Protocol" not in bases and "Generic" not in bases
    }
    code = "from screens.gallery.widgets import sampled_classes; print(json.dumps(sorted(sampled_classes())))"
    window = "from kiosk.settings import ScreenSettings; from screens.window import prepare_window; "
    done = subprocess.run(
        [sys.executable, "-c", f"import json; {window}prepare_window(ScreenSettings(), 'test'); {code}"],
        cwd=ROOT,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    # What others are made of is seen in those.
    assert here - set(json.loads(done.stdout.splitlines()[-1])) == {
        "Page",
        "Pressable",
        "Slab",
        "TextButton",
        "Field",
    }


def test_a_mode_is_written_as_its_folder():
    every = modes(["vi", "hmn-Latn"], SIZES, CONTRASTS, LAYOUTS)
    assert len(set(every)) == 2 * 3 * 2 * 4
    assert all(mode_of(str(mode)) == mode for mode in every)
    both = Mode("en", "2", "high", "low_left").comfort
    assert (both.low, both.left_handed) == (True, True)


@pytest.mark.parametrize(
    "text", ["", "vi", "vi/0-usual", "vi/3-usual-usual", "vi/0-low-usual", "/0-usual-usual"]
)
def test_no_other_mode_is_known(text):
    with pytest.raises(ValueError):
        mode_of(text)


def test_sheets_hold_so_many_pictures_each(tmp_path):
    pictures = []
    for number in range(5):
        pictures.append(tmp_path / f"{number}.png")
        Image.new("RGB", (108, 192), "white").save(pictures[-1])
    assert [path.name for path in write_sheets(tmp_path, pictures, 2, 2)] == [
        "sheet_01.png",
        "sheet_02.png",
        "sheet_03.png",
    ]
    write_index(tmp_path, [tmp_path])
    assert all(f"{n}.png" in (tmp_path / "index.html").read_text() for n in range(5))


def test_a_busy_picture_gets_fewer_colours_until_it_is_small(tmp_path):
    noise = Image.effect_noise((1080, 1920), 80).convert("RGB")
    noise.save(tmp_path / "noise.png")
    write_small(tmp_path / "noise.png", tmp_path / "small.png")
    with Image.open(tmp_path / "small.png") as small:
        assert small.size == (432, 768)
        assert len(small.getcolors()) <= 16


def test_one_screen_is_drawn_in_the_modes_one_asks_for(tmp_path):
    ways = ["--language", "vi,en", "--sizes", "0,2", "--panel", "540x960", "--inches", "21.5"]
    assert command_line(["gallery", "--out", str(tmp_path), "--screens", "enter_can", *ways]) == 0
    drawn = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("enter_can.png"))
    assert drawn == [
        f"540x960/{language}/{size}-usual-usual/enter_can.png" for language in ("en", "vi") for size in (0, 2)
    ]
    with Image.open(tmp_path / drawn[0]) as picture:
        assert picture.size == (540, 960)
    assert (tmp_path / "index.html").is_file()


@pytest.mark.parametrize("wrong", [["--language", "xx"], ["--sizes", "4"], ["--panel", "wide"]])
def test_a_mode_that_does_not_exist_is_refused_with_a_word(tmp_path, capsys, wrong):
    assert command_line(["gallery", "--out", str(tmp_path), *wrong]) == 2
    assert wrong[1] in capsys.readouterr().err
