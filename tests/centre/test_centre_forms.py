"""A form is for one officer, and gone for everyone when its day's key is destroyed."""

from __future__ import annotations

import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.centre.support import Desk, sign_in, sql

PERSON = {
    "nycHoTen": "Đàm Thị Bích Hường",
    "nycNgaySinh": "1979-04-17",
    "nycSoGiayToTuyThan": "002179888777",
    "nycNoiCuTru": "Thôn Khuổi Trang, xã Thuận Hòa",
}
FORM = "1.004873"


@pytest.fixture
def confirmed(desk: Desk) -> dict[str, Any]:
    """A form that is accepted: whatever the definition needs, filled in."""
    from kiosk.eforms.answers import Answer, Answers, to_wire
    from kiosk.eforms.definition import FieldType, FormDefinition
    from kiosk.eforms.rules import ProblemCode, problems
    from kiosk.identity.citizen import Source

    definition: FormDefinition = desk.centre.forms._definitions[FORM]
    plain: dict[FieldType, Any] = {
        FieldType.NAME: "Đàm Thị Bích Hường", FieldType.DATE: "2020-05-06", FieldType.ID12: "002179888777",
        FieldType.IDNO: "002179888777", FieldType.TEXT: "Vay vốn", FieldType.ADDR: PERSON["nycNoiCuTru"],
        FieldType.ORG: "UBND xã Thuận Hòa", FieldType.PHONE: "0912345678",
        FieldType.BOOL: True, FieldType.INT: "2",
    }  # fmt: skip
    answers = Answers({key: Answer(value, Source.CHIP) for key, value in PERSON.items()
                       if key in {made.id for made in definition.fields()}})  # fmt: skip
    for _ in range(60):
        wrong = problems(definition, answers)
        if not wrong:
            break
        made = definition.field(wrong[0].field)
        if wrong[0].code is ProblemCode.NOT_APPLICABLE:
            answers = Answers({key: one for key, one in answers.items() if key != made.id})
            continue
        value = made.options[0].value if made.type is FieldType.ENUM else plain[made.type]
        answers = answers.with_answer(made.id, Answer(value, Source.TYPED))
    assert not problems(definition, answers)
    return {
        "form": FORM,
        "version": definition.version,
        "consent": {"at": "2026-11-23T01:59:00Z", "text_version": definition.consent.version},
        "answers": to_wire(definition, answers),
    }


@pytest.fixture
def ticket(desk: Desk, confirmed: dict[str, Any]) -> str:
    """A ticket with the form, called to counter 1."""
    identity = str(desk.issue("xac-nhan-hon-nhan").json()["id"])
    assert desk.call("PUT", f"/tickets/{identity}/form", "kiosk", json=confirmed).status_code == 204
    return identity


def call_it(desk: Desk) -> None:
    desk.at("quay-1", "open")
    assert desk.at("quay-1", "call-next").status_code == 200


def test_the_officer_who_called_reads_every_value_with_its_source(desk: Desk, ticket: str) -> None:
    call_it(desk)
    form = desk.call("GET", f"/tickets/{ticket}/form").json()
    assert (form["form"], form["title"]) == (FORM, "Tờ khai cấp Giấy xác nhận tình trạng hôn nhân")
    lines = {line["field"]: line for section in form["sections"] for line in section["lines"]}
    name = lines["nycHoTen"]
    assert (name["value"], name["source"], name["label"]) == (PERSON["nycHoTen"], "chip", "Họ, chữ đệm, tên")
    assert name["source_label"]
    assert lines["nycNgaySinh"]["shown"] == "17/04/1979"
    assert form["consent"]["at"] == "2026-11-23T01:59:00.000Z"
    shown = desk.call("GET", f"/tickets/{ticket}", "officer").json()
    assert shown["form"] == {"form": FORM, "attached_at": "2026-11-23T02:00:00.000Z"}


NOT_ALLOWED = (403, "NOT_ALLOWED")


