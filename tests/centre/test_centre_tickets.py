"""A number is issued once, in its order, and only when the service is open."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Any

import pytest

from kiosk.queueing.ticket import TicketState
from kiosk.settings import OpeningHours, Settings
from tests.centre.support import API, Desk, SetClock, headers, sign_in, start_desk


def test_a_new_number_is_complete(desk: Desk) -> None:
    answer = desk.issue("xac-nhan-hon-nhan")
    assert answer.status_code == 201
    ticket = answer.json()
    assert ticket["number"] == "B001"
    assert (ticket["series"], ticket["sequence"], ticket["day"]) == ("B", 1, "2026-11-23")
    assert (ticket["state"], ticket["ahead"], ticket["issued_at"]) == (
        "waiting",
        0,
        "2026-11-23T02:00:00.000Z",
    )
    assert [counter["number"] for counter in ticket["counters"]] == [1, 9]
    assert ticket["print"] == {"state": "none", "copies": 0, "code": None}
    token = re.fullmatch(r"http://.+/follow/([A-Za-z0-9_-]{22})", ticket["follow_url"])
    assert token, "128 random bits"
    assert desk.call("GET", f"/tickets/{ticket['id']}", "kiosk").json() == ticket


def test_numbers_of_each_service_count_up_without_gap(desk: Desk) -> None:
    numbers = [
        desk.issue(service).json()["number"] for service in ["ho-tich", "dat-dai", "ho-tich", "ho-tich"]
    ]
    assert numbers == ["A001", "D001", "A002", "A003"]


class TestIdempotency:
    """A double tap or a lost answer never makes a second number."""

    def test_the_same_key_gives_the_same_ticket(self, desk: Desk) -> None:
        first, again = desk.issue(key="visit-1"), desk.issue(key="visit-1")
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        assert desk.issue(key="visit-2").json()["number"] == "A002"

    def test_also_after_the_ticket_has_moved_on_and_the_service_has_closed(self, desk: Desk) -> None:
        first = desk.issue(key="visit-1").json()
        desk.at("quay-1", "open")
        desk.at("quay-1", "call-next")
        again = desk.issue(key="visit-1").json()
        assert (again["id"], again["state"]) == (first["id"], "called")

    def test_a_key_belongs_to_one_body(self, desk: Desk) -> None:
        desk.issue("ho-tich", key="visit-1")
        answer = desk.issue("dat-dai", key="visit-1")
        assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")

    def test_a_key_must_be_given(self, desk: Desk) -> None:
        answer = desk.call("POST", "/tickets", "kiosk", json={"service": "ho-tich"})
        assert (answer.status_code, answer.json()["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")

    def test_a_refused_call_leaves_its_key_free(self, desk: Desk) -> None:
        assert desk.issue("khong-co", key="visit-1").status_code == 404
        assert desk.issue("ho-tich", key="visit-1").status_code == 201


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"service": "ho-tich", "priority": 1}', 422),
        (b'{"service": 7}', 422),
        (b'{"service": ""}', 422),
        (b'{"service": "' + b"x" * 65 + b'"}', 422),
        (b'{"service": "\\ud800"}', 422),
        (b"{}", 422),
        (b"[]", 422),
        (b"null", 422),
        (b"", 422),
        (b"{", 422),
        (b"\xff\xfe", 422),
        (b"[" * 30_000, 400),
        (b'{"service": "khong-co"}', 404),
        (b'{"service": "' + b"x" * 70_000 + b'"}', 413),
    ],
)
def test_a_bad_request_is_refused_with_a_reason_and_changes_nothing(
    desk: Desk, body: bytes, status: int
) -> None:
    before = desk.head()
    sent = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    answer = desk.call("POST", "/tickets", "kiosk", content=body, headers=sent)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "code"}
    assert problem["status"] == status
    assert problem["detail"]
    assert desk.head() == before


def test_an_oversize_body_in_pieces_is_refused_too(desk: Desk) -> None:
    pieces = (b"x" * 1000 for _ in range(70))
    answer = desk.call("POST", "/tickets", "kiosk", content=pieces, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (413, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/tickets", 405), ("GET", "/tickets?state=asleep", 422),
     ("GET", "/tickets/" + "x" * 65, 422), ("GET", "/tickets/%00", 404), ("GET", "/tickets/%ff%fe", 404)],
)  # fmt: skip
def test_whatever_is_asked_the_answer_is_a_problem_with_a_code(
    desk: Desk, method: str, path: str, status: int
) -> None:
    answer = desk.call(method, path, "kiosk")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]


def test_a_fault_of_the_program_tells_nothing_of_the_inside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("secret of a citizen")

    monkeypatch.setattr("kiosk.centre.tickets.issue", broken)
    answer = desk.issue()
    assert (answer.status_code, answer.json()["code"]) == (500, "UNEXPECTED")
    assert "secret" not in answer.text
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


class TestHours:
    """Opening hours are the centre's local time."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        hours = OpeningHours(days=["mon", "wed"], start=time(7, 30), until=time(11, 30))
        services = [
            service.model_copy(update={"hours": [hours]}) if service.id == "ho-tich" else service
            for service in settings.services
        ]
        return settings.model_copy(update={"services": services})

    def test_a_closed_service_says_when_it_opens_and_gives_no_number(self, desk: Desk) -> None:
        desk.clock.moment = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 11:30 in Vietnam
        service = desk.call("GET", "/services", "kiosk").json()[0]
        assert (service["open"], service["closed_reason"]) == (False, "hours")
        assert service["opens_at"] == "2026-11-25T00:30:00.000Z"
        answer = desk.issue()
        assert (answer.status_code, answer.json()["code"]) == (409, "SERVICE_CLOSED")

    def test_an_open_one_gives_numbers_until_the_last_second(self, desk: Desk) -> None:
        desk.clock.moment = datetime(2026, 11, 23, 4, 29, 59, tzinfo=UTC)
        service = desk.call("GET", "/services", "kiosk").json()[0]
        assert (service["open"], service["closed_reason"], service["opens_at"]) == (True, None, None)
        assert desk.issue().status_code == 201


