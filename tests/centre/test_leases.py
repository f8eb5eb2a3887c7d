"""Numbers a kiosk holds for when it has no link: none twice, none lost, in the order of issue."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from kiosk.centre import leases, tickets
from kiosk.centre.keeping import tables
from kiosk.centre.moments import written
from kiosk.centre.store.schema import business_day
from kiosk.queueing.number import BandExhaustedError
from kiosk.settings import NumbersSettings, OpeningHours, Settings
from tests.centre.support import Desk, sign_in, start_desk

SERVICE = "ho-tich"


@pytest.fixture(autouse=True)
def _journal_tells_it_all(desk: Desk) -> Iterator[None]:
    """After every test the tables are what the journal says."""
    yield
    now = written(desk.clock.moment)
    checked = desk.centre.store.submit_read(
        lambda reading: tables.check(reading.connection, reading.site, now)
    )
    assert checked.result() is None


def lease(
    desk: Desk, holder: str = "memory-1", role: str = "kiosk", *, ahead: bool = False
) -> dict[str, Any]:
    answer = desk.call("POST", "/number-leases", role, json={"holder": holder, "ahead": ahead})
    assert answer.status_code in {200, 201}, answer.text
    found: dict[str, Any] = answer.json()
    return found


def block(held: dict[str, Any], service: str = SERVICE) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in held["blocks"] if one["service"] == service)
    return found


def given(held: dict[str, Any], place: int, at: datetime, **more: Any) -> dict[str, Any]:
    """The number at a place of the block, as the kiosk tells of it later."""
    numbers = block(held, more.get("service", SERVICE))
    return {
        "series": numbers["series"],
        "sequence": numbers["first"] + place,
        "service": numbers["service"],
        "issued_at": written(at),
        "key": f"visit-{numbers['service']}-{place}",
        **more,
    }


def tell(desk: Desk, held: dict[str, Any], *told: dict[str, Any], role: str = "kiosk") -> Any:
    return desk.call("POST", "/tickets/offline", role, json={"lease": held["lease"], "tickets": list(told)})


def accepted(
    desk: Desk, held: dict[str, Any], *told: dict[str, Any], role: str = "kiosk"
) -> list[dict[str, Any]]:
    answer = tell(desk, held, *told, role=role)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["tickets"]
    assert all(one["accepted"] for one in found), found
    return found


class TestLease:
    """What a kiosk holds."""

    def test_blocks_are_cut_from_the_end_of_every_band(self, desk: Desk) -> None:
        held = lease(desk)
        assert [one["service"] for one in held["blocks"]] == [one.id for one in desk.settings.services]
        assert (block(held)["series"], block(held)["first"], block(held)["last"]) == ("A", 990, 999)
        assert (held["day"], held["at"]) == ("2026-11-23", "2026-11-23T02:00:00.000Z")
        assert held["until"] == "2026-11-23T17:00:00.000Z", "midnight at the centre"
        other = lease(desk, "memory-2", "kiosk-2")
        assert (block(other)["first"], block(other)["last"]) == (980, 989)

    def test_asking_again_gives_the_same_numbers(self, desk: Desk) -> None:
        first = desk.call("POST", "/number-leases", "kiosk", json={"holder": "memory-1"})
        before = desk.head()
        again = desk.call("POST", "/number-leases", "kiosk", json={"holder": "memory-1"})
        assert (first.status_code, again.status_code) == (201, 200)
        assert (again.json(), desk.head()) == (first.json(), before)

    def test_a_kiosk_that_lost_its_memory_gets_fresh_numbers(self, desk: Desk) -> None:
        lost, held = lease(desk), lease(desk, "memory-2")
        assert (block(held)["first"], block(held)["last"]) == (980, 989)
        assert lease(desk, "memory-2") == held
        (ticket,) = accepted(desk, lost, given(lost, 0, desk.clock.moment))
        assert ticket["ticket"]["number"] == "A990", "what it had given before is taken in all the same"

    def test_is_renewed_each_day(self, desk: Desk) -> None:
        yesterday = lease(desk)
        desk.clock.forward(days=1)
        held = lease(desk)
        assert held["lease"] != yesterday["lease"]
        assert (held["day"], block(held)["first"]) == ("2026-11-24", 990)

    def test_online_numbers_go_on_without_a_gap(self, desk: Desk) -> None:
        numbers = [desk.issue().json()["number"] for _ in range(2)]
        lease(desk)
        assert [*numbers, desk.issue().json()["number"]] == ["A001", "A002", "A003"]

    def test_stands_in_the_journal_with_all_that_follows_from_it(self, desk: Desk) -> None:
        desk.issue()
        held = lease(desk)
        said = json.loads(desk.journal()[-1].payload)
        assert desk.journal()[-1].type == "numbers.leased"
        assert said["lease"] == {
            "id": held["lease"],
            "kiosk": "kiosk:kiosk-1",
            "day": held["day"],
            "until": held["until"],
        }
        assert said["blocks"] == [{k: v for k, v in one.items() if k != "open"} for one in held["blocks"]]
        assert ["A", 1, 1, 10] in said["bands"]

    def test_a_returned_one_is_not_given_to_others_on_this_day(self, desk: Desk) -> None:
        held = lease(desk)
        accepted(desk, held, given(held, 0, desk.clock.moment))
        answer = desk.call("DELETE", f"/number-leases/{held['lease']}", "kiosk")
        assert (answer.status_code, answer.json()) == (200, {"lease": held["lease"], "unused": 59})
        before = desk.head()
        assert desk.call("DELETE", f"/number-leases/{held['lease']}", "kiosk").json()["unused"] == 59
        assert desk.head() == before
        assert block(lease(desk))["last"] == 989
        late = accepted(desk, held, given(held, 1, desk.clock.moment))
        assert late[0]["new"], "its slip was in somebody's hand"

    @pytest.mark.parametrize("role", ["officer", "display", "maintenance"])
    def test_is_for_kiosks_alone(self, desk: Desk, role: str) -> None:
        held = lease(desk)
        assert desk.call("POST", "/number-leases", role, json={}).status_code == 403
        assert desk.call("DELETE", f"/number-leases/{held['lease']}", role).status_code == 403
        assert tell(desk, held, given(held, 0, desk.clock.moment), role=role).status_code == 403

    def test_of_another_kiosk_is_not_found(self, desk: Desk) -> None:
        held = lease(desk)
        assert desk.call("DELETE", f"/number-leases/{held['lease']}", "kiosk-2").status_code == 404
        assert tell(desk, held, given(held, 0, desk.clock.moment), role="kiosk-2").status_code == 404
        assert desk.call("DELETE", "/number-leases/none", "kiosk").status_code == 404


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


class TestSmallBand:
    """Kiosks that hold numbers for later leave enough for today."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        services = [
            one.model_copy(update={"first": 1, "last": 40}) if one.id == SERVICE else one
            for one in settings.services
        ]
        return settings.model_copy(update={"services": services})

    def test_a_lease_takes_a_tenth_of_what_is_free_and_nothing_once_that_is_none(self, desk: Desk) -> None:
        assert (block(lease(desk))["first"], block(lease(desk))["last"]) == (37, 40)
        numbers = []
        while (answer := desk.issue()).status_code == 201:
            numbers.append(answer.json()["sequence"])
        assert numbers == list(range(1, 37))
        assert answer.json()["code"] == "NUMBERS_EXHAUSTED"
        other = lease(desk, role="kiosk-2")
        assert SERVICE not in {one["service"] for one in other["blocks"]}

    def test_a_longer_band_after_a_restart_gives_no_leased_number(
        self, desk: Desk, settings: Settings
    ) -> None:
        lease(desk)
        for _ in range(36):
            desk.issue()
        desk.web.__exit__(None, None, None)
        longer = [
            one.model_copy(update={"last": 200}) if one.id == SERVICE else one for one in settings.services
        ]
        desk.web = start_desk(settings.model_copy(update={"services": longer}), desk.folder, desk.clock)
        assert [desk.issue().json()["number"] for _ in range(2)] == ["A041", "A042"]
        other = block(lease(desk, role="kiosk-2"))
        assert (other["first"], other["last"]) == (191, 200)


