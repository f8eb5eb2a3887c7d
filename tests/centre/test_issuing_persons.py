"""At most one waiting number for each person and service, and nothing that says who the person is."""

from __future__ import annotations

import hashlib
import hmac
import logging
from pathlib import Path
from typing import Any

import pytest

from tests.centre.support import Desk

CARD = "001099012345"


def person(desk: Desk, card: str = CARD) -> str:
    key = desk.call("GET", "/queue/rules", "kiosk").json()["person_key"]
    return hmac.new(bytes.fromhex(key), card.encode(), hashlib.sha256).hexdigest()


def ask(desk: Desk, key: str, who: str, **body: Any) -> Any:
    body = {"service": "ho-tich", "person": who, **body}
    return desk.call("POST", "/tickets", "kiosk", json=body, headers={"Idempotency-Key": key})


def serve(desk: Desk, *actions: str) -> None:
    desk.at("quay-1", "open")
    for action in actions:
        assert desk.at("quay-1", action).status_code == 200, action


class TestOneNumber:
    """Who already waits for a service gets the number they hold."""

    def test_the_same_ticket_comes_again_and_says_so(self, desk: Desk) -> None:
        who = person(desk)
        first = ask(desk, "visit-1", who)
        assert (first.status_code, "held" in first.json()) == (201, False)
        before = desk.head()
        again = ask(desk, "visit-2", who)
        assert (again.status_code, again.json()) == (200, {**first.json(), "held": True})
        assert desk.head() == before

    def test_for_another_service_or_by_another_person_it_is_a_new_one(self, desk: Desk) -> None:
        who = person(desk)
        assert ask(desk, "v1", who).json()["number"] == "A001"
        assert ask(desk, "v2", who, service="dat-dai").json()["number"] == "D001"
        assert ask(desk, "v3", person(desk, "001099054321")).json()["number"] == "A002"
        assert desk.issue().json()["number"] == "A003", "without a card nobody is known"

    @pytest.mark.parametrize(
        ("actions", "status"),
        [
            (("call-next",), 200),
            (("call-next", "start"), 201),
            (("call-next", "start", "complete"), 201),
            (("call-next", "no-show"), 201),
        ],
    )
    def test_holds_while_the_person_waits_or_is_called(
        self, desk: Desk, actions: tuple[str, ...], status: int
    ) -> None:
        who = person(desk)
        ask(desk, "v1", who)
        serve(desk, *actions)
        assert ask(desk, "v2", who).status_code == status

    def test_holds_while_the_ticket_is_parked(self, desk: Desk) -> None:
        who = person(desk)
        ask(desk, "v1", who)
        serve(desk, "call-next", "start")
        reason = desk.settings.queue.rules.park_reasons[0]
        assert desk.call("POST", "/counters/quay-1/park", json={"reason": reason}).status_code == 200
        assert ask(desk, "v2", who).json()["held"] is True

    def test_holds_for_services_that_come_later_in_the_visit(self, desk: Desk) -> None:
        who = person(desk)
        first = ask(desk, "v1", who, then=["chung-thuc"]).json()
        held = ask(desk, "v2", who, service="chung-thuc").json()
        assert (held["id"], held["held"]) == (first["id"], True)
        other = ask(desk, "v3", who, service="dat-dai", then=["chung-thuc", "nhan-ket-qua"]).json()
        assert (other["number"], other["then"]) == ("D001", ["nhan-ket-qua"]), "nobody waits twice for one"

    def test_comes_before_closed_doors(self, desk: Desk) -> None:
        who = person(desk)
        first = ask(desk, "v1", who).json()
        from kiosk.centre import opening

        desk.centre.store.submit_write(
            lambda transaction: opening.stop(transaction, desk.centre.plan, "head:x", "*", "Mất điện")
        ).result()
        assert ask(desk, "v2", who).json()["id"] == first["id"]
        assert ask(desk, "v3", person(desk, "001099054321")).status_code == 409

    def test_is_forgotten_with_the_day(self, desk: Desk) -> None:
        who = person(desk)
        ask(desk, "v1", who)
        desk.clock.forward(days=1)
        assert ask(desk, "v2", who).status_code == 201


@pytest.mark.parametrize("wrong", ["", "0" * 63, "0" * 65, "g" * 64, "A" * 64, CARD, 7])
def test_only_a_hash_is_taken_for_a_person(desk: Desk, wrong: Any) -> None:
    answer = ask(desk, "v1", wrong)
    assert answer.status_code == 422
    assert wrong == "" or str(wrong) not in answer.text


class TestKey:
    """The key lives as long as the day."""

    def test_is_told_to_kiosks_alone(self, desk: Desk) -> None:
        assert len(bytes.fromhex(desk.call("GET", "/queue/rules", "kiosk").json()["person_key"])) == 32
        for role in ("officer", "display", "maintenance"):
            answer = desk.call("GET", "/queue/rules", role)
            assert answer.status_code == 403 or not answer.json().get("person_key")

    def test_is_one_for_all_kiosks_on_a_day_and_another_on_the_next(self, desk: Desk) -> None:
        keys = {desk.call("GET", "/queue/rules", role).json()["person_key"] for role in ("kiosk", "kiosk-2")}
        assert len(keys) == 1
        desk.clock.forward(days=1)
        assert desk.call("GET", "/queue/rules", "kiosk").json()["person_key"] not in keys

    def test_is_destroyed_when_the_day_is_over_and_with_it_what_it_hashed(self, desk: Desk) -> None:
        ask(desk, "v1", person(desk))
        (file,) = (desk.folder / "keys" / "persons").glob("*.key")
        assert file.stat().st_mode & 0o077 == 0
        desk.clock.forward(days=1)
        desk.web.portal.call(desk.centre.minute)  # type: ignore[union-attr]
        assert not file.exists()
        from sqlalchemy import func, select

        from kiosk.centre.store.schema import person_today

        kept = desk.centre.store.submit_read(
            lambda reading: reading.connection.execute(
                select(func.count()).select_from(person_today)
            ).scalar()
        )
        assert kept.result() == 0


def test_nothing_that_is_written_or_told_names_the_person(
    desk: Desk, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Neither the hash nor the key nor the number, but in the one table and the one file made for it."""
    caplog.set_level(logging.DEBUG)
    who = person(desk)
    key = desk.call("GET", "/queue/rules", "kiosk").json()["person_key"]
    answers = [
        ask(desk, "v1", who).text,
        ask(desk, "v2", who).text,
        ask(desk, "v1", who, service="dat-dai").text,
        ask(desk, "v3", who + "0").text,
    ]
    serve(desk, "call-next", "start", "complete")
    ask(desk, "v4", who)
    answers += [
        desk.call("GET", path, "kiosk").text
        for path in ("/services", "/tickets?state=waiting", "/board", "/counters")
    ]
    entries = "\n".join(f"{one.subject} {one.payload}" for one in desk.journal())
    bodies = [one["body"] for one in map(_payload, desk.journal()) if "body" in one]
    assert len(set(bodies)) == len(bodies) == 2, "equal wishes of one person do not show to be equal"
    files = [
        file
        for file in desk.folder.rglob("*")
        if file.is_file() and "centre.sqlite3" not in file.name and file.parent.name != "persons"
    ]
    written = "\n".join(file.read_bytes().decode("latin-1") for file in files)
    for secret in (who, key, CARD, bytes.fromhex(key).decode("latin-1")):
        for place in (entries, "\n".join(answers), caplog.text, written):
            assert secret not in place


def _payload(entry: Any) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(entry.payload)
    return found
