"""What each move keeps, what it tells, and what refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.queueing.ticket import TicketState
from tests.centre import lives
from tests.centre.lives import HERE, THERE, do, held, kinds, move, now, reach, told
from tests.centre.support import Desk, sign_in

S = TicketState


@pytest.fixture
def lobby(desk: Desk) -> Iterator[Desk]:
    """Two officers at two counters; afterwards the journal tells what the tables hold."""
    yield lives.opened(desk)
    lives.books_agree(desk)


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestTransfer:
    """On to another service or a counter."""

    def test_to_a_service_keeps_the_place_by_arrival(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.SERVING)
        lobby.clock.forward(minutes=30)
        later = lobby.issue("dat-dai").json()
        moved = do(lobby, HERE, "transfer", service="dat-dai").json()["ticket"]
        assert (moved["state"], moved["service"], moved["queued_at"]) == (
            "waiting", "dat-dai", ticket["queued_at"])  # fmt: skip
        assert lobby.at(THERE, "call-next", "minh").json()["id"] == ticket["id"]
        assert now(lobby, later)["state"] == "waiting"

    def test_to_a_counter_is_for_that_counter_alone(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.CALLED)
        moved = do(lobby, HERE, "transfer", counter=THERE).json()["ticket"]
        assert moved["reserved_counter"] == THERE
        assert [one["id"] for one in moved["counters"]] == [THERE]
        assert lobby.at(HERE, "call-next").status_code == 204
        assert code(do(lobby, HERE, f"call/{ticket['id']}")) == (409, "TICKET_ELSEWHERE")
        assert lobby.at(THERE, "call-next", "minh").json()["id"] == ticket["id"]

    def test_a_counter_that_closes_gives_its_reserved_ones_back(self, lobby: Desk) -> None:
        tickets = [lobby.issue().json() for _ in range(3)]
        for ticket in tickets[:2]:
            assert move(lobby, ticket, "transfer", counter=THERE).status_code == 200
        assert lobby.at(THERE, "close", "minh").status_code == 200
        assert [now(lobby, one)["reserved_counter"] for one in tickets] == [None] * 3
        assert told(lobby, "ticket.released")["ticket"]["id"] == tickets[1]["id"]
        assert lobby.at(HERE, "call-next").json()["id"] == tickets[0]["id"], "at its old place"

    def test_a_colleague_who_takes_over_begins_without_them(self, lobby: Desk) -> None:
        ticket = lobby.issue().json()
        move(lobby, ticket, "transfer", counter=THERE)
        lobby.call("DELETE", "/session", "minh")
        lobby.tokens["hoa"] = sign_in(lobby.web, "hoa")
        assert lobby.at(THERE, "open", "hoa").status_code == 200
        assert now(lobby, ticket)["reserved_counter"] is None

    @pytest.mark.parametrize(
        ("target", "refusal"),
        [
            ({"counter": "quay-2"}, (409, "TRANSFER_COUNTER_CLOSED")),
            ({"counter": "quay-77"}, (404, "NOT_FOUND")),
            ({"service": "khong-co"}, (404, "NOT_FOUND")),
            ({"service": "ho-tich"}, (409, "TRANSFER_NOWHERE")),
            ({"service": None}, (409, "TRANSFER_NOWHERE")),
            ({"service": "dat-dai", "counter": "quay-2"}, (409, "TRANSFER_COUNTER_CLOSED")),
        ],
    )
    def test_nowhere_is_refused(self, lobby: Desk, target: dict[str, str], refusal: tuple[int, str]) -> None:
        ticket = reach(lobby, S.SERVING)
        waiting = lobby.issue().json()
        before, head = now(lobby, ticket), lobby.head()
        assert code(do(lobby, HERE, "transfer", **target)) == refusal
        assert code(move(lobby, waiting, "transfer", **target)) == refusal
        assert (now(lobby, ticket), lobby.head()) == (before, head)


@pytest.mark.on_sqlite
def test_a_service_without_counters_takes_nobody(lobby: Desk) -> None:
    """Settings do not allow one; a plan made otherwise might."""
    reach(lobby, S.SERVING)
    lobby.centre.plan.services["khong-quay"] = lobby.centre.plan.services["chung-thuc"]
    assert code(do(lobby, HERE, "transfer", service="khong-quay")) == (409, "SERVICE_WITHOUT_COUNTER")
    assert code(do(lobby, HERE, "add-service", service="khong-quay")) == (409, "SERVICE_WITHOUT_COUNTER")


class TestServicesInOneVisit:
    """One number, several matters."""

    def test_are_done_one_after_the_other_at_the_old_place(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.SERVING)
        assert do(lobby, HERE, "add-service", service="dat-dai").json()["ticket"]["then"] == ["dat-dai"]
        assert code(do(lobby, HERE, "add-service", service="dat-dai")) == (409, "SERVICE_ASKED_ALREADY")
        lobby.clock.forward(minutes=20)
        lobby.issue("dat-dai")
        after = do(lobby, HERE, "complete").json()["ticket"]
        assert (after["state"], after["service"], after["then"]) == ("waiting", "dat-dai", [])
        assert told(lobby, "ticket.next_service")["leg"]["outcome"] == "next_service"
        assert lobby.at(THERE, "call-next", "minh").json()["id"] == ticket["id"]
        for action in ("start", "complete"):
            do(lobby, THERE, action, "minh")
        leg = told(lobby, "ticket.completed")["leg"]
        assert (leg["n"], leg["service"], leg["counter"], leg["officers"]) == (2, "dat-dai", THERE, 2)
        assert now(lobby, ticket)["state"] == "completed"

    def test_a_service_taken_back_is_served_again(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.SERVING)
        do(lobby, HERE, "add-service", service="dat-dai")
        do(lobby, HERE, "complete")
        back = do(lobby, HERE, "undo").json()["ticket"]
        assert (back["state"], back["service"], back["then"]) == ("serving", "ho-tich", ["dat-dai"])
        assert told(lobby, "ticket.undone")["undid"] == "complete"
        do(lobby, HERE, "complete")
        assert told(lobby, "ticket.next_service")["leg"]["n"] == 1, "the leg that was taken back is gone"
        assert now(lobby, ticket)["service"] == "dat-dai"


class TestUndo:
    """The last step, taken back."""

    def test_not_into_a_counter_that_has_another_ticket(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.COMPLETED)
        lobby.clock.forward(seconds=2)
        other = lobby.issue().json()
        lobby.at(HERE, "call-next")
        lobby.clock.forward(seconds=2)
        do(lobby, HERE, "recall")  # a call that was heard twice is not taken back
        before, head = now(lobby, ticket), lobby.head()
        assert code(do(lobby, HERE, "undo")) == (409, "COUNTER_BUSY")
        assert (now(lobby, ticket), lobby.head()) == (before, head)
        assert now(lobby, other)["state"] == "called"

    def test_one_after_the_other_back_to_the_last_but_one(self, lobby: Desk) -> None:
        first = reach(lobby, S.COMPLETED)
        lobby.clock.forward(seconds=2)
        second = lobby.issue().json()
        lobby.at(HERE, "call-next")
        assert do(lobby, HERE, "undo").json()["ticket"]["id"] == second["id"]
        assert do(lobby, HERE, "undo").json()["ticket"]["id"] == first["id"]
        assert (now(lobby, first)["state"], now(lobby, second)["state"]) == ("serving", "waiting")

    def test_who_was_passed_by_the_call_is_no_more(self, lobby: Desk) -> None:
        ordinary, aged = lobby.issue().json(), lobby.issue().json()
        move(lobby, aged, "prioritise", **{"class": "co-cong"})
        assert lobby.at(HERE, "call-next").json()["id"] == aged["id"]
        assert now(lobby, ordinary)["overtaken"] == 1
        do(lobby, HERE, "undo")
        assert now(lobby, ordinary)["overtaken"] == 0

    def test_a_number_called_by_mistake_leaves_the_display(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.CALLED)
        assert [one["number"] for one in lobby.call("GET", "/board").json()["now"]] == [ticket["number"]]
        do(lobby, HERE, "undo")
        board = lobby.call("GET", "/board").json()
        assert (board["now"], board["waiting"]) == ([], 1)

    @pytest.mark.parametrize("action", ["transfer", "prioritise", "cancel"])
    def test_a_move_of_a_waiting_ticket_too(self, lobby: Desk, action: str) -> None:
        ticket = lobby.issue().json()
        before = now(lobby, ticket)
        body = {"transfer": {"service": "dat-dai"}, "prioritise": {"class": "co-cong"}}.get(action, {})
        answer = move(lobby, ticket, action, **body)
        assert answer.json()["undo_until"] == "2026-11-23T02:00:20.000Z"
        (counter,) = [one for one in lobby.call("GET", "/counters").json() if one["id"] == HERE]
        assert counter["undo"] == {"event": action, "ticket": ticket["id"], "number": ticket["number"]}
        assert do(lobby, HERE, "undo").status_code == 200
        assert now(lobby, ticket) == before

    def test_only_of_the_ticket_that_is_meant(self, lobby: Desk) -> None:
        first = reach(lobby, S.COMPLETED)
        lobby.clock.forward(seconds=2)
        second = reach(lobby, S.NO_SHOW)
        assert code(do(lobby, HERE, "undo", ticket=first["id"])) == (409, "UNDO_TOO_LATE")
        assert do(lobby, HERE, "undo", ticket=second["id"]).json()["ticket"]["state"] == "called"

    def test_what_another_did_since_is_not_taken_back(self, lobby: Desk) -> None:
        ticket = lobby.issue().json()
        move(lobby, ticket, "transfer", service="dat-dai")
        assert lobby.at(THERE, "call-next", "minh").json()["id"] == ticket["id"]
        assert code(do(lobby, HERE, "undo")) == (409, "UNDO_TOO_LATE")


class TestPicked:
    """Called by hand."""

    def test_is_recorded_and_overtakes_nobody(self, lobby: Desk) -> None:
        first, second = lobby.issue().json(), lobby.issue().json()
        assert do(lobby, HERE, f"call/{second['id']}").status_code == 200
        entry = told(lobby, "ticket.called")
        assert (entry["picked"], entry["passed"]) == (True, [])
        assert now(lobby, first)["overtaken"] == 0

    def test_only_by_a_counter_of_its_service(self, lobby: Desk) -> None:
        ticket = lobby.issue("chung-thuc").json()
        assert code(do(lobby, HERE, f"call/{ticket['id']}")) == (409, "TICKET_ELSEWHERE")

    def test_only_when_the_counter_is_free(self, lobby: Desk) -> None:
        reach(lobby, S.CALLED)
        other = lobby.issue().json()
        assert code(do(lobby, HERE, f"call/{other['id']}")) == (409, "COUNTER_BUSY")
        assert do(lobby, HERE, "call/unknown").status_code in {404, 409}

    def test_who_was_missed_is_called_within_the_grace(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.NO_SHOW)
        lobby.clock.forward(minutes=15)
        assert do(lobby, HERE, f"call/{ticket['id']}").status_code == 200
        do(lobby, HERE, "no-show")
        lobby.clock.forward(minutes=15.1)
        assert code(do(lobby, HERE, f"call/{ticket['id']}")) == (409, "REJOIN_TOO_LATE")


class TestRejoin:
    """Who was missed comes back."""

    @pytest.mark.parametrize("who", ["holder", "officer"])
    def test_once_within_the_grace_at_the_old_place(self, lobby: Desk, who: str) -> None:
        ticket = reach(lobby, S.NO_SHOW)
        told_now = now(lobby, ticket)
        assert (told_now["rejoin_until"], told_now["rejoins_left"]) == ("2026-11-23T02:15:00.000Z", 1)
        lobby.issue()
        lobby.clock.forward(minutes=14)

        def ask() -> Any:
            return held(lobby, ticket, "rejoin") if who == "holder" else move(lobby, ticket, "rejoin")

        assert ask().status_code == 200
        assert lobby.at(HERE, "call-next").json()["id"] == ticket["id"]
        do(lobby, HERE, "no-show")
        assert now(lobby, ticket)["rejoin_until"] is None
        assert code(ask()) == (409, "REJOINS_USED_UP")

    def test_not_later(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.NO_SHOW)
        lobby.clock.forward(minutes=15, seconds=1)
        assert code(held(lobby, ticket, "rejoin")) == (409, "REJOIN_TOO_LATE")
        assert code(move(lobby, ticket, "rejoin")) == (409, "REJOIN_TOO_LATE")

    def test_not_on_another_day(self, lobby: Desk) -> None:
        lives.at(lobby, "2026-11-23 23:55:00")
        lobby.tokens["officer"] = sign_in(lobby.web, "lan")
        ticket = reach(lobby, S.NO_SHOW)
        lives.at(lobby, "2026-11-24 00:01:00")
        for answer in (
            held(lobby, ticket, "rejoin"),
            move(lobby, ticket, "rejoin"),
            do(lobby, HERE, f"call/{ticket['id']}"),
        ):
            assert code(answer) == (409, "REJOIN_TOO_LATE")


class TestHolder:
    """The citizen's own page."""

    def test_a_repetition_changes_nothing(self, lobby: Desk) -> None:
        ticket = lobby.issue().json()
        assert held(lobby, ticket, "cancel").json()["state"] == "cancelled"
        head = lobby.head()
        again = held(lobby, ticket, "cancel")
        assert (again.status_code, again.json()["state"], lobby.head()) == (200, "cancelled", head)
        assert kinds(lobby, ticket) == ["ticket.issued", "ticket.cancelled"]

    def test_nothing_personal_is_told_or_kept(self, lobby: Desk) -> None:
        ticket = reach(lobby, S.NO_SHOW)
        place = held(lobby, ticket, "rejoin").json()
        assert "lan" not in str(place)
        assert told(lobby, "ticket.rejoined")["actor"] == "citizen"
        assert "follow" not in str(told(lobby, "ticket.rejoined"))

    def test_an_unknown_link_is_nobody(self, lobby: Desk) -> None:
        for action in ("rejoin", "cancel"):
            assert lobby.call("POST", f"/follow/{'A' * 22}/{action}", None).status_code == 404

    def test_six_changes_a_minute_are_enough(self, lobby: Desk) -> None:
        ticket, other = lobby.issue().json(), lobby.issue().json()
        answers = [held(lobby, ticket, "rejoin").status_code for _ in range(6)]
        assert answers == [200] * 6
        limited = held(lobby, ticket, "cancel")
        assert code(limited) == (429, "TOO_MANY_REQUESTS")
        assert 0 < int(limited.headers["retry-after"]) <= 60
        assert held(lobby, other, "rejoin").status_code == 200

    @pytest.mark.parametrize("sent", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}])
    def test_another_sites_page_does_nothing(self, lobby: Desk, sent: dict[str, str]) -> None:
        ticket = lobby.issue().json()
        token = ticket["follow_url"].rsplit("/", 1)[1]
        answer = lobby.call("POST", f"/follow/{token}/cancel", None, headers=sent)
        assert answer.status_code == 403
        assert now(lobby, ticket)["state"] == "waiting"


