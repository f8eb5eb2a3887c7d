"""The lobby in plain words, written apart from the product: what must come of every event.

Nothing of the product is imported here. Each method does one thing that somebody asks for at a moment, or
raises ``RefusedError``; what is refused changes nothing, not even the day. Times are aware datetimes.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

VIETNAM = timezone(timedelta(hours=7))
HERE = ("called", "serving")
MILLISECOND = timedelta(milliseconds=1)
GRACE = timedelta(minutes=15)
UNDO = timedelta(seconds=20)
OVERTAKEN_AT_MOST = 3
PREFERENCE = timedelta(minutes=5)
HEAD_START = timedelta(minutes=30)
CLASSES = ("khuyet-tat", "co-cong")

SERVES = {
    "quay-1": ("ho-tich", "xac-nhan-hon-nhan"),
    "quay-2": ("chung-thuc",),
    "quay-9": ("dat-dai", "ho-tich", "xac-nhan-hon-nhan"),
}
SERIES = {"ho-tich": "A", "xac-nhan-hon-nhan": "B", "chung-thuc": "C", "dat-dai": "D"}


class RefusedError(Exception):
    """It means nothing here."""


@dataclass
class Slip:
    """A number and what became of it."""

    id: str
    day: str
    sequence: int
    arrival: int
    queued: datetime
    service: str
    then: list[str]
    person: str | None = None
    visits: frozenset[str] = frozenset()
    priority: str | None = None
    state: str = "waiting"
    counter: str | None = None
    reserved: str | None = None
    back_at: datetime | None = None
    ended: datetime | None = None
    rejoins: int = 0
    overtaken: int = 0
    legs: int = 0
    passed: tuple[str, ...] = ()
    image: Slip | None = None
    done: str = ""
    undo_until: datetime | None = None
    undo_at: str | None = None

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place by arrival; nothing but its own number's day ever changes it."""
        return (self.queued, self.arrival)

    def nowhere(self) -> None:
        """Waits again, called by nobody."""
        self.state, self.counter, self.reserved, self.back_at, self.ended = "waiting", None, None, None, None

    def over(self, state: str, now: datetime) -> None:
        """It has come to an end."""
        self.state, self.ended, self.reserved, self.back_at = state, now, None, None
        self.forget()

    def forget(self) -> None:
        """Nothing of it can be taken back."""
        self.image, self.done, self.undo_until, self.undo_at = None, "", None, None


