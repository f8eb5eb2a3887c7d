"""How long a counter lets people wait between two of them, learnt from the last few hundred times."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from kiosk.queueing.distributions import at_share
from kiosk.queueing.legs import Leg

LEVELS = 96
LONGEST = 20.0
"""Minutes; a counter that lets people wait for longer is away (``staffing``)."""
USUAL = 4.0
"""Minutes; longer ones are absences, too, but nobody knows yet of one that has just begun."""
_REMEMBERED = 500


class Pauses:
    """Equally likely minutes of pauses. ``usual`` minutes are believed at first."""

    def __init__(self, usual: float) -> None:
        self._first = [usual * (level + 0.5) / 10 for level in range(20)]
        self._seen: deque[float] = deque(maxlen=_REMEMBERED)
        self._ends: dict[str, datetime] = {}
        self._levels: tuple[Sequence[float], Sequence[float]] | None = None

    def add(self, leg: Leg) -> None:
        """Learn from a stay how long before it the counter was free while its citizen waited."""
        before = self._ends.get(leg.counter)
        if leg.counter:
            self._ends[leg.counter] = leg.ended_at
        if before is None or leg.queued_at is None:
            return
        pause = (leg.called_at - max(before, leg.queued_at)).total_seconds() / 60
        if 0 <= pause <= LONGEST:
            self._seen.append(pause)
            self._levels = None

    def end_day(self) -> None:
        """Nobody has been anywhere today."""
        self._ends.clear()

    def last_end(self, counter: str) -> datetime | None:
        """When this counter was last done with somebody today."""
        return self._ends.get(counter)

    def levels(self, *, begun: bool) -> Sequence[float]:
        """Equally likely minutes of a pause: of one that will come, or of one that has ``begun``."""
        if self._levels is None:
            every = sorted([*self._seen, *self._first])
            short = [one for one in every if one <= USUAL] or every
            self._levels = (
                [at_share(short, (level + 0.5) / LEVELS) for level in range(LEVELS)],
                [at_share(every, (level + 0.5) / LEVELS) for level in range(LEVELS)],
            )
        return self._levels[begun]
