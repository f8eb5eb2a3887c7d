"""The counters run forward: one run with usual times for the order of calls, then many with drawn times.

``estimate`` says why. A run knows who waits, who will come, when counters are free, leave and come back.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush, heapreplace

from kiosk.queueing.absences import NEVER
from kiosk.queueing.arrivals import Coming
from kiosk.queueing.desks import DesksNow, OpenCounter, desks_now
from kiosk.queueing.discipline import Discipline, Waiting
from kiosk.queueing.draws import DRAWS, shuffled, unsure, wait_of
from kiosk.queueing.lines import Call, Later, Lines
from kiosk.queueing.wait import Wait

__all__ = ["ForwardRun", "OpenCounter", "desks_now"]

_HORIZON_HOURS = 24
_WAITED_STEP = 10
_A_DAY = 24 * 60.0


class ForwardRun:
    """The queue and its counters at one moment. Times are minutes from now."""

    def __init__(self, now: datetime, desks: DesksNow, then: Mapping[str, Sequence[str]]) -> None:
        self._now = now
        self._desks, self._outlook = desks.desks, desks.outlook
        self._then = then
        self._levels: dict[tuple[str, float, float], list[float]] = {}
        self._gaps = self._outlook.gaps(DRAWS)
        self._gap = sum(self._gaps) / DRAWS

    def _draws(self, call: Call) -> list[float]:
        """Equally likely minutes of a call."""
        waited, already = _about(call.waited), _about(call.waited_already)
        key = (call.ticket.service, waited, already)
        if key not in self._levels:
            gone = self._outlook.gone_share(already, waited)
            self._levels[key] = self._outlook.draws(call.ticket.service, DRAWS, waited, gone)
        return self._levels[key]

    def waits(
        self,
        discipline: Discipline,
        waiting: Sequence[Waiting],
        futures: Sequence[Sequence[Coming]],
        ghosts: Container[str],
    ) -> dict[str, Wait]:
        """Each ticket's wait. ``futures``: who may still come, each as likely."""
        called: dict[str, list[float]] = {}
        for number, coming in enumerate(futures):
            order = self.order(discipline, waiting, coming, ghosts)
            for ticket, minutes in self.drawn(order, slice(number, None, len(futures))).items():
                called.setdefault(ticket, []).extend(minutes)
        stays = self._outlook.staying()
        already = {one.id: max(0.0, (self._now - one.queued_at).total_seconds() / 60) for one in waiting}
        return {
            ticket: wait_of(minutes, stays, already[ticket]) for ticket, minutes in called.items() if minutes
        }

    def order(
        self,
        discipline: Discipline,
        waiting: Iterable[Waiting],
        coming: Iterable[Coming],
        ghosts: Container[str],
    ) -> list[Call]:
        """All calls in the order in which they come if every service takes its usual time."""
        queues = [desk.queue for desk in self._desks if desk.is_open]
        wanted = [one for one in waiting if any(queue.may_call(one) for queue in queues)]
        classes = Lines(wanted)
        calls = {one.id: Call(one, 0, None, counts=True, ghost=one.id in ghosts) for one in wanted}
        later = Later(calls)
        for one in coming:
            at = max(0.0, (one.at - self._now).total_seconds() / 60)
            later.add(at, Call(one.ticket, at, None))
        free = []
        for number, desk in enumerate(self._desks):
            done = sum(desk.free) / DRAWS
            self._follow(later, done, desk.ticket, -1 - number)
            free.append((done + (self._gap if desk.busy else 0.0), number))
        heapify(free)
        order: list[Call] = []
        missing = len(wanted)
        while free and missing:
            at, number = free[0]
            desk = self._desks[number]
            back = next((back for leaves, back in desk.usual if leaves <= at < back), at)
            if back > at:
                heapreplace(free, (back, number))
                continue
            classes.add(later.until(at))
            moment = self._now + timedelta(minutes=min(at, _A_DAY))
            choice = discipline.choose(classes.heads(), desk.queue, moment)
            if choice is None:
                heappop(free)
                if later.soonest is not None:
                    heappush(free, (later.soonest, number))
                continue
            call = calls[choice.ticket.id]
            classes.call(choice, desk.queue, ghosts)
            if call.after is None:
                call = self._with_waits(call, moment)
            order.append(call)
            missing -= call.counts
            if call.ghost:
                continue
            end = at + sum(self._draws(call)) / DRAWS * desk.speed
            self._follow(later, end, call.ticket, len(order) - 1)
            heapreplace(free, (end + self._gap, number))
        return order

    def _with_waits(self, call: Call, at: datetime) -> Call:
        waited = max(0.0, (at - call.ticket.queued_at).total_seconds() / 60)
        already = max(0.0, (self._now - call.ticket.queued_at).total_seconds() / 60)
        return replace(call, waited=waited, waited_already=already)

    def _follow(self, later: Later, at: float, ticket: Waiting | None, after: int) -> None:
        """Who has a further service waits for it as soon as the first is done."""
        further = self._then.get(ticket.id) if ticket is not None else None
        if ticket is None or not further:
            return
        again = replace(ticket, id=f"{ticket.id} {further[0]}", service=further[0], reserved_counter=None)
        if any(desk.queue.may_call(again) for desk in self._desks):
            later.add(at, Call(again, 0, after))

    def drawn(  # noqa: PLR0912, PLR0915 - one tight loop
        self, order: Sequence[Call], part: slice
    ) -> dict[str, list[float]]:
        """When each is called as the counters work ``order`` off with drawn times; ``part`` of all draws."""
        services = {call.ticket.service for call in order}
        doubt = {one: unsure(self._outlook.spread(one), one, part) for one in services}
        lengths = [
            None
            if call.ghost
            else [
                length * factor
                for length, factor in zip(
                    shuffled(self._draws(call), call.ticket.id, part),
                    doubt[call.ticket.service],
                    strict=True,
                )
            ]
            for call in order
        ]
        gaps = [shuffled(self._gaps, call.ticket.id + " gap", part) for call in order]
        lists = [
            [place for place, call in enumerate(order) if desk.queue.may_call(call.ticket)]
            for desk in self._desks
        ]
        done = [shuffled(desk.free, desk.queue.id + " free", part) for desk in self._desks]
        pauses = [
            shuffled(self._gaps, desk.queue.id + " gap", part) if desk.busy else [0.0] * DRAWS
            for desk in self._desks
        ]
        habits = [shuffled(desk.courses, desk.queue.id + " habit", part) for desk in self._desks]
        speeds = [desk.speed for desk in self._desks]
        follows = {call.after: place for place, call in enumerate(order) if call.after is not None}
        day = unsure(self._outlook.day_spread, "day", part)
        hours = self._outlook.hour_factors(_HORIZON_HOURS)
        minute = self._outlook.minute_of_hour
        called_at: list[list[float]] = [[] for _ in order]
        wanted = sum(call.counts for call in order)
        count = len(order)
        for draw, factor in enumerate(day):
            free = [(done[number][draw] + pause[draw], number) for number, pause in enumerate(pauses)]
            heapify(free)
            idle: list[int] = []
            firsts = [0] * len(lists)
            gone = [False] * count
            ready = [call.ready if call.after is None else NEVER for call in order]
            for number, end_of in enumerate(done):
                if -1 - number in follows:
                    ready[follows[-1 - number]] = end_of[draw]
            missing = wanted
            while free and missing:
                at, number = free[0]
                away = False
                for leaves, back in habits[number][draw]:
                    if at < leaves:
                        break
                    if at < back:
                        away = True
                        if back == NEVER:
                            heappop(free)
                        else:
                            heapreplace(free, (back, number))
                        break
                if away:
                    continue
                places = lists[number]
                first = firsts[number]
                while first < len(places) and gone[places[first]]:
                    first += 1
                firsts[number] = first
                soonest = NEVER
                for further in range(first, len(places)):
                    place = places[further]
                    if gone[place]:
                        continue
                    if ready[place] <= at:
                        break
                    soonest = min(soonest, ready[place])
                else:
                    heappop(free)
                    if soonest < NEVER:
                        heappush(free, (soonest, number))
                    elif first < len(places):
                        idle.append(number)
                    continue
                gone[place] = True
                missing -= order[place].counts
                called_at[place].append(at)
                length = lengths[place]
                if length is None:
                    continue
                hour = hours[min(_HORIZON_HOURS - 1, int((at + minute) / 60))]
                end = at + length[draw] * factor * speeds[number] * hour
                heapreplace(free, (end + gaps[place][draw], number))
                if place in follows:
                    ready[follows[place]] = end
                    for other in idle:
                        heappush(free, (end, other))
                    idle.clear()
        return {
            call.ticket.id: minutes for call, minutes in zip(order, called_at, strict=True) if call.counts
        }


def _about(minutes: float) -> float:
    """Waits in steps: those just begun, and others by the middle of their step."""
    step = int(minutes / _WAITED_STEP)
    return (step + 0.5) * _WAITED_STEP if step else 0.0
