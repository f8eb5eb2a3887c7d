"""Whatever is wrong with a clip or its decoder, touches lead on and the visit goes on."""

from __future__ import annotations

import os
import subprocess

import pytest

from screens.locale import catalogue
from tests.screens.test_lobby_touches import Kiosk

WORDS = catalogue("citizen")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A clip of twenty seconds in which everything moves; its index stands at the beginning."""
    path = tmp_path_factory.mktemp("phim") / "phim.mp4"
    command = ["ffmpeg", "-y", "-loglevel", "error", "-f", "lavfi", "-i"]
    picture = "testsrc2=size=320x180:rate=15:duration=20"
    subprocess.run([*command, picture, "-c:v", "libx264", "-movflags", "+faststart", path], check=True)
    return path


def whole_file(video, _folder):
    return video, None


def cut_in_the_middle(video, folder):
    content = video.read_bytes()
    cut = folder / "cut.mp4"
    cut.write_bytes(content[: len(content) // 2])
    return cut, None


def garbage(_video, folder):
    path = folder / "garbage.mp4"
    path.write_bytes(bytes(range(256)) * 400)
    return path, None


def no_file(_video, folder):
    return folder / "nothing.mp4", None


def _decoder(folder, script):
    program = folder / "ffmpeg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def a_decoder_that_hangs(video, folder):
    return video, _decoder(folder, "exec sleep 600")


def a_decoder_that_hangs_in_the_middle_of_a_frame(video, folder):
    return video, _decoder(folder, "head -c 5000 /dev/zero; exec sleep 600")


def a_decoder_that_floods(video, folder):
    return video, _decoder(folder, "exec cat /dev/zero")


TROUBLES = (
    whole_file,
    cut_in_the_middle,
    garbage,
    no_file,
    a_decoder_that_hangs,
    a_decoder_that_hangs_in_the_middle_of_a_frame,
    a_decoder_that_floods,
)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_touches_beside_a_clip_lead_on_and_a_number_is_taken(display, whole, tmp_path, trouble):
    video, path = trouble(whole, tmp_path)
    kiosk = Kiosk(display, str(video), path=path)
    try:
        kiosk.screen("start")
        kiosk.press(WORDS("start.clips"))
        kiosk.press("Đoạn phim")
        if trouble in (garbage, no_file):  # it ends by itself, and the list is there again
            kiosk.until(lambda now: now["shown"].endswith("/clips"), "the list after the clip")
        else:
            kiosk.press(WORDS("clips.captions_off"))
            kiosk.press(WORDS("clips.stop"))
            kiosk.until(lambda now: now["shown"].endswith("/clips"), "the list")
        kiosk.press(WORDS("frame.back"))
        kiosk.press(WORDS("start.take_number"))
        kiosk.press("Hộ tịch")
        kiosk.screen("ticket")
        kiosk.text(WORDS("ticket.printed"))
    finally:
        kiosk.close()
