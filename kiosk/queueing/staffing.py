"""When counters are usually there, learnt from when they called: lunch, tea, officers called away.

What the rest of today may bring at a counter is what the rest of other days brought: those of this counter on
which it was there (or away) at this time of day as it is now, and, counting less, those of the others. Old
days count less and at last nothing.

An absence that begins when there is often one, such as lunch, ends as those did. One that begins at any other
time, such as that of an officer who was called away, ends as such absences of all counters did, if ever.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from kiosk.queueing.absences import NEVER, Gone, Idle, Stay, idle_times, likely

COURSES = 24
_DAYS = 40
"""How many days of a counter are remembered."""
_OTHERS = 3.0
"""Days as many as which all days of the other counters together count."""
_OTHERS_DAYS = 24
"""How many of those are looked at, the newest of each counter."""
_ENOUGH_DAYS = 2
_ITS_OWN = 0.06
"""Share of a counter's calls from which a service is its own; others were sent to it now and then."""
_ALIKE = 25
"""Minutes by which the beginnings of absences of the same kind differ."""
_OFTEN = 0.3
"""Share of days on which an absence must begin at some time to be a habit."""
_LEVELS = (0.25, 0.75)
_GUESSED_ENDS = (0.5, 1.0, 2.0, 4.0)
"""An absence nobody knows ends after so many times as long as it has lasted, or not at all: as likely."""
_SHORTEST_GUESS = 10
_OVERDUE = 0.03
"""Weight of a day on which a counter was away at this time, although today it is there."""
_OVERDUE_MINUTES = 5
_KEPT = 500


class Absence(NamedTuple):
    """From when to when a counter is away, in minutes from now; ``NEVER`` if it does not come back today."""

    leaves: float
    back: float


Course = tuple[Absence, ...]
"""What the rest of a day may bring at one counter, in the order of time."""
_Weighed = Iterator[tuple[float, Course]]


@dataclass
class _Habit:
    """The last days of one counter, the newest last, and how often it called which service."""

    idle: deque[tuple[Idle, ...]] = field(default_factory=lambda: deque(maxlen=_DAYS))
    calls: Counter[str] = field(default_factory=Counter)
    days: Sequence[tuple[Gone, ...]] = ()

    @property
    def services(self) -> set[str]:
        """What it calls as a rule."""
        least = _ITS_OWN * self.calls.total()
        return {service for service, calls in self.calls.items() if calls >= least}