class TestNoBlocks:
    """A centre may want no numbers without a link."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        queue = settings.queue.model_copy(update={"numbers": NumbersSettings(offline_block=0)})
        return settings.model_copy(update={"queue": queue})

    def test_a_lease_is_empty(self, desk: Desk) -> None:
        assert lease(desk)["blocks"] == []
        assert desk.issue().json()["number"] == "A001"


class TestSeries:
    """Two services on one series, and one sequence for the house."""

    @pytest.fixture(params=["bands", "house"])
    def settings(self, settings: Settings, request: pytest.FixtureRequest) -> Settings:
        if request.param == "house":
            services = [one.model_copy(update={"series": "A"}) for one in settings.services]
            queue = settings.queue.model_copy(update={"numbers": NumbersSettings(house=True)})
            return settings.model_copy(update={"services": services, "queue": queue})
        bands = {"ho-tich": (1, 499), "dat-dai": (500, 999)}
        services = [
            one.model_copy(update={"series": "A", "first": bands[one.id][0], "last": bands[one.id][1]})
            if one.id in bands
            else one
            for one in settings.services
        ]
        return settings.model_copy(update={"services": services})

    def test_no_number_lies_in_two_blocks_nor_is_given_online(self, desk: Desk) -> None:
        leased = Counter(
            (one["series"], number)
            for role in ("kiosk", "kiosk-2")
            for one in lease(desk, role=role)["blocks"]
            for number in range(one["first"], one["last"] + 1)
        )
        assert leased.total() == len(leased) == 2 * 6 * 10
        online = [desk.issue(one).json() for one in ("ho-tich", "dat-dai", "ho-tich", "dat-dai")]
        assert not {(one["series"], one["sequence"]) for one in online} & leased.keys()


class TestHours:
    """A kiosk without a link knows when numbers are given today."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        week = ["mon", "tue", "wed", "thu", "fri"]
        hours = [
            OpeningHours(days=week, start=time(7, 30), until=time(11, 30)),
            OpeningHours(days=week, start=time(13), until=time(17)),
        ]
        services = [
            one.model_copy(update={"hours": hours, "last_ticket_minutes": 30}) if one.id == SERVICE else one
            for one in settings.services
        ]
        return settings.model_copy(update={"services": services})

    def test_are_told_with_the_block(self, desk: Desk) -> None:
        held = lease(desk)
        assert block(held)["open"] == [
            ["2026-11-23T00:30:00.000Z", "2026-11-23T04:30:00.000Z"],
            ["2026-11-23T06:00:00.000Z", "2026-11-23T09:30:00.000Z"],
        ]
        assert block(held, "chung-thuc")["open"] == [["2026-11-22T17:00:00.000Z", "2026-11-23T17:00:00.000Z"]]
        desk.clock.forward(days=1)
        assert block(lease(desk))["open"] == [], "a public holiday"

    def test_do_not_refuse_what_a_citizen_holds(self, desk: Desk) -> None:
        held = lease(desk)
        told = given(held, 0, desk.clock.moment + timedelta(hours=2))
        desk.clock.moment = datetime(2026, 11, 23, 13, tzinfo=UTC)
        from kiosk.centre import opening

        desk.centre.store.submit_write(
            lambda transaction: opening.stop(transaction, desk.centre.plan, "head:x", "*", "Mất điện")
        ).result()
        (answer,) = accepted(desk, held, told)
        assert answer["ticket"]["state"] == "waiting"

    def test_after_the_day_was_closed_a_number_has_expired(self, desk: Desk) -> None:
        held = lease(desk)
        told = given(held, 0, desk.clock.moment)
        desk.centre.store.submit_write(
            lambda transaction: (
                transaction.connection.execute(update(business_day).values(closed_at=transaction.at))
                and transaction.record("day.closed", "centre", "centre", {"day": held["day"]})
            )
        ).result()
        (answer,) = accepted(desk, held, told)
        assert answer["ticket"]["state"] == "expired"


