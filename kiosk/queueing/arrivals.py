"""Who is still to come: learnt from when numbers were taken, by the half hour.

A forecast needs this for those who will go before some that wait now, which are few: with priority, or of a
counter's preferred service.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from kiosk.queueing.discipline import Waiting

_SLOT = 30
_SLOTS = 24 * 60 // _SLOT
_HALF_LIFE_DAYS = 15
_LOAD_PRIOR = 15
_GOLDEN = 0.6180339887498949
_SOON = 12
"""Minutes in which also those without priority count."""
_FURTHER = 45
_LATE = 1 << 30
_FUTURES, _FEWEST_FUTURES, _FEW_WAITING = 6, 2, 15
EXPECTED = "expected "


class Coming(NamedTuple):
    """A ticket that will wait from ``at`` on: one that is parked until then, or one that is expected."""

    ticket: Waiting
    at: datetime


class _Kind(NamedTuple):
    service: str
    priority: str | None
    appointed: bool


class Arrivals:
    """Rates of arrival, and who is expected next."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._fade = 0.5 ** (1 / _HALF_LIFE_DAYS)
        self._day: date | None = None
        self._days = 0.0
        self._slots = [0.0] * _SLOTS
        self._kinds: dict[_Kind, float] = {}
        self._today = [0] * _SLOTS
        self._kinds_today: Counter[_Kind] = Counter()

    def add(self, service: str, priority: str | None, at: datetime, *, appointed: bool = False) -> None:
        """A number was taken. In the order of time."""
        local = at.astimezone(self._zone)
        self._begin(local.date())
        self._today[(local.hour * 60 + local.minute) // _SLOT] += 1
        self._kinds_today[_Kind(service, priority, appointed)] += 1

    def _begin(self, day: date) -> None:
        """What was counted before becomes history. Does nothing for a day that has begun."""
        if self._day is None or day > self._day:
            self._fold()
            self._day = day

    def futures(self, now: datetime, waiting: int = 0) -> list[list[Coming]]:
        """Who may come in the next minutes, told several times, each as likely; fewer times if many wait.

        Together they come close to chance: with one alone the forecast would know whom it cannot know.
        """
        count = max(_FEWEST_FUTURES, min(_FUTURES, _FUTURES * _FEW_WAITING // max(1, waiting)))
        return [self._expected(now, (future + 0.5) / count) for future in range(count)]

    def _expected(self, now: datetime, phase: float) -> list[Coming]:
        """Those expected in the next minutes, evenly spread. ``phase``: below 1, shifts times and kinds.

        Numbers are counted through the day, so that one who is expected stays the same while his time draws
        near.
        """
        local = now.astimezone(self._zone)
        self._begin(local.date())
        minute = local.hour * 60 + local.minute + local.second / 60
        kinds = self._shares()
        if not kinds:
            return []
        coming = []
        for number, minutes in self._next(minute, local, phase):
            kind = _pick(kinds, (number * _GOLDEN + phase) % 1)
            if kind.priority is not None or kind.appointed or minutes < _SOON:
                moment = now + timedelta(minutes=minutes)
                appointed_at = moment if kind.appointed else None
                name, place = f"{EXPECTED}{number}", _LATE + number
                ticket = Waiting(name, kind.service, moment, place, kind.priority, appointed_at)
                coming.append(Coming(ticket, moment))
        return coming

    def _next(self, minute: float, local: datetime, phase: float) -> Iterator[tuple[int, float]]:
        """The arrivals of the next minutes: which of the day, and in how many minutes."""
        slot, into = divmod(minute, _SLOT)
        count = float(sum(self._today[: int(slot)]))
        number = int(count + self._rate(int(slot), local) * into + phase) + 1
        for ahead in range(int(slot), min(_SLOTS, int((minute + _FURTHER) // _SLOT) + 1)):
            rate = self._rate(ahead, local)
            while number - phase <= count + rate * _SLOT:
                minutes = ahead * _SLOT + (number - phase - count) / rate - minute
                if minutes >= _FURTHER:
                    return
                yield number, max(0.0, minutes)
                number += 1
            count += rate * _SLOT

    def _shares(self) -> Mapping[_Kind, float]:
        counts = dict(self._kinds)
        for kind, count in self._kinds_today.items():
            counts[kind] = counts.get(kind, 0.0) + count
        whole = sum(counts.values())
        return {kind: count / whole for kind, count in sorted(counts.items(), key=str)} if whole else {}

    def _rate(self, slot: int, local: datetime) -> float:
        """Arrivals a minute in a slot of today."""
        if slot >= _SLOTS:
            return 0.0
        current = (local.hour * 60 + local.minute) // _SLOT
        if self._days == 0:
            into = local.minute % _SLOT
            before = self._today[current - 1] if current else 0
            return (self._today[current] + before) / (_SLOT + max(1, into))
        usual = [count / self._days for count in self._slots]
        seen, foreseen = sum(self._today[:current]), sum(usual[:current])
        return usual[slot] / _SLOT * (seen + _LOAD_PRIOR) / (foreseen + _LOAD_PRIOR)

    def _fold(self) -> None:
        if not self._kinds_today:
            return
        self._days = self._days * self._fade + 1
        self._slots = [old * self._fade + new for old, new in zip(self._slots, self._today, strict=True)]
        kinds = {kind: count * self._fade for kind, count in self._kinds.items()}
        for kind, count in self._kinds_today.items():
            kinds[kind] = kinds.get(kind, 0.0) + count
        self._kinds = kinds
        self._today = [0] * _SLOTS
        self._kinds_today.clear()


def _pick(shares: Mapping[_Kind, float], place: float) -> _Kind:
    kind = next(iter(shares))
    for kind, share in shares.items():
        if place < share:
            return kind
        place -= share
    return kind
