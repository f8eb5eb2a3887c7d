"""Numbers of the next day, held before it begins: nobody else gives them, and each is told in its order."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from kiosk.settings import OpeningHours, Settings
from tests.centre.lease_calls import SERVICE, accepted, block, given, lease, tell
from tests.centre.support import Desk, sign_in, start_desk

pytestmark = pytest.mark.usefixtures("journal_tells_it_all")


class TestAhead:
    """Numbers of the next day are in hand before it begins, and nobody else gives them on it."""

    def test_are_of_the_next_day_from_its_midnight_on(self, desk: Desk) -> None:
        today, held = lease(desk), lease(desk, ahead=True)
        assert (held["day"], held["at"]) == ("2026-11-24", "2026-11-23T02:00:00.000Z")
        assert (held["begins"], held["until"]) == ("2026-11-23T17:00:00.000Z", "2026-11-24T17:00:00.000Z")
        assert (today["begins"], today["until"]) == ("2026-11-22T17:00:00.000Z", "2026-11-23T17:00:00.000Z")
        assert (block(held)["first"], block(held)["last"]) == (990, 999), "each day has its own numbers"
        assert block(held)["open"][0][0] == "2026-11-23T17:00:00.000Z", "the hours of that day"
        assert lease(desk, ahead=True) == held
        assert lease(desk) == today
        assert desk.issue().json()["number"] == "A001"

    def test_when_the_day_has_come_they_are_the_lease_of_today(self, desk: Desk) -> None:
        held = lease(desk, ahead=True)
        other = lease(desk, "memory-2", "kiosk-2", ahead=True)
        assert (block(other)["first"], block(other)["last"]) == (980, 989)
        desk.clock.forward(days=1)
        before = desk.head()
        assert lease(desk) == held
        assert lease(desk, "memory-2", "kiosk-2") == other
        assert [entry.type for entry in desk.journal()[before:]] == ["day.begun"], "nothing was leased anew"
        assert lease(desk, ahead=True)["day"] == "2026-11-25"

    def test_nobody_else_gives_them_on_that_day_though_nobody_comes_back(self, desk: Desk) -> None:
        held = lease(desk, ahead=True)
        desk.clock.forward(days=1)
        fresh = lease(desk, role="kiosk-2")
        assert block(fresh)["last"] == block(held)["first"] - 1
        assert [desk.issue().json()["number"] for _ in range(2)] == ["A001", "A002"]

    def test_a_morning_without_a_link_is_told_later_in_the_order_of_issue(self, desk: Desk) -> None:
        held = lease(desk, ahead=True)
        midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
        first, second = (given(held, place, midnight + timedelta(hours=7 + place)) for place in range(2))
        desk.clock.moment = midnight + timedelta(hours=9)
        online = desk.issue().json()
        answers = accepted(desk, held, second, first)
        assert [one["ticket"]["number"] for one in answers] == ["A991", "A990"]
        assert {one["ticket"]["day"] for one in answers} == {"2026-11-24"}
        assert answers[1]["ticket"]["queued_at"] == "2026-11-24T00:00:00.000Z"
        desk.tokens["officer"] = sign_in(desk.web, "lan")
        desk.at("quay-1", "open")
        called = []
        for _ in range(3):
            called.append(desk.at("quay-1", "call-next").json()["number"])
            desk.at("quay-1", "no-show")
        assert called == ["A990", "A991", online["number"]]

    def test_a_clock_that_runs_before_the_day_makes_no_ticket_of_it(self, desk: Desk) -> None:
        held = lease(desk, ahead=True)
        before = desk.head()
        (answer,) = tell(desk, held, given(held, 0, desk.clock.moment + timedelta(days=1))).json()["tickets"]
        assert (answer["accepted"], answer["reason"]) == (False, "day_not_begun")
        assert desk.head() == before

    def test_no_number_counts_as_given_before_its_day_began(self, desk: Desk) -> None:
        held = lease(desk, ahead=True)
        told = given(held, 0, desk.clock.moment + timedelta(minutes=1))
        desk.clock.forward(days=1)
        (answer,) = accepted(desk, held, told)
        assert answer["ticket"]["issued_at"] == "2026-11-23T17:00:00.000Z"

    def test_given_back_they_rest_all_that_day(self, desk: Desk) -> None:
        held = lease(desk, ahead=True)
        assert desk.call("DELETE", f"/number-leases/{held['lease']}", "kiosk").json()["unused"] == 60
        assert block(lease(desk, ahead=True))["last"] == 989
        desk.clock.forward(days=1)
        assert block(lease(desk))["last"] == 989
        assert block(lease(desk, role="kiosk-2"))["last"] == 979

    def test_a_kiosk_that_lost_its_memory_gets_fresh_ones(self, desk: Desk) -> None:
        lost, held = lease(desk, ahead=True), lease(desk, "memory-2", ahead=True)
        assert block(held)["last"] == block(lost)["first"] - 1
        desk.clock.forward(days=1)
        (answer,) = accepted(desk, lost, given(lost, 0, desk.clock.moment))
        assert answer["ticket"]["state"] == "waiting"

    def test_are_there_after_a_restart(self, desk: Desk, settings: Settings) -> None:
        held = lease(desk, ahead=True)
        desk.web.__exit__(None, None, None)
        desk.clock.forward(days=1)
        desk.web = start_desk(settings, desk.folder, desk.clock)
        assert lease(desk) == held
        assert block(lease(desk, role="kiosk-2"))["last"] == 989

    def test_of_a_band_that_was_moved_overnight_make_tickets_all_the_same(
        self, desk: Desk, settings: Settings
    ) -> None:
        held = lease(desk, ahead=True)
        desk.web.__exit__(None, None, None)
        desk.clock.forward(days=1)
        moved = [
            one.model_copy(update={"first": 100, "last": 400}) if one.id == SERVICE else one
            for one in settings.services
        ]
        desk.web = start_desk(settings.model_copy(update={"services": moved}), desk.folder, desk.clock)
        (answer,) = accepted(desk, held, given(held, 0, desk.clock.moment))
        assert answer["ticket"]["number"] == "A990"
        assert block(lease(desk, role="kiosk-2"))["last"] == 400


class TestAheadOfTheWeekend:
    """The next day is the next one on which anybody gives numbers."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        week = ["mon", "tue", "wed", "thu", "fri"]
        hours = [OpeningHours(days=week, start=time(7, 30), until=time(17))]
        services = [one.model_copy(update={"hours": hours}) for one in settings.services]
        return settings.model_copy(update={"services": services})

    @pytest.mark.parametrize(
        ("today", "following"),
        [("2026-11-26", "2026-11-27"), ("2026-11-27", "2026-11-30"), ("2026-11-23", "2026-11-25")],
        ids=["a weekday", "Friday", "before a holiday"],
    )
    def test_friday_leases_for_monday(self, desk: Desk, today: str, following: str) -> None:
        desk.clock.moment = datetime.fromisoformat(f"{today}T02:00:00+00:00")
        assert lease(desk, ahead=True)["day"] == following