class TestOffline:
    """What was given without the centre becomes a ticket of its queue."""

    def test_a_number_becomes_a_whole_ticket(self, desk: Desk) -> None:
        held = lease(desk)
        desk.clock.forward(minutes=10)
        wishes = {"then": ["chung-thuc"], "priority": {"class": "cao-tuoi", "source": "chip"}}
        (answer,) = accepted(desk, held, given(held, 0, desk.clock.moment - timedelta(minutes=5), **wishes))
        ticket = answer["ticket"]
        assert (answer["new"], answer["left_out"], answer["instead_of"]) == (True, [], None)
        assert (ticket["number"], ticket["state"], ticket["day"]) == ("A990", "waiting", "2026-11-23")
        assert (ticket["issued_at"], ticket["queued_at"]) == ("2026-11-23T02:05:00.000Z",) * 2
        assert (ticket["then"], ticket["priority"]) == (["chung-thuc"], "cao-tuoi")
        assert "/follow/" in ticket["follow_url"]
        entry = desk.journal()[-1]
        said = json.loads(entry.payload)
        assert (entry.type, entry.actor, "band" in said) == ("ticket.issued", "kiosk:kiosk-1", False)
        assert (said["ticket"]["offline"], said["ticket"]["issued_by"]) == (1, "kiosk:kiosk-1")

    def test_is_called_in_the_order_of_issue_also_among_tickets_of_the_centre(self, desk: Desk) -> None:
        held, start = lease(desk), desk.clock.moment
        numbers = []
        for minute in (1, 3, 5):
            desk.clock.moment = start + timedelta(minutes=minute)
            numbers.append(desk.issue().json()["number"])
        desk.clock.moment = start + timedelta(minutes=9)
        late, early, tie = (
            given(held, place, start + timedelta(minutes=minute))
            for place, minute in ((2, 4), (0, 2), (1, 2))
        )
        accepted(desk, held, late, tie, early)
        desk.at("quay-1", "open")
        called = []
        for _ in range(6):
            called.append(desk.at("quay-1", "call-next").json()["number"])
            desk.at("quay-1", "no-show")
        assert called == ["A001", "A990", "A991", "A002", "A992", "A003"]

    def test_a_kiosks_wrong_clock_neither_jumps_the_queue_nor_falls_out_of_the_day(self, desk: Desk) -> None:
        held = lease(desk)
        desk.clock.forward(minutes=30)
        past = given(held, 0, desk.clock.moment - timedelta(days=900))
        future = given(held, 1, desk.clock.moment + timedelta(days=900))
        first, second = (one["ticket"] for one in accepted(desk, held, past, future))
        assert first["queued_at"] == held["at"]
        assert second["queued_at"] == written(desk.clock.moment)

    def test_telling_again_makes_no_second_ticket(self, desk: Desk) -> None:
        held = lease(desk)
        told = [given(held, place, desk.clock.moment) for place in range(3)]
        first = accepted(desk, held, *told[:2])
        again = accepted(desk, held, *told)
        assert [one["new"] for one in again] == [False, False, True]
        assert [one["ticket"]["id"] for one in again[:2]] == [one["ticket"]["id"] for one in first]
        assert len(desk.call("GET", "/tickets", "kiosk").json()) == 3

    def test_what_the_kiosk_does_not_hold_is_refused_and_the_rest_taken(self, desk: Desk) -> None:
        held, other = lease(desk), lease(desk, role="kiosk-2")
        good = given(held, 0, desk.clock.moment)
        bad = [
            {**good, "sequence": 1},
            {**good, "sequence": block(other)["first"]},
            {**good, "service": "dat-dai"},
            {**good, "series": "B"},
            {**good, "sequence": 1000},
        ]
        answers = tell(desk, held, *bad, good).json()["tickets"]
        assert [one["accepted"] for one in answers] == [False] * 5 + [True]
        assert {one["reason"] for one in answers[:5]} == {"not_in_block"}
        taken = tell(desk, held, {**good, "key": "another visit"}).json()["tickets"][0]
        assert (taken["accepted"], taken["reason"]) == (False, "number_taken")

    @pytest.mark.parametrize(
        "wrong",
        [
            {"issued_at": "2026-11-23T02:00:00"},
            {"sequence": 0},
            {"sequence": "990"},
            {"key": ""},
            {"key": "x" * 129},
            {"person": "x"},
            {"more": 1},
        ],
    )
    def test_a_bad_request_changes_nothing(self, desk: Desk, wrong: dict[str, Any]) -> None:
        held = lease(desk)
        before = desk.head()
        assert tell(desk, held, {**given(held, 0, desk.clock.moment), **wrong}).status_code == 422
        assert tell(desk, held).status_code == 422
        assert desk.head() == before

    def test_wishes_that_mean_nothing_any_more_are_left_out_and_told(self, desk: Desk) -> None:
        held = lease(desk)
        wishes = {"then": ["khong-co", SERVICE], "priority": {"class": "vip", "source": "self"}}
        (answer,) = accepted(desk, held, given(held, 0, desk.clock.moment, **wishes))
        assert answer["left_out"] == ["then", "priority"]
        assert (answer["ticket"]["then"], answer["ticket"]["priority"]) == ([], None)

    def test_after_the_end_of_its_day_it_has_expired_and_counts(self, desk: Desk) -> None:
        held = lease(desk)
        told = given(held, 0, desk.clock.moment + timedelta(minutes=1))
        desk.clock.forward(days=1)
        desk.issue()
        (answer,) = accepted(desk, held, told)
        ticket = answer["ticket"]
        assert (ticket["state"], ticket["day"], ticket["number"]) == ("expired", "2026-11-23", "A990")
        assert ticket["queued_at"] == "2026-11-23T02:01:00.000Z"
        assert json.loads(desk.journal()[-1].payload)["ticket"]["state"] == "expired"
        assert [one["number"] for one in desk.call("GET", "/tickets", "kiosk").json()] == ["A001"]

    def test_a_person_with_a_number_from_a_kiosk_alone_gets_no_second_one(self, desk: Desk) -> None:
        held = lease(desk)
        (answer,) = accepted(desk, held, given(held, 0, desk.clock.moment, person="a" * 64))
        body = {"service": SERVICE, "person": "a" * 64}
        again = desk.call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": "later"})
        assert (again.status_code, again.json()["id"]) == (200, answer["ticket"]["id"])


