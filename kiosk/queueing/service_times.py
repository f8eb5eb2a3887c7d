"""How long one service takes at a counter, learnt from what was done there and corrected as the day goes.

A time is from the call to the end, in minutes. Logarithms of times are counted per service in a histogram
that forgets slowly; its middle and spread come from quartiles, and what lies far outside, such as a ticket
nobody completed, is left out. The hour, the counter and how many counters are open shift it, each shrunk
towards no shift. What was seen today, finished or still running, shifts it further (``Outlook``), the more
the more was seen. A new service begins with its configured minutes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from itertools import pairwise
from statistics import NormalDist
from typing import NamedTuple

from kiosk.queueing.discipline import Waiting
from kiosk.queueing.staffing import Staffing, Stay

NO_SHOW = "no_show"

_BIN = 0.08
_LOWEST = math.log(0.05)
_BINS = 116
_LEVELS = 96
_WAITED = (15.0, 30.0, 45.0, 60.0, 80.0, 100.0, 130.0, 170.0)
_LONGEST = 300.0
_NORMAL = NormalDist()


class Leg(NamedTuple):
    """One stay at a counter, as the centre keeps it. ``officers``: counters open at that time.

    ``outcome`` is ``completed``, ``next_service`` or ``no_show``. ``queued_at``: since when it waited for
    this call; ``None`` if that is not known, as for the second service of a visit.
    """

    service: str
    called_at: datetime
    started_at: datetime | None
    ended_at: datetime
    outcome: str
    officers: int
    day: date
    counter: str = ""
    queued_at: datetime | None = None


class Running(NamedTuple):
    """A ticket that is at a counter now. ``started_at`` is ``None`` while it is only called.

    ``ticket``: as it waited, where it has further services to go to.
    """

    service: str
    counter: str
    called_at: datetime
    started_at: datetime | None = None
    ticket: Waiting | None = None


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
    longest_gap: float = 20
    gaps: int = 500
    """How many of them are remembered."""


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
class _Service:
    """What is known of one service before today."""

    counts: list[float]
    minutes: float
    middle: float = 0
    spread: float = 0
    learnt: float = 0
    levels: list[float] = field(default_factory=list)
    """Logarithms relative to ``middle`` at equally likely places."""


@dataclass
class _Today:
    """Residuals of one day's legs of one service at one counter."""

    weight: float = 0
    total: float = 0


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
        self._learning = learning or Learning()
        self._zone = zone
        self._fade = 0.5 ** (1 / self._learning.half_life_days)
        self._services: dict[str, _Service] = {}
        self._hours: dict[int, _Shift] = defaultdict(_Shift)
        self._officers: dict[int, _Shift] = defaultdict(_Shift)
        self._counters: dict[str, _Shift] = defaultdict(_Shift)
        self._no_show_time = _Shift()
        self._missed = [_Shift() for _ in (0.0, *_WAITED)]
        self._cancels = [0.0] * (len(_WAITED) + 1)
        self._gaps: deque[float] = deque(maxlen=self._learning.gaps)
        self._gap_levels: list[float] | None = None
        self._day: date | None = None
        self._legs_today: list[tuple[str, float, int, int, str]] = []
        self._today: dict[tuple[str, str], _Today] = {}
        self._ends: dict[str, datetime] = {}
        self._stays: list[Stay] = []
        self.staffing = Staffing()
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
        self._cancels[bisect_right(_WAITED, waited)] += 1

    def begin(self, day: date) -> None:
        """Begin ``day``: what was seen before becomes history. Does nothing for a day that has begun."""
        if self._day is None or day > self._day:
            self._fold()
            self._day = day

    def _take(self, leg: Leg, *, learn_today: bool) -> None:
        if self._day is None or leg.day > self._day:
            self.begin(leg.day)
        minutes = (leg.ended_at - leg.called_at).total_seconds() / 60
        if minutes <= 0:
            return
        known = self._services.get(leg.service) or self._new(leg.service, minutes)
        self._learn_gap(leg)
        local = leg.called_at.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        if leg.counter:
            queued = None
            if leg.queued_at is not None:
                queued = minute - (leg.called_at - leg.queued_at).total_seconds() / 60
            self._stays.append(Stay(leg.counter, queued, minute, minute + minutes))
        if leg.queued_at is not None:
            waited = (leg.called_at - leg.queued_at).total_seconds() / 60
            missed = self._missed[bisect_right(_WAITED, waited)]
            missed.weight += 1
            missed.total += leg.outcome == NO_SHOW
        if leg.outcome == NO_SHOW:
            self._no_show_time.add(min(minutes, 10.0))
            return
        seen = (leg.service, math.log(minutes), local.hour, leg.officers, leg.counter)
        self._legs_today.append(seen)
        if learn_today:
            self._see(known, seen)

    def _learn_gap(self, leg: Leg) -> None:
        before = self._ends.get(leg.counter)
        if leg.counter:
            self._ends[leg.counter] = leg.ended_at
        if before is None or leg.queued_at is None:
            return
        gap = (leg.called_at - max(before, leg.queued_at)).total_seconds() / 60
        if 0 <= gap <= self._learning.longest_gap:
            self._gaps.append(gap)
            self._gap_levels = None

    def _new(self, service: str, minutes: float) -> _Service:
        known = _Service([0.0] * _BINS, minutes)
        self._services[service] = known
        self._settle(known)
        return known

    def _see(self, known: _Service, seen: tuple[str, float, int, int, str]) -> None:
        service, log_minutes, hour, officers, counter = seen
        residual = log_minutes - known.middle - self._steady(hour, officers, counter)
        limit = 3 * math.hypot(known.spread, math.sqrt(self._middle_variance(known)))
        today = self._today.setdefault((service, counter), _Today())
        today.weight += 1
        today.total += max(-limit, min(limit, residual))

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
        self._no_show_time.fade(self._fade)
        for missed in self._missed:
            missed.fade(self._fade)
        self._cancels = [count * self._fade for count in self._cancels]
        for known in self._services.values():
            known.counts = [count * self._fade for count in known.counts]
        steady = [self._steady(hour, officers, counter) for _, _, hour, officers, counter in self._legs_today]
        for (service, log_minutes, _, _, _), shift_by in zip(self._legs_today, steady, strict=True):
            place = int((log_minutes - shift_by - _LOWEST) / _BIN)
            self._services[service].counts[max(0, min(_BINS - 1, place))] += 1
        for service in {seen[0] for seen in self._legs_today}:
            self._settle(self._services[service])
        self._learn_shifts(steady)
        self.staffing.learn(self._stays, self._fade)
        self._stays.clear()
        self._legs_today.clear()
        self._today.clear()
        self._ends.clear()

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
            self._hours[hour].add(left + self._hours[hour].mean(self._learning.hour_legs))
            self._officers[officers].add(left + self._officers[officers].mean(self._learning.officers_legs))
            if counter:
                self._counters[counter].add(left + self._counter_shift(counter))

    def _settle(self, known: _Service) -> None:
        """Middle, spread and levels of a service from its histogram and the configured minutes."""
        learning = self._learning
        legs = sum(known.counts)
        weight = learning.prior_legs * learning.prior_legs / (learning.prior_legs + legs)
        centre = math.log(known.minutes) - learning.prior_spread**2 / 2
        prior = NormalDist(centre, learning.prior_spread)
        edges = [prior.cdf(_LOWEST + place * _BIN) for place in range(_BINS + 1)]
        counts = [
            count + weight * (above - below)
            for count, below, above in zip(known.counts, edges, edges[1:], strict=False)
        ]
        middle = _quantile(counts, 0.5)
        low, high = _quantile(counts, 0.25), _quantile(counts, 0.75)
        spread = max(0.2, min(1.3, (high - low) / 1.349))
        kept = [
            count if abs(_LOWEST + (place + 0.5) * _BIN - middle) <= learning.outlier * spread else 0.0
            for place, count in enumerate(counts)
        ]
        known.middle, known.spread, known.learnt = middle, spread, legs
        known.levels = [level - middle for level in _quantiles(kept, _LEVELS)]

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

    def no_show_share(self, waited: float) -> float:
        """Share of calls that nobody answers after so many minutes; few wait for ever."""
        place = bisect_right(_WAITED, waited)
        share = self._learning.no_show_share
        for missed in self._missed[: place + 1]:
            share = (missed.total + 20 * share) / (missed.weight + 20)
        return share

    def gone_share(self, waited: float, until: float) -> float:
        """Share of those who have waited so long who cancel before they have waited ``until``; minutes."""
        ends = [missed.weight + count for missed, count in zip(self._missed, self._cancels, strict=True)]
        stays = 1.0
        for place, (low, high) in enumerate(pairwise((0.0, *_WAITED, _LONGEST))):
            part = (min(until, high) - max(waited, low)) / (high - low)
            if part > 0:
                reached = ends[place] / 2 + sum(ends[place + 1 :])
                stays *= 1 - self._cancels[place] / (reached + 10) * part
        return 1 - stays

    @property
    def no_show_minutes(self) -> float:
        """Minutes a counter waits for somebody who does not come."""
        return (self._no_show_time.total + 10 * self._learning.no_show_minutes) / (
            self._no_show_time.weight + 10
        )

    def gap_levels(self) -> list[float]:
        """Equally likely minutes for which a free counter lets people wait before it calls."""
        if self._gap_levels is None:
            prior = [self._learning.gap_minutes * (level + 0.5) / 10 for level in range(20)]
            every = sorted([*self._gaps, *prior])
            self._gap_levels = [_at(every, (level + 0.5) / _LEVELS) for level in range(_LEVELS)]
        return self._gap_levels

    def last_end(self, counter: str) -> datetime | None:
        """When this counter was last done with somebody today."""
        return self._ends.get(counter)

    def _known(self, service: str) -> _Service:
        return self._services.get(service) or self._new(service, 8.0)

    def _counter_shift(self, counter: str) -> float:
        legs = (self._learning.prior_spread / self._learning.counter_spread) ** 2
        return self._counters[counter].mean(legs) if counter in self._counters else 0.0

    def _steady(self, hour: int, officers: int, counter: str) -> float:
        return (
            self.hour_shift(hour)
            + (
                self._officers[officers].mean(self._learning.officers_legs)
                if officers in self._officers
                else 0
            )
            + self._counter_shift(counter)
        )

    def hour_shift(self, hour: int) -> float:
        """How much longer (logarithm) services take that begin in this hour of the centre's day."""
        return self._hours[hour].mean(self._learning.hour_legs) if hour in self._hours else 0.0

    def _middle_variance(self, known: _Service) -> float:
        """How unsure a service's middle is."""
        learning = self._learning
        return 1 / (1 / learning.configured_error**2 + known.learnt / known.spread**2)


