"""Whatever happens in whatever order: the centre's API beside the plain lobby, event by event."""

from __future__ import annotations

import copy
import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RULE_MARKER,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from kiosk.centre import journal
from kiosk.centre.keeping import tables
from kiosk.centre.moments import written
from kiosk.centre.routes.follow import Pace
from kiosk.centre.store.schema import ticket
from kiosk.settings import load
from tests.centre.support import API, SetClock, headers, sign_in, start_desk
from tests.faults.places import Place, Seed
from tests.faults.plain_lobby import (
    CLASSES,
    OVERTAKEN_AT_MOST,
    SERIES,
    SERVES,
    Lobby,
    RefusedError,
    Slip,
)

T = TypeVar("T")
OFFICERS = {"quay-1": "lan", "quay-2": "minh", "quay-9": "tuan"}
COUNTERS = some.sampled_from(sorted(SERVES))
SERVICES = some.sampled_from(sorted(SERIES))
WHICH = some.integers(0, 40)
MILLISECONDS = some.integers(1, 4000)


class Machine(RuleBasedStateMachine):
    """Kiosks, officers, citizens, a clock and crashes."""

    played: int = 0
    seeds: Seed
    engine = "sqlite"

    @initialize(minutes=some.integers(-90, 30))
    def begins(self, minutes: int) -> None:
        """Around midnight in Vietnam."""
        self.folder = Path(tempfile.mkdtemp(prefix="lobby-"))
        self.place: Place = self.seeds.place(self.engine, self.folder)
        self.clock = SetClock(datetime(2026, 11, 22, 17, 0, tzinfo=UTC) + timedelta(minutes=minutes))
        self.lobby = Lobby()
        self.asked = 0
        self.keys: list[tuple[str, dict[str, Any], str]] = []
        self.tokens: dict[str, str] = dict(self.place.tokens)
        self.links: dict[str, str] = {}
        self.web = self._start()
        self.lobby.turn(self.clock())
        for counter in SERVES:
            self._agree(lambda lobby, c=counter: lobby.sit_down(self.now, c), self._at(counter, "open"))

    def _start(self) -> Any:
        web = start_desk(load(self.place.config), self.place.data, self.clock)
        web.app.state.pace = Pace(most=10**9)
        return web

    # -- what all rules share

    @property
    def now(self) -> datetime:
        """The centre's time."""
        return self.clock()

    def _call(self, method: str, path: str, who: str = "lan", **more: Any) -> Any:
        for _ in range(2):
            if who not in self.tokens:
                self.tokens[who] = sign_in(self.web, who)
            sent = {**headers(self.tokens[who]), **more.get("headers", {})}
            answer = self.web.request(method, API + path, **{**more, "headers": sent})
            if answer.status_code != 401:
                return answer
            del self.tokens[who]  # the clock went on, and the session ended
        raise AssertionError(answer.text)

    def _at(self, counter: str, action: str, body: Any = None) -> Any:
        return self._call("POST", f"/counters/{counter}/{action}", OFFICERS[counter], json=body)

    def _agree(self, ask: Callable[[Lobby], T], answer: Any) -> T | None:
        """The centre does what the plain lobby does, and refuses what it refuses."""
        trial = copy.deepcopy(self.lobby)
        try:
            result = ask(trial)
        except RefusedError as refused:
            assert answer.status_code in {409, 422}, (refused, answer.status_code, answer.text)
            return None
        assert answer.status_code in {200, 201, 204}, (answer.status_code, answer.text)
        self.lobby = trial
        return result

    def _some(self, which: int, *states: str) -> Slip | None:
        """A ticket, if possible one in one of these states."""
        slips = list(self.lobby.slips.values())
        likely = [slip for slip in slips if slip.state in states]
        chosen = likely if likely and which % 4 else slips
        return chosen[-1 - which % len(chosen)] if chosen else None

    def _officers(self, which: int) -> tuple[str, str | None]:
        """Somebody, and the counter at which they sit."""
        counter = sorted(SERVES)[which % len(SERVES)]
        return OFFICERS[counter], counter if counter in self.lobby.open else None

    # -- numbers

    @rule(
        service=SERVICES,
        then=some.lists(SERVICES, max_size=2, unique=True),
        person=some.sampled_from([None, None, None, "a" * 64, "b" * 64]),
        priority=some.sampled_from([None, None, *CLASSES]),
        later=MILLISECONDS,
    )
    def issue(
        self, service: str, then: list[str], person: str | None, priority: str | None, later: int
    ) -> None:
        self.clock.forward(milliseconds=later)
        body: dict[str, Any] = {"service": service, "then": [one for one in then if one != service]}
        if person is not None:
            body["person"] = person
        if priority is not None:
            body["priority"] = {"class": priority, "source": "self"}
        self._ask_for(f"key-{self.asked}", body)
        self.asked += 1

    @rule(services=some.lists(SERVICES, min_size=2, max_size=5), first=some.sampled_from([None, *CLASSES]))
    def a_rush(self, services: list[str], first: str | None) -> None:
        """Several come at once; the last of them may go first."""
        for place, service in enumerate(services):
            self.issue(service, [], None, first if place + 1 == len(services) else None, 300)

    def _ask_for(self, key: str, body: dict[str, Any]) -> None:
        answer = self._call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": key})
        asked = body.get("priority", {}).get("class")
        result = self._agree(
            lambda lobby: lobby.issue(self.now, body["service"], body["then"], body.get("person"), asked),
            answer,
        )
        if result is None:
            return
        slip, new = result
        told = answer.json()
        assert answer.status_code == (201 if new else 200)
        if new:
            slip.id = told["id"]
            assert slip.id not in self.lobby.slips
            self.lobby.slips[slip.id] = slip
            self.keys.append((key, body, slip.id))
        assert told["id"] == slip.id
        assert (told["day"], told["sequence"]) == (slip.day, slip.sequence)
        self.links[slip.id] = told["follow_url"].rsplit("/", 1)[1]

    @precondition(lambda self: self.keys)
    @rule(which=WHICH)
    def repeat(self, which: int) -> None:
        """An answer was lost, and the kiosk asks again."""
        key, body, known = self.keys[-1 - which % len(self.keys)]
        answer = self._call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": key})
        self._agree(lambda lobby: lobby.turn(self.now), answer)
        assert (answer.status_code, answer.json()["id"]) == (200, known)

    # -- counters

    def _counter(self, which: int, sensible: Callable[[str], bool]) -> str:
        """A counter, mostly one at which the next thing makes sense."""
        counters = sorted(SERVES)
        likely = [one for one in counters if sensible(one)]
        return (likely or counters)[which % len(likely or counters)] if which % 9 else counters[which % 3]

    def _can_call(self, counter: str) -> bool:
        waits = (slip.state == "waiting" and self.lobby.may_call(counter, slip)
                 for slip in self.lobby.slips.values())  # fmt: skip
        return counter in self.lobby.open and self.lobby.at(counter) is None and any(waits)

    @precondition(lambda self: any(slip.state == "waiting" for slip in self.lobby.slips.values()))
    @rule(which=WHICH, later=MILLISECONDS)
    def call_next(self, which: int, later: int) -> None:
        self._next(self._counter(which, self._can_call), later)

    def _next(self, counter: str, later: int) -> Slip | None:
        self.clock.forward(milliseconds=later)
        answer = self._at(counter, "call-next")
        called = self._agree(lambda lobby: lobby.call_next(self.now, counter), answer)
        if answer.status_code in {200, 204}:
            told = answer.json()["id"] if answer.status_code == 200 else None
            assert told == (called.id if called else None), "the right one is called"
        return called

    @precondition(lambda self: any(map(self._can_call, SERVES)))
    @rule(which=WHICH, later=MILLISECONDS)
    def serve(self, which: int, later: int) -> None:
        """Someone is served from the call to the end, as mostly happens."""
        counter = self._counter(which, self._can_call)
        self._next(counter, later)
        for action in ("start", "complete"):
            self._step(counter, action, None, None, None)

    @precondition(lambda self: any(slip.state == "waiting" for slip in self.lobby.slips.values()))
    @rule(
        steps=some.lists(
            some.tuples(
                WHICH, some.sampled_from(["start", "complete", "no-show", "park", "transfer", "undo"])
            ),
            min_size=3,
            max_size=9,
        )
    )
    def busy_hour(self, steps: list[tuple[int, str]]) -> None:
        """Officers at work: who is free calls, who is not does the next thing."""
        for which, action in steps:
            self.clock.forward(milliseconds=1000 + which)
            counter = sorted(SERVES)[which % len(SERVES)]
            here = self.lobby.at(counter)
            if self._can_call(counter):
                self._next(counter, which)
            elif here is not None:
                usual = {"called": "start", "serving": "complete"}[here.state]
                self._step(counter, usual if which % 3 else action, "ho-tich", None, 1)

    @precondition(lambda self: any(map(self.lobby.at, SERVES)))
    @rule(
        which=WHICH,
        action=some.sampled_from(
            ["start", "complete", "no-show", "park", "transfer", "add-service", "recall"]
        ),
        service=some.none() | SERVICES,
        to=some.none() | COUNTERS,
        minutes=some.sampled_from([None, 1, 30, 480]),
        later=MILLISECONDS,
    )
    def step(
        self, *, which: int, action: str, service: str | None, to: str | None, minutes: int | None, later: int
    ) -> None:
        self.clock.forward(milliseconds=later)
        counter = self._counter(which, lambda one: self.lobby.at(one) is not None)
        self._step(counter, action, service, to, minutes)

    def _step(
        self, counter: str, action: str, service: str | None, to: str | None, minutes: int | None
    ) -> None:
        more: dict[str, Any] = {
            "park": {} if minutes is None else {"minutes": minutes},
            "transfer": {"service": service, "counter": to},
            "add-service": {"service": service or "ho-tich"},
        }
        values = {"park": (minutes,), "transfer": (service, to), "add-service": (service or "ho-tich",)}
        answer = self._at(counter, action, more.get(action))
        ask = getattr(Lobby, action.replace("-", "_"))
        slip = self._agree(lambda lobby: ask(lobby, self.now, counter, *values.get(action, ())), answer)
        if slip is not None:
            told = answer.json()["ticket"]
            assert (told["id"], told["state"]) == (slip.id, slip.state)

    @precondition(lambda self: any(slip.undo_at for slip in self.lobby.slips.values()))
    @rule(which=WHICH, seconds=some.sampled_from([0, 1, 15, 25]))
    def undo(self, which: int, seconds: int) -> None:
        self.clock.forward(seconds=seconds)
        recent = {slip.undo_at for slip in self.lobby.slips.values()}
        self._step(self._counter(which, lambda one: one in recent), "undo", None, None, None)

    @precondition(lambda self: any(slip.state in {"parked", "no_show"} for slip in self.lobby.slips.values()))
    @rule(counter=WHICH, which=WHICH, later=MILLISECONDS)
    def call(self, counter: int, which: int, later: int) -> None:
        """Somebody is chosen by hand."""
        self.clock.forward(milliseconds=later)
        slip = self._some(which, "parked", "no_show")
        assert slip is not None
        self._pick(counter, slip)

    def _pick(self, counter: int, slip: Slip) -> None:
        at = self._counter(counter, lambda one: self.lobby.at(one) is None and one in self.lobby.open)
        answer = self._at(at, f"call/{slip.id}")
        self._agree(lambda lobby: lobby.call(self.now, at, lobby.slips[slip.id]), answer)

    # -- tickets at no counter

    @precondition(lambda self: self.keys)
    @rule(
        which=WHICH,
        who=WHICH,
        action=some.sampled_from(["rejoin", "return", "cancel", "prioritise", "transfer"]),
        service=some.none() | SERVICES,
        to=some.none() | COUNTERS,
        priority=some.sampled_from([None, *CLASSES]),
        later=MILLISECONDS,
    )
    def move(
        self,
        *,
        which: int,
        who: int,
        action: str,
        service: str | None,
        to: str | None,
        priority: str | None,
        later: int,
    ) -> None:
        """An officer does something to a ticket that is not at the counter."""
        self.clock.forward(milliseconds=later)
        slip = self._some(which, {"rejoin": "no_show", "return": "parked"}.get(action, "waiting"))
        assert slip is not None
        login, counter = self._officers(who)
        body = {"prioritise": {"class": priority}, "transfer": {"service": service, "counter": to}}
        answer = self._call("POST", f"/tickets/{slip.id}/{action}", login, json=body.get(action))

        def ask(lobby: Lobby) -> None:
            mine = lobby.slips[slip.id]
            if action == "prioritise":
                lobby.prioritise(self.now, mine, counter, priority)
            elif action == "transfer":
                lobby.send(self.now, mine, counter, service, to)
            else:
                plain = {"rejoin": lobby.rejoin, "return": lobby.put_back, "cancel": lobby.cancel}
                plain[action](self.now, mine, counter)

        self._agree(ask, answer)

    @precondition(lambda self: self.keys)
    @rule(which=WHICH, action=some.sampled_from(["rejoin", "cancel"]), later=MILLISECONDS)
    def holder(self, which: int, action: str, later: int) -> None:
        """The citizen, with the link on the slip; to ask twice is no mistake."""
        self.clock.forward(milliseconds=later)
        slip = self._some(which, "no_show" if action == "rejoin" else "waiting")
        assert slip is not None
        self._holder(slip, action)

    def _holder(self, slip: Slip, action: str) -> None:
        answer = self.web.post(f"{API}/follow/{self.links[slip.id]}/{action}")

        def ask(lobby: Lobby) -> None:
            lobby.turn(self.now)
            mine = lobby.slips[slip.id]
            if mine.state == ("waiting" if action == "rejoin" else "cancelled"):
                return
            if mine.state in {"called", "serving"}:
                raise RefusedError("at a counter")
            (lobby.rejoin if action == "rejoin" else lobby.cancel)(self.now, mine, None)

        self._agree(ask, answer)

    # -- stories that chance seldom tells

    @rule(service=SERVICES, which=WHICH)
    def priority_goes_first_and_back(self, service: str, which: int) -> None:
        """The last to come is called first, and the call is taken back."""
        for priority in (None, None, CLASSES[0]):
            self.issue(service, [], None, priority, 300)
        counter = self._counter(which, self._can_call)
        self._next(counter, 100)
        self._step(counter, "undo", None, None, None)

    @precondition(lambda self: any(slip.state == "waiting" for slip in self.lobby.slips.values()))
    @rule(which=WHICH)
    def sent_to_one_who_leaves(self, which: int) -> None:
        """Somebody waits for one counter, and its officer goes home."""
        slip = self._some(which, "waiting")
        assert slip is not None
        counter = self._counter(which, lambda one: one in self.lobby.open and self.lobby.at(one) is None)
        self.move(which=which, who=0, action="transfer", service=None, to=counter, priority=None, later=1)
        for action, ask in (("close", Lobby.leave), ("open", Lobby.sit_down)):
            self._agree(lambda lobby, ask=ask: ask(lobby, self.now, counter), self._at(counter, action))

    @precondition(lambda self: any(map(self._can_call, SERVES)))
    @rule(which=WHICH, seconds=some.sampled_from([60, 899, 900, 901]), hand=some.booleans())
    def missed_and_back(self, which: int, seconds: int, *, hand: bool) -> None:
        """Nobody comes, and then they do."""
        counter = self._counter(which, self._can_call)
        called = self._next(counter, 1)
        self._step(counter, "no-show", None, None, None)
        self.clock.forward(seconds=seconds)
        if called is None:
            return
        if hand:
            self._pick(which, called)
        else:
            self._holder(called, "rejoin")

    @rule(services=some.permutations(sorted(SERIES)))
    def two_services_in_one_visit(self, services: list[str]) -> None:
        """One number, one service after the other."""
        self.issue(services[0], services[1:2], None, None, 1)
        for service in services[:2]:
            counter = self._counter(1, lambda one, s=service: s in SERVES[one] and self._can_call(one))
            if self._next(counter, 1) is not None:
                for action in ("start", "complete"):
                    self._step(counter, action, None, None, None)

    @precondition(lambda self: any(map(self._can_call, SERVES)))
    @rule(which=WHICH, seconds=some.sampled_from([59, 60, 61]))
    def set_aside_for_a_minute(self, which: int, seconds: int) -> None:
        counter = self._counter(which, self._can_call)
        self._next(counter, 1)
        self._step(counter, "park", None, None, 1)
        self.clock.forward(seconds=seconds)
        self._next(counter, 0)

    @rule(service=SERVICES, which=WHICH)
    def one_waits_and_four_with_priority_come(self, service: str, which: int) -> None:
        """However many have priority, the one who came first has a turn."""
        for priority in (None, *[CLASSES[0]] * 4):
            self.issue(service, [], None, priority, 300)
        counter = self._counter(which or 1, lambda one: service in SERVES[one] and self._can_call(one))
        for _ in range(4):
            self._next(counter, 1)
            self._step(counter, "start", None, None, None)
            self._step(counter, "complete", None, None, None)

    @precondition(lambda self: any(map(self._can_call, SERVES)))
    @rule(which=WHICH)
    def pressed_twice(self, which: int) -> None:
        """The officer's finger slips."""
        counter = self._counter(which or 1, self._can_call)
        for _ in range(2):
            self._next(counter, 1)

    @rule(service=SERVICES, person=some.sampled_from(["c" * 64, "d" * 64]))
    def the_same_card_again(self, service: str, person: str) -> None:
        """Somebody who waits already asks for another number."""
        for _ in range(2):
            self.issue(service, [], person, None, 1)

    @rule(service=SERVICES, hours=some.sampled_from([-24, -7, 7, 24]))
    def the_clock_is_wrong(self, service: str, hours: int) -> None:
        """A number, the clock jumps, another one, and the clock is right again."""
        for jump in (hours, -hours):
            self.issue(service, [], None, None, 1)
            self.clock.forward(hours=jump)
        self.issue(service, [], None, None, 1)

    # -- time and accidents

    @rule(seconds=some.sampled_from([1, 5, 19, 20, 21, 60, 61, 240, 600, 890, 900, 901, 1800, 3600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @rule(
        what=some.sampled_from(["stop", "resume", "resume", "jump", "crash", "minute", "minute", "seat"]),
        counter=COUNTERS,
        action=some.sampled_from(["open", "close", "open"]),
        service=some.sampled_from(["*", *sorted(SERIES)]),
        minutes=some.integers(-2000, 2000),
    )
    def seldom(self, what: str, counter: str, action: str, service: str, minutes: int) -> None:
        """What does not happen every minute."""
        if what == "jump":
            self.clock.forward(minutes=minutes)
        elif what == "crash":
            self._crash()
        elif what == "minute":
            self.web.portal.call(self.web.app.state.centre.minute)
            self.lobby.minute(self.now)
        elif what == "seat":
            self.clock.forward(milliseconds=7)
            ask = Lobby.sit_down if action == "open" else Lobby.leave
            self._agree(lambda lobby: ask(lobby, self.now, counter), self._at(counter, action))
        else:
            self._head(service, stop=what == "stop")

    def _head(self, service: str, *, stop: bool) -> None:
        """The head of the centre stops a service, or lets it go on."""
        body = {"json": {"message": "Mất điện."}} if stop else {}
        answer = self._call("PUT" if stop else "DELETE", f"/services/{service}/stop", "truong", **body)
        self._agree(lambda lobby: (lobby.stopped.add if stop else lobby.stopped.discard)(service), answer)

    def _crash(self) -> None:
        """No farewell: a second centre opens what the first one left, then the first one goes."""
        left, self.web = self.web, self._start()
        self.lobby.turn(self.now)
        left.__exit__(None, None, None)

    # -- what always holds

    def _read(self, look: Callable[[Any], T]) -> T:
        return self.web.app.state.centre.store.submit_read(look).result()

    @invariant()
    def the_books_say_what_the_plain_lobby_says(self) -> None:
        if not hasattr(self, "web"):
            return
        rows = self._read(lambda reading: reading.connection.execute(select(ticket)).mappings().all())
        kept = {row["id"]: _of_row(row) for row in rows}
        assert kept == {slip.id: _of_slip(slip) for slip in self.lobby.slips.values()}
        assert all(row["overtaken"] <= OVERTAKEN_AT_MOST for row in rows), "overtaken within the bound"
        held = [row["counter"] for row in rows if row["state"] in {"called", "serving"}]
        assert len(held) == len(set(held)), "one ticket at a counter"

    def teardown(self) -> None:
        if not hasattr(self, "web"):
            return
        try:
            self._read(lambda reading: journal.verify(reading.connection, reading.site))
            now = written(self.now)
            difference = self._read(lambda reading: tables.check(reading.connection, reading.site, now))
            assert difference is None, f"the journal tells something else: {difference}"
            type(self).played += 1
            for state in {slip.state for slip in self.lobby.slips.values()}:
                told = {one["id"] for one in self._call("GET", f"/tickets?state={state}", "kiosk").json()}
                newest = max(slip.day for slip in self.lobby.slips.values())
                assert told == {slip.id for slip in self.lobby.slips.values()
                                if slip.state == state and slip.day == newest}  # fmt: skip
        finally:
            self.web.__exit__(None, None, None)
            self.seeds.leave(self.place)
            shutil.rmtree(self.folder)


def _of_row(row: Any) -> tuple[Any, ...]:
    return (
        row["state"], row["service"], row["then"] or "", row["counter"], row["reserved_counter"],
        row["rejoins"], row["overtaken"], row["priority"], row["day"], row["sequence"], row["arrival"],
        row["legs"], row["queued_at"], row["parked_until"],
    )  # fmt: skip


def _of_slip(slip: Slip) -> tuple[Any, ...]:
    return (
        slip.state, slip.service, " ".join(slip.then), slip.counter, slip.reserved,
        slip.rejoins, slip.overtaken, slip.priority, slip.day, slip.sequence, slip.arrival,
        slip.legs, written(slip.queued), None if slip.back_at is None else written(slip.back_at),
    )  # fmt: skip


MORE = int(os.environ.get("LOBBY_EXAMPLES", "0"))
"""So many examples instead of the suite's few."""


def _not_drawn(drawn: Callable[..., None]) -> Callable[..., None]:
    """A rule as a method that only other rules call."""
    return lambda self, *args, **named: drawn(self, *args, **named)  # noqa: PLW0108 - without its mark


def explore(
    seeds: Seed,
    engine: str,
    examples: int,
    steps: int = 40,
    only: Collection[str] = (),
    *,
    fixed: bool = False,
) -> int:
    """Run the machine; how many days were played to their end with every rule kept. ``only``: these rules;
    without it all. ``fixed``: the same examples each time.

    Raises what an example found.
    """
    rules = {name for name, value in vars(Machine).items() if hasattr(value, RULE_MARKER)}
    left_out = {name: _not_drawn(vars(Machine)[name]) for name in (rules - set(only) if only else ())}
    machine = type("SeededMachine", (Machine,), {"seeds": seeds, "engine": engine, **left_out})
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=fixed,
        database=None,
        phases=[Phase.explicit, Phase.generate, *([Phase.shrink] if MORE else [])],  # it takes minutes
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    run_state_machine_as_test(machine, settings=chosen)
    return int(machine.played)
