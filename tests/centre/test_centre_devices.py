"""Maintenance knows what is broken before anyone complains, and changes settings only when they work."""

from __future__ import annotations

from typing import Any

import pytest

from tests.centre.support import Desk, stored

READY = {"condition": "ready", "facts": {"reader": "ACS ACR39U"}}


def report(desk: Desk, name: str, role: str = "kiosk", **status: Any) -> None:
    assert desk.call("PUT", f"/devices/{name}", role, json={**READY, **status}).status_code == 204


def device(desk: Desk, name: str) -> dict[str, Any]:
    (found,) = [one for one in desk.call("GET", "/devices", "maintenance").json() if one["name"] == name]
    return dict(found)


def look(desk: Desk) -> None:
    """What the centre does every few seconds."""
    desk.centre.store.submit_write(desk.centre.devices.mark_silent).result()


def test_a_device_nobody_has_reported_is_silent(desk: Desk) -> None:
    names = [one["name"] for one in desk.call("GET", "/devices", "maintenance").json()]
    assert names == ["card_reader", "printer", "scanner", "kiosk_screen", "speaker", "ceiling_screen"]
    assert device(desk, "printer") == {
        "name": "printer", "machine": None, "owner": "kiosk", "condition": "disconnected",
        "failure": "DEVICE_SILENT", "warning": None, "facts": {}, "since": None, "seen_at": None,
        "found": False,
        "settings": {
            "enabled": True, "connection": "network", "address": "127.0.0.1:9100", "paper_mm": 80,
            "cut": True,
        },
    }  # fmt: skip


def test_a_change_is_told_once_with_its_time_and_heartbeats_are_not(desk: Desk) -> None:
    report(desk, "printer")
    for _ in range(3):
        desk.clock.forward(seconds=20)
        report(desk, "printer")
    shown = device(desk, "printer")
    assert (shown["condition"], shown["since"], shown["seen_at"]) == (
        "ready", "2026-11-23T02:00:00.000Z", "2026-11-23T02:01:00.000Z",
    )  # fmt: skip
    report(desk, "printer", condition="needs_attention", failure="PRINTER_PAPER_OUT")
    changes = [entry.data() for entry in desk.journal() if entry.type == "device.changed"]
    assert [(one["name"], one["condition"], one["failure"]) for one in changes] == [
        ("printer", "ready", None), ("printer", "needs_attention", "PRINTER_PAPER_OUT"),
    ]  # fmt: skip
    assert device(desk, "printer")["since"] == "2026-11-23T02:01:00.000Z"


def test_a_device_that_falls_silent_is_disconnected_and_comes_back(desk: Desk) -> None:
    report(desk, "printer")
    desk.clock.forward(seconds=61)
    assert device(desk, "printer")["failure"] == "DEVICE_SILENT"
    look(desk)
    look(desk)
    report(desk, "printer")
    told = [entry.data()["condition"] for entry in desk.journal() if entry.type == "device.changed"]
    assert told == ["ready", "disconnected", "ready"]
    assert device(desk, "printer")["condition"] == "ready"


@pytest.mark.parametrize(
    ("name", "role", "body", "status"),
    [
        ("printer", "display", READY, 403),
        ("speaker", "kiosk", READY, 403),
        ("toaster", "kiosk", READY, 404),
        ("printer", "kiosk", {"condition": "fine"}, 422),
        ("printer", "kiosk", {**READY, "failure": "NO_SUCH_CODE"}, 422),
        ("printer", "kiosk", {**READY, "extra": 1}, 422),
        ("printer", "kiosk", {**READY, "facts": {"x": {"deep": 1}}}, 422),
        ("printer", "kiosk", {**READY, "facts": {"x": "y" * 301}}, 422),
    ],
)
def test_a_report_that_is_not_right_changes_nothing(
    desk: Desk, name: str, role: str, body: Any, status: int
) -> None:
    head = desk.head()
    assert desk.call("PUT", f"/devices/{name}", role, json=body).status_code == status
    assert desk.head() == head


