"""Numbers a kiosk holds for when it has no link: which, how many, and that nobody else gives them."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from kiosk.centre.store.schema import business_day
from kiosk.queueing.number import BandExhaustedError
from kiosk.settings import NumbersSettings, OpeningHours, Settings
from tests.centre.lease_calls import SERVICE, accepted, block, given, lease, tell
from tests.centre.support import Desk, start_desk

pytestmark = pytest.mark.usefixtures("journal_tells_it_all")


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
