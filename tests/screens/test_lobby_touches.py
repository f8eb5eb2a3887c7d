"""Whole visits by real touches on a window of a private X server, also when something goes wrong."""

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

from screens.locale import catalogue

ROOT = Path(__file__).parents[2]
VI, EN = catalogue("citizen"), catalogue("citizen", "en")


class Kiosk:
    """The window in a process of its own; what it shows, and a finger."""

    def __init__(self, display: str, *arguments: str, path: str | None = None) -> None:
        self._display = {**os.environ, "DISPLAY": display}
        path = path or os.environ["PATH"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.screens.touched_lobby", *arguments],
            cwd=ROOT,
            env={**self._display, "PATH": path, "PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "x11"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._seen: queue.Queue[dict] = queue.Queue()
        self.now: dict = {"shown": "", "buttons": {}, "texts": []}
        self.touches = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in self.process.stdout:
            if line.startswith("{"):
                self._seen.put(json.loads(line))

    def until(self, condition, what: str, within: float = 40) -> dict:
        """The first settled screen for which ``condition`` holds."""
        end = time.monotonic() + within
        while not condition(self.now):
            left = end - time.monotonic()
            try:
                self.now = self._seen.get(timeout=max(0.05, left))
            except queue.Empty:
                pytest.fail(f"{what} did not come; shown: {self.now['shown']} {sorted(self.now['buttons'])}")
        return self.now

    def screen(self, name: str) -> dict:
        def shown(now: dict) -> bool:
            return now["shown"].partition("/")[2].partition(":")[0].partition("+")[0] == name

        return self.until(shown, name)

    def text(self, words: str) -> dict:
        return self.until(lambda now: any(words in text for text in now["texts"]), f"“{words}”")

    def press(self, label: str) -> None:
        self.until(lambda now: label in now["buttons"], f"the button “{label}”")
        x, y = self.now["buttons"][label]
        self.now = {**self.now, "shown": "", "buttons": {}, "texts": []}
        self.touches += 1
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], env=self._display, check=True)

    def happens(self, what: str) -> None:
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def kiosk(display):
    kiosk = Kiosk(display)
    kiosk.screen("start")
    yield kiosk
    kiosk.close()


def type_digits(kiosk: Kiosk, digits: str) -> None:
    for digit in digits:
        kiosk.press(digit)


def test_a_number_without_a_card_takes_two_touches(kiosk):
    kiosk.press(VI("start.take_number"))
    kiosk.press("Hộ tịch")
    kiosk.screen("ticket")
    assert kiosk.touches == 2
    kiosk.text(VI("ticket.printed"))


def test_after_the_card_is_read_one_touch_gives_the_number(kiosk):
    kiosk.happens("card lay")
    kiosk.screen("enter_can")
    type_digits(kiosk, "001234")
    kiosk.press(VI("enter_can.proceed"))
    kiosk.screen("services")
    before = kiosk.touches
    kiosk.press("Hộ tịch")
    kiosk.screen("ticket")
    assert kiosk.touches == before + 1


def test_a_number_is_found_by_what_one_needs(kiosk):
    kiosk.press(VI("start.find"))
    kiosk.screen("find_procedure")
    for letter in "khai":
        kiosk.press(letter)
    kiosk.press("Đăng ký khai sinh")
    kiosk.screen("procedure")
    kiosk.press(VI("procedure.number"))
    kiosk.screen("ticket")


def test_the_language_changes_at_once_and_is_vietnamese_again_for_the_next(kiosk):
    kiosk.press(VI("frame.language"))
    kiosk.press("English")
    kiosk.press(EN("start.take_number"))
    kiosk.text(EN("services.title"))
    kiosk.press("Hộ tịch")
    kiosk.screen("ticket")
    kiosk.press(EN("ticket.done"))
    kiosk.until(lambda now: VI("start.take_number") in now["buttons"], "the start in Vietnamese")


def test_larger_letters_come_at_once_and_go_with_the_visit(kiosk):
    door = VI("start.find")
    before = kiosk.now["sizes"][door]
    kiosk.press(VI("frame.comfort"))
    kiosk.press(VI("comfort.size_largest"))
    kiosk.press(VI("frame.done"))
    assert kiosk.screen("start")["sizes"][door] > before * 1.2
    kiosk.press(VI("start.take_number"))
    kiosk.press("Hộ tịch")
    kiosk.screen("ticket")
    kiosk.press(VI("ticket.done"))
    assert kiosk.screen("start")["sizes"][door] == before


def test_whoever_walks_away_is_asked_once_and_then_everything_is_gone(kiosk):
    kiosk.press(VI("start.find"))
    kiosk.press("k")
    kiosk.screen("find_procedure")
    kiosk.happens("quiet 65")
    kiosk.press(VI("idle_warning.stay"))
    kiosk.screen("find_procedure")
    kiosk.happens("quiet 65")
    kiosk.text(VI("idle_warning.title"))
    kiosk.happens("quiet 30")
    assert "k" not in kiosk.screen("start")["texts"]


def test_a_card_pulled_while_it_is_read_is_told_and_may_be_laid_down_again(kiosk):
    kiosk.happens("reading slow")
    kiosk.happens("card lay")
    kiosk.screen("enter_can")
    type_digits(kiosk, "001234")
    kiosk.press(VI("enter_can.proceed"))
    kiosk.screen("reading")
    kiosk.happens("card take")
    kiosk.happens("reading quick")
    kiosk.screen("problem")
    kiosk.happens("card lay")
    kiosk.screen("services")


def test_without_paper_the_number_is_on_the_screen_and_the_citizen_is_told(kiosk):
    kiosk.happens("paper out")
    kiosk.press(VI("start.take_number"))
    kiosk.press("Hộ tịch")
    shown = kiosk.screen("ticket")
    assert any(text.startswith("B0") for text in shown["texts"])
    assert not any(VI("ticket.printed") in text for text in shown["texts"])


def test_without_the_centre_one_is_told_what_to_do_and_can_go_on_when_it_is_back(kiosk):
    kiosk.press(VI("start.take_number"))
    kiosk.screen("services")
    kiosk.happens("centre away")
    kiosk.press("Hộ tịch")
    kiosk.screen("problem")
    kiosk.happens("centre back")
    kiosk.press(VI("problem.again"))
    kiosk.screen("ticket")


DOORS = ("start.take_number", "start.find", "start.dossier", "start.rate", "start.forms")


@pytest.mark.parametrize("door", DOORS)
def test_every_door_leads_back_to_the_start(kiosk, door):
    kiosk.press(VI(door))
    kiosk.until(lambda now: now["shown"] and not now["shown"].endswith("/start"), f"the door {door}")
    back = VI("frame.back") if VI("frame.back") in kiosk.now["buttons"] else VI("frame.finish")
    kiosk.press(back)
    kiosk.screen("start")
