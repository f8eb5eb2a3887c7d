"""Who does not stay until the call, or does not answer it: learnt by how long people had waited."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

_WAITED = (15.0, 30.0, 45.0, 60.0, 80.0, 100.0, 130.0, 170.0)
"""Minutes between which waits are alike."""
_LONGEST = 300.0
_ALIKE = 6
"""Calls as many as which those after shorter waits count: few, for the share grows with the wait."""
_STAYING = 3
_SOME_STAY = 0.05
"""At every wait at least this share stays on, whatever was seen."""
"""As if so many more had stayed at every wait."""
_LONGEST_MISS = 10.0
STEP = 5.0
"""Minutes between the shares of ``Leaving.staying``."""


@dataclass
class _Missed:
    """Calls after such a wait, those that nobody answered, and those who cancelled before."""

    calls: float = 0
    missed: float = 0
    cancelled: float = 0

    def fade(self, by: float) -> None:
        self.calls *= by
        self.missed *= by
        self.cancelled *= by


class Leaving:
    """Shares of those who leave. ``no_show_share`` and ``no_show_minutes`` are believed at first."""

    def __init__(self, no_show_share: float, no_show_minutes: float) -> None:
        self._share = no_show_share
        self._minutes = no_show_minutes
        self._waits = [_Missed() for _ in (0.0, *_WAITED)]
        self._misses = 0.0
        self._missed_minutes = 0.0
        self._staying: list[float] | None = None

    def called(self, waited: float, *, answered: bool) -> None:
        """Somebody was called who had waited so many minutes."""
        wait = self._waits[bisect_right(_WAITED, waited)]
        wait.calls += 1
        wait.missed += not answered
        self._staying = None

    def missed(self, minutes: float) -> None:
        """A counter waited so many minutes for nobody."""
        self._misses += 1
        self._missed_minutes += min(minutes, _LONGEST_MISS)

    def cancelled(self, waited: float) -> None:
        """Somebody who had waited so many minutes cancelled before being called."""
        self._waits[bisect_right(_WAITED, waited)].cancelled += 1
        self._staying = None

    def fade(self, by: float) -> None:
        """A day has passed."""
        self._misses *= by
        self._missed_minutes *= by
        for wait in self._waits:
            wait.fade(by)
        self._staying = None

    def no_show_share(self, waited: float) -> float:
        """Share of calls that nobody answers after so many minutes; few wait for ever."""
        share = self._share
        for wait in self._waits[: bisect_right(_WAITED, waited) + 1]:
            share = (wait.missed + _ALIKE * share) / (wait.calls + _ALIKE)
        return share

    @property
    def no_show_minutes(self) -> float:
        """Minutes a counter waits for somebody who does not come."""
        return (self._missed_minutes + 10 * self._minutes) / (self._misses + 10)

    def gone_share(self, waited: float, until: float) -> float:
        """Share of those who have waited so long who cancel before they have waited ``until``; minutes."""
        ends = [wait.calls + wait.cancelled for wait in self._waits]
        stays = 1.0
        for place, (low, high) in enumerate(pairwise((0.0, *_WAITED, _LONGEST))):
            part = (min(until, high) - max(waited, low)) / (high - low)
            if part > 0:
                reached = ends[place] / 2 + sum(ends[place + 1 :])
                stays *= max(_SOME_STAY, 1 - self._waits[place].cancelled / (reached + _STAYING) * part)
        return 1 - stays

    def staying(self) -> list[float]:
        """Share of those who came who have not cancelled after 0, ``STEP``, 2 × ``STEP`` … minutes."""
        if self._staying is None:
            self._staying = [
                1 - self.gone_share(0, STEP * place) for place in range(int(_LONGEST / STEP) + 2)
            ]
        return self._staying
