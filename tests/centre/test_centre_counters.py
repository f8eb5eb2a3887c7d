"""What officers do: only what the table allows, and whatever is refused changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.centre.support import Desk, sign_in

ACTIONS = ("open", "close", "call-next", "recall", "start", "complete", "no-show")
REACH: dict[str, tuple[str, ...]] = {
    "closed": (),
    "open_idle": ("open",),
    "calling": ("open", "call-next"),
    "serving": ("open", "call-next", "start"),
}
REFUSED: dict[tuple[str, str], tuple[int, str]] = {
    **{("closed", action): (409, "COUNTER_CLOSED") for action in ACTIONS if action != "open"},
    **{("open_idle", action): (409, "COUNTER_IDLE") for action in ("recall", "start", "complete", "no-show")},
    ("calling", "close"): (409, "COUNTER_BUSY"),
    ("calling", "call-next"): (409, "COUNTER_BUSY"),
    ("calling", "complete"): (409, "TICKET_STATE_WRONG"),
    ("serving", "close"): (409, "COUNTER_BUSY"),
    ("serving", "call-next"): (409, "COUNTER_BUSY"),
    ("serving", "recall"): (409, "TICKET_STATE_WRONG"),
    ("serving", "start"): (409, "TICKET_STATE_WRONG"),
    ("serving", "no-show"): (409, "TICKET_STATE_WRONG"),
}
LEADS_TO = {
    ("closed", "open"): "open_idle",
    ("open_idle", "open"): "open_idle",
    ("open_idle", "close"): "closed",
    ("open_idle", "call-next"): "calling",
    ("calling", "open"): "calling",
    ("calling", "recall"): "calling",
    ("calling", "start"): "serving",
    ("calling", "no-show"): "open_idle",
    ("serving", "open"): "serving",
    ("serving", "complete"): "open_idle",
}


def state(desk: Desk, counter: str = "quay-1") -> dict[str, Any]:
    (found,) = [one for one in desk.call("GET", "/counters").json() if one["id"] == counter]
    return dict(found)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("start", REACH)
def test_every_action_in_every_state(desk: Desk, start: str, action: str) -> None:
    for _ in range(2):
        desk.issue()
    for step in REACH[start]:
        assert desk.at("quay-1", step).status_code == 200
    before, head = state(desk), desk.head()
    assert before["state"] == start
    answer = desk.at("quay-1", action)
    if (start, action) in REFUSED:
        assert (answer.status_code, answer.json()["code"]) == REFUSED[start, action]
        assert state(desk) == before
        assert desk.head() == head
    else:
        assert answer.status_code == 200
        assert state(desk)["state"] == LEADS_TO[start, action]


def test_every_pair_of_state_and_action_has_its_answer() -> None:
    assert REFUSED.keys() | LEADS_TO.keys() == {(start, action) for start in REACH for action in ACTIONS}
    assert not REFUSED.keys() & LEADS_TO.keys()


def test_nobody_waits(desk: Desk) -> None:
    desk.issue("chung-thuc")
    desk.at("quay-1", "open")
    answer = desk.at("quay-1", "call-next")
    assert (answer.status_code, answer.content) == (204, b"")
    assert state(desk)["state"] == "open_idle"


def test_people_are_called_in_the_order_they_came(desk: Desk) -> None:
    """Who comes within five minutes may go by the counter's preference."""
    for service in ("xac-nhan-hon-nhan", "chung-thuc", "ho-tich", "xac-nhan-hon-nhan"):
        desk.issue(service)
        desk.clock.forward(minutes=6)
    desk.at("quay-1", "open")
    called = []
    for _ in range(3):
        called.append(desk.at("quay-1", "call-next").json()["number"])
        desk.at("quay-1", "no-show")
    assert called == ["B001", "A001", "B002"]


def test_recall_counts_and_keeps_the_time_of_the_first_call(desk: Desk) -> None:
    desk.issue()
    desk.at("quay-1", "open")
    first = desk.at("quay-1", "call-next").json()
    desk.clock.forward(seconds=40)
    again = desk.at("quay-1", "recall").json()["ticket"]
    assert (first["call_count"], again["call_count"]) == (1, 2)
    assert again["called_at"] == first["called_at"]
    kinds = [entry.type for entry in desk.journal()][-2:]
    assert kinds == ["ticket.called", "ticket.recalled"]


def test_a_unknown_counter_is_not_there(desk: Desk) -> None:
    assert desk.at("quay-77", "open").status_code == 404


class TestTwoOfficers:
    """A counter belongs to who opened it."""

    @pytest.fixture(autouse=True)
    def second(self, desk: Desk) -> None:
        desk.tokens["minh"] = sign_in(desk.web, "minh")
        desk.issue()
        desk.at("quay-1", "open")

    def test_a_taken_counter_is_not_given_away(self, desk: Desk) -> None:
        answer = desk.at("quay-1", "open", "minh")
        assert (answer.status_code, answer.json()["code"]) == (409, "COUNTER_TAKEN")

    @pytest.mark.parametrize("action", [action for action in ACTIONS if action != "open"])
    def test_nobody_else_acts_there(self, desk: Desk, action: str) -> None:
        desk.at("quay-1", "call-next")
        before, head = state(desk), desk.head()
        answer = desk.at("quay-1", action, "minh")
        assert (answer.status_code, answer.json()["code"]) == (403, "NOT_ALLOWED")
        assert (state(desk), desk.head()) == (before, head)

    def test_a_colleague_may_take_over_once_the_officer_has_signed_out(self, desk: Desk) -> None:
        desk.call("DELETE", "/session")
        assert desk.at("quay-1", "open", "minh").status_code == 200
        assert state_officer(desk) == "minh"
        assert [entry.type for entry in desk.journal()][-2:] == ["counter.closed", "counter.opened"]

    def test_but_not_while_somebody_is_being_served_there(self, desk: Desk) -> None:
        desk.at("quay-1", "call-next")
        desk.call("DELETE", "/session")
        assert desk.at("quay-1", "open", "minh").status_code == 409


def state_officer(desk: Desk) -> str:
    (found,) = [one for one in desk.call("GET", "/counters", "kiosk").json() if one["id"] == "quay-1"]
    return str(found["officer"]["login"])


class TestBoard:
    """What the ceiling shows."""

    def test_newest_call_first_a_recall_counts_as_new(self, desk: Desk) -> None:
        for _ in range(2):
            desk.issue()
        for counter in ("quay-1", "quay-9"):
            desk.at(counter, "open")
            desk.at(counter, "call-next")
        numbers = [line["number"] for line in desk.call("GET", "/board", "display").json()["now"]]
        assert numbers == ["A002", "A001"]
        desk.at("quay-1", "recall")
        board = desk.call("GET", "/board", "display").json()
        assert [line["number"] for line in board["now"]] == ["A001", "A002"]
        newest = board["now"][0]
        assert (newest["call"], newest["call_count"], newest["counter"]["number"]) == (desk.head(), 2, 1)
        assert (board["head"], board["waiting"]) == (desk.head(), 0)
        assert board["centre"]["short_name"] == "Xã Thuận Hòa"

    def test_who_is_done_leaves_it(self, desk: Desk) -> None:
        desk.issue()
        desk.at("quay-1", "open")
        for action in ("call-next", "start", "complete"):
            desk.at("quay-1", action)
        assert desk.call("GET", "/board", "display").json()["now"] == []