class Outlook:
    """Service times at one moment of one day."""

    def __init__(self, times: ServiceTimes, running: Sequence[Running], now: datetime, officers: int) -> None:
        self._times = times
        self._now = now
        self._officers = officers
        self._local = now.astimezone(times._zone)
        seen = {key: (today.weight, today.total) for key, today in times._today.items()}
        self._weigh(seen)
        for one in running:
            self._still_running(one, seen)
        self._weigh(seen)

    def _weigh(self, seen: Mapping[tuple[str, str], tuple[float, float]]) -> None:
        """Today's shifts: common, by service and by counter, and how unsure they are."""
        times, learning = self._times, self._times._learning
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
            known = times._known(service)
            apart = learning.service_day_spread**2 + times._middle_variance(known)
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
        known = self._times._known(one.service)
        shift = self._day_shift + self._service_shifts.get(one.service, 0.0)
        steady = self._times._steady(self._local.hour, self._officers, one.counter)
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
        known = self._times._known(service)
        centre = known.middle + self._day_shift + self._service_shifts.get(service, 0.0) + self._shift_now
        return [math.exp(centre + level) for level in known.levels]

    @property
    def _shift_now(self) -> float:
        return self._times._steady(self._local.hour, self._officers, "")

    def draws(self, service: str, count: int, waited: float, gone: float) -> list[float]:
        """``count`` equally likely minutes for which a call occupies a counter, no-shows among them.

        ``waited``: minutes until the call. ``gone``: share who cancel before it and take no time.
        """
        missed = gone + (1 - gone) * self._times.no_show_share(waited)
        stay = self._times.no_show_minutes
        levels = self.levels(service)
        places = [(number + 0.5) / count for number in range(count)]
        return [
            0.0 if place < gone else stay if place < missed else _at(levels, (place - missed) / (1 - missed))
            for place in places
        ]

    def gone_share(self, waited: float, until: float) -> float:
        """See ``ServiceTimes``."""
        return self._times.gone_share(waited, until)

    def remaining(self, one: Running, count: int) -> list[float]:
        """``count`` equally likely minutes for which one at a counter will still be there."""
        elapsed = max(0.0, (self._now - one.called_at).total_seconds() / 60)
        speed = self.counter_factor(one.counter)
        levels = [level * speed for level in self.levels(one.service)]
        if one.started_at is None:
            missed = self._times.no_show_share(0)
            stay = self._times.no_show_minutes
            short = round(missed * len(levels))
            levels = sorted([stay] * short + levels[: len(levels) - short])
        return _left(levels, elapsed, count, 0.7 * levels[len(levels) // 2])

    def counter_factor(self, counter: str) -> float:
        """How much longer this counter takes than others."""
        return math.exp(self._times._counter_shift(counter) + self._counter_shifts.get(counter, 0.0))

    def spread(self, service: str) -> float:
        """How unsure the service's middle is (logarithm), apart from ``day_spread``."""
        known = self._times._known(service)
        before = math.sqrt(self._times._learning.service_day_spread**2 + self._times._middle_variance(known))
        return self._service_spreads.get(service, before)

    def gaps(self, count: int, since: float = 0) -> list[float]:
        """``count`` equally likely minutes until a counter calls that let people wait ``since`` minutes."""
        levels = self._times.gap_levels()
        return _left(levels, since, count, self._times._learning.longest_gap / 2)

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


def _quantiles(counts: Sequence[float], number: int) -> list[float]:
    """``number`` equally likely values of a histogram of logarithms."""
    whole = sum(counts)
    values = []
    place, below = 0, 0.0
    for index in range(number):
        wanted = (index + 0.5) / number * whole
        while place < _BINS - 1 and below + counts[place] < wanted:
            below += counts[place]
            place += 1
        inside = (wanted - below) / counts[place] if counts[place] > 0 else 0.5
        values.append(_LOWEST + (place + min(1.0, inside)) * _BIN)
    return values


def _quantile(counts: Sequence[float], share: float) -> float:
    whole = sum(counts) * share
    below = 0.0
    for place, count in enumerate(counts):
        if below + count >= whole and count > 0:
            return _LOWEST + (place + (whole - below) / count) * _BIN
        below += count
    return _LOWEST + _BINS * _BIN


def _left(levels: Sequence[float], elapsed: float, count: int, otherwise: float) -> list[float]:
    """What is left of equally likely ``levels`` after ``elapsed``.

    Beyond what was ever seen nobody knows: then ``otherwise`` is the mean.
    """
    later = [level - elapsed for level in levels[bisect_right(levels, elapsed) :]]
    if len(later) < 3:
        return [-math.log(1 - (number + 0.5) / count) * otherwise for number in range(count)]
    return [_at(later, (number + 0.5) / count) for number in range(count)]


def _at(levels: Sequence[float], share: float) -> float:
    """The value at ``share`` of equally likely ``levels``, between them by a line."""
    place = share * len(levels) - 0.5
    if place <= 0:
        return levels[0]
    low = int(place)
    if low >= len(levels) - 1:
        return levels[-1]
    return levels[low] + (levels[low + 1] - levels[low]) * (place - low)
