"""Why a service gives no numbers: the hour, a holiday, the last ticket, too many people, the head's word."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from kiosk.centre.access import Role
from kiosk.centre.accounts import hash_password, set_officer
from kiosk.centre.moments import written
from kiosk.settings import CalendarSettings, ExceptionSettings, NumbersSettings, OpeningHours, Settings
from tests.centre.command import main
from tests.centre.support import CONFIG, PASSWORD, Desk, sign_in

MORNING = OpeningHours(days=["mon", "tue", "wed", "thu", "fri"], start=time(7, 30), until=time(11, 30))
AFTERNOON = OpeningHours(days=["mon", "tue", "wed", "thu", "fri"], start=time(13, 0), until=time(17, 0))
SERVICE = "ho-tich"


def with_service(settings: Settings, **changes: Any) -> Settings:
    services = [one.model_copy(update=changes) if one.id == SERVICE else one for one in settings.services]
    return settings.model_copy(update={"services": services})


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """A moment of November 2026 by the clock on the wall of the lobby."""
    return datetime(2026, 11, day, hour - 7, minute, tzinfo=UTC)


def door(desk: Desk, service: str = SERVICE) -> tuple[Any, ...]:
    services = {one["id"]: one for one in desk.call("GET", "/services", "kiosk").json()}
    found = services[service]
    assert found["open"] == (found["closed_reason"] is None)
    return found["closed_reason"], found["closed_words"], found["opens_at"]


def refusal(desk: Desk, service: str = SERVICE) -> tuple[int, str]:
    before = desk.head()
    answer = desk.issue(service)
    assert desk.head() == before, "a refused number leaves no trace"
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def head(desk: Desk) -> Desk:
    """A desk at which the head of the centre has signed in, too."""
    hashed = hash_password(PASSWORD)
    desk.centre.store.submit_write(
        lambda transaction: set_officer(transaction, "chi", Role.HEAD, "Chi", hashed)
    ).result()
    desk.tokens["head"] = sign_in(desk.web, "chi")
    return desk


class TestCalendar:
    """Shifts, holidays and local exceptions."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        closed = ExceptionSettings(date=date(2026, 11, 25), reason="Tập huấn toàn xã")
        calendar = CalendarSettings(holidays=True, exception=[closed])
        changed = with_service(settings, hours=[MORNING, AFTERNOON], last_ticket_minutes=30)
        return changed.model_copy(update={"calendar": calendar})

    def test_lunch_is_closed_and_tells_the_afternoon(self, desk: Desk) -> None:
        desk.clock.moment = at(11, 30)
        assert door(desk) == ("hours", "", "2026-11-23T06:00:00.000Z")
        assert refusal(desk) == (409, "SERVICE_CLOSED")
        desk.clock.moment = at(13)
        assert door(desk) == (None, "", None)
        assert desk.issue().status_code == 201

    def test_the_last_ticket_is_given_before_closing_so_that_who_waits_is_served(self, desk: Desk) -> None:
        desk.clock.moment = at(16, 29)
        assert desk.issue().status_code == 201
        desk.clock.moment = at(16, 30)
        assert door(desk)[0] == "last_ticket"
        assert refusal(desk) == (409, "LAST_TICKET_GONE")

    def test_a_public_holiday_has_its_name(self, desk: Desk) -> None:
        desk.clock.moment = at(9, day=24)
        assert door(desk) == ("holiday", "Ngày Văn hóa Việt Nam", "2026-11-26T00:30:00.000Z")
        assert refusal(desk) == (409, "SERVICE_CLOSED")

    def test_the_houses_own_day_off_has_its_reason(self, desk: Desk) -> None:
        desk.clock.moment = at(9, day=25)
        assert door(desk)[:2] == ("holiday", "Tập huấn toàn xã")
        assert door(desk, "chung-thuc")[0] == "holiday"

    def test_a_service_that_comes_later_in_the_visit_must_be_open_too(self, desk: Desk) -> None:
        desk.clock.moment = at(12)
        answer = desk.call(
            "POST",
            "/tickets",
            "kiosk",
            json={"service": "chung-thuc", "then": [SERVICE]},
            headers={"Idempotency-Key": "visit"},
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "SERVICE_CLOSED")


