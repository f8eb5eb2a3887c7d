"""When counters are usually there, learnt from when they called: lunch, late mornings, afternoons off.

Per counter and ten minutes of the day, the share of days on which it was there. A counter counts as there
from call to end and through pauses too short for a lunch. Days fade like those of the service times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

SLOT = 10
"""Minutes."""
_SLOTS = 24 * 60 // SLOT
_SHORT_PAUSE = 45
_THERE, _NOT_THERE = 0.75, 0.12
_ENOUGH_DAYS = 2.5
_LEVELS = 8
NEVER = 1e9


@dataclass
class _Habit:
    days: float = 0
    slots: list[float] = field(default_factory=lambda: [0.0] * _SLOTS)


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
        self._known: dict[tuple[str, int, bool], list[Absence]] = {}

    def learn(self, stays: Iterable[tuple[str, float, float]], fade: float) -> None:
        """One more day: who was busy when, minutes since midnight. ``fade`` weighs older days."""
        self._known.clear()
        by_counter: dict[str, list[tuple[float, float]]] = {}
        for counter, start, end in stays:
            by_counter.setdefault(counter, []).append((start, max(start, end)))
        for counter, busy in by_counter.items():
            habit = self._habits.setdefault(counter, _Habit())
            habit.days = habit.days * fade + 1
            habit.slots = [share * fade for share in habit.slots]
            for slot in _slots_there(sorted(busy)):
                habit.slots[slot] += 1

    @property
    def counters(self) -> Iterable[str]:
        """Counters whose habits are known."""
        return self._habits

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
                one.back if one.back == NEVER else max(0.01, one.back - into),
            )
            for one in self._known[key]
        ]

    def _courses(self, counter: str, slot: int, *, is_open: bool) -> list[Absence]:
        habit = self._habits.get(counter)
        if habit is None or habit.days < _ENOUGH_DAYS:
            return [_STAYS if is_open else Absence(0, NEVER)] * _LEVELS
        there = [
            min(1.0, max(0.0, (count / habit.days - _NOT_THERE) / (_THERE - _NOT_THERE)))
            for count in habit.slots[slot:]
        ]
        return [self._course(there, (level + 0.5) / _LEVELS, is_open=is_open) for level in range(_LEVELS)]

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
        return Absence(leaves * SLOT, back * SLOT)


def _slots_there(busy: Sequence[tuple[float, float]]) -> Iterable[int]:
    spans: list[tuple[float, float]] = []
    for start, end in busy:
        if spans and start - spans[-1][1] <= _SHORT_PAUSE:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    there: set[int] = set()
    for start, end in spans:
        there.update(range(max(0, int(start / SLOT)), min(_SLOTS - 1, int(end / SLOT)) + 1))
    return there