class TestNobodyElse:
    """While the ticket is not at one's own counter, its form is closed."""

    @staticmethod
    def answered(desk: Desk, ticket: str, role: str = "officer") -> tuple[int, str]:
        answer = desk.call("GET", f"/tickets/{ticket}/form", role)
        return answer.status_code, answer.json().get("code", "")

    def test_not_before_the_call(self, desk: Desk, ticket: str) -> None:
        desk.at("quay-1", "open")
        assert self.answered(desk, ticket) == NOT_ALLOWED

    def test_not_a_colleague(self, desk: Desk, ticket: str) -> None:
        desk.tokens["minh"] = sign_in(desk.web, "minh")
        desk.at("quay-9", "open", "minh")
        call_it(desk)
        assert self.answered(desk, ticket, "minh") == NOT_ALLOWED

    def test_not_after_it_is_over(self, desk: Desk, ticket: str) -> None:
        call_it(desk)
        for action in ("start", "complete"):
            desk.at("quay-1", action)
        assert self.answered(desk, ticket) == NOT_ALLOWED

    def test_not_the_kiosk_that_sent_it(self, desk: Desk, ticket: str) -> None:
        assert self.answered(desk, ticket, "kiosk") == NOT_ALLOWED

    def test_not_another_tickets_row(self, desk: Desk, ticket: str, confirmed: dict[str, Any]) -> None:
        """A sealed form copied to another ticket does not open."""
        other = desk.issue("xac-nhan-hon-nhan").json()["id"]
        desk.call("PUT", f"/tickets/{other}/form", "kiosk", json=confirmed)
        moved = (
            "UPDATE form SET (nonce, sealed) = (SELECT nonce, sealed FROM form WHERE ticket=:other) "
            "WHERE ticket=:ticket"
        )
        sql(desk.folder, moved, other=other, ticket=ticket)
        call_it(desk)
        assert desk.call("GET", f"/tickets/{ticket}/form").status_code == 410


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda form: form["answers"].append({"field": "x", "value": "y", "source": "typed"}), id="unknown"
        ),
        pytest.param(lambda form: form["answers"].pop(1), id="missing"),
        pytest.param(lambda form: form["answers"].append(form["answers"][0]), id="twice"),
        pytest.param(lambda form: form.update(version="2001-01"), id="another version"),
        pytest.param(lambda form: form.update(form="9.999999"), id="another form"),
        pytest.param(lambda form: form["answers"][1].update(value="12345"), id="not a name"),
    ],
)
def test_a_form_that_is_not_right_is_refused_without_quoting_it(
    desk: Desk, confirmed: dict[str, Any], change: Any
) -> None:
    identity = desk.issue("xac-nhan-hon-nhan").json()["id"]
    change(confirmed)
    head = desk.head()
    answer = desk.call("PUT", f"/tickets/{identity}/form", "kiosk", json=confirmed)
    assert (answer.status_code, answer.json()["code"]) == (422, "FORM_NOT_ACCEPTED")
    assert not any(value in answer.text for value in [*PERSON.values(), "12345"])
    assert desk.head() == head


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda form: form.update(extra=PERSON["nycHoTen"]), id="unknown key"),
        pytest.param(lambda form: form["answers"][0].update(source=PERSON["nycHoTen"]), id="unknown source"),
        pytest.param(
            lambda form: form["answers"][0].update(value={"a": PERSON["nycHoTen"]}), id="wrong type"
        ),
        pytest.param(lambda form: form["consent"].update(at=PERSON["nycHoTen"]), id="no time of consent"),
        pytest.param(lambda form: form.pop("consent"), id="no consent"),
    ],
)
def test_a_body_of_another_shape_is_refused_without_quoting_it(
    desk: Desk, confirmed: dict[str, Any], change: Any
) -> None:
    identity = desk.issue("xac-nhan-hon-nhan").json()["id"]
    change(confirmed)
    answer = desk.call("PUT", f"/tickets/{identity}/form", "kiosk", json=confirmed)
    assert (answer.status_code, answer.json()["code"]) == (422, "REQUEST_INVALID")
    assert not any(value in answer.text for value in PERSON.values())


def test_a_ticket_of_another_service_takes_no_such_form(desk: Desk, confirmed: dict[str, Any]) -> None:
    identity = desk.issue("ho-tich").json()["id"]
    assert desk.call("PUT", f"/tickets/{identity}/form", "kiosk", json=confirmed).status_code == 422


def test_a_ticket_that_is_over_takes_no_form(desk: Desk, ticket: str, confirmed: dict[str, Any]) -> None:
    call_it(desk)
    desk.at("quay-1", "no-show")
    answer = desk.call("PUT", f"/tickets/{ticket}/form", "kiosk", json=confirmed)
    assert (answer.status_code, answer.json()["code"]) == (409, "TICKET_STATE_WRONG")


class TestKeys:
    """The day's key."""

    def file(self, desk: Desk) -> Path:
        (found,) = (desk.folder / "keys").glob("*.key")
        return found

    def test_is_random_and_for_the_centres_user_only(self, desk: Desk, ticket: str) -> None:
        file = self.file(desk)
        assert file.name == "2026-11-23.key"
        assert len(file.read_bytes()) == 32
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    def test_is_destroyed_when_its_day_is_over_and_the_form_with_it(self, desk: Desk, ticket: str) -> None:
        call_it(desk)
        desk.at("quay-1", "start")
        assert desk.centre.forms.destroy_expired_keys() == []
        desk.clock.forward(hours=15)  # 00:00 of the next day
        (day,) = desk.centre.forms.destroy_expired_keys()
        assert day.isoformat() == "2026-11-23"
        answer = desk.call("GET", f"/tickets/{ticket}/form")
        assert (answer.status_code, answer.json()["code"]) == (410, "FORM_KEY_DESTROYED")
        assert desk.centre.forms.destroy_expired_keys() == []


def test_nothing_personal_stands_in_anything_the_centre_wrote(
    desk: Desk, ticket: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    call_it(desk)
    shown = desk.call("GET", f"/tickets/{ticket}/form").text
    assert all(value in shown for value in (PERSON["nycHoTen"], PERSON["nycSoGiayToTuyThan"])), (
        "it was there to find"
    )
    desk.at("quay-1", "start")
    written = b"".join(file.read_bytes() for file in desk.folder.rglob("*") if file.is_file())
    written += caplog.text.encode() + desk.web.get("/metrics").content
    written += b"".join(entry.payload.encode() for entry in desk.journal())
    for value in PERSON.values():
        for form in (value, value.upper(), value.encode("unicode_escape").decode()):
            assert form.encode() not in written
            assert form.encode("utf-16-le") not in written
