"""A screen as maintenance staff see it: its window must stand on a monitor that is there, and be alive."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from mss import MSS

from devices.contract import Condition, DeviceStatus, TestReport
from kiosk.failures import FailureCode
from kiosk.settings import ScreenSettings

NAME_SECONDS = 5.0
STUCK_SECONDS = 10.0
"""A window whose loop did not turn for so long shows an old picture."""

_MM_PER_INCH = 25.4


class Rectangle(NamedTuple):
    """Pixels of the desktop."""

    left: int
    top: int
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}×{self.height} ({self.left}, {self.top})"

    def holds(self, other: Rectangle) -> bool:
        """Whether ``other`` lies wholly inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.left + other.width <= self.left + self.width
            and other.top + other.height <= self.top + self.height
        )


class Window(Protocol):
    """What a process offers of its window. All methods may be called from any thread."""

    def place(self) -> tuple[int, int, int, int]:
        """Where the window really is: left, top, width and height in pixels of the desktop."""

    def seconds_since_turn(self) -> float:
        """Time since the window's loop last turned."""

    def show_name(self, seconds: float) -> bool:
        """Show the screen's name in large for so long; true once it was drawn."""

    def move(self, settings: ScreenSettings) -> None:
        """Put the window elsewhere."""


def monitors() -> Sequence[Rectangle]:
    """The monitors of the X desktop, the whole desktop first; empty where there is no X desktop to ask."""
    if not os.environ.get("DISPLAY") or os.environ.get("SDL_VIDEODRIVER") == "offscreen":
        return ()
    try:
        with MSS() as grabber:
            return tuple(
                Rectangle(int(m["left"]), int(m["top"]), int(m["width"]), int(m["height"]))
                for m in grabber.monitors
            )
    except Exception:  # mss raises its own and Xlib's kinds: the desktop is gone
        return ()


class Screen:
    """One window on one monitor."""

    def __init__(
        self,
        name: str,
        settings: ScreenSettings,
        window: Window,
        look: Callable[[], Sequence[Rectangle]] = monitors,
    ) -> None:
        self.name = name
        self.settings = settings
        self._window = window
        self._look = look

    def check(self, settings: ScreenSettings) -> FailureCode | None:
        """Whether a window of these settings would be seen whole."""
        desktop = self._look()
        wanted = Rectangle(settings.left, settings.top, settings.width, settings.height)
        return None if not desktop or desktop[0].holds(wanted) else FailureCode.SCREEN_NOT_FOUND

    def move(self, settings: ScreenSettings) -> None:
        """Take over other settings and put the window there."""
        self.settings = settings
        self._window.move(settings)

    def status(self) -> DeviceStatus:
        """Whether the window stands on the desktop and its loop turns; never raises."""
        facts = self._facts()
        if not self.settings.enabled:
            return DeviceStatus(Condition.DISABLED, facts=facts)
        failure = self.check(self.settings)
        if failure is not None:
            return DeviceStatus(Condition.DISCONNECTED, failure, facts=facts)
        if self._window.seconds_since_turn() > STUCK_SECONDS:
            return DeviceStatus(Condition.NEEDS_ATTENTION, FailureCode.DEVICE_SILENT, facts=facts)
        return DeviceStatus(Condition.READY, facts=facts)

    def test(self) -> TestReport:
        """Show the screen's name in large, wait until it was drawn, and report where and how large it is."""
        drawn = self._window.show_name(NAME_SECONDS)
        status = self.status()
        failure = status.failure if drawn else status.failure or FailureCode.DEVICE_SILENT
        return TestReport(failure is None, tuple(self._facts().items()), failure)

    def close(self) -> None:
        """Nothing to let go of: the window belongs to its process."""

    def _facts(self) -> dict[str, str]:
        place, desktop = Rectangle(*self._window.place()), self._look()
        per_mm = math.hypot(place.width, place.height) / (self.settings.diagonal_inches * _MM_PER_INCH)
        facts = {"window": str(place), "px_per_mm": f"{per_mm:.2f}"}
        if desktop:
            facts["desktop"] = str(desktop[0])
            facts["monitors"] = str(len(desktop) - 1)
        return facts
