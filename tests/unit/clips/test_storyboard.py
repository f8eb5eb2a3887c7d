"""Mistakes in a storyboard are named by file, line and scene; nothing else happens to whoever writes one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.clip_library import SHIPPED
from kiosk.processes.clip_making.building import KioskScreens
from kiosk.processes.clip_making.drawing import Workshop
from kiosk.processes.clip_making.frames import Film
from kiosk.processes.clip_making.icons import shipped_icons
from kiosk.processes.clip_making.narration import narrate, spoken_words
from kiosk.processes.clip_making.storyboard import CAPITALS_LEAST, StoryboardError, load_storyboard
from tests.unit.clips.conftest import STORY, Tone

SHIPPED_BOARDS = sorted((SHIPPED / "storyboards").glob("*.yaml"))


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "thu.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StoryboardError) as told:
        load_storyboard(path)
    return told.value.problems


def test_a_storyboard_is_read(tmp_path):
    path = tmp_path / "thu.yaml"
    path.write_text(STORY, encoding="utf-8")
    board = load_storyboard(path)
    assert (board.id, board.title["vi"], board.languages) == ("thu", "Thử", ("vi", "en"))
    assert [line.captions["vi"] for line in board.scenes[0].lines] == ["Câu thứ nhất", "Câu thứ 2"]


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("icon: baby, at: [100, 200]", "icon: baby, at: [1300, 200]", "thu.yaml:8: scene 1 (one): show.0.at"),
        ("from: 2}\n    pointers", "from: 3}\n    pointers", "“from: 3”, but the scene has 2 line(s)"),
        ("say: Câu thứ nhất", "say: Câu thứ 1", "numbers are spoken as words"),
        ("icon: baby", "icn: baby", "thu.yaml:8: scene 1 (one): show.0: needs one of"),
        ("capitals", "capitals", None),
        ('"1.001193"', '"khai sinh"', "“khai sinh” is no code of a procedure"),
        ("topic: Hộ tịch\n", "", "thu.yaml:1: topic: Field required"),
        (
            "heading: Một việc",
            "heading: Một việc\n    heading: Hai",
            "thu.yaml:7: “heading” is written twice",
        ),
        ("scenes:", "scenes: [", "not YAML"),
        ("scenes:", "valid_until: 2027-13-30\nscenes:", "“2027-13-30” is none; a day is written 2027-02-28"),
        ("[Một, Hai]", "[]", "thu.yaml:17: scene 2 (two): show.0.rows"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, wrong, right, told):
    if told is None:
        text = STORY.replace("box: [500, 200, 500, 200]", "box: [500, 200, 500, 200], capitals: 12")
        told = f"greater than or equal to {CAPITALS_LEAST:g}"
    else:
        assert wrong in STORY
        text = STORY.replace(wrong, right, 1)
    found = problems(tmp_path, text)
    assert any(told in problem for problem in found), found


def test_all_mistakes_are_told_at_once(tmp_path):
    text = STORY.replace("icon: baby", "icn: baby").replace("say: Hết", "say: Hết 5")
    assert len(problems(tmp_path, text)) == 2


def test_a_missing_or_empty_file_is_named(tmp_path):
    with pytest.raises(StoryboardError, match=r"vang\.yaml"):
        load_storyboard(tmp_path / "vang.yaml")
    assert problems(tmp_path, "") == ["thu.yaml:1: the file is empty"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1"))), st.integers(0, len(STORY)))
def test_no_text_whatever_gives_anything_but_a_named_mistake(tmp_path, text, at):
    path = tmp_path / "thu.yaml"
    for content in (text, STORY[:at] + text + STORY[at:]):
        path.write_text(content, encoding="utf-8")
        try:
            load_storyboard(path)
        except StoryboardError as error:
            assert all(problem.startswith("thu.yaml") for problem in error.problems)


def _film(board_text: str, folder: Path, look) -> Film:
    path = folder / "thu.yaml"
    path.write_text(board_text, encoding="utf-8")
    board = load_storyboard(path)
    return Film(
        narrate(board, path, Tone()), Workshop(look, shipped_icons(), folder, KioskScreens(folder)), path
    )


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("icon: baby", "icon: babi", "scene 1 (one): there is no icon “babi”"),
        ("Giấy chứng sinh", "Giấy " * 60, "scene 1 (one): “Giấy"),
        ("rows: [Một, Hai]", "picture: vang.png", "scene 2 (two): there is no picture vang.png"),
        ("rows: [Một, Hai]", "screen: vang", "scene 2 (two): the gallery has no screen “vang”"),
        (
            "rows: [Một, Hai]",
            "{words: Trên, at: [60, 50]}\n      - {words: Dưới, at: [70, 60]}",
            "“Trên” and “Dưới” lie over each other",
        ),
    ],
)
def test_what_cannot_be_drawn_is_named_with_its_scene(tmp_path, look, right, wrong, told):
    assert right in STORY
    with pytest.raises(StoryboardError) as error:
        _film(STORY.replace(right, wrong, 1), tmp_path, look)
    assert told in str(error.value)


def test_a_recording_that_is_missing_is_named_with_its_scene(tmp_path):
    path = tmp_path / "thu.yaml"
    path.write_text(STORY.replace("say: Hết", "recorded: het.wav").replace("{en: End}", "{vi: Hết}"), "utf-8")
    with pytest.raises(StoryboardError, match=r"scene 2 \(two\): there is no recording het\.wav"):
        narrate(load_storyboard(path), path, Tone())


def test_a_scene_lasts_as_long_as_its_lines_and_captions_follow_them(tmp_path):
    path = tmp_path / "thu.yaml"
    path.write_text(STORY, encoding="utf-8")
    told = narrate(load_storyboard(path), path, Tone())
    assert told.seconds == pytest.approx(told.sound.seconds, abs=0.01)
    cues = told.cues("vi")
    assert [cue.text for cue in cues] == ["Câu thứ nhất", "Câu thứ 2", "Hết", "Thật hết"]
    assert all(one.end <= other.start for one, other in pairwise(cues))
    assert cues[-1].end <= told.seconds


def test_the_voice_says_ong_ba_without_the_stroke():
    assert spoken_words("Kính chào ông/bà, lấy số “Hộ tịch”.") == "Kính chào ông bà, lấy số Hộ tịch ."


@pytest.mark.parametrize("path", SHIPPED_BOARDS, ids=lambda path: path.stem)
def test_every_shipped_storyboard_is_right(path):
    board = load_storyboard(path)
    assert "en" in board.languages
    text = path.read_text(encoding="utf-8")
    assert " bạn " not in text, "citizens are addressed as ông/bà"


def test_shipped_storyboards_tell_of_the_eight_matters():
    ids = {path.stem for path in SHIPPED_BOARDS}
    assert ids >= {
        *("lay-so", "dung-can-cuoc", "khai-sinh", "khai-tu", "ket-hon", "tinh-trang-hon-nhan"),
        *("chung-thuc-ban-sao", "tra-cuu-ho-so"),
    }
