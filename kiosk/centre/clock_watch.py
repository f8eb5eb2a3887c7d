"""A clock that does not follow a leap far ahead until somebody says that it is right.

A machine's clock may leap: a dead battery, a wrong time zone in the firmware, a time server gone mad. If the
centre followed one that is days ahead, every number in the lobby would expire and the business day would hold
there until real time has caught up. So time that passed by the machine's own counter is compared with the
clock: what is more than ``FARTHEST`` ahead is not followed, and the centre goes on at its own pace until the
clock comes back or staff accept it. Clocks set back, and shorter leaps, are followed; numbers and order bear
them. At a start there is nothing to compare with, and the clock is believed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.centre.moments import Clock, system_clock

FARTHEST = timedelta(hours=12)
NOTED = timedelta(minutes=5)
"""Smaller leaps are the ordinary work of a time server."""

Uptime = Callable[[], float]
"""Seconds that the machine has been on, sleep with them; its zero does not matter."""


def boot_seconds() -> float:
    """Time since the machine started (Linux counts its sleep with it, clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True)
class Leap:
    """A leap of the clock, from the moment that was due to the one it told."""

    due: datetime
    told: datetime
    followed: bool


class WatchedClock:
    """The clock of the centre, see the module. Safe to use from several threads.

    ``uptime`` is by default the machine's, and none beside a clock that is not the machine's.
    """

    def __init__(self, clock: Clock, uptime: Uptime | None = None) -> None:
        if uptime is None and clock is system_clock:
            uptime = boot_seconds
        self._clock = clock
        self._uptime = uptime
        self._lock = threading.Lock()
        self._seen: tuple[datetime, float] | None = None
        self._held = False
        self._leaps: list[Leap] = []

    def __call__(self) -> datetime:
        """The time the centre goes by."""
        if self._uptime is None:
            return self._clock()
        with self._lock:
            told, on = self._clock(), self._uptime()
            if self._seen is None:
                self._seen = (told, on)
                return told
            due = self._seen[0] + timedelta(seconds=on - self._seen[1])
            if told - due > FARTHEST:
                if not self._held:
                    self._leaps.append(Leap(due, told, followed=False))
                self._held = True
                return due
            if self._held or abs(told - due) >= NOTED:
                self._leaps.append(Leap(due, told, followed=True))
            self._held = False
            self._seen = (told, on)
            return told

    @property
    def doubted(self) -> datetime | None:
        """What the machine's clock tells while it is not followed."""
        self()
        return self._clock() if self._held else None

    def accept(self) -> None:
        """The machine's clock is right."""
        with self._lock:
            if self._held and self._seen is not None and self._uptime is not None:
                due, told = self._seen[0], self._clock()
                on = self._uptime()
                due += timedelta(seconds=on - self._seen[1])
                self._leaps.append(Leap(due, told, followed=True))
                self._held = False
                self._seen = (told, on)

    def take_leaps(self) -> list[Leap]:
        """The leaps since the last call."""
        with self._lock:
            leaps, self._leaps = self._leaps, []
            return leaps