class TestPark:
    """Set aside for a while."""

    def test_with_reason_and_time(self, lobby: Desk) -> None:
        reach(lobby, S.SERVING)
        parked = do(lobby, HERE, "park", reason="Đi phô tô", minutes=10).json()["ticket"]
        assert (parked["park_reason"], parked["parked_until"]) == ("Đi phô tô", "2026-11-23T02:10:00.000Z")
        assert [one["id"] for one in lobby.call("GET", "/tickets?state=parked").json()] == [parked["id"]]

    def test_the_reason_is_one_of_the_list(self, lobby: Desk) -> None:
        reach(lobby, S.CALLED)
        assert code(do(lobby, HERE, "park", reason="Ông Nguyễn Văn A")) == (422, "PARK_REASON_UNKNOWN")

    @pytest.mark.parametrize("minutes", [0, -5, 481, 1.5, "10"])
    def test_minutes_are_few_and_whole(self, lobby: Desk, minutes: Any) -> None:
        reach(lobby, S.CALLED)
        assert do(lobby, HERE, "park", reason="Nộp phí", minutes=minutes).status_code == 422


class TestPriority:
    """Given by an officer."""

    def test_goes_before_and_is_named(self, lobby: Desk) -> None:
        lobby.issue()
        aged = lobby.issue().json()
        given = move(lobby, aged, "prioritise", **{"class": "co-cong"}).json()
        assert (given["priority"], given["priority_name"], given["ahead"]) == (
            "co-cong", "Người có công", 0)  # fmt: skip
        assert move(lobby, aged, "prioritise", **{"class": None}).json()["ahead"] == 1

    def test_an_unknown_class_is_refused(self, lobby: Desk) -> None:
        ticket = lobby.issue().json()
        assert code(move(lobby, ticket, "prioritise", **{"class": "vip"})) == (422, "PRIORITY_UNKNOWN")


