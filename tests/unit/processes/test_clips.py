"""Instruction clips: their list, their captions, and frames from a real ffmpeg."""

from __future__ import annotations

import os
import subprocess
import time
import wave
from array import array
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.clip_library import ClipsError, Cue, caption_at, parse_captions
from kiosk.failures import FailureCode
from kiosk.processes import clips_decoding
from kiosk.processes.clips import ClipSource
from kiosk.processes.clips_sound import ClipSound

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


def watched(source: ClipSource, within: float = 60) -> tuple[list[bytes], set[str]]:
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
    end = time.monotonic() + 30
    while source._decoder.child is None and time.monotonic() < end:
        time.sleep(0.01)
    child = source._decoder.child
    source.close()
    while child.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    assert child.poll() is not None
    source.close()


# -- the player --------------------------------------------------------------------------------------------


def wait_for(holds, within: float = 60) -> bool:
    end = time.monotonic() + within
    while not holds() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(holds())


def first_frame(source: ClipSource) -> bytes:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        frame = source.newest_frame()
        if frame:
            return frame
        time.sleep(0.01)
    raise AssertionError("no frame came")


@pytest.fixture(scope="session")
def coloured_clip(tmp_path_factory):
    """Thirty seconds that grow from black to white, with a tone: H.264 and AAC, 64 × 48."""
    path = tmp_path_factory.mktemp("clips") / "sang.mp4"
    picture = "color=c=black:size=64x48:rate=15:duration=30,geq=lum='255*T/30':cb=128:cr=128"
    subprocess.run(
        [
            *("ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", picture),
            *("-f", "lavfi", "-i", "sine=frequency=440:duration=30", "-c:v", "libx264", "-g", "60"),
            *("-pix_fmt", "yuv420p", "-movflags", "+faststart", "-c:a", "aac", path),
        ],
        check=True,
    )
    return path


def brightness(frame: bytes) -> float:
    """Seconds of the growing clip that this frame belongs to."""
    return frame[(24 * 64 + 32) * 3] / 255 * 30


def test_a_clip_begins_where_it_was_left(coloured_clip):
    source = ClipSource(coloured_clip, None, 64, 48, start=20, length=30, paused=True)
    assert brightness(first_frame(source)) == pytest.approx(20, abs=2)
    assert source.position == pytest.approx(20, abs=0.1)
    source.close()


def test_a_clip_that_was_stopped_stands_and_goes_on(coloured_clip):
    source = ClipSource(coloured_clip, None, 64, 48, length=30)
    first_frame(source)
    source.pause()
    at = source.position
    time.sleep(0.3)
    assert source.position == at
    source.resume()
    assert wait_for(lambda: source.position > at + 0.2)
    source.close()


def test_steps_go_back_and_forward_and_stay_within_the_clip(coloured_clip):
    source = ClipSource(coloured_clip, None, 64, 48, start=5, length=30, paused=True)
    first_frame(source)
    source.step(10)
    assert brightness(first_frame(source)) == pytest.approx(15, abs=2)
    source.step(-10)
    assert brightness(first_frame(source)) == pytest.approx(5, abs=2)
    source.step(-10)
    assert source.position == 0
    source.seek(10_000)
    assert source.position <= 30
    source.close()


def slowest_and_fastest(source: ClipSource) -> tuple[float, float]:
    """The speed at which it plays lies between these, however long this process was kept from running."""
    early, at, late = time.monotonic(), source.position, time.monotonic()
    assert wait_for(lambda: source.position > at + 0.4)
    before, to, after = time.monotonic(), source.position, time.monotonic()
    return (to - at) / (after - early), (to - at) / (before - late)


def test_faster_is_faster(coloured_clip):
    source = ClipSource(coloured_clip, None, 64, 48, length=30, speed=1.5)
    first_frame(source)
    slowest, fastest = slowest_and_fastest(source)
    assert slowest <= 1.5 * 1.1 and fastest >= 1.5 * 0.9
    source.set_speed(0.75)
    slowest, fastest = slowest_and_fastest(source)
    assert slowest <= 0.75 * 1.1 and fastest >= 0.75 * 0.9
    source.close()


