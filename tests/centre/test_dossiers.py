"""What the centre says of a dossier: to kiosks alone, as fresh as the last import, and nowhere else."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kiosk.centre.dossiers import LONGEST_TOLD, file_of, write
from kiosk.dossiers.status import DossierStatus, State, read_status
from tests.centre.support import Desk

CODE = "000.00.01.H26-261102-0012"
AS_OF = datetime.fromisoformat("2026-11-23T07:15:00+07:00")
STATUS = DossierStatus(CODE, State.PROCESSING, date(2026, 11, 25), "Khai sinh", AS_OF, "hệ thống của tỉnh")
pytestmark = pytest.mark.on_sqlite


def ask(desk: Desk, code: str = CODE) -> Any:
    return desk.call("POST", "/dossiers/look-up", "kiosk", json={"code": code})


def refused(answer: Any) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def warnings(desk: Desk) -> list[str]:
    told: list[str] = desk.web.get("/readyz").json()["warnings"]
    return told


def test_a_new_file_is_taken_up_without_a_restart(desk: Desk) -> None:
    assert refused(ask(desk)) == (404, "DOSSIER_UNKNOWN")
    write(desk.folder, [STATUS])
    assert ask(desk, CODE.lower()).json() == {
        "code": CODE,
        "state": "processing",
        "due": "2026-11-25",
        "procedure": "Khai sinh",
        "as_of": "2026-11-23T07:15:00+07:00",
        "source": "hệ thống của tỉnh",
    }
    assert ask(desk).headers["cache-control"] == "no-store"
    assert read_status(ask(desk).json()) == STATUS, "as the client reads it"
    write(desk.folder, [replace(STATUS, state=State.FINISHED)])
    assert ask(desk).json()["state"] == "finished"
    write(desk.folder, [replace(STATUS, code="H26-261102-0013")])
    assert refused(ask(desk)) == (404, "DOSSIER_UNKNOWN")
    assert warnings(desk) == []


def test_what_is_no_code_is_refused(desk: Desk) -> None:
    for code in ("x", "", CODE * 3, "000.00.01.H26-261399-0012"):
        assert refused(ask(desk, code)) == (422, "REQUEST_INVALID")


def test_old_data_say_nothing(desk: Desk) -> None:
    write(desk.folder, [replace(STATUS, as_of=desk.clock() - LONGEST_TOLD)])
    assert ask(desk).status_code == 200
    write(desk.folder, [replace(STATUS, as_of=desk.clock() - LONGEST_TOLD - timedelta(seconds=1))])
    assert refused(ask(desk)) == (404, "DOSSIER_UNKNOWN")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 9}', b'{"format": 1, "dossiers": [{}]}'])
def test_a_broken_file_is_told_and_stops_nothing(desk: Desk, content: bytes) -> None:
    write(desk.folder, [STATUS])
    file_of(desk.folder).write_bytes(content)
    assert refused(ask(desk)) == (404, "DOSSIER_UNKNOWN")
    assert warnings(desk) == ["DOSSIERS_UNREADABLE"]
    (told,) = desk.call("GET", "/keeping", "maintenance").json()["warnings"]
    assert (told["code"], told["since"]) == ("DOSSIERS_UNREADABLE", None)
    assert desk.issue("ho-tich").status_code == 201
    write(desk.folder, [STATUS])
    assert ask(desk).status_code == 200
    assert warnings(desk) == []


def test_the_code_stays_in_no_log_journal_or_figure(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    write(desk.folder, [STATUS])
    head = desk.head()
    with caplog.at_level(logging.DEBUG):
        ask(desk)
        ask(desk, "H26-261102-0013")
        file_of(desk.folder).write_bytes(f'{{"format": 1, "dossiers": ["{CODE}"]}}'.encode())
        ask(desk)
        told = desk.web.get("/metrics").text
    assert desk.head() == head
    assert "statuses.json cannot be used" in caplog.text
    for text in (caplog.text, told):
        assert "261102" not in text
