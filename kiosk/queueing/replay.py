"""Promises of past days made again from what is kept of those days, so that a restart forgets nothing.

What is kept says who waited when and who was at which counter. Which counters were open is told from their
calls. The times a promise is made with are those learnt until now, which is a little more than was known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from kiosk.queueing.calibration import Calibration
from kiosk.queueing.discipline import CounterQueue, Waiting
from kiosk.queueing.estimate import OpenCounter
from kiosk.queueing.legs import Leg, Running
from kiosk.queueing.wait import Wait

_OPEN_BETWEEN = timedelta(minutes=20)
"""A counter was open between two stays that are no farther apart, and for so long before and after all."""

Foretold = Callable[[Sequence[Waiting], Sequence[OpenCounter], Sequence[CounterQueue], datetime], Wait]
"""The wait of the last of those who wait."""


class Past(NamedTuple):
    """A ticket of a day past: how it waited, and when it was first called or left without a call."""

    ticket: Waiting
    called_at: datetime | None
    left_at: datetime | None


def promised_again(
    past: Sequence[Past],
    legs: Sequence[Leg],
    queues: Sequence[CounterQueue],
    foretell: Foretold,
    calibration: Calibration,
) -> Iterator[None]:
    """Make one day's promises again and have ``calibration`` learn from them. One step for each promise."""
    stays = {queue.id: [leg for leg in legs if leg.counter == queue.id] for queue in queues}
    for each in stays.values():
        each.sort(key=lambda leg: leg.called_at)
    happens = sorted(
        [(one.ticket.queued_at, 1, one.ticket.arrival, one) for one in past]
        + [(one.called_at, 0, one.ticket.arrival, one) for one in past if one.called_at is not None],
        key=lambda one: one[:3],
    )
    calibration.begin()
    for now, is_new, _, one in happens:
        if not is_new:
            calibration.called(one.ticket.id, now)
            continue
        waiting = [other.ticket for other in past if _waits(other, now) and other is not one]
        counters = {queue.id: _at(stays[queue.id], now) for queue in queues}
        opened = [OpenCounter(queue, at[0]) for queue in queues if (at := counters[queue.id]) is not None]
        closed = [queue for queue in queues if counters[queue.id] is None]
        calibration.promised(one.ticket.id, foretell([*waiting, one.ticket], opened, closed, now), now)
        yield


def _waits(one: Past, now: datetime) -> bool:
    end = one.called_at or one.left_at
    return one.ticket.queued_at <= now and (end is None or now < end)


def _at(stays: Sequence[Leg], now: datetime) -> tuple[Running | None] | None:
    """Who was at a counter, in a tuple; ``None`` if it was closed."""
    place = bisect_right(stays, now, key=lambda leg: leg.called_at)
    before = stays[place - 1] if place else None
    if before is not None and now < before.ended_at:
        started = before.started_at if before.started_at and before.started_at <= now else None
        return (Running(before.service, before.counter, before.called_at, started),)
    after = stays[place] if place < len(stays) else None
    since = now if before is None else before.ended_at
    until = now if after is None else after.called_at
    return (None,) if (before or after) and until - since <= _OPEN_BETWEEN else None
