"""A number when a tap comes twice, the centre is late or silent, a service closed, the printer troubled."""

from __future__ import annotations

import pytest
from journey import SERVICES, Journey

from kiosk.failures import FailureCode
from kiosk.visit.effects import IssueTicket, LoadServices, PrintSlip
from kiosk.visit.events import (
    DeviceChanged,
    PrintResult,
    ServicesFailed,
    ServiceTapped,
    SlipPrintedLater,
    TicketIssued,
)
from kiosk.visit.states import Question


def test_tapping_twice_issues_once() -> None:
    kiosk = Journey().without_card()
    tap = kiosk.screen.cards[0].button.event
    other = kiosk.screen.cards[1].button.event
    kiosk.happens(tap).happens(tap).happens(other).number_comes().expect("ticket")
    kiosk.happens(tap).happens(other).expect("ticket")
    assert kiosk.count(IssueTicket) == 1
    assert kiosk.count(PrintSlip) == 1


def test_the_second_half_of_a_double_tap_does_not_answer_the_next_question() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().press("Cho chính tôi")
    proceed = kiosk.screen.proceed.event
    kiosk.happens(proceed).happens(proceed)
    assert kiosk.state.screen == Question("nxnTinhTrangHonNhan")


def test_an_answer_given_twice_prints_once() -> None:
    kiosk = Journey().without_card().press("Hộ tịch").number_comes()
    asked = kiosk.last(IssueTicket)
    ticket = kiosk.state.tickets[0].ticket
    kiosk.happens(TicketIssued(asked.visit, asked.key, ticket))
    assert kiosk.count(PrintSlip) == 1


def test_no_answer_from_the_centre_is_asked_again_with_the_same_key() -> None:
    kiosk = Journey().without_card().press("Hộ tịch").number_refused(FailureCode.CENTRE_UNREACHABLE)
    kiosk.expect("problem").press("Thử lại").expect("services")
    first, second = [effect for effect in kiosk.asked if isinstance(effect, IssueTicket)]
    assert first.key == second.key
    kiosk.number_comes().expect("ticket")


def test_a_number_that_comes_late_is_still_shown_and_printed() -> None:
    kiosk = Journey().without_card().press("Hộ tịch").wait(61).expect("problem")
    assert kiosk.screen.code == FailureCode.CENTRE_UNREACHABLE
    kiosk.number_comes().expect("ticket")
    assert kiosk.count(PrintSlip) == 1


def test_a_number_for_a_visit_that_is_over_is_dropped() -> None:
    kiosk = Journey().without_card().press("Hộ tịch").number_refused(FailureCode.CENTRE_UNREACHABLE)
    kiosk.press("Kết thúc").wiped().number_comes().expect("start")
    assert kiosk.state.tickets == ()


def test_a_service_that_closed_meanwhile_is_shown_closed() -> None:
    kiosk = Journey().without_card().press("Hộ tịch").number_refused(FailureCode.SERVICE_CLOSED)
    kiosk.expect("services")
    assert kiosk.count(LoadServices) == 2
    assert kiosk.screen.message is not None


def test_a_closed_service_cannot_be_taken_and_says_when_it_opens() -> None:
    kiosk = Journey().without_card()
    assert kiosk.screen.cards[2].badge == "Mở lại lúc 13\u00a0giờ\u00a030"
    assert not kiosk.screen.cards[2].button.enabled
    kiosk.happens(ServiceTapped(kiosk.view.key, "dat-dai"))
    assert kiosk.count(IssueTicket) == 0


def test_with_the_centre_gone_the_citizen_is_told_and_can_try_again() -> None:
    kiosk = Journey().press("Lấy số")
    kiosk.happens(ServicesFailed(kiosk.state.visit, FailureCode.CENTRE_UNREACHABLE)).expect("problem")
    kiosk.press("Thử lại").expect("services").services_come()
    assert len(kiosk.screen.cards) == len(SERVICES)


def test_the_services_are_kept_up_to_date_while_they_are_shown() -> None:
    kiosk = Journey().without_card().wait(50)
    assert kiosk.count(LoadServices) == 4


def test_out_of_paper_the_number_stays_on_the_screen_and_the_copy_is_announced() -> None:
    kiosk = Journey().without_card().press("Hộ tịch").number_comes()
    kiosk.slip(PrintResult.FAILED, FailureCode.PRINTER_PAPER_OUT).expect("ticket")
    assert kiosk.screen.printing.tone == "trouble"
    assert "Máy in hết giấy." in kiosk.screen.printing.text
    assert kiosk.screen.number == "B001"
    assert kiosk.screen.follow_url
    kiosk.happens(SlipPrintedLater("t1"))
    assert kiosk.screen.printing.text == "Phiếu đã in. Mời ông/bà lấy phiếu."


@pytest.mark.parametrize("result", [PrintResult.UNCONFIRMED, PrintResult.UNKNOWN])
def test_a_slip_that_is_perhaps_printed_is_not_called_printed(result: PrintResult) -> None:
    kiosk = Journey().without_card().press("Hộ tịch").number_comes().slip(result)
    assert kiosk.screen.printing.tone == "wait"
    assert "Nếu không thấy phiếu" in kiosk.screen.printing.text


def test_a_printer_out_of_order_is_said_before_anyone_begins() -> None:
    kiosk = Journey().happens(DeviceChanged("printer", FailureCode.PRINTER_PAPER_OUT))
    assert kiosk.screen.messages[0].text == "Máy in hết giấy. Số của ông/bà sẽ hiện trên màn hình."
