"""Everything can be done by keys: arrows and Tab, or a number pad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.screens.test_pages import offscreen
from tests.screens.test_touches import Kiosk

ROOT = Path(__file__).parents[2]
ANOTHER_WINDOW = """
from kiosk.settings import ScreenSettings
from screens.window import prepare_window
prepare_window(ScreenSettings(width=320, height=320), "ceiling")
from kivy.base import EventLoop, runTouchApp
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget
seen = []
def look(_seconds):
    if Window.focus != (seen[-1] if seen else False):
        seen.append(Window.focus)
        print("has the keys" if Window.focus else "has them no more", flush=True)
Clock.schedule_interval(look, 0.05)
runTouchApp(Widget())
"""


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


def test_a_window_of_the_lobby_that_opens_later_does_not_keep_the_keys(display):
    kiosk = Kiosk(display)
    other = None
    try:
        assert kiosk.shown() == "start"
        other = subprocess.Popen(
            [sys.executable, "-c", ANOTHER_WINDOW],
            cwd=ROOT,
            env={**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert other.stdout.readline() == "has the keys\n"
        assert other.stdout.readline() == "has them no more\n"
        keys(display, "Tab")
        keys(display, "KP_Enter")
        assert kiosk.sent(3)
    finally:
        if other is not None:
            other.kill()
            other.wait(10)
        kiosk.close()


def keys(on: str, *names: str) -> None:
    subprocess.run(["xdotool", "key", *names], env={**os.environ, "DISPLAY": on}, check=True)