class Staffing:
    """The counters' habits."""

    def __init__(self) -> None:
        self._habits: dict[str, _Habit] = {}
        self._fade = 1.0
        self._settled = True
        self._unusual: list[tuple[float, Gone]] = []
        self._known: dict[tuple[str, bool, int, int | None], Sequence[Course]] = {}

    def learn(self, stays: Iterable[Stay], fade: float) -> None:
        """One more day. ``fade`` weighs the days before."""
        self._known.clear()
        self._fade, self._settled = fade, False
        of_day = sorted(stays, key=lambda one: one.start)
        for stay in of_day:
            self._habits.setdefault(stay.counter, _Habit()).calls[stay.service] += 1
        for counter, habit in self._habits.items():
            services = habit.services
            busy = [stay for stay in of_day if stay.counter == counter]
            waits = [
                (stay.queued, stay.start)
                for stay in of_day
                if stay.queued is not None and stay.service in services
            ]
            habit.idle.append(tuple(idle_times(busy, waits)))

    def courses(
        self, counter: str, minute: float, *, is_open: bool, since: float | None = None
    ) -> Sequence[Course]:
        """Equally likely courses of the rest of the day from ``minute`` of the day, by when the counter goes.

        ``since``: when it last called, or now, if it is open; since when it has been away if it is closed,
        ``None`` if it has called nobody today. A closed counter is away at once in every course.
        """
        self._settle()
        key = (counter, is_open, int(minute), None if since is None else int(since))
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            if is_open:
                weighed = self._if_open(counter, minute, minute if since is None else since)
                self._known[key] = _equally_likely(list(weighed), ())
            else:
                weighed = self._if_closed(counter, minute, since)
                self._known[key] = _equally_likely(list(weighed), (Absence(0, NEVER),))
        return self._known[key]

    def _settle(self) -> None:
        """Learn from all days what each of them does not tell by itself."""
        if self._settled:
            return
        own = {
            counter: [one for day in habit.idle for one in day if one.is_sure]
            for counter, habit in self._habits.items()
        }
        every = [one for ones in own.values() for one in ones]
        for counter, habit in self._habits.items():
            each = [[likely(one, own[counter], every) for one in day] for day in habit.idle]
            habit.days = [tuple(gone for gone in day if gone is not None) for day in each]
        self._unusual = [
            (self._fade**age, gone)
            for counter, habit in self._habits.items()
            for age, day in enumerate(reversed(habit.days))
            for gone in day
            if not gone.is_late_start and not self._is_habit(counter, gone.middle, gone.middle)
        ]
        self._settled = True

    @property
    def _knows_enough(self) -> bool:
        return max((len(habit.days) for habit in self._habits.values()), default=0) >= _ENOUGH_DAYS

    def _days_of(self, counter: str) -> Iterator[tuple[float, tuple[Gone, ...]]]:
        """Days with their weight: this counter's, and those of the others."""
        if not self._knows_enough:
            return
        own = self._habits.get(counter)
        for age, day in enumerate(reversed(own.days if own else ())):
            yield self._fade**age, day
        others = [habit.days for name, habit in self._habits.items() if name != counter]
        newest = math.ceil(_OTHERS_DAYS / max(1, len(others)))
        others = [days[-newest:] for days in others]
        whole = sum(self._fade**age for days in others for age in range(len(days)))
        for days in others:
            for age, day in enumerate(reversed(days)):
                yield self._fade**age * _OTHERS / max(whole, _OTHERS), day

    def _if_open(self, counter: str, minute: float, since: float) -> _Weighed:
        for weight, day in self._days_of(counter):
            for level in _LEVELS:
                course = []
                overdue = 1.0
                for gone in day:
                    leaves = gone.leaves(level)
                    if leaves > since:
                        course.append(Absence(max(0.0, leaves - minute), _minutes_to(gone.back, minute)))
                    elif gone.back > minute and not gone.is_late_start:
                        overdue = _OVERDUE
                        course.append(Absence(_OVERDUE_MINUTES, _minutes_to(gone.back, minute)))
                yield weight * overdue, tuple(course)

    def _if_closed(self, counter: str, minute: float, since: float | None) -> _Weighed:
        if self._knows_enough:
            weighed = list(self._if_as_usual(counter, minute, since))
            yield from weighed or self._if_unusual(minute, since)

    def _if_as_usual(self, counter: str, minute: float, since: float | None) -> _Weighed:
        """Days on which an absence began as today's did, and was not over yet."""
        if since is not None and not self._is_habit(counter, since, minute):
            return
        for weight, day in self._days_of(counter):
            for place, gone in enumerate(day):
                if since is None:
                    alike = gone.is_late_start
                else:
                    alike = since - _ALIKE <= gone.middle <= max(minute, since + _ALIKE)
                if alike and gone.back > minute:
                    later = (
                        Absence(_minutes_to(one.middle, minute), _minutes_to(one.back, minute))
                        for one in day[place + 1 :]
                    )
                    yield weight, (Absence(0, _minutes_to(gone.back, minute)), *later)
                    break

    def _if_unusual(self, minute: float, since: float | None) -> _Weighed:
        lasted = 0.0 if since is None else minute - since
        for guess in _GUESSED_ENDS:
            yield 0.5 / len(_GUESSED_ENDS), (Absence(0, guess * max(_SHORTEST_GUESS, lasted)),)
        yield 0.5, (Absence(0, NEVER),)
        if since is None:
            return
        for weight, gone in self._unusual:
            remains = gone.back - gone.missed - lasted
            if remains > 0:
                yield weight, (Absence(0, NEVER if gone.back >= NEVER else remains),)

    def _is_habit(self, counter: str, leaves: float, until: float) -> bool:
        """Whether absences often begin between these times, or near the first."""
        low, high = leaves - _ALIKE, max(until, leaves + _ALIKE)
        often = whole = 0.0
        for weight, day in self._days_of(counter):
            whole += weight
            often += weight * any(low <= gone.middle <= high for gone in day if not gone.is_late_start)
        return often >= _OFTEN * whole > 0


def _minutes_to(at: float, minute: float) -> float:
    return NEVER if at >= NEVER else max(0.0, at - minute)


def _equally_likely(weighed: Sequence[tuple[float, Course]], otherwise: Course) -> Sequence[Course]:
    """``COURSES`` of them, as often as they weigh, in the order of the first absence."""
    if not weighed:
        return [otherwise] * COURSES
    ordered = sorted(weighed, key=lambda one: one[1] or (Absence(NEVER, NEVER),))
    sums = list(accumulate(weight for weight, _ in ordered))
    wanted = ((number + 0.5) / COURSES * sums[-1] for number in range(COURSES))
    return [ordered[min(len(ordered) - 1, bisect_left(sums, one))][1] for one in wanted]
