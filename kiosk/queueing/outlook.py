"""Service times at one moment of one day: what was learnt, and what today shows besides."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import NormalDist
from typing import TYPE_CHECKING

from kiosk.queueing.distributions import at_share, left
from kiosk.queueing.legs import Running
from kiosk.queueing.pauses import LONGEST

if TYPE_CHECKING:
    from kiosk.queueing.service_times import ServiceTimes

_NORMAL = NormalDist()


class Outlook:
    """Service times at one moment of one day."""

    def __init__(self, times: ServiceTimes, running: Sequence[Running], now: datetime, officers: int) -> None:
        self._times = times
        self._now = now
        self._officers = officers
        self._local = now.astimezone(times.zone)
        seen = times.seen_today()
        self._weigh(seen)
        for one in running:
            self._still_running(one, seen)
        self._weigh(seen)

    def _weigh(self, seen: Mapping[tuple[str, str], tuple[float, float]]) -> None:
        """Today's shifts: common, by service and by counter, and how unsure they are."""
        times, learning = self._times, self._times.learning
        by_service: dict[str, tuple[float, float]] = {}
        for (service, _), (weight, total) in seen.items():
            old = by_service.get(service, (0.0, 0.0))
            by_service[service] = (old[0] + weight, old[1] + total)
        precision = 1 / learning.day_spread**2
        pull = 0.0
        own: dict[str, tuple[float, float, float]] = {}
        for service, (weight, total) in by_service.items():
            if weight <= 0:
                continue
            known = times.known(service)
            apart = learning.service_day_spread**2 + times.middle_variance(known)
            noise = known.spread**2 / weight
            own[service] = (total / weight, apart, noise)
            precision += 1 / (apart + noise)
            pull += total / weight / (apart + noise)
        self._day_shift = pull / precision
        self.day_spread = precision**-0.5
        self._service_shifts = {
            service: (mean - self._day_shift) * apart / (apart + noise)
            for service, (mean, apart, noise) in own.items()
        }
        self._service_spreads = {
            service: math.sqrt(apart * noise / (apart + noise)) for service, (_, apart, noise) in own.items()
        }
        by_counter: dict[str, tuple[float, float]] = {}
        for (service, counter), (weight, total) in seen.items():
            left = total - weight * (self._day_shift + self._service_shifts.get(service, 0.0))
            old = by_counter.get(counter, (0.0, 0.0))
            by_counter[counter] = (old[0] + weight, old[1] + left)
        legs = (learning.prior_spread / learning.counter_spread) ** 2
        self._counter_shifts = {
            counter: left / (weight + 2 * legs) for counter, (weight, left) in by_counter.items() if counter
        }

    def _still_running(self, one: Running, seen: dict[tuple[str, str], tuple[float, float]]) -> None:
        """Who is still there tells that a service takes at least so long (one Newton step)."""
        elapsed = (self._now - one.called_at).total_seconds() / 60
        if elapsed <= 0 or one.started_at is None:
            return
        known = self._times.known(one.service)
        shift = self._day_shift + self._service_shifts.get(one.service, 0.0)
        steady = self._times.steady(self._local.hour, self._officers, one.counter)
        above = min(2.5, (math.log(elapsed) - known.middle - steady - shift) / known.spread)
        if above < -3:
            return
        hazard = _NORMAL.pdf(above) / (1 - _NORMAL.cdf(above))
        weight = hazard * (hazard - above)
        old = seen.get((one.service, one.counter), (0.0, 0.0))
        seen[one.service, one.counter] = (
            old[0] + weight,
            old[1] + weight * shift + known.spread * hazard,
        )

    # -- times

    def levels(self, service: str) -> list[float]:
        """Equally likely minutes of one service that begins now, in rising order."""
        known = self._times.known(service)
        centre = known.middle + self._day_shift + self._service_shifts.get(service, 0.0) + self._shift_now
        return [math.exp(centre + level) for level in known.levels]

    @property
    def _shift_now(self) -> float:
        return self._times.steady(self._local.hour, self._officers, "")

    def draws(self, service: str, count: int, waited: float, gone: float) -> list[float]:
        """``count`` equally likely minutes for which a call occupies a counter, no-shows among them.

        ``waited``: minutes until the call. ``gone``: share who cancel before it and take no time.
        """
        missed = gone + (1 - gone) * self._times.leaving.no_show_share(waited)
        stay = self._times.leaving.no_show_minutes
        levels = self.levels(service)
        places = [(number + 0.5) / count for number in range(count)]
        return [
            0.0
            if place < gone
            else stay
            if place < missed
            else at_share(levels, (place - missed) / (1 - missed))
            for place in places
        ]

    def gone_share(self, waited: float, until: float) -> float:
        """See ``Leaving``."""
        return self._times.leaving.gone_share(waited, until)

    def staying(self) -> Sequence[float]:
        """See ``Leaving``."""
        return self._times.leaving.staying()

    def remaining(self, one: Running, count: int) -> list[float]:
        """``count`` equally likely minutes for which one at a counter will still be there."""
        elapsed = max(0.0, (self._now - one.called_at).total_seconds() / 60)
        speed = self.counter_factor(one.counter)
        levels = [level * speed for level in self.levels(one.service)]
        if one.started_at is None:
            missed = self._times.leaving.no_show_share(0)
            stay = self._times.leaving.no_show_minutes
            short = round(missed * len(levels))
            levels = sorted([stay] * short + levels[: len(levels) - short])
        return left(levels, elapsed, count, 0.7 * levels[len(levels) // 2])

    def counter_factor(self, counter: str) -> float:
        """How much longer this counter takes than others."""
        return math.exp(self._times.counter_shift(counter) + self._counter_shifts.get(counter, 0.0))

    def spread(self, service: str) -> float:
        """How unsure the service's middle is (logarithm), apart from ``day_spread``."""
        known = self._times.known(service)
        before = math.sqrt(self._times.learning.service_day_spread**2 + self._times.middle_variance(known))
        return self._service_spreads.get(service, before)

    def gaps(self, count: int, since: float = 0) -> list[float]:
        """``count`` equally likely minutes until a counter calls that let people wait ``since`` minutes."""
        return left(self._times.pauses.levels(begun=since > 0), since, count, LONGEST / 2)

    def hour_factors(self, hours: int) -> list[float]:
        """How much longer a service takes that begins in this hour, in the next, … than now."""
        now = self._times.hour_shift(self._local.hour)
        return [
            math.exp(self._times.hour_shift((self._local.hour + ahead) % 24) - now) for ahead in range(hours)
        ]

    @property
    def minute_of_day(self) -> float:
        """Minutes since midnight at the centre."""
        return self._local.hour * 60 + self.minute_of_hour

    @property
    def minute_of_hour(self) -> float:
        """Minutes since the full hour, at the centre."""
        return self._local.minute + self._local.second / 60
