"""How far a dossier is: as of when and from whom, late ones with an apology, nothing where nobody knows."""

from __future__ import annotations

import gc
import logging
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from journey import HUONG, NOW, SERVICES, Journey
from memory_lobby import MemoryLobby

from kiosk.dossiers.status import DossierStatus, State
from kiosk.procedures.dossier_code import parse
from kiosk.visit.effects import AskDossier
from kiosk.visit.events import (
    Back,
    CardRemoved,
    DossierScanned,
    DossierTold,
    PageTapped,
    ServiceChoice,
    ServiceTapped,
)
from screens.citizen.parts import Button
from screens.citizen.screens import present
from screens.locale import catalogue

CODE = parse("000.00.01.H26-261102-0012")
OTHER = parse("H26.12-261102-0013")
RESULTS = ServiceChoice("nhan-ket-qua", "Nhận kết quả", counters=(6,))
AS_OF = NOW.replace(hour=7, minute=15)
TODAY = NOW.date()
STATUS = DossierStatus(
    str(CODE), State.PROCESSING, TODAY + timedelta(days=2), "Khai sinh", AS_OF, "hệ thống của tỉnh"
)


def scanned(status: DossierStatus | None = None, **changes: object) -> Journey:
    """A receipt is under the scanner, and the centre has answered."""
    kiosk = Journey().happens(DossierScanned(CODE)).services_come((*SERVICES, RESULTS))
    if changes:
        status = replace(STATUS, **changes)
    asked: AskDossier = kiosk.last(AskDossier)
    return kiosk.happens(DossierTold(asked.visit, asked.code, status))


def buttons(kiosk: Journey) -> list[str]:
    screen = kiosk.screen
    return [one.label for one in (screen.proceed, screen.take_number, screen.more) if isinstance(one, Button)]


def test_the_status_is_told_with_its_moment_and_source() -> None:
    screen = scanned(STATUS).screen
    assert (screen.step, screen.title, screen.message) == ("status", "Đang xử lý", None)
    assert screen.due == f"Hẹn trả kết quả ngày {STATUS.due:%d/%m/%Y}".replace(" 0", " ")
    assert screen.told == f"Theo dữ liệu lúc 07:15 ngày {AS_OF.day}/{AS_OF.month}, từ hệ thống của tỉnh."
    assert "xin hỏi cán bộ" in screen.doubt
    assert screen.qr.startswith("https://")
    said = " ".join(screen.spoken)
    assert all(part in said for part in ("Đang xử lý", screen.due, screen.told, screen.doubt))
    assert buttons(scanned(STATUS)) == []


def test_until_the_centre_answers_nothing_is_claimed_and_then_what_was_said_before() -> None:
    kiosk = Journey().happens(DossierScanned(CODE)).services_come((*SERVICES, RESULTS))
    waiting = kiosk.screen
    assert "đang xem" in waiting.message.text
    assert "không biết" not in " ".join(waiting.spoken)
    unknown = scanned(None).screen
    assert (unknown.step, unknown.qr) == ("found", waiting.qr)
    assert "không biết" in unknown.message.text
    assert "không biết" in " ".join(unknown.spoken)
    assert buttons(scanned(None)) == ["Lấy số nhận kết quả", "Các tình trạng hồ sơ nghĩa là gì"]


def test_a_result_that_lies_ready_has_its_number_as_the_main_button() -> None:
    kiosk = scanned(state=State.FINISHED, due=TODAY - timedelta(days=3))
    screen = kiosk.screen
    assert (screen.title, screen.message.tone, screen.due) == ("Đã xử lý xong", "done", "")
    assert "quầy 6" in screen.message.text
    assert screen.proceed.label == "Lấy số nhận kết quả"
    kiosk.press("Lấy số nhận kết quả").number_comes().expect("ticket")


def test_worked_on_handed_over_and_finished_are_told_apart() -> None:
    titles = [scanned(state=state).screen.title for state in State]
    assert len(set(titles)) == len(titles) == 10
    returned = scanned(state=State.RETURNED)
    assert returned.screen.title == "Đã trả kết quả"
    assert (buttons(returned), returned.screen.due) == ([], "")


def test_a_late_one_is_told_with_an_apology_and_whom_to_ask() -> None:
    screen = scanned(due=TODAY - timedelta(days=1)).screen
    assert "xin lỗi" in screen.message.text
    assert "hỏi cán bộ" in screen.message.text
    assert screen.message.text in screen.spoken
    assert screen.due


