"""When the next frame begins: at its time, or at once when somebody touches or something is to be shown.

Kivy sleeps until the frame's time, draws, and only then fetches what happened at the window, to answer it a
frame later: 17 ms on average and 33 at worst at 60 frames a second, before anything is drawn.
"""

from __future__ import annotations

import time

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window

LOOK_SECONDS = 0.004  # 0.008 costs two percent of a core less and keeps a touch waiting two milliseconds more


class Pace:
    """Decides when Kivy's loop wakes. ``begin`` puts it in the place of Kivy's own waiting."""

    def __init__(self) -> None:
        self._hurried = False

    def begin(self) -> None:
        """From now on the loop waits here."""
        Clock.idle = self._wait

    def end(self) -> None:
        """Kivy waits by itself again."""
        if vars(Clock).get("idle") == self._wait:
            del Clock.idle

    def hurry(self) -> None:
        """Begin the next frame now. May be called from any thread."""
        self._hurried = True

    def _wait(self) -> float:
        """Wait until a frame is due; the time it begins, as ``Clock.time`` counts.

        Does what ``kivy.clock.ClockBaseBehavior.idle`` does, which has no other place to be told.
        """
        due = Clock._last_tick + (1 / Clock._max_fps if Clock._max_fps > 0 else 0)
        while (left := due - Clock.time()) > 0 and not self._hurried and not _touched():
            time.sleep(min(left, LOOK_SECONDS))
            Window.mainloop()  # fetches the window's events, and returns
        self._hurried = False
        begins: float = Clock.time()
        Clock._dt = begins - Clock._last_tick
        Clock._last_tick = begins
        return begins


def _touched() -> bool:
    """Whether a touch waits to be handed on."""
    return any(getattr(one, "waiting_event", None) for one in EventLoop.input_providers)
