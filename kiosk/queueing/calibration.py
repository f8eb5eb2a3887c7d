"""Learning from promises: what was foretold is compared with what happened, and the next is told with care.

A forecast misses what it does not model: a tea break nobody told of, one officer called away. How much it
misses differs by centre, so it is learnt: a factor for the way from the median to the 90 % time, for short
and for long waits, moved up when a wait was longer than told and a ninth as much down when not, until nine in
ten are kept. The median stays as it is: misses come in crowds, and following them would make it worse.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import exp, log

from kiosk.queueing.wait import Wait

_PLACES = (2.0, 8.0, 20.0, 40.0, 70.0, 110.0, 170.0)
"""Foretold minutes at which the factor is kept; between them it is mixed."""
_UP = 0.06
_DOWN = _UP / 9
_HASTE, _STEADY = 3.0, 50
"""At first steps are greater by this factor, until so many promises were seen."""
_FIRST, _LIMIT = 0.3, 2.0
_LEAST_WIDTH = 1.0
"""Minutes between the median and the 90 % time, before the factor."""


@dataclass
class _Factor:
    """The logarithm of a factor. ``seen``: promises that formed it."""

    log: float = _FIRST
    seen: float = 0


@dataclass
class Calibration:
    """Promises and what they were worth. Keeps the open ones by ticket."""

    _factors: list[_Factor] = field(default_factory=lambda: [_Factor() for _ in _PLACES])
    _open: dict[str, tuple[Wait, datetime]] = field(default_factory=dict)

    def begin(self) -> None:
        """A new day: nobody waits any more."""
        self._open.clear()

    def take_over(self, other: Calibration) -> None:
        """Correct from now on as ``other`` has learnt to; what is promised stays promised."""
        self._factors = [replace(factor) for factor in other._factors]

    def corrected(self, forecast: Wait) -> Wait:
        """A forecast as it should be told."""
        if forecast.median is None or forecast.p90 is None:
            return forecast
        factor = exp(sum(factor.log * share for factor, share in self._near(forecast.median)))
        return Wait(
            forecast.median, forecast.median + max(_LEAST_WIDTH, forecast.p90 - forecast.median) * factor
        )

    def promised(self, ticket: str, forecast: Wait, now: datetime) -> None:
        """When this number was taken this was the forecast, before it was corrected. The first one counts."""
        if forecast.median is not None and ticket not in self._open:
            self._open[ticket] = (forecast, now)

    def called(self, ticket: str, now: datetime) -> None:
        """It was called: learn."""
        promise = self._open.pop(ticket, None)
        if promise is None:
            return
        forecast, at = promise
        p90 = self.corrected(forecast).p90
        if forecast.median is None or p90 is None:
            return
        longer = (now - at).total_seconds() / 60 > p90
        for factor, share in self._near(forecast.median):
            haste = max(1.0, _HASTE * (1 - factor.seen / _STEADY))
            factor.seen += share
            factor.log += share * haste * (_UP if longer else -_DOWN)
            factor.log = max(-_LIMIT, min(_LIMIT, factor.log))

    def forget(self, ticket: str) -> None:
        """It will never be called."""
        self._open.pop(ticket, None)

    def _near(self, minutes: float) -> list[tuple[_Factor, float]]:
        """The factors on both sides of a foretold wait and how much each counts."""
        above = bisect_right(_PLACES, minutes)
        if above == 0 or above == len(_PLACES):
            return [(self._factors[max(0, above - 1)], 1.0)]
        low, high = _PLACES[above - 1], _PLACES[above]
        share = log(max(minutes, low) / low) / log(high / low)
        return [(self._factors[above - 1], 1 - share), (self._factors[above], share)]
