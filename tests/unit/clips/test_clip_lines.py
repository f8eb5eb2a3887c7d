"""What is said in a clip, sentence by sentence, with the second at which it is said."""

from __future__ import annotations

import shutil
from itertools import pairwise

import pytest

from kiosk.clip_library import SHIPPED, load_clips

CLIP = "khai-sinh"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SHIPPED / CLIP, tmp_path / CLIP)
    return tmp_path


def said(folder, language="vi"):
    (clip,) = load_clips(folder)
    return clip.lines.get(language, ())


def captions(folder, text):
    (folder / CLIP / "captions.vi.vtt").write_text(text, encoding="utf-8")


def test_a_caption_of_two_sentences_is_two_lines_the_second_said_later(folder):
    captions(folder, "WEBVTT\n\n00:10.000 --> 00:20.000\nXong ngay.\nChờ ở quầy.\n")
    first, second = said(folder)
    assert (first.second, first.text) == (10.0, "Xong ngay.")
    assert second.text == "Chờ ở quầy."
    assert 14.0 < second.second < 16.0


def test_sums_of_money_are_not_torn_apart(folder):
    captions(folder, "WEBVTT\n\n00:10.000 --> 00:20.000\nPhí là 2.000 đồng một trang.\n")
    assert [line.text for line in said(folder)] == ["Phí là 2.000 đồng một trang."]


@pytest.mark.parametrize("content", [None, "no captions", "WEBVTT\n\n00:61.000 --> 00:70.000\nchữ\n"])
def test_without_captions_that_can_be_read_the_transcript_is_looked_through(folder, content):
    if content is None:
        (folder / CLIP / "captions.vi.vtt").unlink()
    else:
        captions(folder, content)
    lines = said(folder)
    assert len(lines) > 5
    assert {line.second for line in lines} == {0.0}


@pytest.mark.parametrize("clip", load_clips(SHIPPED), ids=lambda clip: clip.id)
def test_every_shipped_clip_can_be_looked_through_in_vietnamese_and_english(clip):
    assert {"vi", "en"} <= set(clip.lines)
    for lines in clip.lines.values():
        assert all(0 <= line.second < clip.seconds for line in lines)
        assert all(one.second <= other.second for one, other in pairwise(lines))
