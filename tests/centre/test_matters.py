"""At the kiosk that gave a number: another matter under it, or back with it; and what the kiosk is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from kiosk.centre.keeping import tables
from kiosk.centre.moments import written
from kiosk.settings import NoticeSettings, OpeningHours, Settings, SettingsError, load
from tests.centre.support import CONFIG, HEAD, Desk, sign_in, start_desk

PERSON = "5" * 64


def add(desk: Desk, ticket: str, service: str, role: str = "kiosk") -> Any:
    return desk.call("POST", f"/tickets/{ticket}/services", role, json={"service": service})


def give_back(desk: Desk, ticket: str, role: str = "kiosk") -> Any:
    return desk.call("POST", f"/tickets/{ticket}/give-back", role)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def difference(desk: Desk) -> str | None:
    def look(reading: Any) -> str | None:
        return tables.check(reading.connection, reading.site, written(reading.now))

    found: str | None = desk.centre.store.submit_read(look).result()
    return found


class TestAnotherMatter:
    """One number for the whole visit."""

    def test_the_number_waits_for_it_after_the_first(self, desk: Desk) -> None:
        ticket = desk.issue("ho-tich").json()
        told = add(desk, ticket["id"], "chung-thuc").json()
        assert (told["number"], told["service"], told["then"]) == (
            ticket["number"],
            "ho-tich",
            ["chung-thuc"],
        )
        assert told["follow_url"] == ticket["follow_url"]
        for action in ("open", "call-next", "start", "complete"):
            desk.at("quay-1", action)
        after = desk.call("GET", f"/tickets/{ticket['id']}", "kiosk").json()
        assert (after["state"], after["service"]) == ("waiting", "chung-thuc")
        assert difference(desk) is None

    def test_asked_for_twice_it_stands_once(self, desk: Desk) -> None:
        ticket = desk.issue("ho-tich").json()["id"]
        first = add(desk, ticket, "chung-thuc")
        head = desk.head()
        again = add(desk, ticket, "chung-thuc")
        assert (again.status_code, again.json()["then"]) == (200, first.json()["then"])
        assert desk.head() == head
        assert refused(add(desk, ticket, "ho-tich")) == (409, "SERVICE_ASKED_ALREADY")

    def test_it_is_refused_where_no_number_would_be_given(self, desk: Desk) -> None:
        desk.tokens["head"] = sign_in(desk.web, HEAD)
        ticket = desk.issue("ho-tich").json()["id"]
        desk.call("PUT", "/services/dat-dai/stop", "head", json={"message": "Mất điện"})
        assert refused(add(desk, ticket, "dat-dai")) == (409, "SERVICE_STOPPED")
        assert refused(add(desk, ticket, "unknown")) == (404, "NOT_FOUND")

    def test_not_once_the_number_is_called(self, desk: Desk) -> None:
        ticket = desk.issue("ho-tich").json()["id"]
        desk.at("quay-1", "open")
        desk.at("quay-1", "call-next")
        assert refused(add(desk, ticket, "chung-thuc")) == (409, "TICKET_STATE_WRONG")

    def test_who_came_with_a_card_waits_for_it_once(self, desk: Desk) -> None:
        def issue(service: str, key: str) -> Any:
            body = {"service": service, "person": PERSON}
            return desk.call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": key})

        first, other = issue("ho-tich", "a").json(), issue("dat-dai", "b").json()
        assert refused(add(desk, first["id"], "dat-dai")) == (409, "SERVICE_ASKED_ALREADY")
        add(desk, first["id"], "chung-thuc")
        held = issue("chung-thuc", "c")
        assert (held.status_code, held.json()["id"], held.json()["held"]) == (200, first["id"], True)
        assert other["id"] != first["id"]


class TestGivingBack:
    """A number taken by mistake."""

    def test_it_is_nobodys_any_more(self, desk: Desk) -> None:
        wrong, right = desk.issue("ho-tich").json(), desk.issue("ho-tich").json()
        answer = give_back(desk, wrong["id"])
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        desk.at("quay-1", "open")
        assert desk.at("quay-1", "call-next").json()["id"] == right["id"]
        assert difference(desk) is None

    def test_a_repetition_changes_nothing(self, desk: Desk) -> None:
        ticket = desk.issue("ho-tich").json()["id"]
        give_back(desk, ticket)
        head = desk.head()
        assert give_back(desk, ticket).status_code == 200
        assert desk.head() == head

    def test_not_once_it_is_called(self, desk: Desk) -> None:
        ticket = desk.issue("ho-tich").json()["id"]
        for action in ("open", "call-next"):
            desk.at("quay-1", action)
        assert refused(give_back(desk, ticket)) == (409, "TICKET_STATE_WRONG")
        desk.at("quay-1", "park")
        assert refused(give_back(desk, ticket)) == (409, "TICKET_STATE_WRONG"), "it was called already"

    def test_whoever_has_a_card_may_take_the_right_one(self, desk: Desk) -> None:
        body = {"service": "ho-tich", "person": PERSON}
        first = desk.call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": "a"}).json()
        give_back(desk, first["id"])
        second = desk.call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": "b"})
        assert second.status_code == 201


@pytest.mark.parametrize("issuer", ["kiosk", "officer"])
def test_a_kiosk_touches_only_the_numbers_it_gave(desk: Desk, issuer: str) -> None:
    ticket = desk.issue("ho-tich", role=issuer).json()["id"]
    head = desk.head()
    assert refused(give_back(desk, ticket, "kiosk-2")) == (403, "NOT_ALLOWED")
    assert refused(add(desk, ticket, "chung-thuc", "kiosk-2")) == (403, "NOT_ALLOWED")
    assert desk.head() == head


class TestHours:
    """When the doors close, told with the services."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        hours = [
            OpeningHours.model_validate({"days": ["mon"], "from": start, "until": until})
            for start, until in ((time(7, 30), time(11, 30)), (time(13), time(17)))
        ]
        changes = {"hours": hours, "last_ticket_minutes": 30}
        services = [one.model_copy(update=changes) for one in settings.services[:1]]
        return settings.model_copy(update={"services": [*services, *settings.services[1:]]})

    @pytest.mark.parametrize(
        ("hour", "closes", "last"),
        [
            (6, "04:30", "04:30"),
            (9, "04:30", "04:30"),
            (12, "10:00", "09:30"),
            (16, "10:00", "09:30"),
            (18, None, None),
        ],
    )
    def test_the_hours_under_way_or_the_next_ones_of_the_day(
        self, desk: Desk, hour: int, closes: str | None, last: str | None
    ) -> None:
        desk.clock.moment = datetime(2026, 11, 23, (hour - 7) % 24, tzinfo=UTC)
        if hour < 7:
            desk.clock.moment = datetime(2026, 11, 22, hour + 17, tzinfo=UTC)
        first, second = desk.call("GET", "/services", "kiosk").json()[:2]
        told = [first["closes_at"], first["last_ticket_at"]]
        due = [None if one is None else f"2026-11-23T{one}:00.000Z" for one in (closes, last)]
        assert told == due
        assert (second["closes_at"], second["last_ticket_at"]) == (None, None), "it never closes"


