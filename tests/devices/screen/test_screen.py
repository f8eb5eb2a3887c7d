"""A screen is well only when its window stands on a monitor that is there, and its loop turns."""

import pytest

from devices.contract import Condition
from devices.screen import Rectangle, Screen, monitors
from kiosk.failures import FailureCode
from kiosk.settings import ScreenSettings
from tests.x_server import x_server

DESKTOP = (Rectangle(0, 0, 3000, 1920), Rectangle(0, 0, 1080, 1920), Rectangle(1080, 0, 1920, 1080))
CEILING = ScreenSettings(left=1080, width=1920, height=1080, diagonal_inches=43)


class Window:
    def __init__(self):
        self.since_turn = 0.1
        self.draws = True
        self.shown_for = None
        self.moved_to = None

    def place(self):
        return (1080, 0, 1920, 1080)

    def seconds_since_turn(self):
        return self.since_turn

    def show_name(self, seconds):
        self.shown_for = seconds
        return self.draws

    def move(self, settings):
        self.moved_to = settings


@pytest.fixture
def window():
    return Window()


def screen(window, settings=CEILING, desktop=DESKTOP):
    return Screen("ceiling_screen", settings, window, lambda: desktop)


def test_a_window_on_the_desktop_is_ready_and_its_size_is_told(window):
    status = screen(window).status()
    assert (status.condition, status.failure) == (Condition.READY, None)
    assert status.facts["window"] == "1920×1080 (1080, 0)"
    assert status.facts["monitors"] == "2"
    assert float(status.facts["px_per_mm"]) == pytest.approx(2.02, abs=0.01)


@pytest.mark.parametrize("change", [{"left": 2000}, {"top": -1}, {"height": 2000}])
def test_a_window_outside_the_desktop_is_not_seen(window, change):
    outside = CEILING.model_copy(update=change)
    assert screen(window).check(outside) is FailureCode.SCREEN_NOT_FOUND
    status = screen(window, outside).status()
    assert (status.condition, status.failure) == (Condition.DISCONNECTED, FailureCode.SCREEN_NOT_FOUND)


def test_a_window_that_hangs_is_told_apart_from_one_that_is_well(window):
    window.since_turn = 60.0
    status = screen(window).status()
    assert (status.condition, status.failure) == (Condition.NEEDS_ATTENTION, FailureCode.DEVICE_SILENT)


def test_the_test_shows_the_name_and_fails_when_it_was_not_drawn(window):
    assert screen(window).test().passed
    assert window.shown_for == 5.0
    window.draws = False
    report = screen(window).test()
    assert (report.passed, report.failure) == (False, FailureCode.DEVICE_SILENT)


def test_moving_takes_over_the_settings(window):
    moved = screen(window)
    wanted = CEILING.model_copy(update={"left": 0, "diagonal_inches": 55})
    moved.move(wanted)
    assert window.moved_to == wanted
    assert moved.settings == wanted


def test_a_disabled_screen_says_so(window):
    disabled = screen(window, CEILING.model_copy(update={"enabled": False}))
    assert disabled.status().condition is Condition.DISABLED


def test_without_a_desktop_to_ask_nothing_is_claimed(window, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert monitors() == ()
    status = screen(window, desktop=()).status()
    assert status.condition is Condition.READY
    assert "desktop" not in status.facts


def test_the_desktop_of_a_real_x_server_is_read(monkeypatch):
    with x_server(2400, 1200) as name:
        monkeypatch.setenv("DISPLAY", name)
        monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
        assert monitors()[0] == Rectangle(0, 0, 2400, 1200)
    assert monitors() == (), "a desktop that is gone is no crash"
