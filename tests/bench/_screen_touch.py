"""A finger on the citizen's window, and how soon the window shows that it was touched.

Touches are made on a private X server (Xvfb) by its XTEST extension; the answer is the first frame whose
pixels differ at the button, the next screen the first frame that shows it after the finger is lifted.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench._screen_window import HEIGHT, WIDTH, Kiosk
from tests.x_server import x_server

ROOT = Path(__file__).parents[2]
SETTLE_SECONDS = 0.6
HOLD_SECONDS = 0.12
PATIENCE_SECONDS = 5.0
OWN = {"SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": str(ROOT)}


@contextmanager
def desktop() -> Iterator[dict[str, str]]:
    """The environment in which a window is shown and touched: an X server where there is one."""
    if not shutil.which("Xvfb"):
        yield OWN
        return
    with x_server(WIDTH, HEIGHT, "+extension", "GLX") as name:
        yield {**OWN, "SDL_VIDEODRIVER": "x11", "DISPLAY": name}


class XFinger:
    """Presses and lifts by the XTEST extension of the X server."""

    how = "X server, XTEST"

    def __init__(self, kiosk: Kiosk) -> None:
        self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))

    def move(self, x: float, y: float) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, int(x), int(HEIGHT - y), 0)
        self._x.XSync(self._display, 0)

    def press(self, down: bool) -> float:
        self._test.XTestFakeButtonEvent(self._display, 1, int(down), 0)
        self._x.XFlush(self._display)
        return time.perf_counter()


class Provided:
    """Without an X server: events of an input provider of Kivy's, at any time of a frame."""

    how = "no X server: Kivy's input"

    def __init__(self, kiosk: Kiosk) -> None:
        from kivy.base import EventLoop
        from kivy.tests.common import UnitTestTouch

        self._make, self._waiting = UnitTestTouch, []
        self._touch, self._at = None, (0.0, 0.0)
        EventLoop.add_input_provider(self)

    def update(self, dispatch_fn: Callable[..., None]) -> None:
        while self._waiting:
            dispatch_fn(*self._waiting.pop(0))

    def move(self, x: float, y: float) -> None:
        self._at = (x, y)

    def press(self, down: bool) -> float:
        if down:
            self._touch = self._make(*self._at)
        self._waiting.append(("begin" if down else "end", self._touch))
        return time.perf_counter()


class Touches:
    """Touches of one kiosk's window; a touch gives what it took, in milliseconds."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk
        self._finger = (XFinger if os.environ["SDL_VIDEODRIVER"] == "x11" else Provided)(kiosk)
        self.how = self._finger.how

    def touch(self, button, *, leads: bool = True) -> tuple[float, float]:
        """From finger down to the first frame that shows it, from finger up to the first of the next screen.

        ``leads`` False: no other screen follows, and the second is 0. Raises ``TimeoutError``.
        """
        kiosk = self._kiosk
        kiosk.rest(SETTLE_SECONDS)
        self._finger.move(*button.to_window(*button.center))
        kiosk.rest(0.1)
        key, patch = kiosk.key, _patch(button)
        shown: list[bytes] = []
        watch = _look(kiosk, patch, shown)
        before = shown[-1]
        told: dict[str, float] = {}

        def press() -> None:
            time.sleep(random.uniform(0.05, 0.15))  # noqa: S311 - any moment of a frame
            told["down"] = self._finger.press(True)
            time.sleep(HOLD_SECONDS)
            told["up"] = self._finger.press(False)

        pressing = threading.Thread(target=press)
        pressing.start()
        end = time.perf_counter() + PATIENCE_SECONDS
        seen: dict[str, float] = {}
        last = "next" if leads else "answer"
        while last not in seen and time.perf_counter() < end:
            shown.clear()
            kiosk.frame()
            if not shown:
                continue  # nothing was drawn
            if "answer" not in seen and shown[-1] != before:
                seen["answer"] = time.perf_counter()
            if kiosk.key != key:
                seen["next"] = time.perf_counter()
        kiosk.window.unbind(on_flip=watch)
        while pressing.is_alive():
            kiosk.frame()
        if last not in seen:
            raise TimeoutError(f"the touch on “{button.label}” led nowhere")
        answer = seen.get("answer", seen.get("next", 0.0)) - told["down"]
        return 1000 * answer, 1000 * (seen["next"] - told["up"]) if leads else 0.0


def _look(kiosk: Kiosk, patch: tuple[int, int, int, int], shown: list[bytes]) -> Callable[..., None]:
    """From now on each frame's pixels go into ``shown``; those of now are there already."""

    def watch(*_args: object) -> None:
        shown.append(_read(patch))

    kiosk.window.bind(on_flip=watch)
    kiosk.window.canvas.ask_update()
    kiosk.until(lambda: shown, "a frame")
    return watch


def _patch(button) -> tuple[int, int, int, int]:
    x, y = button.to_window(*button.pos)
    return int(x + button.width * 0.06), int(y + button.height * 0.2), 24, 12


def _read(patch: tuple[int, int, int, int]) -> bytes:
    """Pixels of the frame that is about to be shown. Waits until they are drawn."""
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    return bytes(glReadPixels(*patch, GL_RGBA, GL_UNSIGNED_BYTE))


def spread(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "p50": statistics.median(ordered),
        "p95": ordered[int(len(ordered) * 0.95)],
        "worst": ordered[-1],
    }
