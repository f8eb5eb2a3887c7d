"""When a counter was away on a day, told from who was called when and who waited meanwhile.

A counter was away while somebody waited whom it may call and it called nobody. So nobody needs to tell, and a
counter that was not closed counts as well. It went between its last call and the first one it did not make.
What cannot be seen because nobody waited was as on other days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

NEVER = 1e9
_AWAY_FROM = 4
"""Minutes of letting people wait from which a counter was away."""
_LATE_FROM = 0.5
"""The same before its first call of the day."""
_UNSEEN_FROM = 15
"""Minutes without anybody to call in which a counter may have been away unseen."""
_SURE = 15
"""Minutes from the last call to the first that was not made: more say little about when a counter went."""
_BEFORE_NEXT = 5
_LONG_OPEN = 60
_OFTEN = 0.1


class Stay(NamedTuple):
    """A counter was busy with somebody who had waited since ``queued``; minutes since midnight."""

    counter: str
    service: str
    queued: float | None
    start: float
    end: float


class Gone(NamedTuple):
    """An absence of a day past, in minutes since midnight. It began after ``called`` and by ``missed``.

    ``called`` is negative before the first call of the day.
    """

    called: float
    missed: float
    back: float

    def leaves(self, level: float) -> float:
        """When it began, at ``level`` between what is certain."""
        return self.called + (self.missed - self.called) * level

    @property
    def middle(self) -> float:
        """About when it began."""
        return (self.called + self.missed) / 2

    @property
    def is_late_start(self) -> bool:
        """Whether the counter had not come yet that day."""
        return self.called < 0


class Idle(NamedTuple):
    """A long time between two calls, at ``called`` (negative: none yet) and ``called_again``.

    ``missed``: when somebody was first let wait; ``None`` if nobody was. ``doors``: the first who came.
    """

    called: float
    missed: float | None
    back: float
    called_again: float
    doors: float

    @property
    def is_sure(self) -> bool:
        """Whether it is known well when the counter went and came."""
        seen = self.missed is not None and self.missed - self.called <= _SURE
        return seen and self.called >= 0 and self.back < NEVER


def idle_times(busy: Sequence[Stay], waits: Sequence[tuple[float, float]]) -> Iterator[Idle]:
    """When a counter was idle for long: ``busy`` are its stays of a day in the order of time, ``waits`` from
    when to when those waited whom it may call.
    """
    called, free = -1.0, 0.0
    doors = min((queued for queued, _ in waits), default=0.0)
    for stay in [*busy, None]:
        again = NEVER if stay is None else stay.start
        let_wait = sorted(
            (max(queued, free), min(start, again))
            for queued, start in waits
            if start > free and queued < again
        )
        if _length(let_wait) >= (_LATE_FROM if called < 0 else _AWAY_FROM):
            until = max(end for _, end in let_wait)
            back = again if stay is None or until > again - _BEFORE_NEXT else until
            yield Idle(called, let_wait[0][0], back, again, doors)
        elif again - max(free, doors) > (1 if called < 0 else _UNSEEN_FROM):
            yield Idle(called, None, again, again, doors)
        if stay is not None:
            called, free = stay.start, stay.end


def likely(idle: Idle, own: Sequence[Idle], every: Sequence[Idle]) -> Gone | None:
    """The absence that an idle time was, if it was one.

    ``own``: sure ones of this counter, ``every``: of all counters.
    """
    if idle.called < 0:
        if idle.missed is not None:
            return Gone(idle.called, idle.missed, idle.back)
        opened = (idle.doors + idle.back) / 2  # nobody saw when
        return Gone(idle.called, 0, opened) if idle.back - idle.doors < _LONG_OPEN else None
    if idle.missed is not None and idle.missed - idle.called <= _SURE:
        return Gone(idle.called, idle.missed, idle.back)
    before = idle.called_again if idle.missed is None else idle.missed
    for ones in (own, every):
        alike = [one for one in ones if idle.called < one.called and (one.missed or 0) <= before + 1]
        if len(alike) >= max(2, _OFTEN * len(ones)):
            like = alike[int(idle.called * 7 + idle.called_again) % len(alike)]  # any, the same each time
            back = like.back if idle.missed is None else idle.back
            return Gone(like.called, like.missed or 0, back)
    return None if idle.missed is None else Gone(idle.called, idle.missed, idle.back)


def _length(spans: Iterable[tuple[float, float]]) -> float:
    """Minutes covered by spans in the order of their beginnings."""
    length, until = 0.0, 0.0
    for start, end in spans:
        length += max(0.0, end - max(start, until))
        until = max(until, end)
    return length
