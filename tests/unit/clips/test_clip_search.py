"""Clips are found by what is said in them, as people type it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clip_library import SHIPPED, load_clips
from kiosk.clip_search import find
from kiosk.visit.states import Clip, ClipLine

CLIPS = load_clips(SHIPPED)

BIRTH = Clip(
    "khai-sinh",
    "Đăng ký khai sinh",
    60,
    Path("khai-sinh.mp4"),
    titles={"vi": "Đăng ký khai sinh", "en": "Registering a birth"},
    topics={"vi": "Hộ tịch", "en": "Civil status"},
    lines={
        "vi": (
            ClipLine(5.0, "Mang theo giấy chứng sinh."),
            ClipLine(20.0, "Chúng tôi thu lệ phí tại quầy."),
        ),
        "en": (ClipLine(6.0, "Bring the certificate of birth."),),
    },
)
COPIES = Clip(
    "ban-sao",
    "Chứng thực bản sao",
    60,
    Path("ban-sao.mp4"),
    topics={"vi": "Chứng thực"},
    lines={"vi": (ClipLine(9.0, "Lệ phí hai nghìn đồng một trang."),)},
)


def first(text: str, language: str = "vi") -> tuple[str, float | None]:
    best = find(CLIPS, text, language)[0]
    return best.clip.id, best.line.second if best.line is not None else None


@pytest.mark.parametrize(
    "text",
    [
        "giấy chứng sinh",
        "giay chung sinh",
        "giấy chứng si",
        "giay chugn sinh",
        "giâys chuwngs sinh",
        "giấy chứng xinh",
        "GIẤY CHỨNG SINH",
    ],
)
def test_a_line_is_found_however_it_is_typed(text):
    clip, second = first(text)
    assert clip == "khai-sinh"
    said = next(one for one in CLIPS if one.id == clip).lines["vi"]
    assert "giấy chứng sinh" in next(line.text for line in said if line.second == second)


def test_what_is_found_by_its_title_has_no_line():
    (found,) = find((BIRTH, COPIES), "khai sinh")
    assert (found.clip, found.line) == (BIRTH, None)


def test_what_is_found_by_its_topic_has_no_line():
    (found,) = find((BIRTH, COPIES), "ho tich")
    assert (found.clip, found.line) == (BIRTH, None)


def test_clips_of_one_topic_stand_together():
    topics = [one.clip.topic for one in find(CLIPS, "le phi")]
    assert len(topics) > 2
    assert topics == sorted(topics, key=topics.index)


def test_each_clip_is_found_once():
    ids = [one.clip.id for one in find(CLIPS, "ong ba")]
    assert len(ids) == len(set(ids))


def test_lines_are_found_in_the_language_of_the_screens_and_in_vietnamese_where_there_are_none():
    assert find((BIRTH, COPIES), "certificate", "en")[0].line == BIRTH.lines["en"][0]
    assert find((BIRTH, COPIES), "le phi", "en")[0].clip is COPIES
    assert find((BIRTH,), "certificate", "vi") == ()
    assert find((BIRTH,), "khai sinh", "en")[0].clip is BIRTH


@pytest.mark.parametrize("text", ["", "   ", "?!", "bằng lái xe ô tô", "zzzz"])
def test_nothing_is_found_for_nothing_or_what_nobody_says(text):
    assert find(CLIPS, text) == ()


@given(st.text(max_size=60), st.sampled_from(["vi", "en", "hmn-Latn"]))
def test_no_text_whatever_breaks_the_search(text, language):
    for one in find(CLIPS, text, language):
        assert one.clip in CLIPS
        assert one.line is None or 0 <= one.line.second <= one.clip.seconds


def test_without_clips_nothing_is_found():
    assert find((), "khai sinh") == ()
    assert find((Clip("a", "A", 1, Path("a.mp4")),), "khai sinh") == ()