class TestMachines:
    """Each kiosk tells of itself, whether staff took it out of service."""

    def tell(self, desk: Desk, service: str, role: str = "kiosk") -> Any:
        condition = "disabled" if service == "suspended" else "ready"
        body = {"condition": condition, "facts": {"service": service}}
        return desk.call("PUT", "/devices/kiosk", role, json=body)

    def machines(self, desk: Desk, role: str = "officer") -> dict[str, tuple[str, Any, Any]]:
        listed = [one for one in desk.call("GET", "/devices", role).json() if ":" in one["name"]]
        assert all(one["settings"] == {} and one["owner"] == "kiosk" for one in listed)
        return {one["name"]: (one["condition"], one["failure"], one["facts"]["service"]) for one in listed}

    def test_of_two_each_is_kept_apart_and_a_change_is_told_once(self, desk: Desk) -> None:
        for _ in range(3):
            assert self.tell(desk, "suspended").status_code == 204
            assert self.tell(desk, "in_service", "kiosk-2").status_code == 204
            desk.clock.forward(seconds=20)
        assert self.machines(desk) == {
            "kiosk:kiosk-1": ("disabled", None, "suspended"),
            "kiosk:kiosk-2": ("ready", None, "in_service"),
        }
        self.tell(desk, "in_service")
        assert self.machines(desk)["kiosk:kiosk-1"] == ("ready", None, "in_service")
        told = [
            (one.subject, one.data()["condition"]) for one in desk.journal() if one.type == "device.changed"
        ]
        assert told == [("kiosk:kiosk-1", "disabled"), ("kiosk:kiosk-2", "ready"), ("kiosk:kiosk-1", "ready")]

    def test_one_switched_off_is_still_known_to_be_out_of_service_for_a_week(self, desk: Desk) -> None:
        self.tell(desk, "suspended")
        desk.clock.forward(seconds=61)
        look(desk)
        silent = {"kiosk:kiosk-1": ("disconnected", "DEVICE_SILENT", "suspended")}
        desk.clock.forward(days=6)
        desk.centre.store.submit_write(desk.centre.devices.tidy).result()
        assert self.machines(desk) == silent
        desk.clock.forward(days=2)
        desk.centre.store.submit_write(desk.centre.devices.tidy).result()
        assert self.machines(desk) == {}
        self.tell(desk, "suspended")
        assert self.machines(desk) == {"kiosk:kiosk-1": ("disabled", None, "suspended")}

    def test_only_a_kiosk_tells_of_itself_and_nobody_asks_it_for_a_test(self, desk: Desk) -> None:
        self.tell(desk, "in_service")
        head = desk.head()
        assert self.tell(desk, "suspended", "display").status_code == 403
        assert desk.call("PUT", "/devices/kiosk:kiosk-1", "kiosk-2", json=READY).status_code == 404
        for name in ("kiosk", "kiosk:kiosk-1"):
            asked = desk.call("POST", f"/devices/{name}/requests", "maintenance", json={"kind": "test"})
            assert asked.status_code == 404
        assert desk.head() == head


