"""Two kiosks in one lobby: what one of them tells of its printer, or is asked, is never the other's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.centre import admin
from kiosk.settings import Settings
from tests.centre.support import Desk, SetClock, sql, start_desk

READY = {"condition": "ready"}
PAPER_OUT = {"condition": "needs_attention", "failure": "PRINTER_PAPER_OUT"}
TABLES_OF_ONE_ROW_A_DEVICE = (
    "DROP TABLE device",
    "CREATE TABLE device (site VARCHAR NOT NULL, name VARCHAR NOT NULL, condition VARCHAR NOT NULL, "
    "failure VARCHAR, warning VARCHAR, facts TEXT NOT NULL, since VARCHAR NOT NULL, "
    "seen_at VARCHAR NOT NULL, PRIMARY KEY (site, name))",
    "DROP TABLE device_setting",
    "CREATE TABLE device_setting (site VARCHAR NOT NULL, device VARCHAR NOT NULL, settings TEXT NOT NULL, "
    "changed_at VARCHAR NOT NULL, changed_by VARCHAR NOT NULL, PRIMARY KEY (site, device))",
    "ALTER TABLE device_request DROP COLUMN machine",
    "UPDATE alembic_version SET version_num = '0003'",
)
"""A database as the version before kept it."""


def tell(desk: Desk, role: str, name: str = "printer", body: Any = READY) -> None:
    assert desk.call("PUT", f"/devices/{name}", role, json=body).status_code == 204


def listed(desk: Desk, name: str = "printer", role: str = "maintenance") -> dict[str | None, dict[str, Any]]:
    """The devices of a name by machine."""
    found = [one for one in desk.call("GET", "/devices", role).json() if one["name"] == name]
    return {one["machine"]: one for one in found}


def failures(desk: Desk, name: str = "printer") -> dict[str | None, str | None]:
    return {machine: one["failure"] for machine, one in listed(desk, name).items()}


def look(desk: Desk) -> None:
    desk.centre.store.submit_write(desk.centre.devices.mark_silent).result()


def ask(desk: Desk, name: str = "printer", role: str = "maintenance", **body: Any) -> Any:
    return desk.call("POST", f"/devices/{name}/requests", role, json={"kind": "test", **body})


def answer(desk: Desk, identity: str, role: str, **body: Any) -> Any:
    return desk.call("POST", f"/device-requests/{identity}/answer", role, json={"passed": True, **body})


def set_by(desk: Desk, role: str, machine: str, **settings: Any) -> None:
    """Maintenance changes a setting of one machine's printer, which takes it over."""
    asked = ask(desk, kind="set", settings=settings, machine=machine)
    assert answer(desk, asked.json()["id"], role).status_code == 200


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Two kiosks; the first is out of paper."""
    tell(desk, "kiosk", body=PAPER_OUT)
    tell(desk, "kiosk-2")
    return desk


class TestReports:
    """Each machine's devices are kept and told apart."""

    def test_a_healthy_printer_never_hides_that_the_other_is_out_of_paper(self, two: Desk) -> None:
        for _ in range(3):
            two.clock.forward(seconds=20)
            tell(two, "kiosk", body=PAPER_OUT)
            tell(two, "kiosk-2")
        assert failures(two) == {"kiosk-1": "PRINTER_PAPER_OUT", "kiosk-2": None}
        told = [one.data() for one in two.journal() if one.type == "device.changed"]
        assert [(one["name"], one["machine"], one["failure"]) for one in told] == [
            ("printer", "kiosk-1", "PRINTER_PAPER_OUT"), ("printer", "kiosk-2", None),
        ]  # fmt: skip

    def test_one_that_falls_silent_is_told_by_its_machine(self, two: Desk) -> None:
        two.clock.forward(seconds=61)
        tell(two, "kiosk-2")
        look(two)
        assert failures(two) == {"kiosk-1": "DEVICE_SILENT", "kiosk-2": None}
        gone = two.journal()[-1]
        assert (gone.actor, gone.data()["name"], gone.data()["machine"]) == ("centre", "printer", "kiosk-1")

    def test_a_machine_has_all_of_its_devices_also_those_it_has_not_reported_yet(self, two: Desk) -> None:
        assert failures(two, "scanner") == {"kiosk-1": "DEVICE_SILENT", "kiosk-2": "DEVICE_SILENT"}
        assert list(listed(two, "speaker")) == [None], "no display has reported anything"

    def test_a_machine_that_has_not_reported_finds_its_own_devices(self, desk: Desk) -> None:
        tell(desk, "kiosk")
        assert list(listed(desk, role="kiosk-2")) == ["kiosk-1", "kiosk-2"]
        assert list(listed(desk)) == ["kiosk-1"], "others do not see what nobody has heard of"

    def test_machines_stand_in_the_order_of_their_numbers(self, desk: Desk, settings: Settings) -> None:
        for name in ("kiosk-10", "Cửa sau", "kiosk-3"):
            desk.tokens[name] = admin.create_token(settings, desk.folder, "kiosk", name)
            tell(desk, name)
        tell(desk, "kiosk")
        assert list(listed(desk)) == ["Cửa sau", "kiosk-1", "kiosk-3", "kiosk-10"]

    def test_one_that_was_replaced_is_forgotten_after_a_week_and_the_last_one_never(self, two: Desk) -> None:
        two.clock.forward(seconds=61)
        tell(two, "kiosk-2")
        look(two)
        two.clock.forward(days=8)
        tell(two, "kiosk-2")
        two.centre.store.submit_write(two.centre.devices.tidy).result()
        assert list(listed(two)) == ["kiosk-2"]
        two.clock.forward(seconds=61)
        look(two)
        two.clock.forward(days=8)
        two.centre.store.submit_write(two.centre.devices.tidy).result()
        assert list(listed(two)) == ["kiosk-2"]


