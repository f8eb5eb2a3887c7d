"""The kiosk process at work: real threads and workers, a lobby in memory."""

from __future__ import annotations

import gc
import logging
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from journey import HUONG, INTACT, Journey
from memory_lobby import MemoryLobby, MemoryPrinter

from kiosk.client import Answer as SentAnswer
from kiosk.client import FormAnswers
from kiosk.eforms.answers import Answer
from kiosk.failures import FailureCode
from kiosk.identity.citizen import Citizen
from kiosk.visit.effects import ReadCard, SendForm
from kiosk.visit.events import (
    CardRead,
    CodeScanned,
    Finish,
    PrintResult,
    Retry,
    ServiceTapped,
    StartWithoutCard,
)
from kiosk.visit.states import Person

PRINTED_QR = "008145001234|070123456|Nguyễn Thị Hường|17051945|Nữ|Thôn Nà Kiếm, Xã Thuận Hòa|09032022"


def at_the_services(lobby: MemoryLobby) -> None:
    lobby.process.dispatch(StartWithoutCard())
    lobby.until(lambda: lobby.state.services is not None)


def takes_number(lobby: MemoryLobby, service: str = "hon-nhan") -> None:
    lobby.process.dispatch(ServiceTapped("", service))
    lobby.until_screen("ticket")


def whole_visit(lobby: MemoryLobby) -> None:
    """Card, greeting, number, form, and done, pressing what the screens offer."""
    lobby.reader.lay(replace(HUONG))
    lobby.until_screen("enter_can")
    hand = Journey(lobby.state)
    hand.happens = lambda event: (lobby.process.dispatch(event), setattr(hand, "state", lobby.state), hand)[2]
    hand.digits("001234").press("Đọc căn cước")
    lobby.until_screen("services")
    lobby.until(lambda: lobby.state.services is not None)
    takes_number(lobby)
    hand.state = lobby.state
    hand.opens_form().answers_everything().to_last_page().press("Xác nhận và gửi tờ khai")
    lobby.until_screen("form_done")


def test_a_whole_visit_ends_with_number_slip_and_form_at_the_centre() -> None:
    with MemoryLobby() as lobby:
        whole_visit(lobby)
        lobby.until(lambda: lobby.printer.slips)
        assert lobby.printer.slips[0].number == "B001"
        assert lobby.printer.slips[0].counters == (1, 9)
        assert lobby.centre.forms["t1"] > 20
        lobby.until(lambda: ("t1", "printed", None, False) in lobby.centre.prints)
        assert [state for _, state, _, _ in lobby.centre.prints] == ["pending", "printed"]


def left() -> list[object]:
    """Every object in memory that holds something of a person."""
    kinds = (Person, Citizen, Answer, SentAnswer, FormAnswers, CardRead, CodeScanned, ReadCard, SendForm)
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, kinds)]