class TestRequests:
    """A test really tests: the owner is asked, and answers."""

    def ask(self, desk: Desk, name: str = "printer", role: str = "maintenance", **body: Any) -> Any:
        return desk.call("POST", f"/devices/{name}/requests", role, json=body)

    def answer(self, desk: Desk, identity: str, role: str = "kiosk", **body: Any) -> Any:
        return desk.call("POST", f"/device-requests/{identity}/answer", role, json=body)

    def test_the_owner_is_asked_by_event_and_its_answer_is_shown(self, desk: Desk) -> None:
        report(desk, "printer")
        asked = self.ask(desk, kind="test")
        assert (asked.status_code, asked.json()["state"]) == (202, "requested")
        identity = asked.json()["id"]
        told = desk.journal()[-1].data()["request"]
        assert told == {
            "id": identity, "device": "printer", "machine": "kiosk-1", "kind": "test", "settings": None,
        }  # fmt: skip
        listed = desk.call("GET", "/device-requests?device=printer&state=requested", "kiosk").json()
        assert [one["id"] for one in listed] == [identity]
        lines = [["printed", "12 cm"], ["confirmed", "có"]]
        assert self.answer(desk, identity, passed=True, lines=lines).status_code == 200
        shown = desk.call("GET", f"/device-requests/{identity}", "maintenance").json()
        assert (shown["state"], shown["passed"], shown["lines"]) == ("answered", True, lines)
        assert self.answer(desk, identity, passed=False).status_code == 422, "one answer only"

    def test_an_owner_that_is_not_there_cannot_be_asked(self, desk: Desk) -> None:
        answer = self.ask(desk, kind="test")
        assert (answer.status_code, answer.json()["code"]) == (409, "DEVICE_OWNER_ABSENT")
        report(desk, "scanner")
        assert self.ask(desk, kind="test").status_code == 202, "another device of the same owner was heard"
        desk.clock.forward(seconds=61)
        assert self.ask(desk, kind="test").status_code == 409

    def test_settings_are_kept_when_the_owner_has_seen_them_work(self, desk: Desk) -> None:
        report(desk, "printer")
        changes = {"address": "192.0.2.10:9100", "paper_mm": 58}
        identity = self.ask(desk, kind="set", settings=changes).json()["id"]
        assert device(desk, "printer")["settings"]["paper_mm"] == 80, "not before the answer"
        self.answer(desk, identity, passed=True)
        settings = device(desk, "printer")["settings"]
        assert (settings["address"], settings["paper_mm"], settings["cut"]) == ("192.0.2.10:9100", 58, True)

    def test_settings_that_did_not_work_are_not_kept(self, desk: Desk) -> None:
        report(desk, "printer")
        identity = self.ask(desk, kind="set", settings={"paper_mm": 58}).json()["id"]
        self.answer(desk, identity, passed=False, failure="PRINTER_UNREACHABLE")
        assert device(desk, "printer")["settings"]["paper_mm"] == 80

    @pytest.mark.parametrize("changes", [{"paper_mm": 57}, {"colour": "red"}, {"connection": "radio"}])
    def test_settings_that_cannot_be_are_refused_at_once(self, desk: Desk, changes: Any) -> None:
        report(desk, "printer")
        answer = self.ask(desk, kind="set", settings=changes)
        assert (answer.status_code, answer.json()["code"]) == (422, "DEVICE_SETTING_INVALID")
        assert next(iter(changes)) in answer.json()["detail"]

    @pytest.mark.parametrize(
        "body", [{"kind": "set"}, {"kind": "test", "settings": {"cut": True}}, {"kind": "eat"}]
    )
    def test_a_request_is_a_test_or_a_change(self, desk: Desk, body: Any) -> None:
        report(desk, "printer")
        assert self.ask(desk, **body).status_code == 422

    def test_nobody_answers_for_another(self, desk: Desk) -> None:
        report(desk, "printer")
        identity = self.ask(desk, kind="test").json()["id"]
        assert self.answer(desk, identity, "display", passed=True).status_code == 403
        assert self.ask(desk, "printer", "display", kind="test").status_code == 403
        assert self.ask(desk, "printer", "kiosk", kind="test").status_code == 202

    def test_what_nobody_answers_expires(self, desk: Desk) -> None:
        report(desk, "printer")
        identity = self.ask(desk, kind="test").json()["id"]
        desk.clock.forward(seconds=121)
        assert desk.call("GET", f"/device-requests/{identity}", "maintenance").json()["state"] == "expired"
        desk.centre.store.submit_write(desk.centre.device_requests.tidy).result()
        assert self.answer(desk, identity, passed=True).status_code == 422


