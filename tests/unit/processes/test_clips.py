"""Instruction clips: their list, their captions, and frames from a real ffmpeg."""

from __future__ import annotations

import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clip_library import ClipsError, Cue, caption_at, parse_captions
from kiosk.failures import FailureCode
from kiosk.processes.clips import ClipSource

VTT = """\ufeffWEBVTT - hướng dẫn

NOTE ghi chú
không phải phụ đề

STYLE
::cue { color: yellow }

1
00:00.000 --> 00:02.500 line:90% align:center
Đặt <b>căn cước</b> lên
đầu đọc.

00:00:03.000 --> 00:01:04.000
Ông &amp; bà
"""


def test_captions_are_read_without_notes_styles_names_settings_and_tags():
    assert parse_captions(VTT) == (
        Cue(0.0, 2.5, "Đặt căn cước lên\nđầu đọc."),
        Cue(3.0, 64.0, "Ông & bà"),
    )


def test_captions_with_windows_line_ends_are_the_same():
    assert parse_captions(VTT.replace("\n", "\r\n")) == parse_captions(VTT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00:00.000 --> 00:01.000\nchữ",
        "WEBVTTX\n\n00:00.000 --> 00:01.000\nchữ",
        "WEBVTT\n\n00:02.000 --> 00:01.000\nchữ",
        "WEBVTT\n\n00:61.000 --> 01:70.000\nchữ",
        "WEBVTT\n\n0:01 --> 0:02\nchữ",
        "WEBVTT\n\n00:01.000 -->\nchữ",
    ],
)
def test_what_is_no_caption_file_is_named_as_such(text):
    with pytest.raises(ClipsError):
        parse_captions(text)


@given(st.text())
def test_no_text_whatever_breaks_the_parser(text):
    for content in (text, "WEBVTT\n\n" + text, "WEBVTT\n\n00:00.000 --> 00:01.000\n" + text):
        try:
            cues = parse_captions(content)
        except ClipsError:
            continue
        assert all(cue.start < cue.end for cue in cues)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 100))), st.integers(0, 700))
def test_a_caption_stands_only_between_its_times(spans, second):
    cues = tuple(sorted((Cue(s, s + n, f"{s} {n}") for s, n in spans), key=lambda cue: (cue.start, cue.end)))
    shown = caption_at(cues, second)
    running = [cue for cue in cues if cue.start <= second < cue.end]
    assert shown == (running[-1].text if running else "")


@pytest.fixture(scope="session")
def red_clip(tmp_path_factory):
    """One second of red, 64 × 48."""
    path = tmp_path_factory.mktemp("clips") / "do.webm"
    source = "color=c=red:size=64x48:rate=15:duration=1"
    subprocess.run(
        ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", source, "-c:v", "libvpx", path],
        check=True,
    )
    path.with_suffix(".vtt").write_text("WEBVTT\n\n00:00.000 --> 00:00.500\nMàu đỏ\n", encoding="utf-8")
    return path


def watched(source: ClipSource, within: float = 15) -> tuple[list[bytes], set[str]]:
    frames, captions, end = [], set(), time.monotonic() + within
    while not source.ended and time.monotonic() < end:
        frame = source.newest_frame()
        if frame:
            frames.append(frame)
            captions.add(source.caption)
        time.sleep(0.01)
    return frames, captions


def test_a_clip_gives_its_frames_in_real_time_and_then_ends(red_clip):
    begun = time.monotonic()
    source = ClipSource(red_clip, red_clip.with_suffix(".vtt"), 80, 48)
    frames, captions = watched(source)
    assert source.ended
    assert source.failure is None
    assert time.monotonic() - begun > 0.7
    assert len(frames) >= 5
    red, green, blue = frames[0][(24 * 80 + 40) * 3 :][:3]
    assert (red > 200, green < 60, blue < 60) == (True, True, True)
    assert tuple(frames[0][:3]) != (red, green, blue), (
        "at the sides is the dark ground, not a stretched picture"
    )
    assert captions == {"Màu đỏ", ""}


@pytest.mark.parametrize("content", [None, b"", b"not a film" * 1000])
def test_a_missing_or_garbled_clip_is_a_named_failure(tmp_path, content):
    path = tmp_path / "hong.webm"
    if content is not None:
        path.write_bytes(content)
    source = ClipSource(path, None, 64, 48)
    assert watched(source) == ([], set())
    assert source.ended
    assert source.failure is FailureCode.CLIP_UNREADABLE


def test_stopping_a_clip_ends_its_process_at_once(red_clip):
    source = ClipSource(red_clip, None, 64, 48)
    end = time.monotonic() + 5
    while source._decoder.child is None and time.monotonic() < end:
        time.sleep(0.01)
    child = source._decoder.child
    source.close()
    while child.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    assert child.poll() is not None
    source.close()
