"""The business day is the date at the centre; it turns at local midnight and never goes back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.centre.support import Desk


def at(desk: Desk, text: str) -> None:
    """Set the clock to a local time in Vietnam."""
    desk.clock.moment = datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def test_numbers_begin_anew_at_local_midnight_not_at_seven(desk: Desk) -> None:
    days = []
    for moment in (
        "2026-11-23 23:59:59",
        "2026-11-24 00:00:00",
        "2026-11-24 06:59:59",
        "2026-11-24 07:00:00",
    ):
        at(desk, moment)
        ticket = desk.issue().json()
        days.append((ticket["day"], ticket["number"]))
    assert days == [
        ("2026-11-23", "A001"),
        ("2026-11-24", "A001"),
        ("2026-11-24", "A002"),
        ("2026-11-24", "A003"),
    ]


def test_a_clock_set_back_does_not_open_a_day_again(desk: Desk) -> None:
    at(desk, "2026-11-24 09:00:00")
    desk.issue()
    at(desk, "2026-11-23 09:00:00")
    ticket = desk.issue().json()
    assert (ticket["day"], ticket["number"]) == ("2026-11-24", "A002")


def test_people_are_called_in_the_order_they_came_though_the_clock_jumped(desk: Desk) -> None:
    first = desk.issue().json()
    desk.clock.forward(hours=-3)
    desk.issue("xac-nhan-hon-nhan")
    desk.at("quay-1", "open")
    assert desk.at("quay-1", "call-next").json()["id"] == first["id"]


@pytest.mark.parametrize("touch", ["issue", "call"])
def test_what_was_left_over_yesterday_expires_and_is_not_called(desk: Desk, touch: str) -> None:
    desk.at("quay-1", "open")
    called, waiting = desk.issue().json(), desk.issue().json()
    assert desk.at("quay-1", "call-next").json()["id"] == called["id"]
    at(desk, "2026-11-24 00:00:01")
    if touch == "issue":
        desk.issue("chung-thuc")
    else:
        assert desk.at("quay-1", "call-next").status_code == 204
    for ticket in (called, waiting):
        now = desk.call("GET", f"/tickets/{ticket['id']}", "kiosk").json()
        assert (now["state"], now["ended_at"]) == ("expired", "2026-11-23T17:00:01.000Z")
    expired = [entry.subject for entry in desk.journal() if entry.type == "ticket.expired"]
    assert expired == [called["id"], waiting["id"]]
    assert desk.call("GET", "/board", "display").json()["now"] == []


def test_who_is_being_served_over_midnight_is_served_to_the_end(desk: Desk) -> None:
    desk.issue()
    desk.at("quay-1", "open")
    for action in ("call-next", "start"):
        desk.at("quay-1", action)
    at(desk, "2026-11-24 00:10:00")
    desk.issue()
    assert desk.at("quay-1", "complete").json()["ticket"]["state"] == "completed"