class TestLostAnswer:
    """The centre issued a number, its answer was lost, and the kiosk gave one of its own."""

    def test_the_number_nobody_holds_is_cancelled_and_the_other_takes_its_place(self, desk: Desk) -> None:
        held = lease(desk)
        ghost = desk.issue(key="visit").json()
        desk.clock.forward(seconds=1)
        desk.issue()
        desk.clock.forward(seconds=9)
        told = given(held, 0, desk.clock.moment, key="visit")
        (answer,) = accepted(desk, held, told)
        assert answer["instead_of"] == {"id": ghost["id"], "number": "A001"}
        assert desk.call("GET", f"/tickets/{ghost['id']}", "kiosk").json()["state"] == "cancelled"
        desk.at("quay-1", "open")
        assert desk.at("quay-1", "call-next").json()["number"] == "A990"
        (again,) = accepted(desk, held, told)
        assert (again["new"], again["ticket"]["id"]) == (False, answer["ticket"]["id"])

    @pytest.mark.parametrize("happened", ["printed", "called", "other kiosk"])
    def test_a_number_somebody_may_hold_stays(self, desk: Desk, happened: str) -> None:
        held = lease(desk)
        first = desk.issue(key="visit", role="kiosk-2" if happened == "other kiosk" else "kiosk").json()
        if happened == "printed":
            desk.call("POST", f"/tickets/{first['id']}/print", "kiosk", json={"state": "printed"})
        if happened == "called":
            desk.at("quay-1", "open")
            desk.at("quay-1", "call-next")
        told = given(held, 0, desk.clock.moment, key="visit")
        (answer,) = accepted(desk, held, told)
        assert (answer["instead_of"], answer["ticket"]["number"]) == (None, "A990")
        assert desk.call("GET", f"/tickets/{first['id']}", "kiosk").json()["state"] != "cancelled"
        assert not accepted(desk, held, told)[0]["new"]