@dataclass
class Lobby:
    """Everything there is. ``open``: counters with an officer."""

    slips: dict[str, Slip] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    stopped: set[str] = field(default_factory=set)
    day: str = ""
    last_queued: datetime | None = None
    arrivals: int = 0
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)

    # -- the day

    def turn(self, now: datetime) -> None:
        """The local date, never backwards; who still waits when it changes has waited in vain."""
        day = max(self.day, now.astimezone(VIETNAM).date().isoformat())
        if day == self.day:
            return
        for slip in self.slips.values():
            if slip.day < day and slip.state in {"waiting", "called", "parked"}:
                slip.over("expired", now)
        self.day, self.last_queued, self.arrivals = day, None, 0

    def minute(self, now: datetime) -> None:
        """What happens by itself."""
        self.turn(now)
        self._come_back(now)
        self._release()
        for slip in self.slips.values():
            if slip.undo_until is not None and slip.undo_until < now:
                slip.forget()

    def _come_back(self, now: datetime) -> None:
        for slip in self.slips.values():
            if slip.state == "parked" and slip.back_at is not None and slip.back_at <= now:
                slip.nowhere()
                slip.forget()

    def _release(self) -> None:
        for slip in self.slips.values():
            if slip.state == "waiting" and slip.reserved is not None and slip.reserved not in self.open:
                slip.reserved = None
                slip.forget()

    # -- numbers

    def issue(
        self, now: datetime, service: str, then: list[str], person: str | None, priority: str | None
    ) -> tuple[Slip, bool]:
        """A number, and whether it is new. Its id is not known yet."""
        self.turn(now)
        held = self._held(person, service)
        if held is not None:
            return held, False
        after = [one for one in then if self._held(person, one) is None]
        if self.stopped & {"*", service, *after}:
            raise RefusedError("stopped")
        band = (self.day, SERIES[service])
        self.taken[band] += 1
        self.arrivals += 1
        queued = now
        if self.last_queued is not None and queued <= self.last_queued:
            queued = self.last_queued + MILLISECOND
        self.last_queued = queued
        made = Slip("", self.day, self.taken[band], self.arrivals, queued, service, after, person)
        made.priority = priority
        if person is not None:
            made.visits = frozenset({service, *after})
        return made, True

    def _held(self, person: str | None, service: str) -> Slip | None:
        """Of several that ever held it, the last one that was remembered counts."""
        if person is None:
            return None
        mine = [slip for slip in self.slips.values()
                if slip.person == person and slip.day == self.day and service in slip.visits]  # fmt: skip
        last = mine[-1] if mine else None
        if last is None or last.state not in {"waiting", "called", "parked"}:
            return None
        return last if service in (last.service, *last.then) else None

    # -- counters

    def at(self, counter: str) -> Slip | None:
        """Who is at a counter."""
        return next((slip for slip in self.slips.values()
                     if slip.counter == counter and slip.state in HERE), None)  # fmt: skip

    def sit_down(self, now: datetime, counter: str) -> None:
        """The officer takes the counter."""
        self.turn(now)
        self.open.add(counter)

    def leave(self, now: datetime, counter: str) -> None:
        """The officer goes; who waited for this counter alone waits for all."""
        self.turn(now)
        self._held_counter(counter)
        if self.at(counter) is not None:
            raise RefusedError("busy")
        self.open.discard(counter)
        self._release()

    def _held_counter(self, counter: str) -> None:
        if counter not in self.open:
            raise RefusedError("closed")

    def _here(self, now: datetime, counter: str, *states: str) -> Slip:
        self.turn(now)
        self._held_counter(counter)
        slip = self.at(counter)
        if slip is None or slip.state not in states:
            raise RefusedError("nobody here, or not now")
        return slip

    def may_call(self, counter: str, slip: Slip) -> bool:
        """Whether a counter may call this one."""
        return slip.reserved == counter if slip.reserved is not None else slip.service in SERVES[counter]

    def call_next(self, now: datetime, counter: str) -> Slip | None:
        """The fair choice; counts whom it passes."""
        self.turn(now)
        self._free(counter)
        self._come_back(now)
        queue = [one for one in self.slips.values() if one.state == "waiting" and self.may_call(counter, one)]
        if not queue:
            return None
        enough = [one.place for one in queue if one.overtaken >= OVERTAKEN_AT_MOST]
        first = [one for one in queue if not enough or one.place <= min(enough)]
        chosen = min(first, key=lambda one: (self._virtual(counter, one), one.place))
        passed = [one for one in queue if one.place < chosen.place]
        for one in passed:
            one.overtaken += 1
        self._call(now, counter, chosen, tuple(one.id for one in passed))
        return chosen

    def _virtual(self, counter: str, slip: Slip) -> datetime:
        services = SERVES[counter]
        later = services.index(slip.service) if slip.service in services else 0
        return slip.queued + later * PREFERENCE - (HEAD_START if slip.priority else timedelta())

    def call(self, now: datetime, counter: str, slip: Slip) -> None:
        """One chosen by hand."""
        self.turn(now)
        self._free(counter)
        if not self.may_call(counter, slip) and slip.counter != counter:
            raise RefusedError("elsewhere")
        again = slip.state == "no_show"
        if again and (slip.day != self.day or slip.ended is None or now > slip.ended + GRACE):
            raise RefusedError("too late")
        if slip.state not in {"waiting", "parked", "no_show"} or (
            slip.state == "waiting" and slip.reserved not in {None, counter}
        ):
            raise RefusedError("not now")
        self._call(now, counter, slip, ())
        slip.rejoins += again

    def _free(self, counter: str) -> None:
        self._held_counter(counter)
        if self.at(counter) is not None:
            raise RefusedError("busy")

    def _call(self, now: datetime, counter: str, slip: Slip, passed: tuple[str, ...]) -> None:
        self._keep(now, counter, slip, "call")
        slip.nowhere()
        slip.state, slip.counter, slip.passed = "called", counter, passed

    def _keep(self, now: datetime, counter: str | None, slip: Slip, done: str) -> None:
        """Let an officer at a counter take it back for a while."""
        slip.forget()
        if counter is not None:
            image = copy.copy(slip)
            slip.image, slip.done, slip.undo_until, slip.undo_at = image, done, now + UNDO, counter

    def recall(self, now: datetime, counter: str) -> Slip:
        """Once more; from then on the call cannot be taken back."""
        slip = self._here(now, counter, "called")
        slip.forget()
        return slip

    def start(self, now: datetime, counter: str) -> Slip:
        """The citizen has come."""
        slip = self._here(now, counter, "called")
        self._keep(now, counter, slip, "start")
        slip.state = "serving"
        return slip

    def complete(self, now: datetime, counter: str) -> Slip:
        """Served; perhaps there is another service to come."""
        slip = self._here(now, counter, "serving")
        self._keep(now, counter, slip, "complete")
        slip.legs += 1
        if slip.then:
            slip.nowhere()
            slip.service = slip.then[0]
            slip.then = slip.then[1:]
        else:
            slip.state, slip.ended = "completed", now
        return slip

    def no_show(self, now: datetime, counter: str) -> Slip:
        """Nobody came."""
        slip = self._here(now, counter, "called")
        self._keep(now, counter, slip, "no_show")
        slip.state, slip.ended, slip.legs = "no_show", now, slip.legs + 1
        return slip

    def park(self, now: datetime, counter: str, minutes: int | None) -> Slip:
        """Set aside."""
        slip = self._here(now, counter, *HERE)
        self._keep(now, counter, slip, "park")
        slip.state = "parked"
        slip.back_at = None if minutes is None else now + timedelta(minutes=minutes)
        return slip

    def transfer(self, now: datetime, counter: str, service: str | None, to: str | None) -> Slip:
        """Sent on from a counter."""
        slip = self._here(now, counter, *HERE)
        self._send(now, counter, slip, service, to)
        return slip

    def _send(
        self, now: datetime, counter: str | None, slip: Slip, service: str | None, to: str | None
    ) -> None:
        if (to is None and service in {None, slip.service}) or (to is not None and to not in self.open):
            raise RefusedError("nowhere")
        self._keep(now, counter, slip, "transfer")
        slip.nowhere()
        slip.reserved = to
        if service is not None:
            slip.service = service
        slip.then = [one for one in slip.then if one != slip.service]

    def add_service(self, now: datetime, counter: str, service: str) -> Slip:
        """Another service after this one."""
        slip = self._here(now, counter, "serving")
        if service in (slip.service, *slip.then):
            raise RefusedError("there already")
        self._keep(now, counter, slip, "add_service")
        slip.then = [*slip.then, service]
        return slip

    def undo(self, now: datetime, counter: str) -> Slip:
        """What this counter did last is taken back."""
        self.turn(now)
        self._held_counter(counter)
        mine = [slip for slip in self.slips.values()
                if slip.undo_at == counter and slip.undo_until is not None
                and now <= slip.undo_until <= now + UNDO]  # fmt: skip
        if not mine:
            raise RefusedError("too late")
        slip = max(mine, key=lambda one: (one.undo_until, one.state in HERE))
        image, here = slip.image, self.at(counter)
        assert image is not None
        if image.state in HERE and here is not None and here is not slip:
            raise RefusedError("busy")
        if slip.done == "call":
            for one in slip.passed:
                self.slips[one].overtaken -= 1
        overtaken = slip.overtaken
        vars(slip).update(vars(image))
        slip.overtaken = overtaken
        slip.forget()
        return slip

    # -- tickets at no counter

    def _apart(self, now: datetime, slip: Slip, counter: str | None) -> None:
        self.turn(now)
        if slip.state in HERE and slip.counter != counter:
            raise RefusedError("elsewhere")

    def rejoin(self, now: datetime, slip: Slip, counter: str | None) -> None:
        """Back after a no-show."""
        self._apart(now, slip, counter)
        if slip.state != "no_show" or slip.day != self.day or slip.ended is None:
            raise RefusedError("not missed")
        if now > slip.ended + GRACE or slip.rejoins >= 1:
            raise RefusedError("too late")
        self._keep(now, counter, slip, "rejoin")
        slip.nowhere()
        slip.rejoins += 1

    def put_back(self, now: datetime, slip: Slip, counter: str | None) -> None:
        """A parked one waits again."""
        self._apart(now, slip, counter)
        if slip.state != "parked":
            raise RefusedError("not parked")
        self._keep(now, counter, slip, "return")
        slip.nowhere()

    def cancel(self, now: datetime, slip: Slip, counter: str | None) -> None:
        """The citizen does not want to wait any more."""
        self._apart(now, slip, counter)
        if slip.state not in {"waiting", "parked"}:
            raise RefusedError("not now")
        self._keep(now, counter, slip, "cancel")
        slip.state, slip.ended, slip.reserved, slip.back_at = "cancelled", now, None, None

    def send(
        self, now: datetime, slip: Slip, counter: str | None, service: str | None, to: str | None
    ) -> None:
        """Sent on by an officer who need not have it."""
        self._apart(now, slip, counter)
        if to is not None and to not in self.open:
            raise RefusedError("closed")
        if slip.state not in {"waiting", *HERE}:
            raise RefusedError("not now")
        self._send(now, counter, slip, service, to)

    def prioritise(self, now: datetime, slip: Slip, counter: str | None, priority: str | None) -> None:
        """Another class."""
        self._apart(now, slip, counter)
        if slip.state != "waiting":
            raise RefusedError("not now")
        self._keep(now, counter, slip, "prioritise")
        slip.priority = priority
