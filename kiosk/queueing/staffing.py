"""When counters are usually there, learnt from when they called: lunch, late mornings, afternoons off.

Per counter and five minutes of the day, on how many days it was known to call and to be away. It calls from
one call to the next if no long pause lies between, and is away when somebody waited whom it called only much
later. When nobody waited nothing is known, and what the other counters do at that time counts. Days fade like
those of the service times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SLOT = 5
"""Minutes."""
_SLOTS = 24 * 60 // SLOT
_SHORT_PAUSE = 45
_AWAY_FROM = 15
_THERE, _NOT_THERE = 0.8, 0.1
_OTHERS = 1.5
"""Days as many as which the other counters' habit counts."""
_BUSY_HOUSE = 0.25
"""If some counter was busy on this share of days, then the house is open at that time."""
_ENOUGH_DAYS = 2.5
_LEVELS = 8
NEVER = 1e9


class Stay(NamedTuple):
    """A counter was busy with somebody who had waited since ``queued``; minutes since midnight."""

    counter: str
    queued: float | None
    start: float
    end: float


@dataclass
class _Habit:
    there: list[float] = field(default_factory=lambda: [0.0] * _SLOTS)
    away: list[float] = field(default_factory=lambda: [0.0] * _SLOTS)

    def fade(self, by: float) -> None:
        self.there = [days * by for days in self.there]
        self.away = [days * by for days in self.away]


@dataclass(frozen=True)
class Absence:
    """From when to when a counter will be away, in minutes from now; ``NEVER`` if not."""

    leaves: float
    back: float


_STAYS = Absence(NEVER, NEVER)


class Staffing:
    """The counters' habits."""

    def __init__(self) -> None:
        self._habits: dict[str, _Habit] = {}
        self._house = [0.0] * _SLOTS
        self._days = 0.0
        self._known: dict[tuple[str, int, bool], list[Absence]] = {}

    def learn(self, stays: Iterable[Stay], fade: float) -> None:
        """One more day. ``fade`` weighs the days before."""
        self._known.clear()
        by_counter: dict[str, list[Stay]] = {}
        for stay in stays:
            by_counter.setdefault(stay.counter, []).append(stay)
        for habit in self._habits.values():
            habit.fade(fade)
        anybody: set[int] = set()
        for counter, of_day in by_counter.items():
            habit = self._habits.setdefault(counter, _Habit())
            there, away = _seen(sorted(of_day, key=lambda one: one.start))
            for slot in there:
                habit.there[slot] += 1
            for slot in away - there:
                habit.away[slot] += 1
            anybody |= there
        self._days = self._days * fade + 1
        self._house = [days * fade + (slot in anybody) for slot, days in enumerate(self._house)]

    def absences(self, counter: str, minute: float, *, is_open: bool) -> Sequence[Absence]:
        """Equally likely courses of the rest of the day, from ``minute`` since midnight.

        Of an open counter when it will leave and be back; one that does not come back that day stays until
        everybody was served. A closed one is away at once (``leaves`` is 0) until it usually comes.
        """
        slot = min(_SLOTS - 1, int(minute / SLOT))
        key = (counter, slot, is_open)
        if key not in self._known:
            self._known[key] = self._courses(counter, slot, is_open=is_open)
        into = minute - slot * SLOT
        return [
            Absence(
                one.leaves if one.leaves in {0, NEVER} else max(0.01, one.leaves - into),
                one.back if one.back == NEVER else max(0.02, one.back - into),
            )
            for one in self._known[key]
        ]

    def _courses(self, counter: str, slot: int, *, is_open: bool) -> list[Absence]:
        habit = self._habits.get(counter)
        if habit is None or self._days < _ENOUGH_DAYS:
            return [_STAYS if is_open else Absence(0, NEVER)] * _LEVELS
        there = [self._there(habit, at) for at in range(slot, _SLOTS)]
        return [self._course(there, (level + 0.5) / _LEVELS, is_open=is_open) for level in range(_LEVELS)]

    def _there(self, habit: _Habit, slot: int) -> float:
        """How surely a counter is there; certain and out of the question are rounded to 1 and 0."""
        others = min(1.0, self._house[slot] / self._days / _BUSY_HOUSE)
        known = habit.there[slot] + habit.away[slot]
        share = (habit.there[slot] + _OTHERS * others) / (known + _OTHERS)
        return min(1.0, max(0.0, (share - _NOT_THERE) / (_THERE - _NOT_THERE)))

    @staticmethod
    def _course(there: Sequence[float], level: float, *, is_open: bool) -> Absence:
        """One course: at ``level`` the counter is there in a slot if its share is at least that."""
        leaves = 0
        if is_open:
            level *= max(there[0], 0.01)  # it is there today, perhaps longer than on other days
            leaves = next((slot for slot, share in enumerate(there) if share < level), -1)
            if leaves < 0:
                return _STAYS
        else:
            level = there[0] + level * (1 - there[0])  # it is not there, although on other days it may be
        back = next((slot for slot in range(leaves, len(there)) if there[slot] >= max(level, 1e-6)), -1)
        if back < 0:
            return _STAYS if is_open else Absence(0, NEVER)
        # A slot holds a call if the counter was there for part of it: on average half of it is missing.
        return Absence((leaves - 0.5) * SLOT if is_open else 0, (back + 0.5) * SLOT)


def _seen(stays: Sequence[Stay]) -> tuple[set[int], set[int]]:
    """The slots of a day in which a counter called, and those in which it let somebody wait."""
    there: set[int] = set()
    away: set[int] = set()
    before: Stay | None = None
    for stay in stays:
        since = stay.start
        done = before.end if before is not None else 0.0
        waited_since = stay.start if stay.queued is None else max(stay.queued, done)
        if stay.start - waited_since >= _AWAY_FROM:
            away.update(range(math.ceil(waited_since / SLOT), int(stay.start / SLOT)))
        elif before is not None and stay.start - done <= _SHORT_PAUSE:
            since = before.start
        there.update(range(max(0, int(since / SLOT)), min(_SLOTS - 1, int(stay.start / SLOT)) + 1))
        before = stay
    return there, away