@pytest.mark.parametrize("speed", [0.75, 1.0, 1.5])
def test_what_is_heard_keeps_its_pitch_at_every_speed(coloured_clip, tmp_path, speed):
    sound = ClipSound(coloured_clip, f"record:{tmp_path}", 1.0)
    sound.play(25.0, speed)
    assert wait_for(lambda: (tmp_path / "clip.wav").is_file() and all_ended(sound))
    with wave.open(str(tmp_path / "clip.wav")) as file:
        heard = array("h", file.readframes(file.getnframes()))
        seconds = file.getnframes() / file.getframerate()
    assert seconds == pytest.approx(5 / speed, rel=0.1)
    rising = sum(one < 0 <= other for one, other in pairwise(heard))
    assert rising / seconds == pytest.approx(440, rel=0.05)
    assert sound.failure is None


def all_ended(sound: ClipSound) -> bool:
    return bool(sound._children) and all(child.poll() is not None for child in sound._children)


def test_without_a_sound_card_the_picture_goes_on(coloured_clip):
    source = ClipSource(coloured_clip, None, 64, 48, length=30, volume=0.5, device="hw:CARD=vang")
    first_frame(source)
    assert wait_for(lambda: source.newest_frame() is None and source.sound_failure is not None)
    assert source.sound_failure is FailureCode.SPEAKER_NOT_FOUND
    at = source.position
    assert wait_for(lambda: source.position > at + 0.3)
    assert source.failure is None
    source.close()


def test_a_clip_that_does_not_end_is_ended(coloured_clip):
    source = ClipSource(coloured_clip, None, 64, 48, start=0.2, length=0.5)
    frames, _ = watched(source)
    assert source.ended
    assert 5 < len(frames) < 60
    assert source.failure is None


def test_a_decoder_that_gives_nothing_is_ended(tmp_path, monkeypatch, coloured_clip):
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(clips_decoding, "STALL_SECONDS", 0.3)
    source = ClipSource(coloured_clip, None, 64, 48)
    assert watched(source) == ([], set())
    assert source.failure is FailureCode.CLIP_UNREADABLE


DAMAGE = st.one_of(
    st.tuples(st.just("cut"), st.floats(0, 1), st.just(b"")),
    st.tuples(st.just("written over"), st.floats(0, 1), st.binary(min_size=1, max_size=400)),
    st.tuples(st.just("inserted"), st.floats(0, 1), st.binary(min_size=1, max_size=400)),
)


@settings(max_examples=15, deadline=None)
@given(damage=st.lists(DAMAGE, min_size=1, max_size=3), sound=st.booleans())
def test_no_damaged_file_keeps_the_player_from_ending(red_clip, tmp_path_factory, damage, sound):
    content = red_clip.read_bytes()
    for kind, where, what in damage:
        at = int(where * len(content))
        rest = {"cut": b"", "written over": content[at + len(what) :], "inserted": content[at:]}[kind]
        content = content[:at] + what + rest
    folder = tmp_path_factory.mktemp("hong")
    path = folder / "hong.webm"
    path.write_bytes(content)
    device = f"record:{folder}" if sound else ""
    source = ClipSource(path, None, 64, 48, length=1.0, volume=1.0, device=device)
    asked = time.monotonic()
    source.newest_frame()
    assert time.monotonic() - asked < 1, "asking never waits"
    frames, _ = watched(source, within=30)
    assert source.ended
    assert all(len(frame) == 64 * 48 * 3 for frame in frames)
    source.close()


def test_a_playlist_in_disguise_opens_no_other_file(tmp_path, red_clip):
    path = tmp_path / "phim.mp4"
    path.write_text(f"ffconcat version 1.0\nfile '{red_clip}'\n")
    assert watched(ClipSource(path, None, 64, 48)) == ([], set())