@pytest.mark.parametrize(
    "state", [State.SUPPLEMENT, State.PAYMENT, State.FINISHED, State.RETURNED, State.STOPPED]
)
def test_no_apology_for_what_the_office_does_not_owe(state: State) -> None:
    message = scanned(state=state, due=TODAY - timedelta(days=9)).screen.message
    assert message is None or "xin lỗi" not in message.text


def test_what_was_due_after_the_data_is_called_neither_late_nor_on_time() -> None:
    kiosk = scanned(due=TODAY - timedelta(days=1), as_of=AS_OF - timedelta(days=1))
    assert kiosk.screen.message is None
    assert buttons(kiosk) == ["Lấy số nhận kết quả"], "it may lie there by now"
    assert buttons(scanned(due=TODAY)) == ["Lấy số nhận kết quả"]


def test_a_missing_day_or_procedure_leaves_the_rest() -> None:
    screen = scanned(due=None, procedure="").screen
    assert (screen.title, screen.due, screen.procedure) == ("Đang xử lý", "", "")
    long = scanned(procedure="Đăng ký " * 30).screen.procedure
    assert long.endswith("ký…")
    assert len(long) <= 91


def test_english_is_told_whole() -> None:
    kiosk = scanned(due=date(2026, 11, 2))
    screen: Any = present(kiosk.state, catalogue("citizen", "en")).screen
    assert screen.title == "In progress"
    assert "sorry" in screen.message.text
    assert screen.told.startswith("As of 07:15")


def test_an_answer_for_another_code_or_screen_changes_nothing() -> None:
    kiosk = Journey().happens(DossierScanned(CODE))
    visit = kiosk.last(AskDossier).visit
    kiosk.happens(DossierTold(visit, OTHER, replace(STATUS, code=str(OTHER))))
    assert kiosk.screen.step == "found"
    kiosk.happens(Back(kiosk.view.key)).happens(DossierTold(visit, CODE, STATUS))
    assert kiosk.screen.step == "code"


def test_an_answer_that_comes_while_a_card_is_looked_at_is_there_afterwards() -> None:
    kiosk = Journey().happens(DossierScanned(CODE)).services_come().lays_card().expect("enter_can")
    kiosk.happens(DossierTold(kiosk.last(AskDossier).visit, CODE, STATUS)).happens(CardRemoved())
    kiosk.press("Tiếp tục không cần thẻ").expect("my_dossier")
    assert kiosk.screen.step == "status"
    kiosk.lays_card().digits(HUONG.number[-6:]).press("Đọc căn cước").card_is_read(HUONG).expect("my_dossier")
    assert kiosk.screen.step == "status"


def test_another_receipt_is_another_question() -> None:
    kiosk = scanned(STATUS).happens(DossierScanned(OTHER))
    assert kiosk.count(AskDossier) == 2
    assert (kiosk.screen.step, kiosk.screen.code) == ("found", str(OTHER))


def test_nothing_of_it_stands_in_a_representation_or_stays_after_the_visit() -> None:
    kiosk = scanned(STATUS)
    assert "261102" not in repr(kiosk.state) + repr(kiosk.asked)
    kiosk.happens(PageTapped("", 1)).happens(Back(kiosk.view.key))
    assert kiosk.screen.step == "status"
    kiosk.wait(61).wait(31).wiped()
    assert "261102" not in kiosk.texts()


# -- the kiosk process ---------------------------------------------------------------------------------------


def test_the_process_asks_the_centre_and_forgets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with MemoryLobby() as lobby:
        lobby.centre.dossier = STATUS
        lobby.process.dispatch(DossierScanned(OTHER))
        lobby.until(lambda: not getattr(lobby.state.screen, "asked", True))
        assert lobby.state.screen.status.code == str(OTHER)
        lobby.process.end_visit()
        lobby.until(lambda: not _held(str(OTHER)))
    assert "261102" not in caplog.text


def _held(code: str) -> list[object]:
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, DossierStatus) and one.code == code]


@pytest.mark.parametrize("up", [True, False], ids=["unknown", "silent"])
def test_a_centre_that_knows_or_says_nothing_changes_nothing(up: bool) -> None:
    with MemoryLobby() as lobby:
        lobby.centre.up = up
        lobby.process.dispatch(DossierScanned(CODE))
        lobby.until(lambda: not getattr(lobby.state.screen, "asked", True))
        assert lobby.state.screen.status is None
        lobby.process.dispatch(ServiceTapped("", "nhan-ket-qua"))
        assert lobby.state.screen.found == CODE