class TestAtOnce:
    """Eight kiosks lease, issue and tell at the same time."""

    def test_no_number_is_given_twice_and_online_numbers_have_no_gap(
        self, desk: Desk, settings: Settings
    ) -> None:
        store, plan = desk.centre.store, desk.centre.plan
        services = ["ho-tich", "dat-dai"]
        held = {}
        for round_ in range(2):
            futures = []
            for kiosk in range(8):
                name = f"kiosk:{kiosk}"
                futures.append(
                    store.submit_write(
                        lambda transaction, name=name, round_=round_: leases.lease(
                            transaction, plan, name, f"memory-{round_}"
                        )
                    )
                )
                for number in range(6):
                    service = services[(kiosk + number) % 2]
                    key = f"{round_} {kiosk} {number}"
                    futures.extend(
                        store.submit_write(
                            lambda transaction, name=name, service=service, key=key: tickets.issue(
                                transaction, plan, name, service, key
                            )
                        )
                        for _ in range(2)
                    )
            for kiosk, future in enumerate(futures[::13]):
                held[kiosk], _ = future.result()
            results = [future.result() for place, future in enumerate(futures) if place % 13]
            assert sum(1 for one in results if one.new) == 48, "each key once"
        offered = {
            kiosk: [
                leases.Offered(
                    "A", block(one)["first"] + place, SERVICE, desk.clock.moment, f"off {kiosk} {place}"
                )
                for place in range(5)
            ]
            for kiosk, one in held.items()
        }
        telling = [
            store.submit_write(
                lambda transaction, kiosk=kiosk: leases.accept(
                    transaction, plan, f"kiosk:{kiosk}", held[kiosk]["lease"], offered[kiosk]
                )
            )
            for kiosk in held
            for _ in range(2)
        ]
        told = [one for future in telling for one in future.result()]
        assert sum(1 for one in told if one.new) == 40
        assert all(one.row is not None for one in told)
        waiting = desk.call("GET", "/tickets", "kiosk").json()
        numbers = Counter(one["number"] for one in waiting)
        assert numbers.total() == len(numbers) == 2 * 48 + 40
        for series in "AD":
            online = sorted(
                one["sequence"] for one in waiting if one["series"] == series and one["sequence"] < 800
            )
            assert online == list(range(1, len(online) + 1))
        blocks = [
            (one["series"], number)
            for lease_ in held.values()
            for one in lease_["blocks"]
            for number in range(one["first"], one["last"] + 1)
        ]
        assert len(set(blocks)) == len(blocks)


def test_a_band_that_is_used_up_says_so_with_blocks_cut_from_it(desk: Desk) -> None:
    from kiosk.centre import days, numbers
    from kiosk.queueing.service import Service

    tiny = Service("tiny", "Tiny", "", "Y", 1, 20, 5, None, ())

    class UndoneError(Exception):
        pass

    def work(transaction: Any) -> None:
        day = days.today(transaction, desk.centre.plan)
        cut = numbers.cut(transaction, day, tiny, 10)
        got = []
        with pytest.raises(BandExhaustedError):
            while True:
                got.append(numbers.take(transaction, day, tiny)[0])
        raise UndoneError(cut[0], got)

    assert desk.centre.store.submit_write(work).exception().args == ((19, 20), list(range(1, 19)))
