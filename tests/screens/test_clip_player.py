"""The clip player shows a real clip with its caption, and a broken one ends by itself."""

from __future__ import annotations

import json
import subprocess

from tests.screens.test_pages import offscreen


def test_a_clip_is_seen_with_its_caption_and_its_end_is_told(tmp_path):
    video, captions = tmp_path / "do.webm", tmp_path / "do.vtt"
    source = "color=c=red:size=320x480:rate=15:duration=2"
    subprocess.run(
        ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i", source, "-c:v", "libvpx", video],
        check=True,
    )
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nĐặt căn cước\n", encoding="utf-8")
    done = offscreen("tests.screens.clip_window", str(video), str(captions))
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["sent"] == ["ClipEnded"]
    assert seen["captions"] == ["", "Đặt căn cước"]
    red, green, blue = seen["colour"]
    assert (red > 200, green < 60, blue < 60) == (True, True, True)
    assert seen["stopped"]
    assert seen["stood_still"], "a clip that is stopped stands"
    assert seen["opened"] == 1, "stopping and another speed do not begin the clip anew"


def test_a_broken_clip_ends_by_itself_and_nothing_falls(tmp_path):
    done = offscreen("tests.screens.clip_window", str(tmp_path / "vang.webm"))
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout)["sent"] == ["ClipEnded"]
