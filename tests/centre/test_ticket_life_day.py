"""What happens by itself: parked ones come back, the day closes, and a clock that leaps does no harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kiosk.centre.app import create_app
from kiosk.centre.clock_watch import WatchedClock
from kiosk.centre.upkeep import each_minute
from kiosk.queueing.service import OpenPeriod
from kiosk.queueing.ticket import TicketState
from kiosk.settings import Settings
from tests.centre import lives
from tests.centre.lives import HERE, THERE, at, do, held, kinds, move, now, reach, told
from tests.centre.support import Desk, Seed, SetClock, sign_in

S = TicketState


@pytest.fixture
def lobby(desk: Desk) -> Iterator[Desk]:
    """Two officers at two counters; afterwards the journal tells what the tables hold."""
    yield lives.opened(desk)
    lives.books_agree(desk)


PATIENCE_SECONDS = 10.0


def minute(desk: Desk) -> None:
    """What the centre does each minute."""
    desk.centre.store.submit_write(lambda transaction: each_minute(transaction, desk.centre.plan)).result()


class TestParked:
    """Set aside until a time."""

    @pytest.mark.parametrize("touch", ["minute", "call"])
    def test_comes_back_when_the_time_is_up_at_the_old_place(self, lobby: Desk, touch: str) -> None:
        ticket = reach(lobby, S.CALLED)
        do(lobby, HERE, "park", reason="Nộp phí", minutes=10)
        lobby.clock.forward(minutes=1)
        later = lobby.issue().json()
        lobby.clock.forward(minutes=8.9)
        minute(lobby)
        assert now(lobby, ticket)["state"] == "parked"
        lobby.clock.forward(minutes=0.2)
        if touch == "minute":
            minute(lobby)
            assert now(lobby, ticket)["state"] == "waiting"
        assert lobby.at(HERE, "call-next").json()["id"] == ticket["id"]
        assert now(lobby, later)["state"] == "waiting"
        assert "ticket.returned" in kinds(lobby, ticket)
        assert told(lobby, "ticket.returned")["actor"] == "centre"

    def test_without_a_time_it_waits_for_an_officer(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.PARKED)
        lobby.clock.forward(hours=5)
        minute(lobby)
        assert now(lobby, ticket)["state"] == "parked"
        assert move(lobby, ticket, "return").json()["state"] == "waiting"

    def test_nobody_waits_but_one_who_comes_back_now(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.CALLED)
        do(lobby, HERE, "park", minutes=1)
        assert lobby.at(HERE, "call-next").status_code == 204
        lobby.clock.forward(minutes=1)
        assert lobby.at(HERE, "call-next").json()["id"] == ticket["id"]


def test_images_of_steps_are_forgotten_and_what_stands_stays(lobby: Desk) -> None:
    tickets = [reach(lobby, state) for state in (S.COMPLETED, S.NO_SHOW, S.PARKED)]
    stand = [now(lobby, one)["state"] for one in tickets]
    lobby.clock.forward(minutes=1)
    minute(lobby)
    assert [now(lobby, one)["state"] for one in tickets] == stand
    assert [now(lobby, one)["undo_until"] for one in tickets] == [None] * 3
    assert do(lobby, HERE, "undo").status_code == 409


class TestClosing:
    """An hour after the last service closes."""

    @pytest.fixture
    def evening(self, lobby: Desk) -> Desk:
        """All close at 17:00, Mondays to Fridays."""
        week = frozenset({"mon", "tue", "wed", "thu", "fri"})
        for service in lobby.centre.plan.services.values():
            object.__setattr__(service, "hours", (OpenPeriod(week, time(7, 30), time(17)),))
        return lobby

    def test_whoever_still_waits_expires_and_who_is_served_is_served(self, evening: Desk) -> None:
        at(evening, "2026-11-23 16:50:00")
        waiting, parked = evening.issue().json(), reach(evening, S.PARKED)
        served = reach(evening, S.SERVING)
        called = evening.issue().json()
        do(evening, THERE, f"call/{called['id']}", "minh")
        at(evening, "2026-11-23 17:59:59")
        minute(evening)
        assert now(evening, waiting)["state"] == "waiting"
        at(evening, "2026-11-23 18:00:00")
        minute(evening)
        states = [now(evening, one)["state"] for one in (waiting, parked, served, called)]
        assert states == ["expired", "expired", "serving", "expired"]
        assert told(evening, "day.closed")["day"] == "2026-11-23"
        assert evening.call("GET", "/board", "display").json()["waiting"] == 0
        head = evening.head()
        minute(evening)
        assert evening.head() == head, "a day closes once"
        assert do(evening, HERE, "complete").json()["ticket"]["state"] == "completed"
        assert held(evening, waiting, "cancel").status_code == 409

    def test_the_next_day_begins_anew(self, evening: Desk) -> None:
        at(evening, "2026-11-23 18:30:00")
        minute(evening)
        at(evening, "2026-11-25 08:00:00")  # the 24th is a public holiday
        ticket = evening.issue().json()
        minute(evening)
        assert (now(evening, ticket)["state"], ticket["number"]) == ("waiting", "A001")

    def test_a_day_without_opening_closes_nothing(self, evening: Desk) -> None:
        at(evening, "2026-11-28 23:00:00")
        minute(evening)
        assert "day.closed" not in [entry.type for entry in evening.journal()]


class Machine(SetClock):
    """A machine whose clock may leap: ``forward`` is time that truly passes, ``leap`` is not."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self.leapt = timedelta()

    def uptime(self) -> float:
        return (self.moment - self.leapt).timestamp()

    def leap(self, **delta: float) -> None:
        self.moment += timedelta(**delta)
        self.leapt += timedelta(**delta)


