"""The centre's clock as this machine knows it, and how far this machine's own clock is from it.

Every answer of the centre says when it was made. Half the round trip bounds how wrong that is when it
arrives, so the quickest answers count (Cristian's algorithm; NTP's clock filter, RFC 5905 §10). The base is
the clock that counts seconds since the machine was switched on: a wall clock that somebody sets changes
nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WORTH_TELLING_SECONDS = 30.0
"""A wall clock further off than this is told to maintenance staff."""
DRIFT = 100e-6
"""Seconds a second by which two machines' quartz clocks may drift apart: twice what is sold."""
MOST_DRIFT = 500e-6
"""A measured drift beyond this is no drift but a clock that is being set."""
SPAN_SECONDS = 300.0
SPANS_KEPT = 24
"""The quickest answer of each five minutes is kept for two hours."""
QUICKEST_SECONDS = 1e-3
"""Answers quicker than this are taken for equally quick."""
STEP_SECONDS = 0.5
"""The centre's clock was set when an answer is further off than its round trip, drift and this explain."""


@dataclass(frozen=True)
class _Sample:
    """``at``: seconds since boot; ``offset``: centre's Unix time less ``at``; ``error``: half the trip."""

    at: float
    offset: float
    error: float

    def error_at(self, at: float) -> float:
        """How wrong the offset may be at another time, if nothing is known of the drift."""
        return self.error + DRIFT * abs(at - self.at)


def since_boot() -> float:
    """Seconds since the machine was switched on, sleep included; nobody can set it (clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class CentreClock:
    """Learns from answers, tells the centre's time. Safe between threads.

    ``remembered`` is the wall clock's lead over the centre in seconds as an earlier run measured it; it
    counts until the first answer.
    """

    def __init__(
        self,
        remembered: float = 0.0,
        ticks: Callable[[], float] = since_boot,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._remembered = remembered
        self._ticks = ticks
        self._wall = wall
        self._spans: dict[int, _Sample] = {}
        self._lock = threading.Lock()

    def ticks(self) -> float:
        """The base that ``heard`` wants its moments in, seconds."""
        return self._ticks()

    def heard(self, sent: float, received: float, told: datetime) -> None:
        """An answer: asked at ``sent``, here at ``received`` (``ticks``), made at ``told`` by the centre.

        One that came before it was asked for is no sample.
        """
        if received < sent:
            return
        middle = (sent + received) / 2
        sample = _Sample(middle, told.timestamp() - middle, (received - sent) / 2)
        with self._lock:
            best = self._best(middle)
            if best is not None:
                apart = abs(sample.offset - self._offset(best, middle))
                if apart > sample.error + best.error_at(middle) + STEP_SECONDS:
                    self._spans.clear()
            span = int(middle // SPAN_SECONDS)
            known = self._spans.get(span)
            if known is None or sample.error <= known.error_at(middle):
                self._spans[span] = sample
            while len(self._spans) > SPANS_KEPT:
                del self._spans[min(self._spans)]

    @property
    def measured(self) -> bool:
        """Whether the centre has answered at least once."""
        return bool(self._spans)

    def now(self) -> datetime:
        """The centre's time (UTC): measured, else the wall clock less what an earlier run remembered."""
        with self._lock:
            at = self._ticks()
            best = self._best(at)
            if best is None:
                return self._wall() - timedelta(seconds=self._remembered)
            return datetime.fromtimestamp(at + self._offset(best, at), UTC)

    def skew(self) -> float:
        """Seconds by which this machine's wall clock is ahead of the centre's, negative when it is behind."""
        if not self.measured:
            return self._remembered
        return (self._wall() - self.now()).total_seconds()

    def error(self) -> float | None:
        """Seconds by which ``now`` may be wrong; ``None`` while nothing was measured."""
        with self._lock:
            at = self._ticks()
            best = self._best(at)
            return None if best is None else best.error_at(at)

    def _best(self, at: float) -> _Sample | None:
        return min(self._spans.values(), key=lambda sample: sample.error_at(at), default=None)

    def _offset(self, best: _Sample, at: float) -> float:
        return best.offset + self._drift() * (at - best.at)

    def _drift(self) -> float:
        """Seconds a second by which the offset grows: the line through the samples, quick ones counting most,
        once it is told apart from the noise of their round trips. At most half of ``DRIFT`` wrong.
        """
        samples = list(self._spans.values())
        if max(one.at for one in samples) - min(one.at for one in samples) < 2 * SPAN_SECONDS:
            return 0.0
        weights = [1 / (sample.error + QUICKEST_SECONDS) ** 2 for sample in samples]
        weighed = list(zip(weights, samples, strict=True))
        middle = sum(weight * sample.at for weight, sample in weighed) / sum(weights)
        spread = sum(weight * (sample.at - middle) ** 2 for weight, sample in weighed)
        noise = sum(weight * abs(sample.at - middle) * sample.error for weight, sample in weighed)
        if noise > spread * DRIFT / 2:
            return 0.0
        slope = sum(weight * (sample.at - middle) * sample.offset for weight, sample in weighed) / spread
        return slope if abs(slope) <= MOST_DRIFT else 0.0
