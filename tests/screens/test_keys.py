"""Everything can be done by keys: arrows and Tab, or a number pad."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.screens.test_pages import offscreen
from tests.screens.test_touches import Kiosk


@pytest.mark.timeout(420)
def test_every_element_is_reached_in_order_said_and_pressed_as_by_touch():
    """Also: the guard time, the focus kept, typing on pads and keyboards, pages of other letters let go."""
    done = offscreen("tests.screens.key_window", timeout=400)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == []


def test_real_keys_reach_the_window_and_press_what_they_stand_on(display):
    kiosk = Kiosk(display)
    try:
        assert kiosk.shown() == "start"
        kiosk.touch(270, 4)  # the pointer on the window, where nothing is pressed
        keys(display, "Tab")
        first = min(kiosk.buttons, key=lambda label: (kiosk.buttons[label][1], kiosk.buttons[label][0]))
        keys(display, "KP_Enter")
        assert kiosk.sent(3), f"Enter pressed nothing, {first} should have been"
    finally:
        kiosk.close()


def keys(on: str, *names: str) -> None:
    subprocess.run(["xdotool", "key", *names], env={**os.environ, "DISPLAY": on}, check=True)