class TestClock:
    """Leaps of the machine's clock, both ways over midnight."""

    @pytest.fixture
    def machine(self) -> Machine:
        return Machine(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))

    @pytest.fixture
    def house(self, settings: Settings, seed: Seed, data: Path, machine: Machine) -> Iterator[Desk]:
        app = create_app(settings, data, clock=machine, uptime=machine.uptime)
        with TestClient(app, client=("127.0.0.1", 50000), raise_server_exceptions=False) as web:
            desk = Desk(settings, data, machine, web, dict(seed.tokens))
            desk.tokens["officer"] = sign_in(web, "lan")
            yield lives.opened(desk)
            lives.books_agree(desk)

    def noted(self, house: Desk, times: int) -> list[Any]:
        """The leaps in the journal, once there are so many: the centre looks for them by itself, too."""
        assert house.web.portal is not None
        house.web.portal.call(house.centre.note_leaps)
        end = monotonic() + PATIENCE_SECONDS
        while True:
            leaps = [entry.data() for entry in house.journal() if entry.type == "clock.jumped"]
            if len(leaps) >= times or monotonic() > end:
                return leaps
            sleep(0.02)

    def test_far_ahead_is_not_followed(self, house: Desk, machine: Machine) -> None:
        waiting = house.issue().json()
        machine.leap(days=400)
        machine.forward(minutes=10)
        minute(house)
        late = house.issue().json()
        assert (late["day"], late["number"]) == ("2026-11-23", "A002")
        assert late["issued_at"] == "2026-11-23T02:10:00.000Z"
        assert now(house, waiting)["state"] == "waiting"
        (leap,) = self.noted(house, 1)
        assert (leap["due"][:10], leap["told"][:10], leap["followed"]) == ("2026-11-23", "2027-12-28", False)
        told_clock = house.call("GET", "/queue/rules").json()["clock"]
        assert (told_clock["day"], told_clock["right"]) == ("2026-11-23", False)
        assert told_clock["doubted"].startswith("2027-12-28")

    def test_and_when_it_comes_back_all_is_well(self, house: Desk, machine: Machine) -> None:
        machine.leap(days=400)
        house.issue()
        machine.leap(days=-400)
        assert house.issue().json()["day"] == "2026-11-23"
        assert [leap["followed"] for leap in self.noted(house, 2)] == [False, True]
        assert house.call("GET", "/queue/rules").json()["clock"]["right"] is True

    def test_staff_may_say_that_it_is_right(self, house: Desk, machine: Machine) -> None:
        waiting = house.issue().json()
        machine.leap(days=2)
        minute(house)
        wrong = house.call("POST", "/clock/accept", json={"day": "2026-11-24"})
        assert (wrong.status_code, wrong.json()["code"]) == (409, "CLOCK_JUMPED")
        right = house.call("POST", "/clock/accept", json={"day": "2026-11-25"})
        assert (right.status_code, right.json()["day"], right.json()["right"]) == (200, "2026-11-25", True)
        house.tokens["officer"] = sign_in(house.web, "lan")
        assert now(house, waiting)["state"] == "expired"
        assert house.issue().json()["day"] == "2026-11-25"

    def test_over_midnight_by_less_is_followed_and_back_again_nothing_is_given_twice(
        self, house: Desk, machine: Machine
    ) -> None:
        at(house, "2026-11-23 20:00:00")
        house.tokens["officer"] = sign_in(house.web, "lan")
        first = house.issue().json()
        machine.leap(hours=6)
        ahead = [house.issue().json() for _ in range(2)]
        machine.leap(hours=-6)
        behind = house.issue().json()
        assert [one["day"] for one in (first, *ahead, behind)] == ["2026-11-23"] + ["2026-11-24"] * 3
        assert [one["number"] for one in (*ahead, behind)] == ["A001", "A002", "A003"]
        assert ahead[1]["queued_at"] < behind["queued_at"]
        called = []
        for _ in range(3):
            called.append(house.at(HERE, "call-next").json()["number"])
            do(house, HERE, "no-show")
        assert called == ["A001", "A002", "A003"], "order bears it"
        assert len(self.noted(house, 2)) == 2

    def test_a_day_that_a_wrong_clock_began_is_given_back(self, house: Desk, machine: Machine) -> None:
        first = house.issue().json()
        machine.leap(days=30)
        house.call("POST", "/clock/accept", json={"day": "2026-12-23"})
        house.tokens["officer"] = sign_in(house.web, "lan")
        wrong = house.issue().json()
        assert wrong["day"] == "2026-12-23"
        machine.leap(days=-30)
        house.tokens["officer"] = sign_in(house.web, "lan")
        assert house.issue().json()["day"] == "2026-12-23", "never back by itself"
        back = house.call("POST", "/clock/accept", json={"day": "2026-11-23"})
        assert (back.status_code, back.json()["code"]) == (409, "DAY_IN_USE")
        for one in house.call("GET", "/tickets?state=waiting").json():
            move(house, one, "cancel")
        back = house.call("POST", "/clock/accept", json={"day": "2026-11-23"})
        assert (back.status_code, back.json()["day"], back.json()["right"]) == (200, "2026-11-23", True)
        again = house.issue().json()
        assert (again["day"], again["sequence"]) == ("2026-11-23", first["sequence"] + 1)


class TestWatch:
    """The watch by itself."""

    def test_small_steps_are_the_work_of_a_time_server(self) -> None:
        machine = Machine(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
        watch = WatchedClock(machine, machine.uptime)
        watch()
        for _ in range(10):
            machine.leap(minutes=4)
            assert watch() == machine.moment
        assert watch.take_leaps() == []

    def test_while_it_is_doubted_time_goes_on_by_itself(self) -> None:
        machine = Machine(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
        watch = WatchedClock(machine, machine.uptime)
        watch()
        machine.leap(hours=12, seconds=1)
        machine.forward(hours=3)
        assert watch() == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
        assert watch.doubted == machine.moment
        watch.accept()
        assert (watch(), watch.doubted) == (machine.moment, None)
        assert [leap.followed for leap in watch.take_leaps()] == [False, True]

    def test_a_night_off_is_no_leap(self) -> None:
        machine = Machine(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
        watch = WatchedClock(machine, machine.uptime)
        watch()
        machine.forward(days=3)
        assert (watch(), watch.take_leaps()) == (machine.moment, [])
