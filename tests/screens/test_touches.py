"""Real touches on a real window of a private X server, and what the window does when it breaks."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from screens.citizen.screens import TOUCH_GUARD_MS

ROOT = Path(__file__).parents[2]


class Kiosk:
    """The citizen's window in a process of its own."""

    def __init__(self, display: str) -> None:
        self._display = {**os.environ, "DISPLAY": display}
        environment = {**self._display, "PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "x11"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.screens.touched_kiosk"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._said: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.buttons: dict[str, tuple[int, int]] = {}

    def _listen(self) -> None:
        for line in self.process.stdout:
            if line.startswith("{"):
                self._said.put(json.loads(line))

    def until(self, key: str, within: float = 40) -> dict:
        """What was said until something with ``key`` came."""
        end = time.monotonic() + within
        while True:
            said = self._said.get(timeout=max(0.1, end - time.monotonic()))
            if key in said:
                return said

    def shown(self) -> str:
        said = self.until("shown")
        self.buttons = said["buttons"]
        return said["shown"].split("/")[1]

    def sent(self, within: float = 1.5, followed: bool = False) -> list[str]:
        """Events that came within some seconds, without the touches themselves; ``followed``: only those by
        which the visit went on.
        """
        names, end = [], time.monotonic() + within
        while time.monotonic() < end:
            try:
                said = self._said.get(timeout=0.1)
            except queue.Empty:
                continue
            if said.get("sent", "ScreenTouched") != "ScreenTouched" and (said["followed"] or not followed):
                names.append(said["sent"])
        return names

    def touch(self, x: int, y: int, times: int = 1) -> float:
        """Touch, several times with 90 ms between; how many seconds it took in the end."""
        begun = time.monotonic()
        subprocess.run(
            ["xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(times), "--delay", "90", "1"],
            env=self._display,
            check=True,
        )
        return time.monotonic() - begun

    def press(self, label: str, times: int = 1) -> float:
        return self.touch(*self.buttons[label], times)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def kiosk(display):
    kiosk = Kiosk(display)
    yield kiosk
    kiosk.close()


def test_a_touch_reaches_the_button_that_is_drawn_there(kiosk):
    assert kiosk.shown() == "start"
    kiosk.press("Lấy số")
    assert kiosk.until("sent")["sent"] == "ScreenTouched"
    assert kiosk.until("sent")["sent"] == "StartWithoutCard"
    assert kiosk.shown() == "services"
    kiosk.press("Chứng thực")
    assert kiosk.until("sent")["sent"] == "ScreenTouched"
    assert kiosk.until("sent")["value"] == "chung-thuc"


def test_the_second_half_of_a_double_tap_hits_nothing_on_the_next_screen(display):
    for _ in range(5):
        kiosk = Kiosk(display)
        kiosk.shown()
        took = kiosk.press("Lấy số", times=2)
        followed = kiosk.sent(followed=True)  # a slow machine hears both halves on the start screen
        kiosk.close()
        if took < TOUCH_GUARD_MS / 1000:
            break
    else:
        pytest.fail("the machine is too slow for a double tap")
    assert followed == ["StartWithoutCard"]


def test_a_closed_service_cannot_be_pressed(kiosk):
    kiosk.shown()
    kiosk.press("Lấy số")
    kiosk.shown()
    kiosk.press("Đất đai, môi trường, xây dựng")
    assert kiosk.sent() == []


def test_five_taps_on_the_upper_left_corner_call_the_staff_screen_and_four_do_not(kiosk):
    kiosk.shown()
    kiosk.touch(15, 15, times=4)
    kiosk.touch(300, 15)
    kiosk.touch(15, 15, times=5)
    assert kiosk.until("staff") == {"staff": True}
    kiosk.touch(*kiosk.buttons["Lấy số"])
    assert kiosk.sent() == [], "nothing beneath the staff screen may be touched"


def crashing(times: int) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "tests.screens.touched_kiosk", str(times)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_one_error_in_the_window_wipes_the_visit_and_goes_on():
    done = crashing(1)
    assert done.returncode == 0
    assert '"crashed": true' in done.stdout


def test_two_errors_within_ten_seconds_end_the_process_for_its_supervisor():
    assert crashing(2).returncode == 1


def test_the_log_of_an_error_tells_its_place_and_none_of_its_words():
    said = crashing(1).stderr
    assert "ValueError" in said
    assert "touched_kiosk.py" in said
    assert "HƯỜNG" not in said