class TestFound:
    """A device that was never connected is told apart from one that is gone."""

    def found(self, desk: Desk, name: str = "scanner") -> list[bool]:
        return [one["found"] for one in listed(desk, name).values()]

    def test_from_its_first_answer_on_also_when_it_is_gone_again(self, two: Desk) -> None:
        gone = {"condition": "disconnected", "failure": "SCANNER_NOT_FOUND"}
        assert self.found(two) == [False, False], "not reported"
        tell(two, "kiosk", "scanner", {"condition": "disabled"})
        tell(two, "kiosk-2", "scanner", gone)
        assert self.found(two) == [False, False]
        tell(two, "kiosk-2", "scanner")
        tell(two, "kiosk-2", "scanner", gone)
        assert self.found(two) == [False, True]
        two.clock.forward(seconds=61)
        look(two)
        assert self.found(two) == [False, True]

    def test_a_printer_without_paper_is_there(self, two: Desk) -> None:
        assert self.found(two, "printer") == [True, True]


class TestRequests:
    """A request goes to one machine, which alone sees and answers it."""

    def test_with_several_machines_one_must_be_named(self, two: Desk) -> None:
        before = two.head()
        refused = ask(two)
        assert (refused.status_code, refused.json()["code"]) == (422, "DEVICE_MACHINE_NOT_NAMED")
        assert "kiosk-1, kiosk-2" in refused.json()["detail"]
        assert ask(two, machine="kiosk-7").status_code == 404
        assert two.head() == before

    def test_only_the_machine_that_is_meant_sees_and_answers(self, two: Desk) -> None:
        asked = ask(two, machine="kiosk-2").json()
        assert asked["machine"] == "kiosk-2"
        assert two.journal()[-1].data()["request"]["machine"] == "kiosk-2"
        waiting = "/device-requests?device=printer&state=requested"
        assert two.call("GET", waiting, "kiosk").json() == []
        assert [one["id"] for one in two.call("GET", waiting, "kiosk-2").json()] == [asked["id"]]
        at_the_other = two.call("GET", f"{waiting}&machine=kiosk-1", "maintenance")
        assert at_the_other.json() == []
        assert two.call("GET", f"/device-requests/{asked['id']}", "kiosk").status_code == 403
        assert answer(two, asked["id"], "kiosk").status_code == 403
        assert answer(two, asked["id"], "kiosk-2").status_code == 200
        told = two.journal()[-1].data()["request"]
        assert (told["machine"], told["passed"]) == ("kiosk-2", True)

    def test_a_machine_asks_its_own_devices_and_no_others(self, two: Desk) -> None:
        assert ask(two, role="kiosk-2").json()["machine"] == "kiosk-2"
        assert ask(two, role="kiosk-2", machine="kiosk-2").status_code == 202
        assert ask(two, role="kiosk-2", machine="kiosk-1").status_code == 403

    def test_a_machine_that_is_gone_is_not_asked_though_another_is_there(self, two: Desk) -> None:
        two.clock.forward(seconds=61)
        tell(two, "kiosk-2")
        refused = ask(two, machine="kiosk-1")
        assert (refused.status_code, refused.json()["code"]) == (409, "DEVICE_OWNER_ABSENT")

    def test_the_digits_of_a_card_reach_one_machine(self, two: Desk) -> None:
        asked = ask(two, "card_reader", machine="kiosk-2", can="804217").json()
        secret = f"/device-requests/{asked['id']}/secret"
        assert two.call("POST", secret, "kiosk").status_code == 403
        assert two.call("POST", secret, "kiosk-2").json() == {"can": "804217"}

    def test_no_digits_are_kept_when_no_machine_is_named(self, two: Desk) -> None:
        assert ask(two, "card_reader", can="804217").status_code == 422
        assert len(two.centre.card_digits) == 0