class TestAnswers:
    """What is told beside."""

    def test_a_counter_tells_how_many_it_may_call(self, lobby: Desk) -> None:
        for service in ("ho-tich", "dat-dai", "chung-thuc"):
            lobby.issue(service)
        ticket = lobby.issue().json()
        move(lobby, ticket, "transfer", counter=THERE)
        waiting = {one["id"]: one["waiting"] for one in lobby.call("GET", "/counters").json()}
        assert (waiting[HERE], waiting[THERE], waiting["quay-2"]) == (1, 3, 1)

    def test_waits_grow_down_the_queue(self, lobby: Desk) -> None:
        tickets = [lobby.issue().json() for _ in range(8)]
        waits = [lobby.call("GET", f"/tickets/{one['id']}", "kiosk").json()["wait"] for one in tickets]
        assert all(wait is not None for wait in waits)
        medians = [wait["median"] for wait in waits]
        assert medians == sorted(medians)
        assert all(wait["median"] <= wait["p90"] for wait in waits)

    def test_every_answer_tells_the_centres_time(self, lobby: Desk) -> None:
        for answer in (
            lobby.call("GET", "/board"),
            lobby.call("GET", "/board", None),
            lobby.call("GET", "/nowhere"),
            lobby.call("POST", "/counters/quay-1/undo", json={}),
        ):
            assert answer.headers["mot-cua-time"] == "2026-11-23T02:00:00.000Z"

    def test_rules_are_told_and_the_key_to_kiosks_only(self, lobby: Desk) -> None:
        rules = {
            role: lobby.call("GET", "/queue/rules", role).json() for role in ("kiosk", "officer", "display")
        }
        assert rules["kiosk"]["day"] == "2026-11-23"
        assert len(bytes.fromhex(rules["kiosk"]["person_key"])) >= 16
        assert "person_key" not in rules["officer"]
        assert "person_key" not in rules["display"]
        told_rules = rules["officer"]
        assert (told_rules["undo_seconds"], told_rules["grace_minutes"]) == (20, 15)
        assert "Đi phô tô" in told_rules["park_reasons"]
        aged = next(one for one in told_rules["priorities"] if one["id"] == "cao-tuoi")
        assert (aged["from_age"], aged["sources"]) == (60, ["chip", "officer"])
        assert told_rules["clock"]["right"] is True
