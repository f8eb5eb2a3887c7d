"""What hangs from the ceiling can be read from the last row of seats, in every state."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[3]
PX_PER_MM = 2.0167  # 1920×1080 on 43 inches
CAPITALS = {"numerals": 0.714, "text": 0.74, "semibold": 0.74, "bold": 0.74}


def draw(out, width, height):
    subprocess.run(
        [
            sys.executable,
            str(Path(__file__).with_name("ceiling_pictures.py")),
            *(str(out), str(width), str(height)),
        ],
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return json.loads((out / "drawn.json").read_text()), out


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Texts as drawn on a 43-inch panel, and the folder of the pictures."""
    return draw(tmp_path_factory.mktemp("ceiling"), 1920, 1080)


def capitals_mm(line):
    return line["font_size"] * CAPITALS[line["font"]] / PX_PER_MM


def find(lines, text):
    return next(line for line in lines if line["text"] == text)


@pytest.mark.parametrize(("state", "number"), [("fresh", "A015"), ("settled", "A015"), ("one", "A001")])
def test_the_called_number_is_at_least_110_mm_high(drawn, state, number):
    assert capitals_mm(find(drawn[0][state], number)) >= 110


def test_the_counter_is_unmistakable(drawn):
    assert capitals_mm(find(drawn[0]["fresh"], "Quầy 9")) >= 80
    assert capitals_mm(find(drawn[0]["wide"], "Quầy 88")) >= 80


def test_earlier_calls_are_at_least_60_mm_high(drawn):
    for number in ("C007", "K120", "A014", "D003"):
        assert capitals_mm(find(drawn[0]["fresh"], number)) >= 59.5


def test_what_a_citizen_must_read_is_legible_at_five_metres_and_more(drawn):
    """15 minutes of arc: distance × 0.004 (NUREG-0700 11.4.1.5); the lobby's name is for nobody far away."""
    for state in ("stale", "starting"):
        notice = max(drawn[0][state], key=lambda line: "từ" in line["text"] or "nối" in line["text"])
        assert capitals_mm(notice) >= 20


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 720), (1366, 768), (1024, 768)])
def test_no_text_leaves_the_screen_wraps_or_is_cut(drawn, tmp_path, width, height):
    states = drawn[0] if width == 1920 else draw(tmp_path, width, height)[0]
    for state, lines in states.items():
        for line in lines:
            left, bottom, box_width, box_height = line["box"]
            middle_x, middle_y = left + box_width / 2, bottom + box_height / 2
            ink_width, ink_height = line["texture"][0], line["font_size"] * 1.1
            where = (state, line["text"])
            assert middle_x - ink_width / 2 >= -1, where
            assert middle_x + ink_width / 2 <= width + 1, where
            assert middle_y - ink_height / 2 >= -1, where
            assert middle_y + ink_height / 2 <= height + 1, where
            if "\n" not in line["text"]:
                assert line["texture"][1] < 2 * line["font_size"], f"{where} wraps"


def test_each_state_shows_what_it_should(drawn):
    texts = {state: {line["text"] for line in lines} for state, lines in drawn[0].items()}
    assert "Mời ông/bà\nlấy số tại máy" in texts["empty"]
    assert not {"Mời số", "Quầy"} & texts["empty"]
    assert "Mời ông/bà\nlấy số tại máy" not in texts["fresh"]
    assert {"A015", "Quầy 9", "C007", "2", "Đang chờ: 12 người", "09:41", "23/11"} <= texts["fresh"]
    assert "Số" not in texts["one"], "no head over an empty list"
    assert any("09:35" in text for text in texts["stale"])
    assert "K120" in texts["stale"]
    assert "Màn hình gọi số" in texts["name"]


def test_a_new_call_stands_on_lacquer_red_and_settles(drawn):
    def field(state):
        return Image.open(drawn[1] / f"{state}.png").convert("RGB").getpixel((80, 180))

    red, green, blue = field("fresh")
    assert red > 80
    assert max(green, blue) < 40
    assert min(field("settled")) > 230