class TestDailyCap:
    """A cap is exact."""

    @pytest.fixture(params=[False, True], ids=["each", "house"])
    def settings(self, settings: Settings, request: pytest.FixtureRequest) -> Settings:
        changed = with_service(settings, daily_cap=3)
        if not request.param:
            return changed
        numbers = NumbersSettings(house=True)
        services = [one.model_copy(update={"series": "A"}) for one in changed.services]
        queue = settings.queue.model_copy(update={"numbers": numbers})
        return changed.model_copy(update={"services": services, "queue": queue})

    def test_is_reached_by_numbers_given_and_begins_anew_each_day(self, desk: Desk) -> None:
        desk.issue("chung-thuc")
        for _ in range(3):
            assert desk.issue().status_code == 201
        assert door(desk)[0] == "full"
        assert door(desk)[2] == "2026-11-23T17:00:00.000Z"
        assert refusal(desk) == (409, "SERVICE_FULL")
        assert desk.issue("chung-thuc").status_code == 201
        desk.at("quay-1", "open")
        for action in ("call-next", "start", "complete"):
            assert desk.at("quay-1", action).status_code == 200
        assert refusal(desk) == (409, "SERVICE_FULL")
        desk.clock.forward(days=1)
        assert desk.issue().status_code == 201

    def test_of_many_who_ask_at_once_as_many_as_it_says_get_a_number(self, desk: Desk) -> None:
        from kiosk.centre import tickets

        def asking(number: int) -> Callable[[Any], Any]:
            return lambda transaction: tickets.issue(
                transaction, desk.centre.plan, "kiosk:kiosk-1", SERVICE, f"k{number}"
            )

        futures = [desk.centre.store.submit_write(asking(number)) for number in range(8)]
        assert sum(1 for one in futures if one.exception() is None) == 3