class TestDigitsOfACard:
    """A test of the reader may come with the last six digits of the holder's number: handed on, not kept."""

    CAN = "804217"

    def ask(self, desk: Desk, name: str = "card_reader", **body: Any) -> Any:
        report(desk, name)
        return desk.call("POST", f"/devices/{name}/requests", "maintenance", json=body)

    def secret(self, desk: Desk, identity: str, role: str = "kiosk") -> Any:
        return desk.call("POST", f"/device-requests/{identity}/secret", role)

    def test_are_given_to_the_owner_once(self, desk: Desk) -> None:
        identity = self.ask(desk, kind="test", can=self.CAN).json()["id"]
        for role in ("display", "maintenance", "officer"):
            assert self.secret(desk, identity, role).status_code == 403
        answer = self.secret(desk, identity)
        assert (answer.status_code, answer.json()) == (200, {"can": self.CAN})
        assert answer.headers["cache-control"] == "no-store"
        assert self.secret(desk, identity).json() == {"can": None}

    def test_are_in_no_answer_no_event_and_no_file(self, desk: Desk) -> None:
        asked = self.ask(desk, kind="test", can=self.CAN)
        identity = asked.json()["id"]
        listed = desk.call("GET", "/device-requests", "maintenance")
        one = desk.call("GET", f"/device-requests/{identity}", "maintenance")
        assert [self.CAN in answer.text for answer in (asked, listed, one)] == [False] * 3
        assert self.secret(desk, identity).json()["can"] == self.CAN
        desk.call("POST", f"/device-requests/{identity}/answer", "kiosk", json={"passed": True})
        assert [entry for entry in desk.journal() if self.CAN in str(entry.data())] == []
        kept = stored(desk.folder)
        assert b"device.requested" in kept, "the search finds something"
        assert self.CAN.encode() not in kept

    def test_are_gone_once_the_test_is_answered_or_too_old(self, desk: Desk) -> None:
        first = self.ask(desk, kind="test", can=self.CAN).json()["id"]
        desk.call("POST", f"/device-requests/{first}/answer", "kiosk", json={"passed": True})
        assert self.secret(desk, first).json() == {"can": None}
        second = self.ask(desk, kind="test", can=self.CAN).json()["id"]
        desk.clock.forward(seconds=121)
        assert self.secret(desk, second).json() == {"can": None}
        assert len(desk.centre.card_digits) == 0

    def test_without_them_there_is_nothing_to_give(self, desk: Desk) -> None:
        identity = self.ask(desk, kind="test").json()["id"]
        assert self.secret(desk, identity).json() == {"can": None}
        assert self.secret(desk, "unknown").status_code == 404

    @pytest.mark.parametrize(
        ("name", "body"),
        [
            ("printer", {"kind": "test", "can": CAN}),
            ("card_reader", {"kind": "set", "settings": {"reader": "ACS"}, "can": CAN}),
            ("card_reader", {"kind": "test", "can": "80421"}),
            ("card_reader", {"kind": "test", "can": "8042171"}),
            ("card_reader", {"kind": "test", "can": "80421\n"}),
            ("card_reader", {"kind": "test", "can": "804217\n"}),
            ("card_reader", {"kind": "test", "can": "８０４２１７"}),
            ("card_reader", {"kind": "test", "can": 804217}),
        ],
    )
    def test_anything_else_is_refused_without_repeating_it(
        self, desk: Desk, name: str, body: dict[str, Any]
    ) -> None:
        report(desk, name)
        before = desk.head()
        answer = self.ask(desk, name, **body)
        assert answer.status_code == 422
        assert str(body["can"]).strip() not in answer.text
        assert desk.head() == before
        assert len(desk.centre.card_digits) == 0

    def test_are_forgotten_when_the_owner_is_absent(self, desk: Desk) -> None:
        answer = desk.call(
            "POST", "/devices/card_reader/requests", "maintenance", json={"kind": "test", "can": self.CAN}
        )
        assert answer.status_code == 409
        assert len(desk.centre.card_digits) == 0