class TestNotices:
    """What the machine says at its start screen."""

    def told(self, desk: Desk, **changes: Any) -> Any:
        centre = desk.settings.centre.model_copy(update=changes)
        desk.web.__exit__(None, None, None)
        desk.web = start_desk(desk.settings.model_copy(update={"centre": centre}), desk.folder, desk.clock)
        return desk.call("GET", "/lobby-notices", "kiosk").json()

    @pytest.mark.on_sqlite
    def test_notices_are_shown_in_their_time(self, desk: Desk) -> None:
        notices = [
            NoticeSettings.model_validate({"text": text, **times})
            for text, times in (
                ("Luôn luôn", {}),
                ("Hôm nay", {"from": date(2026, 11, 23), "until": date(2026, 11, 23)}),
                ("Hôm qua", {"until": date(2026, 11, 22)}),
                ("Ngày mai", {"from": date(2026, 11, 24)}),
                ("Đến 9 giờ", {"until": datetime.fromisoformat("2026-11-23T09:00")}),
                ("Từ 9 giờ", {"from": datetime.fromisoformat("2026-11-23T09:00")}),
            )
        ]
        told = self.told(desk, notice=notices, spare_counter="quay-1")
        assert [one["text"] for one in told["notices"]] == ["Luôn luôn", "Hôm nay", "Từ 9 giờ"]
        assert (told["notices"][1]["from"], told["notices"][1]["until"]) == (
            "2026-11-22T17:00:00.000Z",
            "2026-11-23T17:00:00.000Z",
        )
        assert told["spare_counter"]["number"] == 1

    @pytest.mark.on_sqlite
    def test_without_any_there_is_nothing_to_say(self, desk: Desk) -> None:
        assert self.told(desk, notice=[], spare_counter="") == {"notices": [], "spare_counter": None}

    def test_mistakes_of_the_configuration_are_named(self, tmp_path: Any) -> None:
        for file in CONFIG.glob("*.toml"):
            (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
        (tmp_path / "centre.toml").write_text(
            'site = "x"\nname = "X"\nshort_name = "X"\nspare_counter = "quay-11"\n'
            '[[notice]]\ntext = "Nghỉ"\nfrom = 2026-12-02\nuntil = 2026-12-01\n'
        )
        with pytest.raises(SettingsError) as problems:
            load(tmp_path)
        assert any("spare_counter “quay-11”" in one for one in problems.value.problems)
        assert any("ends before it begins" in one for one in problems.value.problems)


@pytest.mark.on_sqlite
def test_a_service_tells_whom_it_is_meant_for(desk: Desk) -> None:
    ages = {one["id"]: one["for_ages"] for one in desk.call("GET", "/services", "kiosk").json()}
    assert ages["xac-nhan-hon-nhan"] == [18, 45]
    assert ages["ho-tich"] is None
