"""What a visit may ask for: further services, priority, an appointment; and what its number is made of."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.settings import NumbersSettings, PrioritySettings, Settings
from tests.centre.support import Desk


def ask(desk: Desk, key: str, role: str = "kiosk", **body: Any) -> Any:
    body = {"service": "ho-tich", **body}
    return desk.call("POST", "/tickets", role, json=body, headers={"Idempotency-Key": key})


class TestSeveralServices:
    """One number for several services, in sequence."""

    def test_one_number_carries_all_of_them(self, desk: Desk) -> None:
        answer = ask(desk, "v1", service="chung-thuc", then=["ho-tich", "dat-dai"])
        assert answer.status_code == 201
        assert (answer.json()["number"], answer.json()["then"]) == ("C001", ["ho-tich", "dat-dai"])
        assert desk.issue("ho-tich").json()["number"] == "A001", "a number is taken of the first only"

    @pytest.mark.parametrize(
        ("then", "status"),
        [
            (["khong-co"], 404),
            (["ho-tich"], 422),
            (["dat-dai", "dat-dai"], 422),
            (["dat-dai"] * 10, 422),
            ("x", 422),
        ],
    )
    def test_what_means_nothing_is_refused(self, desk: Desk, then: Any, status: int) -> None:
        before = desk.head()
        assert ask(desk, "v1", then=then).status_code == status
        assert desk.head() == before


class TestPriority:
    """A class of priority is one of the configuration's, said by whom the configuration lets say it."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        odd = PrioritySettings(id="la", name="Không theo tuổi", sources=["chip", "officer"])
        queue = settings.queue.model_copy(update={"priority": [*settings.queue.priority, odd]})
        return settings.model_copy(update={"queue": queue})

    @pytest.mark.parametrize(
        ("role", "name", "source", "status"),
        [
            ("kiosk", "cao-tuoi", "chip", 201),
            ("kiosk", "khuyet-tat", "self", 201),
            ("officer", "cao-tuoi", "officer", 201),
            ("officer", "co-cong", "self", 201),
            ("kiosk", "cao-tuoi", "self", 422),
            ("kiosk", "khuyet-tat", "chip", 422),
            ("kiosk", "cao-tuoi", "officer", 422),
            ("officer", "cao-tuoi", "chip", 422),
            ("kiosk", "la", "chip", 422),
            ("kiosk", "vip", "self", 422),
        ],
    )
    def test_is_taken_or_refused(self, desk: Desk, role: str, name: str, source: str, status: int) -> None:
        answer = ask(desk, "v1", role, priority={"class": name, "source": source})
        assert answer.status_code == status, answer.text
        if status == 201:
            assert answer.json()["priority"] == name
        else:
            assert answer.json()["code"] == "PRIORITY_UNKNOWN"

    def test_who_said_it_stands_in_the_journal(self, desk: Desk) -> None:
        ask(desk, "v1", priority={"class": "cao-tuoi", "source": "chip"})
        record = json.loads(desk.journal()[-1].payload)["ticket"]
        assert (record["priority"], record["priority_source"]) == ("cao-tuoi", "chip")
        assert record["issued_by"] == "kiosk:kiosk-1"


class TestAppointment:
    """An appointment is one of today."""

    def test_is_kept_with_the_ticket(self, desk: Desk) -> None:
        answer = ask(desk, "v1", appointed_at="2026-11-23T10:00:00+07:00")
        assert answer.status_code == 201
        record = json.loads(desk.journal()[-1].payload)["ticket"]
        assert record["appointed_at"] == "2026-11-23T03:00:00.000Z"

    @pytest.mark.parametrize("moment", ["2026-11-24T10:00:00+07:00", "2026-11-23T10:00:00", "mai", 5])
    def test_of_another_day_or_without_zone_is_refused(self, desk: Desk, moment: Any) -> None:
        assert ask(desk, "v1", appointed_at=moment).status_code == 422


class TestKeyAndBody:
    """A key stands for one whole body."""

    @pytest.mark.parametrize(
        "other",
        [
            {"then": ["dat-dai"]},
            {"priority": {"class": "khuyet-tat", "source": "self"}},
            {"person": "0" * 64},
            {"appointed_at": "2026-11-23T10:00:00+07:00"},
        ],
    )
    def test_every_part_of_the_body_counts(self, desk: Desk, other: dict[str, Any]) -> None:
        assert ask(desk, "v1").status_code == 201
        assert ask(desk, "v1", **other).json()["code"] == "IDEMPOTENCY_KEY_REUSED"
        assert ask(desk, "v2", **other).status_code == 201
        assert ask(desk, "v2", **other).status_code == 200

    def test_comes_before_every_closed_door(self, desk: Desk) -> None:
        first = ask(desk, "v1", then=["dat-dai"]).json()
        desk.clock.moment = datetime(2026, 11, 25, 2, tzinfo=UTC)
        again = ask(desk, "v1", then=["dat-dai"])
        assert (again.status_code, again.json()["id"]) == (200, first["id"])


class TestNumbers:
    """What a number is made of."""

    def test_the_band_stands_in_the_journal_as_it_is_after_the_number(self, desk: Desk) -> None:
        for taken in (1, 2):
            desk.issue()
            assert json.loads(desk.journal()[-1].payload)["band"] == [1, taken, 0]

    def test_links_are_derived_and_told_to_nobody_else(self, desk: Desk) -> None:
        from kiosk.centre.follow_token import follow_secret, follow_token

        ticket = desk.issue().json()
        secret = desk.centre.store.submit_write(
            lambda transaction: follow_secret(transaction.connection, transaction.site)
        ).result()
        assert ticket["follow_url"].endswith("/" + follow_token(secret, ticket["id"]))
        assert ticket["follow_url"].rsplit("/", 1)[1] not in desk.journal()[-1].payload


class TestOneSequenceForTheHouse:
    """All services share one series, whose numbers count up over all of them."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        services = [one.model_copy(update={"series": "A", "last": 4}) for one in settings.services]
        queue = settings.queue.model_copy(update={"numbers": NumbersSettings(house=True)})
        return settings.model_copy(update={"services": services, "queue": queue})

    def test_counts_on_over_the_services_until_it_is_used_up(self, desk: Desk) -> None:
        numbers = [
            desk.issue(one).json()["number"] for one in ("ho-tich", "dat-dai", "ho-tich", "chung-thuc")
        ]
        assert numbers == ["A001", "A002", "A003", "A004"]
        for service in ("ho-tich", "nhan-ket-qua"):
            assert desk.issue(service).json()["code"] == "NUMBERS_EXHAUSTED"
        desk.clock.forward(days=1)
        assert desk.issue("dat-dai").json()["number"] == "A001"