def papers(desk: Desk) -> dict[str | None, int]:
    return {machine: one["settings"]["paper_mm"] for machine, one in listed(desk).items()}


def test_settings_are_those_of_one_machine(two: Desk) -> None:
    set_by(two, "kiosk-2", "kiosk-2", paper_mm=58)
    assert papers(two) == {"kiosk-1": 80, "kiosk-2": 58}
    (kept,) = [one.data() for one in two.journal() if one.type == "device.set"]
    assert (kept["name"], kept["machine"], kept["settings"]) == ("printer", "kiosk-2", {"paper_mm": 58})


class TestOldDatabase:
    """A centre that kept one row for each device goes on with what it knew."""

    def aged(self, desk: Desk, device: dict[str, Any] | None = None) -> Desk:
        """The same centre after an update from the version before."""
        desk.web.__exit__(None, None, None)
        sql(desk.folder, *TABLES_OF_ONE_ROW_A_DEVICE)
        at, site = "2026-11-23T02:00:00.000Z", desk.settings.centre.site
        if device is not None:
            row = {"site": site, "name": "printer", "failure": None, "facts": "{}", "at": at, **device}
            sql(
                desk.folder,
                "INSERT INTO device VALUES (:site, :name, :condition, :failure, NULL, :facts, :at, :at)",
                **row,
            )
        sql(
            desk.folder,
            "INSERT INTO device_setting VALUES (:site, 'printer', :settings, :at, 'maintenance:bao-tri')",
            site=site, settings=json.dumps({"paper_mm": 58, "cut": False}), at=at,
        )  # fmt: skip
        desk.web = start_desk(desk.settings, desk.folder, desk.clock)
        return desk

    def test_what_was_reported_last_is_of_the_machine_that_reported_it(self, two: Desk) -> None:
        aged = self.aged(two, READY)
        assert failures(aged) == {"kiosk-2": None}
        assert listed(aged)["kiosk-2"]["found"]
        tell(aged, "kiosk", body=PAPER_OUT)
        assert failures(aged) == {"kiosk-1": "PRINTER_PAPER_OUT", "kiosk-2": None}

    def test_without_a_journal_of_it_the_machines_tell_again(self, desk: Desk) -> None:
        assert failures(self.aged(desk, READY)) == {None: "DEVICE_SILENT"}

    def test_what_was_changed_for_all_holds_until_a_machine_has_its_own(self, desk: Desk) -> None:
        aged = self.aged(desk)
        tell(aged, "kiosk")
        tell(aged, "kiosk-2")
        assert papers(aged) == {"kiosk-1": 58, "kiosk-2": 58}
        set_by(aged, "kiosk-2", "kiosk-2", paper_mm=80)
        assert papers(aged) == {"kiosk-1": 58, "kiosk-2": 80}
        assert [one["settings"]["cut"] for one in listed(aged).values()] == [False, False]

    def test_requests_of_before_stay_told_to_maintenance(self, two: Desk) -> None:
        asked = ask(two, machine="kiosk-2").json()
        aged = self.aged(two)
        shown = aged.call("GET", f"/device-requests/{asked['id']}", "maintenance").json()
        assert (shown["device"], shown["machine"]) == ("printer", None), "two kiosks could have been meant"
        assert answer(aged, asked["id"], "kiosk").status_code == 403


def test_the_books_and_a_backup_are_whole_with_two_machines(
    two: Desk, settings: Settings, clock: SetClock, data: Path
) -> None:
    set_by(two, "kiosk-2", "kiosk-2", paper_mm=58)
    two.issue(role="kiosk-2")
    assert admin.back_up(settings, two.folder)["compared"] is True, "the journal alone gives the tables"
