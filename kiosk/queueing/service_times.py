"""How long one service takes at a counter, learnt from what was done there and corrected as the day goes.

A time is from the call to the end, in minutes. Logarithms of times are counted per service in a histogram
that forgets slowly; its middle and spread come from quartiles, and what lies far outside, such as a ticket
nobody completed, is left out. The hour, the counter and how many counters are open shift it, each shrunk
towards no shift. What was seen today, finished or still running, shifts it further (``Outlook``), the more
the more was seen. A new service begins with its configured minutes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from statistics import NormalDist
from typing import NamedTuple

from kiosk.queueing.absences import Stay
from kiosk.queueing.distributions import BIN, BINS, LOWEST, quantile, quantiles
from kiosk.queueing.leaving import Leaving
from kiosk.queueing.legs import NO_SHOW, Leg, Running
from kiosk.queueing.outlook import Outlook
from kiosk.queueing.pauses import Pauses
from kiosk.queueing.staffing import Staffing

__all__ = ["NO_SHOW", "Learning", "Leg", "Outlook", "Running", "ServiceTimes"]

_LEVELS = 96


@dataclass(frozen=True)
class Learning:
    """How fast is learnt. Spreads are standard deviations of the logarithm of a time.

    The defaults say how much centres and days are believed to differ before anything was seen.
    """

    prior_legs: float = 8
    prior_spread: float = 0.55
    """Of the times of one service."""
    configured_error: float = 0.5
    """How far the configured minutes may be from the truth."""
    day_spread: float = 0.12
    service_day_spread: float = 0.10
    counter_spread: float = 0.18
    hour_legs: float = 40
    officers_legs: float = 80
    half_life_days: float = 25
    outlier: float = 3.3
    no_show_share: float = 0.04
    no_show_minutes: float = 1.5
    gap_minutes: float = 0.3
    """From the end of one to the call of the next while people wait."""


@dataclass
class _Shift:
    """A shrunk mean of residuals."""

    weight: float = 0
    total: float = 0

    def add(self, residual: float) -> None:
        self.weight += 1
        self.total += residual

    def fade(self, by: float) -> None:
        self.weight *= by
        self.total *= by

    def mean(self, prior: float) -> float:
        return self.total / (self.weight + prior)


@dataclass
class Known:
    """What is known of one service before today."""

    counts: list[float]
    minutes: float
    middle: float = 0
    spread: float = 0
    learnt: float = 0
    levels: list[float] = field(default_factory=list)
    """Logarithms relative to ``middle`` at equally likely places."""


class _Seen(NamedTuple):
    """A leg of today, as history will take it."""

    service: str
    log_minutes: float
    hour: int
    officers: int
    counter: str


class ServiceTimes:
    """Learnt service times. ``configured`` gives each service's usual minutes; ``zone`` is the centre's.

    ``legs`` is the history, in the order of days. Not safe to use from several threads at once.
    """

    def __init__(
        self,
        configured: Mapping[str, float],
        zone: tzinfo,
        legs: Iterable[Leg] = (),
        learning: Learning | None = None,
    ) -> None:
        self.learning = learning or Learning()
        self.zone = zone
        self._fade = 0.5 ** (1 / self.learning.half_life_days)
        self._services: dict[str, Known] = {}
        self._hours: dict[int, _Shift] = defaultdict(_Shift)
        self._officers: dict[int, _Shift] = defaultdict(_Shift)
        self._counters: dict[str, _Shift] = defaultdict(_Shift)
        self._day: date | None = None
        self._legs_today: list[_Seen] = []
        self._today: dict[tuple[str, str], _Shift] = {}
        self._stays: list[Stay] = []
        self.staffing = Staffing()
        self.leaving = Leaving(self.learning.no_show_share, self.learning.no_show_minutes)
        self.pauses = Pauses(self.learning.gap_minutes)
        for service, minutes in configured.items():
            self._new(service, minutes)
        for leg in legs:
            self._take(leg, learn_today=False)
        self._residuals_of_today()

    # -- learning

    def add(self, leg: Leg) -> None:
        """Learn from one more leg. One of a later day than all before begins that day."""
        self._take(leg, learn_today=True)

    def cancelled(self, waited: float) -> None:
        """Somebody who had waited so many minutes cancelled before being called."""
        self.leaving.cancelled(waited)

    def begin(self, day: date) -> None:
        """Begin ``day``: what was seen before becomes history. Does nothing for a day that has begun."""
        if self._day is None or day > self._day:
            self._fold()
            self._day = day

    def _take(self, leg: Leg, *, learn_today: bool) -> None:
        self.begin(leg.day)
        if leg.minutes <= 0:
            return
        known = self._services.get(leg.service) or self._new(leg.service, leg.minutes)
        self.pauses.add(leg)
        local = leg.called_at.astimezone(self.zone)
        if leg.counter:
            self._stays.append(_stay(leg, local))
        if leg.waited is not None:
            self.leaving.called(leg.waited, answered=leg.outcome != NO_SHOW)
        if leg.outcome == NO_SHOW:
            self.leaving.missed(leg.minutes)
            return
        seen = _Seen(leg.service, math.log(leg.minutes), local.hour, leg.officers, leg.counter)
        self._legs_today.append(seen)
        if learn_today:
            self._see(known, seen)

    def _new(self, service: str, minutes: float) -> Known:
        known = Known([0.0] * BINS, minutes)
        self._services[service] = known
        self._settle(known)
        return known

    def _see(self, known: Known, seen: _Seen) -> None:
        service, log_minutes, hour, officers, counter = seen
        residual = log_minutes - known.middle - self.steady(hour, officers, counter)
        limit = 3 * math.hypot(known.spread, math.sqrt(self.middle_variance(known)))
        today = self._today.setdefault((service, counter), _Shift())
        today.add(max(-limit, min(limit, residual)))

    def _residuals_of_today(self) -> None:
        self._today.clear()
        for seen in self._legs_today:
            self._see(self._services[seen[0]], seen)

    def _fold(self) -> None:
        """Today becomes history."""
        if not self._legs_today:
            return
        for shifts in (self._hours, self._officers, self._counters):
            for shift in shifts.values():
                shift.fade(self._fade)
        self.leaving.fade(self._fade)
        for known in self._services.values():
            known.counts = [count * self._fade for count in known.counts]
        steady = [self.steady(hour, officers, counter) for _, _, hour, officers, counter in self._legs_today]
        for (service, log_minutes, _, _, _), shift_by in zip(self._legs_today, steady, strict=True):
            place = int((log_minutes - shift_by - LOWEST) / BIN)
            self._services[service].counts[max(0, min(BINS - 1, place))] += 1
        for service in {seen[0] for seen in self._legs_today}:
            self._settle(self._services[service])
        self._learn_shifts(steady)
        self.staffing.learn(self._stays, self._fade)
        self._stays.clear()
        self._legs_today.clear()
        self._today.clear()
        self.pauses.end_day()

    def _learn_shifts(self, steady: Sequence[float]) -> None:
        """Each shift learns from what the others leave."""
        rests = []
        by_counter: dict[str, list[float]] = defaultdict(list)
        for (service, log_minutes, _, _, counter), shift_by in zip(self._legs_today, steady, strict=True):
            known = self._services[service]
            limit = 3 * known.spread
            rest = max(-limit, min(limit, log_minutes - shift_by - known.middle))
            rests.append(rest)
            by_counter[counter].append(rest)
        day = sum(rests) / (len(rests) + 20) if rests else 0.0
        for (_, _, hour, officers, counter), rest in zip(self._legs_today, rests, strict=True):
            left = rest - day
            self._hours[hour].add(left + self._hours[hour].mean(self.learning.hour_legs))
            self._officers[officers].add(left + self._officers[officers].mean(self.learning.officers_legs))
            if counter:
                self._counters[counter].add(left + self.counter_shift(counter))

    def _settle(self, known: Known) -> None:
        """Middle, spread and levels of a service from its histogram and the configured minutes."""
        learning = self.learning
        legs = sum(known.counts)
        weight = learning.prior_legs * learning.prior_legs / (learning.prior_legs + legs)
        centre = math.log(known.minutes) - learning.prior_spread**2 / 2
        prior = NormalDist(centre, learning.prior_spread)
        edges = [prior.cdf(LOWEST + place * BIN) for place in range(BINS + 1)]
        counts = [
            count + weight * (above - below)
            for count, below, above in zip(known.counts, edges, edges[1:], strict=False)
        ]
        middle = quantile(counts, 0.5)
        low, high = quantile(counts, 0.25), quantile(counts, 0.75)
        spread = max(0.2, min(1.3, (high - low) / 1.349))
        kept = [
            count if abs(LOWEST + (place + 0.5) * BIN - middle) <= learning.outlier * spread else 0.0
            for place, count in enumerate(counts)
        ]
        known.middle, known.spread, known.learnt = middle, spread, legs
        known.levels = [level - middle for level in quantiles(kept, _LEVELS)]

    # -- what is known

    def outlook(self, running: Sequence[Running], now: datetime, officers: int) -> Outlook:
        """Times as they look now: today's legs and those at the counters taken into account.

        ``officers``: counters open now.
        """
        return Outlook(self, running, now, officers)

    def minutes(self, service: str) -> float:
        """Mean minutes of one service, no-shows left out, before today's correction."""
        known = self._services[service]
        return sum(math.exp(known.middle + level) for level in known.levels) / len(known.levels)

    def legs(self, service: str) -> float:
        """How many legs stand behind a service's times, older ones counting less."""
        return self._services[service].learnt

    def seen_today(self) -> dict[tuple[str, str], tuple[float, float]]:
        """By service and counter how many legs today and the sum of what they were longer (logarithm)."""
        return {key: (today.weight, today.total) for key, today in self._today.items()}

    def known(self, service: str) -> Known:
        return self._services.get(service) or self._new(service, 8.0)

    def counter_shift(self, counter: str) -> float:
        legs = (self.learning.prior_spread / self.learning.counter_spread) ** 2
        return self._counters[counter].mean(legs) if counter in self._counters else 0.0

    def steady(self, hour: int, officers: int, counter: str) -> float:
        return (
            self.hour_shift(hour)
            + (
                self._officers[officers].mean(self.learning.officers_legs)
                if officers in self._officers
                else 0
            )
            + self.counter_shift(counter)
        )

    def hour_shift(self, hour: int) -> float:
        """How much longer (logarithm) services take that begin in this hour of the centre's day."""
        return self._hours[hour].mean(self.learning.hour_legs) if hour in self._hours else 0.0

    def middle_variance(self, known: Known) -> float:
        """How unsure a service's middle is."""
        learning = self.learning
        return 1 / (1 / learning.configured_error**2 + known.learnt / known.spread**2)


def _stay(leg: Leg, local: datetime) -> Stay:
    minute = local.hour * 60 + local.minute + local.second / 60
    queued = None if leg.waited is None else minute - leg.waited
    return Stay(leg.counter, leg.service, queued, minute, minute + leg.minutes)
