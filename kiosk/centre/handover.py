"""Something personal on its way from whoever gave it to whoever needs it: in memory only, for a minute, once.

The digits with which a card reader's test opens a card are the last six of its holder's number. They must not
reach the database, the journal, an event or a log; so they never leave this table but to the reader's owner.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

KEPT_SECONDS = 60.0
MOST_KEPT = 16


@dataclass(frozen=True)
class _Given:
    until: float
    text: str = field(repr=False)


class Handover:
    """A short text by key, forgotten after ``seconds``; of more than ``most`` the oldest is forgotten.

    ``clock`` gives monotonic seconds. Callable from any thread.
    """

    def __init__(
        self,
        seconds: float = KEPT_SECONDS,
        most: int = MOST_KEPT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._most = most
        self._clock = clock
        self._given: OrderedDict[str, _Given] = OrderedDict()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def __len__(self) -> int:
        """How many wait to be taken."""
        with self._lock:
            return len(self._given)

    def put(self, key: str, text: str) -> None:
        """Keep ``text`` until it is taken or its time is over."""
        with self._lock:
            self._given[key] = _Given(self._clock() + self._seconds, text)
            while len(self._given) > self._most:
                self._given.popitem(last=False)
            self._watch()

    def take(self, key: str) -> str | None:
        """What was put there; the second time, or when it was too late, nothing."""
        with self._lock:
            self._forget_old()
            found = self._given.pop(key, None)
            return None if found is None else found.text

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._given.clear()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _forget_old(self) -> None:
        now = self._clock()
        while self._given and next(iter(self._given.values())).until <= now:
            self._given.popitem(last=False)

    def _watch(self) -> None:
        """Have old ones forgotten though nobody asks any more."""
        if self._timer is None and self._given:
            first = next(iter(self._given.values()))
            self._timer = threading.Timer(max(0.01, first.until - self._clock()), self._time_is_over)
            self._timer.daemon = True
            self._timer.start()

    def _time_is_over(self) -> None:
        with self._lock:
            self._timer = None
            self._forget_old()
            self._watch()
