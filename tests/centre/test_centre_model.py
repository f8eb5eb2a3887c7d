"""Whatever happens in whatever order, the centre's API keeps the rules of the queue (a model beside the
real one).
"""

from __future__ import annotations

import contextlib
import copy
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from kiosk.centre import journal
from kiosk.centre.store.schema import ticket
from kiosk.settings import load
from tests.centre.support import CONFIG, Desk, Seed, SetClock, planted, sign_in, start_desk

VIETNAM = timezone(timedelta(hours=7))
SERVICES = ("ho-tich", "xac-nhan-hon-nhan", "dat-dai")
SERVED = {"quay-1": {"ho-tich", "xac-nhan-hon-nhan"}, "quay-9": {"ho-tich", "xac-nhan-hon-nhan", "dat-dai"}}
SERIES = {"ho-tich": "A", "xac-nhan-hon-nhan": "B", "dat-dai": "D"}
COUNTERS = strategies.sampled_from(sorted(SERVED))


class Lobby(RuleBasedStateMachine):
    """Kiosks, officers, clock jumps and crashes."""

    seed: Seed

    @initialize(minutes=strategies.integers(-30, 30))
    def open(self, minutes: int) -> None:
        """Shortly before or after midnight in Vietnam."""
        self.folder = Path(tempfile.mkdtemp(prefix="lobby-")) / "data"
        self.planted = contextlib.ExitStack()
        self.planted.enter_context(planted(self.seed, self.folder))
        self.clock = SetClock(datetime(2026, 11, 22, 17, 0, tzinfo=UTC) + timedelta(minutes=minutes))
        self.settings = load(CONFIG)
        self.desk = Desk(self.settings, self.folder, self.clock, self._start(), dict(self.seed[1]))
        self.desk.tokens["officer"] = sign_in(self.desk.web, "lan")
        for counter in SERVED:
            assert self.desk.at(counter, "open").status_code == 200
        self.tickets: dict[str, dict[str, Any]] = {}
        self.order: list[str] = []
        self.at: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.taken: dict[tuple[str, str], int] = {}
        self.day = ""
        self._turn()

    def _start(self) -> Any:
        return start_desk(self.settings, self.folder, self.clock)

    @contextlib.contextmanager
    def _as_if_nothing_happened(self) -> Iterator[None]:
        """What is refused changes nothing, not even the day."""
        before = copy.deepcopy((self.tickets, self.at, self.day))
        yield
        self.tickets, self.at, self.day = before

    def _refused(self, answer: Any, code: str) -> None:
        assert (answer.status_code, answer.json()["code"]) == (409, code)

    def _turn(self) -> None:
        """The model's day: the local date, never backwards; what was left over expires."""
        day = max(self.day, self.clock().astimezone(VIETNAM).date().isoformat())
        if day != self.day:
            self.day = day
            for identity, one in self.tickets.items():
                if one["state"] in {"waiting", "called"}:
                    one["state"] = "expired"
                    self.at = {counter: held for counter, held in self.at.items() if held != identity}

    @rule(service=strategies.sampled_from(SERVICES))
    def issue(self, service: str) -> None:
        key = f"key-{len(self.keys)}"
        answer = self.desk.issue(service, key)
        assert answer.status_code == 201
        self._turn()
        issued = answer.json()
        band = (self.day, SERIES[service])
        self.taken[band] = self.taken.get(band, 0) + 1
        assert (issued["day"], issued["series"], issued["sequence"]) == (*band, self.taken[band])
        before = [one for one in self.order if self.tickets[one]["state"] == "waiting"]
        common = SERVED["quay-1"] if service in SERVED["quay-1"] else SERVED["quay-9"]
        assert issued["ahead"] == sum(self.tickets[one]["service"] in common for one in before)
        self.keys[key] = issued["id"]
        self.tickets[issued["id"]] = issued
        self.order.append(issued["id"])

    @precondition(lambda self: self.keys)
    @rule(choice=strategies.randoms(use_true_random=False))
    def retry(self, choice: Any) -> None:
        """An answer was lost and the kiosk asks again."""
        key = choice.choice(sorted(self.keys))
        first = self.tickets[self.keys[key]]
        answer = self.desk.issue(first["service"], key)
        assert answer.status_code == 200
        assert (answer.json()["id"], answer.json()["number"]) == (first["id"], first["number"])

    @rule(counter=COUNTERS)
    def call_next(self, counter: str) -> None:
        answer = self.desk.at(counter, "call-next")
        with self._as_if_nothing_happened():
            self._turn()
            busy = counter in self.at
        if busy:
            self._refused(answer, "COUNTER_BUSY")
            return
        self._turn()
        eligible = [one for one in self.order if self.tickets[one]["state"] == "waiting"
                    and self.tickets[one]["service"] in SERVED[counter]]  # fmt: skip
        if not eligible:
            assert answer.status_code == 204
            return
        assert answer.json()["id"] == eligible[0], "the one who came first"
        self.tickets[eligible[0]]["state"] = "called"
        self.at[counter] = eligible[0]

    @rule(counter=COUNTERS, action=strategies.sampled_from(["recall", "start", "complete", "no-show"]))
    def step(self, counter: str, action: str) -> None:
        answer = self.desk.at(counter, action)
        with self._as_if_nothing_happened():
            self._turn()
            held = self.at.get(counter)
        if held is None:
            self._refused(answer, "COUNTER_IDLE")
            return
        mine = self.tickets[held]
        moves = {
            ("called", "recall"): "called",
            ("called", "start"): "serving",
            ("called", "no-show"): "no_show",
            ("serving", "complete"): "completed",
        }
        to = moves.get((mine["state"], action))
        if to is None:
            self._refused(answer, "TICKET_STATE_WRONG")
            return
        self._turn()
        assert answer.status_code == 200
        assert answer.json()["ticket"]["state"] == to
        self.tickets[held]["state"] = to
        if to in {"no_show", "completed"}:
            del self.at[counter]

    @rule(minutes=strategies.integers(-2000, 2000))
    def clock_jumps(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)
        self.desk.tokens["officer"] = sign_in(self.desk.web, "lan")  # the session may have ended

    @rule()
    def crash_and_reopen(self) -> None:
        """No farewell: a second centre opens the folder as the first one left it, then the first one goes."""
        left = self.desk.web
        self.desk.web = self._start()
        self._turn()
        left.__exit__(None, None, None)

    @invariant()
    def the_centre_says_what_the_model_says(self) -> None:
        if not hasattr(self, "desk"):
            return
        kept = self.desk.centre.store.submit_read(
            lambda reading: reading.connection.execute(
                select(ticket.c.id, ticket.c.state, ticket.c.issued_at)
            ).all()
        )
        for identity, state, issued_at in kept.result():
            assert state == self.tickets[identity]["state"]
            assert issued_at == self.tickets[identity]["issued_at"], "history is not rewritten"
        counters = {one["id"]: one for one in self.desk.call("GET", "/counters").json()}
        for counter in SERVED:
            held = counters[counter]["ticket"]
            assert (held["id"] if held else None) == self.at.get(counter)

    def teardown(self) -> None:
        if not hasattr(self, "desk"):
            return
        entries = self.desk.journal()
        journal.verify_chain(self.settings.centre.site, entries, journal.Verified(0, 0, journal.NO_HASH))
        issued = [entry.subject for entry in entries if entry.type == "ticket.issued"]
        assert issued == self.order
        self.desk.web.__exit__(None, None, None)
        self.planted.close()
        shutil.rmtree(self.folder.parent)


@pytest.mark.timeout(170)
def test_the_lobby_keeps_its_rules(seed: Seed) -> None:
    machine = type("SeededLobby", (Lobby,), {"seed": seed})
    chosen = settings(
        max_examples=12,
        stateful_step_count=25,
        deadline=None,
        phases=[
            Phase.explicit,
            Phase.reuse,
            Phase.generate,
        ],  # to shrink would take minutes
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(machine, settings=chosen)
