"""Somebody at a kiosk calls an officer: every officer hears of it, one goes, and the person learns that."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from kiosk.centre.keeping import tables
from kiosk.centre.moments import written
from tests.centre.support import HEAD, Desk, sign_in, start_desk

SCREEN = "choose_service"


def call(desk: Desk, role: str = "kiosk", screen: str = SCREEN, **more: Any) -> Any:
    return desk.call("POST", "/help-calls", role, json={"screen": screen, **more})


def answer(desk: Desk, call_id: str, role: str = "officer") -> Any:
    return desk.call("POST", f"/help-calls/{call_id}/answer", role)


def entries(desk: Desk, kind: str) -> list[dict[str, Any]]:
    return [json.loads(entry.payload) for entry in desk.journal() if entry.type == kind]


def difference(desk: Desk) -> str | None:
    def look(reading: Any) -> str | None:
        return tables.check(reading.connection, reading.site, written(reading.now))

    found: str | None = desk.centre.store.submit_read(look).result()
    return found


def test_a_call_is_seen_by_officers_and_answered_by_one_counter(desk: Desk) -> None:
    desk.at("quay-2", "open")
    made = call(desk, language="hmn-Latn")
    assert made.status_code == 201
    assert (made.json()["kiosk"], made.json()["screen"]) == ("kiosk-1", SCREEN)
    (shown,) = desk.call("GET", "/help-calls", "officer").json()
    assert shown == made.json()
    assert (shown["state"], shown["at"], shown["language"]) == (
        "open",
        "2026-11-23T02:00:00.000Z",
        "hmn-Latn",
    )
    desk.clock.forward(seconds=25)
    done = answer(desk, shown["id"]).json()
    assert (done["state"], done["answered_by"]["number"]) == ("answered", 2)
    assert done["answered_at"] == "2026-11-23T02:00:25.000Z"
    assert desk.call("GET", "/help-calls", "officer").json() == []
    assert desk.call("GET", f"/help-calls/{shown['id']}", "kiosk").json() == done


def test_a_kiosk_has_one_open_call_and_another_kiosk_its_own(desk: Desk) -> None:
    first = call(desk)
    again = call(desk, screen="ticket_shown")
    assert (again.status_code, again.json()) == (200, first.json())
    assert call(desk, "kiosk-2").status_code == 201
    assert len(desk.call("GET", "/help-calls", "officer").json()) == 2
    assert len(entries(desk, "help.called")) == 2
    answer(desk, first.json()["id"])
    assert call(desk).status_code == 201, "after an answer somebody else may call"


def test_the_second_officer_learns_who_goes(desk: Desk) -> None:
    desk.tokens["minh"] = sign_in(desk.web, "minh")
    desk.at("quay-1", "open")
    desk.at("quay-9", "open", "minh")
    made = call(desk).json()
    answer(desk, made["id"])
    second = answer(desk, made["id"], "minh")
    assert (second.status_code, second.json()["answered_by"]["id"]) == (200, "quay-1")
    assert len(entries(desk, "help.answered")) == 1


def test_an_officer_without_a_counter_may_go_too(desk: Desk) -> None:
    done = answer(desk, call(desk).json()["id"]).json()
    assert (done["state"], done["answered_by"]) == ("answered", None)


def test_a_kiosk_sees_its_own_calls_only(desk: Desk) -> None:
    made = call(desk).json()
    assert desk.call("GET", f"/help-calls/{made['id']}", "kiosk-2").status_code == 404
    assert desk.call("GET", f"/help-calls/{made['id']}", "officer").status_code == 200
    assert answer(desk, "unknown").status_code == 404


@pytest.mark.parametrize("screen", ["", "Nguyễn Văn An", "two words", "x" * 41, "<b>"])
def test_a_screen_is_a_name_from_the_program_and_no_free_text(desk: Desk, screen: str) -> None:
    refused = call(desk, screen=screen)
    assert (refused.status_code, refused.json()["code"]) == (422, "REQUEST_INVALID")


def test_the_journal_tells_kiosk_screen_and_counter(desk: Desk) -> None:
    desk.at("quay-1", "open")
    answer(desk, call(desk, language="vi").json()["id"])
    (called,) = entries(desk, "help.called")
    assert set(called["help_call"]) == {"id", "kiosk", "screen", "language", "day", "at"}
    (answered,) = entries(desk, "help.answered")
    assert (answered["counter"], answered["help_call"]["outcome"]) == ("quay-1", "answered")


def test_nobody_is_called_to_a_kiosk_of_yesterday(desk: Desk) -> None:
    """A call that nobody answered ends with its day, by the clock or when the kiosk calls again."""
    old, other = call(desk).json(), call(desk, "kiosk-2").json()
    desk.clock.forward(days=1)
    fresh = call(desk)
    assert fresh.status_code == 201
    assert desk.call("GET", f"/help-calls/{old['id']}", "officer").json()["state"] == "expired"
    desk.web.portal.call(desk.centre.minute)  # type: ignore[union-attr]
    shown = desk.call("GET", "/help-calls", "officer").json()
    assert [one["id"] for one in shown] == [fresh.json()["id"]]
    late = answer(desk, other["id"]).json()
    assert (late["state"], late["answered_at"], late["answered_by"]) == ("expired", None, None)
    assert len(entries(desk, "help.expired")) == 2
    assert difference(desk) is None


def test_the_tables_follow_from_the_journal(desk: Desk) -> None:
    desk.at("quay-1", "open")
    answer(desk, call(desk).json()["id"])
    call(desk)
    assert difference(desk) is None


def test_a_call_outlives_a_restart(desk: Desk) -> None:
    made = call(desk).json()
    desk.web.__exit__(None, None, None)
    desk.web = start_desk(desk.settings, desk.folder, desk.clock)
    assert [one["id"] for one in desk.call("GET", "/help-calls", "officer").json()] == [made["id"]]


def test_the_head_sees_how_soon_officers_went(desk: Desk) -> None:
    desk.tokens["head"] = sign_in(desk.web, HEAD)
    for seconds in (10, 40, 90):
        made = call(desk).json()
        desk.clock.forward(seconds=seconds)
        answer(desk, made["id"])
    call(desk)
    told = desk.call("GET", "/help-calls/times", "head").json()
    assert (told["calls"], told["answered"]) == (4, 3)
    assert (told["median_seconds"], told["longest_seconds"]) == (40, 90)
    yesterday = (desk.clock.moment - timedelta(days=1)).date().isoformat()
    before = desk.call("GET", f"/help-calls/times?from={yesterday}&to={yesterday}", "head").json()
    assert (before["calls"], before["median_seconds"]) == (0, None)
