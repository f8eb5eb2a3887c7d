"""Numbers that a kiosk gave without a link, told later: none twice, none lost, in the order of issue."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from kiosk.centre import leases, tickets
from kiosk.centre.moments import written
from kiosk.settings import Settings
from tests.centre.lease_calls import SERVICE, accepted, block, given, lease, tell
from tests.centre.support import Desk

pytestmark = pytest.mark.usefixtures("journal_tells_it_all")


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
