"""The time of a clip that plays: runs, stands, runs faster, jumps."""

from __future__ import annotations

import threading
import time


class ClipClock:
    """Seconds of a clip, from ``start``. It stands until ``begin``. For any thread."""

    def __init__(self, start: float, speed: float, paused: bool) -> None:
        self._changed = threading.Condition()
        self._at = start
        self._since: float | None = None  # monotonic seconds when it last began to run
        self._speed = speed
        self._paused = paused
        self._begun = False
        self._ended = False

    @property
    def now(self) -> float:
        """Seconds of the clip."""
        with self._changed:
            return self._now()

    def begin(self) -> None:
        """The first picture is there."""
        with self._changed:
            if not self._begun:
                self._begun = True
                self._run()

    def pause(self) -> None:
        """Stand still."""
        with self._changed:
            self._at, self._since, self._paused = self._now(), None, True
            self._changed.notify_all()

    def resume(self) -> None:
        """Run on."""
        with self._changed:
            self._paused = False
            self._run()

    def set_speed(self, speed: float) -> None:
        """Run so many times as fast from now on."""
        with self._changed:
            self._at = self._now()
            self._speed = speed
            self._since = None
            self._run()

    def end(self) -> None:
        """Let go whoever waits."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_until(self, second: float) -> bool:
        """Wait until the clip's time has come to ``second``; False when the clock was ended."""
        with self._changed:
            while not self._ended:
                left = second - self._now()
                if left <= 0:
                    return True
                self._changed.wait(None if self._since is None else left / self._speed)
            return False

    def _run(self) -> None:
        if self._begun and not self._paused and self._since is None:
            self._since = time.monotonic()
        self._changed.notify_all()

    def _now(self) -> float:
        if self._since is None:
            return self._at
        return self._at + (time.monotonic() - self._since) * self._speed