def test_after_the_visit_nothing_of_the_person_is_left_in_the_process(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    of_other_tests = left()
    known = {id(thing) for thing in of_other_tests}

    def left_of_this_visit() -> list[object]:
        return [thing for thing in left() if id(thing) not in known]

    with MemoryLobby() as lobby:
        whole_visit(lobby)
        assert {type(thing) for thing in left_of_this_visit()} >= {Person, Citizen}
        lobby.reader.take()
        lobby.process.dispatch(Finish())
        lobby.until_screen("start")
        lobby.until(lambda: not left_of_this_visit(), 5)
    assert HUONG.number not in caplog.text
    assert "001234" not in caplog.text
    assert HUONG.full_name not in caplog.text


def test_a_slow_printer_holds_nobody_up() -> None:
    with MemoryLobby() as lobby:
        lobby.printer.slow = threading.Event()
        at_the_services(lobby)
        takes_number(lobby)
        began = time.monotonic()
        lobby.process.dispatch(Finish())
        assert time.monotonic() - began < 0.2
        lobby.until_screen("start")
        at_the_services(lobby)
        takes_number(lobby, "ho-tich")
        lobby.printer.slow.set()
        lobby.until(lambda: len(lobby.printer.slips) == 2)


def test_a_lost_answer_of_the_centre_gives_the_same_number() -> None:
    with MemoryLobby() as lobby:
        at_the_services(lobby)
        lobby.centre.lost_answers = 1
        takes_number(lobby)
        assert len(lobby.centre.tickets) == 1


def test_with_the_centre_gone_the_problem_is_shown_and_trying_again_works() -> None:
    with MemoryLobby() as lobby:
        at_the_services(lobby)
        lobby.centre.up = False
        lobby.process.dispatch(ServiceTapped("", "ho-tich"))
        lobby.until_screen("problem")
        assert lobby.state.screen.code is FailureCode.CENTRE_UNREACHABLE
        lobby.centre.up = True
        lobby.process.dispatch(Retry())
        lobby.until_screen("ticket")
        assert len(lobby.centre.tickets) == 1


def test_slips_that_did_not_come_out_are_printed_as_copies_when_there_is_paper_again() -> None:
    with MemoryLobby() as lobby:
        MemoryPrinter.paper = False
        at_the_services(lobby)
        takes_number(lobby)
        lobby.until(lambda: lobby.state.tickets[0].printed is PrintResult.FAILED)
        lobby.until(lambda: lobby.state.lobby.troubles.get("printer") is FailureCode.PRINTER_PAPER_OUT)
        lobby.until(lambda: ("t1", "failed", FailureCode.PRINTER_PAPER_OUT, False) in lobby.centre.prints)
        MemoryPrinter.paper = True
        lobby.until(lambda: lobby.printer.slips)
        assert lobby.printer.slips[0].copy
        lobby.until(lambda: lobby.state.tickets[0].printed is PrintResult.PRINTED)
        lobby.until(lambda: ("t1", "printed", None, True) in lobby.centre.prints)
        time.sleep(0.3)
        assert len(lobby.printer.slips) == 1


def test_a_slip_that_perhaps_came_out_before_a_power_cut_is_not_printed_again() -> None:
    with MemoryLobby() as before:
        at_the_services(before)
        takes_number(before)
        before.until(lambda: before.printer.slips)
        centre = before.centre
        before.until(lambda: centre.tickets["t1"].print.state == "printed")
    centre.report_print("t1", "pending")  # as if the power had gone before the printer's answer was told
    with MemoryLobby(centre) as after:
        after.until(lambda: centre.tickets["t1"].print.state == "unknown")
        time.sleep(0.2)
        assert after.printer.slips == []


def test_a_scanned_card_code_is_understood_and_any_other_is_not() -> None:
    with MemoryLobby() as lobby:
        lobby.scanner.callback("https://example.org")
        lobby.until_screen("start")
        lobby.scanner.callback(PRINTED_QR)
        lobby.until_screen("services")
        assert lobby.state.person is not None
        assert lobby.state.person.proof is None


def test_family_names_of_the_chip_are_not_kept() -> None:
    with MemoryLobby() as lobby:
        lobby.scanner.callback(PRINTED_QR)
        lobby.until_screen("services")
        lobby.reader.lay(replace(HUONG))
        lobby.until(lambda: lobby.state.person and lobby.state.person.proof)
        assert lobby.state.person.citizen.father is None


def test_a_card_laid_on_and_taken_off_is_noticed() -> None:
    with MemoryLobby() as lobby:
        lobby.reader.lay(replace(HUONG))
        lobby.until_screen("enter_can")
        assert lobby.state.lobby.card
        lobby.reader.take()
        lobby.until(lambda: not lobby.state.lobby.card)
        assert not lobby.state.lobby.card


def test_the_centre_hears_of_every_device_and_of_the_machine() -> None:
    with MemoryLobby() as lobby:
        names = {"card_reader", "printer", "scanner", "kiosk_screen", "kiosk"}
        lobby.until(lambda: {name for name, _, _ in lobby.centre.reports} == names)
        MemoryPrinter.paper = False
        lobby.until(
            lambda: ("printer", "needs_attention", FailureCode.PRINTER_PAPER_OUT) in lobby.centre.reports
        )


def test_a_test_asked_by_staff_is_done_by_the_device() -> None:
    with MemoryLobby() as lobby:
        request = lobby.centre.asks("card_reader", "test")
        lobby.until(lambda: request in lobby.centre.answers)
        assert lobby.centre.answers[request] == (True, (("reader", "Memory 00 00"),), None)


def test_what_is_asked_of_another_kiosk_is_left_to_it() -> None:
    with MemoryLobby() as lobby:
        other = lobby.centre.asks("card_reader", "test", machine="kiosk-2")
        own = lobby.centre.asks("card_reader", "test")
        lobby.until(lambda: own in lobby.centre.answers)
        assert other not in lobby.centre.answers, "it came first, and one after the other is answered"


def test_with_the_digits_of_a_card_the_readers_test_reads_it() -> None:
    with MemoryLobby() as lobby:
        lobby.until(lambda: "card_reader" in lobby.made)
        lobby.reader.lay(HUONG)
        right = lobby.centre.asks("card_reader", "test", can=HUONG.number[-6:])
        lobby.until(lambda: right in lobby.centre.answers)
        assert lobby.centre.answers[right] == (
            True, (("reader", "Memory 00 00"), ("access", INTACT.access)), None,
        )  # fmt: skip
        assert lobby.centre.secrets == {}
        wrong = lobby.centre.asks("card_reader", "test", can="000000")
        lobby.until(lambda: wrong in lobby.centre.answers)
        assert lobby.centre.answers[wrong][2] is FailureCode.CARD_CAN_WRONG
        assert lobby.process.devices.test("card_reader", HUONG.number[-6:]).passed


def test_a_card_laid_down_for_staff_leaves_no_visit_behind() -> None:
    with MemoryLobby() as lobby:
        lobby.until(lambda: "card_reader" in lobby.made)
        lobby.reader.lay(HUONG)
        lobby.until_screen("enter_can")
        lobby.process.end_visit()
        lobby.until_screen("start")
        assert lobby.state.lobby.card_left, "whoever comes is told that a card still lies there"
        lobby.reader.take()
        lobby.until(lambda: not lobby.state.lobby.card_left)


def test_settings_are_taken_over_only_when_the_device_answers_with_them() -> None:
    with MemoryLobby() as lobby:
        bad = lobby.centre.asks("card_reader", "set", {"reader": "gone"})
        lobby.until(lambda: bad in lobby.centre.answers)
        assert lobby.centre.answers[bad][0] is False
        assert lobby.centre.answers[bad][2] is FailureCode.READER_NOT_FOUND
        assert lobby.process.devices.worker("card_reader").device.settings.reader == "*"
        wrong = lobby.centre.asks("printer", "set", {"paper_mm": 70})
        lobby.until(lambda: wrong in lobby.centre.answers)
        assert lobby.centre.answers[wrong][2] is FailureCode.DEVICE_SETTING_INVALID
        good = lobby.centre.asks("card_reader", "set", {"reader": "Memory"})
        lobby.until(lambda: good in lobby.centre.answers)
        lobby.until(lambda: lobby.process.devices.worker("card_reader").device.settings.reader == "Memory")


def test_an_error_of_the_window_wipes_the_visit_and_says_so() -> None:
    with MemoryLobby() as lobby:
        at_the_services(lobby)
        takes_number(lobby)
        lobby.process.crashed()
        lobby.until_screen("problem")
        assert lobby.state.tickets == ()
        assert lobby.state.screen.code is FailureCode.UNEXPECTED


def test_time_alone_does_not_redraw_the_window() -> None:
    a_minute_begins = datetime(2026, 11, 23, 1, 0, tzinfo=UTC) - timedelta(seconds=time.monotonic())
    with MemoryLobby(now=lambda: a_minute_begins + timedelta(seconds=time.monotonic())) as lobby:
        lobby.until(lambda: lobby.process.state.services is not None)  # the start screen asks what is open
        lobby.until_quiet()
        before = lobby.changes
        time.sleep(1.2)
        assert lobby.changes == before


def test_an_address_too_long_for_a_slip_is_a_failure_and_not_a_wait_for_ever() -> None:
    with MemoryLobby() as lobby:
        lobby.centre.follow_url = "http://127.0.0.1/" + "x" * 400
        at_the_services(lobby)
        takes_number(lobby)
        lobby.until(lambda: lobby.state.tickets[0].printed is PrintResult.FAILED)