class TestEndOfBand:
    """The band of numbers of a service has an end."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        services = [
            service.model_copy(update={"first": 5, "last": 6}) if service.id == "ho-tich" else service
            for service in settings.services
        ]
        return settings.model_copy(update={"services": services})

    def test_is_refused_and_never_starts_again(self, desk: Desk) -> None:
        assert [desk.issue().json()["number"] for _ in range(2)] == ["A005", "A006"]
        before = desk.head()
        for _ in range(3):
            answer = desk.issue()
            assert (answer.status_code, answer.json()["code"]) == (409, "NUMBERS_EXHAUSTED")
        assert desk.head() == before
        desk.clock.forward(days=1)
        assert desk.issue().json()["number"] == "A005"


class TestAhead:
    """What a citizen is told of the queue is what will happen."""

    def test_counts_everyone_who_is_called_before(self, desk: Desk) -> None:
        desk.issue("ho-tich")
        desk.issue("dat-dai")  # only counter 9 serves it; counter 1 may call the next one first
        marriage = desk.issue("xac-nhan-hon-nhan").json()
        assert marriage["ahead"] == 1
        assert desk.issue("ho-tich").json()["ahead"] == 2
        assert desk.issue("chung-thuc").json()["ahead"] == 0
        services = {one["id"]: one for one in desk.call("GET", "/services", "kiosk").json()}
        assert (services["ho-tich"]["waiting"], services["ho-tich"]["ahead"]) == (2, 3)

    def test_goes_down_as_people_are_called(self, desk: Desk) -> None:
        tickets = [desk.issue().json() for _ in range(3)]
        desk.at("quay-1", "open")
        desk.at("quay-1", "call-next")
        now = [desk.call("GET", f"/tickets/{one['id']}", "kiosk").json()["ahead"] for one in tickets]
        assert now == [0, 0, 1]

    def test_no_minutes_are_promised_while_no_counter_is_open(self, desk: Desk) -> None:
        desk.issue()
        service = desk.call("GET", "/services", "kiosk").json()[0]
        assert (service["minutes_wait"], service["wait"]) == (None, None)
        desk.at("quay-1", "open")
        service = desk.call("GET", "/services", "kiosk").json()[0]
        assert service["minutes_wait"] == pytest.approx(8, abs=3), "one service of 8 minutes"
        assert service["wait"]["median"] <= service["wait"]["p90"]
        desk.at("quay-9", "open")
        assert desk.call("GET", "/services", "kiosk").json()[0]["minutes_wait"] <= 1, "a counter for each"


class TestSlip:
    """What became of the paper."""

    def test_a_failed_slip_is_offered_until_it_is_printed(self, desk: Desk) -> None:
        ticket = desk.issue().json()
        path = f"/tickets/{ticket['id']}/print"
        answer = desk.call(
            "POST", path, "kiosk", json={"state": "failed", "code": "PRINTER_PAPER_OUT", "copy": False}
        )
        assert answer.json()["print"] == {"state": "failed", "copies": 0, "code": "PRINTER_PAPER_OUT"}
        jobs = desk.call("GET", "/print-jobs", "kiosk").json()
        assert [(job["id"], job["follow_url"]) for job in jobs] == [(ticket["id"], ticket["follow_url"])]
        answer = desk.call("POST", path, "kiosk", json={"state": "printed", "code": None, "copy": True})
        assert answer.json()["print"] == {"state": "printed", "copies": 1, "code": None}
        assert desk.call("GET", "/print-jobs", "kiosk").json() == []

    def test_what_is_over_is_not_printed_any_more(self, desk: Desk) -> None:
        ticket = desk.issue().json()
        desk.call("POST", f"/tickets/{ticket['id']}/print", "kiosk", json={"state": "unknown"})
        desk.at("quay-1", "open")
        for action in ("call-next", "start"):
            desk.at("quay-1", action)
        assert desk.call("GET", "/print-jobs", "kiosk").json() == []

    def test_an_unknown_ticket_has_no_slip(self, desk: Desk) -> None:
        assert desk.call("POST", "/tickets/x/print", "kiosk", json={"state": "printed"}).status_code == 404


def test_the_follow_address_is_told_to_nobody_who_does_not_need_it(desk: Desk) -> None:
    ticket = desk.issue().json()
    secret = ticket["follow_url"].rsplit("/", 1)[1]
    desk.at("quay-1", "open")
    called = desk.at("quay-1", "call-next")
    for answer in (
        called,
        desk.call("GET", f"/tickets/{ticket['id']}", "display"),
        desk.call("GET", f"/tickets/{ticket['id']}", "officer"),
        desk.call("GET", "/counters", "display"),
        desk.call("GET", "/board", "display"),
        desk.call("GET", "/tickets?state=called", "officer"),
    ):
        assert answer.status_code == 200
        assert secret not in answer.text
    assert all(secret not in entry.payload for entry in desk.journal())


class TestFollow:
    """The page behind the ticket's QR."""

    def test_tells_the_place_to_whoever_holds_the_link(self, desk: Desk) -> None:
        desk.issue()
        ticket = desk.issue().json()
        token = ticket["follow_url"].rsplit("/", 1)[1]
        desk.at("quay-1", "open")
        place = desk.call("GET", f"/follow/{token}", None).json()
        assert (place["number"], place["state"], place["ahead"]) == ("A002", "waiting", 1)
        assert place["minutes_wait"] == pytest.approx(8, abs=3)
        assert place["head"] == desk.head()
        for _ in range(2):
            desk.at("quay-1", "call-next")
            desk.at("quay-1", "no-show")
        assert desk.call("GET", f"/follow/{token}", None).json()["state"] == "no_show"

    @pytest.mark.parametrize("token", ["x", "A" * 22, "%27%20OR%201=1", "x" * 128])
    def test_tells_nothing_to_others(self, desk: Desk, token: str) -> None:
        desk.issue()
        assert desk.call("GET", f"/follow/{token}", None).status_code == 404


def test_tickets_are_listed_by_state_in_their_order(desk: Desk) -> None:
    for _ in range(3):
        desk.issue()
    desk.at("quay-1", "open")
    desk.at("quay-1", "call-next")
    listed = {state: desk.call("GET", f"/tickets?state={state}").json() for state in TicketState}
    assert [one["number"] for one in listed[TicketState.WAITING]] == ["A002", "A003"]
    assert [one["number"] for one in listed[TicketState.CALLED]] == ["A001"]
    assert listed[TicketState.COMPLETED] == []


def test_what_was_issued_is_there_after_a_restart(desk: Desk, settings: Settings, clock: SetClock) -> None:
    ticket = desk.issue().json()
    desk.web.__exit__(None, None, None)
    web = start_desk(settings, desk.folder, clock)
    try:
        token = desk.tokens["kiosk"]
        assert web.get(f"{API}/tickets/{ticket['id']}", headers=headers(token)).json() == ticket
        assert sign_in(web, "lan")
    finally:
        web.__exit__(None, None, None)
        desk.web = start_desk(settings, desk.folder, clock)