class TestStopWhenFull:
    """No number for somebody who would most likely be served only after closing."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return with_service(settings, hours=[MORNING, AFTERNOON], stop_when_full=True, minutes_each=30)

    def test_refuses_when_the_queue_reaches_past_closing(self, desk: Desk) -> None:
        desk.clock.moment = at(15)
        desk.at("quay-1", "open")
        given = 0
        while (answer := desk.issue()).status_code == 201:
            given += 1
            assert given < 20
        assert answer.json()["code"] == "SERVICE_FULL"
        assert given >= 1
        assert door(desk)[0] == "full"
        desk.clock.moment = at(7, 30, day=25)
        assert door(desk)[0] is None

    def test_the_door_says_what_the_last_refusal_found_however_long_a_forecast_takes(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("kiosk.centre.learnt_times._HEAVY_SECONDS", 0.0)
        monkeypatch.setattr("kiosk.centre.learnt_times._SHARE_OF_TIME", 1e9)
        desk.clock.moment = at(15)
        desk.at("quay-1", "open")
        while desk.issue().status_code == 201:
            door(desk)
        assert door(desk)[0] == "full"

    def test_says_nothing_while_nobody_can_say_how_long_it_takes(self, desk: Desk) -> None:
        desk.clock.moment = at(16, 55)
        assert desk.issue().status_code == 201


class TestStop:
    """The head of the centre stops a service, or the whole house, with a message."""

    def stop(self, desk: Desk, service: str, message: str = "Mất điện", role: str = "head") -> Any:
        return desk.call("PUT", f"/services/{service}/stop", role, json={"message": message})

    def test_is_told_with_its_message_until_it_is_taken_back(self, head: Desk) -> None:
        assert self.stop(head, SERVICE).status_code == 204
        assert door(head) == ("stopped", "Mất điện", None)
        assert refusal(head) == (409, "SERVICE_STOPPED")
        assert door(head, "chung-thuc")[0] is None
        assert head.call("DELETE", f"/services/{SERVICE}/stop", "head").status_code == 204
        assert door(head) == (None, "", None)
        assert head.issue().status_code == 201

    def test_of_the_whole_house_closes_every_door(self, head: Desk) -> None:
        assert self.stop(head, "*", "Diễn tập báo cháy").status_code == 204
        assert {door(head, one.id)[:2] for one in head.settings.services} == {
            ("stopped", "Diễn tập báo cháy")
        }
        assert head.call("DELETE", "/services/*/stop", "head").status_code == 204
        assert door(head)[0] is None

    def test_says_since_when_and_whether_it_is_for_the_whole_house(self, head: Desk) -> None:
        def told(service: str = SERVICE) -> Any:
            services = head.call("GET", "/services", "head").json()
            return next(one["stop"] for one in services if one["id"] == service)

        assert told() is None
        self.stop(head, SERVICE)
        own = told()
        assert (own["message"], own["house"]) == ("Mất điện", False)
        assert own["at"] == written(head.clock.moment)
        assert told("chung-thuc") is None
        self.stop(head, "*", "Diễn tập báo cháy")
        assert {told(one.id)["house"] for one in head.settings.services} == {True}
        assert told()["message"] == "Diễn tập báo cháy"
        head.call("DELETE", "/services/*/stop", "head")
        assert told() == own, "its own stop still holds"

    def test_who_waits_is_served(self, head: Desk) -> None:
        number = head.issue().json()["number"]
        self.stop(head, "*")
        head.at("quay-1", "open")
        assert head.at("quay-1", "call-next").json()["number"] == number

    def test_stands_in_the_journal_once(self, head: Desk) -> None:
        for message in ("Mất điện", "Mất điện", "Có điện lúc 14 giờ"):
            self.stop(head, SERVICE, message)
        for _ in range(2):
            head.call("DELETE", f"/services/{SERVICE}/stop", "head")
        said = [one for one in head.journal() if one.type in {"service.stopped", "service.resumed"}]
        assert [one.type for one in said] == ["service.stopped", "service.stopped", "service.resumed"]
        assert [json.loads(one.payload) for one in said] == [
            {"service": SERVICE, "message": "Mất điện"},
            {"service": SERVICE, "message": "Có điện lúc 14 giờ"},
            {"service": SERVICE},
        ]
        assert {one.actor for one in said} == {"head:chi"}

    @pytest.mark.parametrize("role", ["kiosk", "display", "maintenance", "officer", None])
    def test_is_for_the_head_alone(self, head: Desk, role: str | None) -> None:
        expected = 401 if role is None else 403
        assert self.stop(head, SERVICE, role=role).status_code == expected  # type: ignore[arg-type]
        assert head.call("DELETE", f"/services/{SERVICE}/stop", role).status_code == expected
        assert door(head)[0] is None

    def test_of_what_does_not_exist_or_says_nothing_is_refused(self, head: Desk) -> None:
        assert self.stop(head, "khong-co").status_code == 404
        assert head.call("DELETE", "/services/khong-co/stop", "head").status_code == 404
        assert self.stop(head, SERVICE, "   ").status_code == 422
        assert self.stop(head, SERVICE, "x" * 301).status_code == 422


class TestCommandLine:
    """What an administrator types when nobody can sign in."""

    def run(self, desk: Desk, *words: str) -> int:
        return main([*words, "--config", str(CONFIG), "--data", str(desk.folder)])

    def test_stops_and_resumes_a_running_centre(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.run(desk, "service", "stop", SERVICE, "--message", "Mất  điện") == 0
        assert door(desk) == ("stopped", "Mất điện", None)
        assert self.run(desk, "service", "stop", "--house", "--message", "Diễn tập") == 0
        capsys.readouterr()
        assert self.run(desk, "service", "stopped") == 0
        assert capsys.readouterr().out.splitlines() == ["the whole house: Diễn tập", f"{SERVICE}: Mất điện"]
        assert self.run(desk, "service", "resume", SERVICE) == 0
        assert "--house" in capsys.readouterr().out
        assert door(desk)[:2] == ("stopped", "Diễn tập")
        assert self.run(desk, "service", "resume", "--house") == 0
        assert door(desk)[0] is None
        self.run(desk, "service", "stopped")
        assert capsys.readouterr().out.splitlines()[-1] == "nothing is stopped"

    def test_says_what_is_wrong_in_one_line(self, desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.run(desk, "service", "stop", "khong-co", "--message", "x") == 2
        assert self.run(desk, "service", "stop", SERVICE, "--message", " ") == 2
        first, second = capsys.readouterr().err.splitlines()
        assert "khong-co" in first
        assert SERVICE in first
        assert second == "a message has 1 to 300 characters"
