"""What a citizen meets when something fails, when they change their mind, and when they just walk away."""

from __future__ import annotations

import pytest
from journey import ALTERED, FORGED, HUONG, PAO, SERVICES, Journey

from kiosk.failures import FailureCode, words
from kiosk.identity.access_keys import AccessKeys
from kiosk.visit.effects import IssueTicket, LoadServices, PrintSlip, ReadCard, SendForm, Wipe
from kiosk.visit.events import (
    CardRead,
    CardRefused,
    CardRemoved,
    CodeScanned,
    DeviceChanged,
    ForeignCodeScanned,
    PrintResult,
    ScreenTouched,
    ServicesFailed,
    ServiceTapped,
    SlipPrintedLater,
    Tick,
    TicketIssued,
)
from kiosk.visit.flow import NO_CHIP_SEEN_SECONDS
from kiosk.visit.states import Question

# -- the card ------------------------------------------------------------------------------------------------


def test_wrong_six_digits_lead_back_to_the_number_pad_with_the_reason() -> None:
    kiosk = Journey().lays_card().digits("111111").press("Đọc căn cước")
    kiosk.card_fails(FailureCode.CARD_CAN_WRONG).expect("enter_can")
    assert "không khớp với thẻ" in kiosk.screen.message.text
    assert kiosk.screen.boxes == ("", "", "", "", "", "")
    kiosk.digits("001234").press("Đọc căn cước").card_is_read().expect("services")


def test_a_card_lifted_to_look_at_its_number_loses_nothing() -> None:
    kiosk = Journey().lays_card().digits("00").takes_card().expect("enter_can")
    assert "đặt thẻ lại" in kiosk.screen.message.text
    kiosk.lays_card().digits("1234").press("Đọc căn cước").expect("reading")


@pytest.mark.parametrize(
    "code",
    [
        FailureCode.CARD_IS_BANK_CARD,
        FailureCode.CARD_IS_TRANSPORT_CARD,
        FailureCode.CARD_IS_PHONE,
        FailureCode.CARDS_TWO,
        FailureCode.CARD_NOT_SUPPORTED,
    ],
)
def test_a_wrong_card_is_named_before_any_digit_is_typed(code: FailureCode) -> None:
    kiosk = Journey().happens(CardRefused(code)).expect("problem")
    assert kiosk.screen.title == words()[code].citizen_what
    assert words()[code].citizen_do in kiosk.texts()
    kiosk.happens(CardRemoved()).expect("problem")
    kiosk.lays_card().expect("enter_can")
    assert kiosk.count(ReadCard) == 0


def test_a_wrong_card_does_not_end_the_visit_of_somebody_who_has_a_number() -> None:
    kiosk = Journey().with_card()
    kiosk.takes_card().happens(CardRefused(FailureCode.CARD_IS_BANK_CARD)).expect("services")
    kiosk.takes_number()


def test_a_card_on_which_no_chip_is_ever_seen_is_explained() -> None:
    kiosk = Journey().lays_card().takes_card().digits("001234").press("Đọc căn cước").expect("enter_can")
    kiosk.happens(Tick(kiosk.state.now, NO_CHIP_SEEN_SECONDS + 1)).expect("enter_can")
    assert "không gắn chip" in kiosk.screen.message.text
    kiosk.lays_card().expect("reading")


def test_a_card_pulled_while_reading_is_a_failure_with_a_name_and_reads_again_when_laid_back() -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").takes_card().expect("problem")
    assert kiosk.screen.title == words()[FailureCode.CARD_REMOVED_EARLY].citizen_what
    assert kiosk.screen.primary.label == "Đọc lại"
    kiosk.card_fails(FailureCode.CARD_REMOVED_EARLY).expect("problem")  # the driver says it too, later
    kiosk.lays_card().expect("reading")
    assert kiosk.count(ReadCard) == 2
    kiosk.card_is_read().expect("services")


def test_the_late_end_of_a_broken_reading_does_not_disturb_the_next() -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").takes_card().lays_card()
    first = next(effect for effect in kiosk.asked if isinstance(effect, ReadCard))
    kiosk.happens(CardRead(first.visit, first.attempt, PAO, ALTERED)).expect("reading")
    kiosk.card_is_read().expect("services")
    assert kiosk.screen.greeting.endswith("Hường")


def test_a_card_taken_away_after_reading_ends_nothing() -> None:
    kiosk = Journey().with_card().takes_card().expect("services")
    assert kiosk.screen.greeting == "Kính chào bà Hường"
    kiosk.takes_number().press("Xong").wiped()


@pytest.mark.parametrize(
    ("proof", "code"),
    [(ALTERED, FailureCode.CARD_DATA_ALTERED), (FORGED, FailureCode.CHIP_SIGNATURE_INVALID)],
)
def test_a_tampered_card_fills_nothing_in_but_a_number_is_given(proof: object, code: FailureCode) -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").card_is_read(HUONG, proof)
    kiosk.expect("problem")
    assert kiosk.screen.code == code
    assert kiosk.state.person is None
    assert HUONG.full_name not in kiosk.texts()
    assert kiosk.screen.primary.label == "Lấy số không cần căn cước"
    kiosk.press("Lấy số không cần căn cước").services_come().takes_number("Hộ tịch")


def test_a_card_whose_number_is_not_that_of_its_printed_code_is_not_used() -> None:
    kiosk = Journey().lays_card().scans().expect("reading").card_is_read(PAO).expect("problem")
    assert kiosk.screen.code == FailureCode.CARD_NUMBERS_DISAGREE
    assert kiosk.state.person is None


@pytest.mark.parametrize(
    "code",
    [
        FailureCode.CARD_NOT_SUPPORTED,
        FailureCode.CARD_ACCESS_REFUSED,
        FailureCode.CARD_CHANNEL_BROKEN,
        FailureCode.CARD_DATA_UNREADABLE,
        FailureCode.CARD_DATA_ALTERED,
        FailureCode.CHIP_SIGNATURE_INVALID,
        FailureCode.READER_NOT_FOUND,
        FailureCode.READER_SERVICE_DOWN,
        FailureCode.UNEXPECTED,
    ],
)
def test_whatever_fails_at_the_card_the_citizen_can_go_on(code: FailureCode) -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").card_fails(code).expect("problem")
    assert kiosk.screen.title
    assert kiosk.screen.what_to_do
    kiosk.press(kiosk.screen.primary.label)
    if code is not FailureCode.UNEXPECTED and kiosk.view.name == "services":
        kiosk.services_come().takes_number("Hộ tịch")


def test_a_card_swapped_during_the_visit_ends_it() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything()
    kiosk.takes_card().expect("check_answers").lays_card().expect("reading")
    assert kiosk.last(ReadCard).keys.can == HUONG.number[-6:]
    kiosk.card_fails(FailureCode.CARD_CAN_WRONG).expect("enter_can")
    assert "không phải thẻ ban đầu" in kiosk.screen.message.text
    assert kiosk.state.person is None
    assert kiosk.state.form is None
    assert kiosk.count(Wipe) == 1


def test_the_same_card_laid_back_goes_on_where_it_was() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().press("Cho chính tôi")
    before = kiosk.state.screen
    kiosk.takes_card().lays_card().expect("reading").card_is_read().expect("question")
    assert kiosk.state.screen == before


def test_another_chip_with_the_same_last_digits_is_a_swap_too() -> None:
    kiosk = Journey().with_card().takes_card().lays_card().expect("reading").card_is_read(PAO)
    kiosk.expect("enter_can")
    assert kiosk.state.person is None


def test_a_card_left_on_the_reader_is_asked_for_until_it_is_taken() -> None:
    kiosk = Journey().with_card().takes_number("Hộ tịch")
    assert kiosk.screen.card_reminder.text == "Xin ông/bà nhớ lấy lại căn cước."
    kiosk.press("Xong").wiped()
    assert kiosk.screen.card_left
    assert kiosk.screen.action == "Xin ông/bà lấy lại căn cước"
    kiosk.wait(200).expect("start")  # no clips hide the reminder
    kiosk.takes_card().expect("start")
    assert not kiosk.screen.card_left
    kiosk.lays_card().expect("enter_can")


def test_a_stopped_reading_is_forgotten() -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").press("Dừng lại").expect("start")
    kiosk.card_is_read().expect("start")
    assert kiosk.state.person is None


def test_a_code_that_is_no_cards_is_said_to_be_so() -> None:
    kiosk = Journey().lays_card().happens(ForeignCodeScanned()).expect("enter_can")
    assert kiosk.screen.message.text == "Mã vừa quét không phải mã trên thẻ căn cước."


def test_a_second_code_does_not_change_who_stands_there() -> None:
    kiosk = Journey().with_card()
    kiosk.happens(CodeScanned(PAO, AccessKeys.from_number(PAO.number))).expect("services")
    assert kiosk.screen.greeting == "Kính chào bà Hường"


def test_a_reader_out_of_order_is_said_on_the_start_screen() -> None:
    kiosk = Journey().happens(DeviceChanged("card_reader", FailureCode.READER_NOT_FOUND))
    assert not kiosk.screen.card_wanted
    assert "Đầu đọc căn cước đang tạm nghỉ" in kiosk.screen.messages[0].text
    kiosk.happens(DeviceChanged("card_reader", None))
    assert kiosk.screen.card_wanted
    assert kiosk.screen.messages == ()


# -- number, printer, centre ---------------------------------------------------------------------------------


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


# -- the form ------------------------------------------------------------------------------------------------


def test_refusing_the_form_keeps_the_number_and_is_not_asked_again() -> None:
    kiosk = Journey().with_card().takes_number().press("Điền tờ khai luôn tại đây")
    kiosk.press("Không, tôi khai tại quầy").expect("ticket")
    assert "Điền tờ khai luôn tại đây" not in kiosk.labels()
    assert kiosk.state.form is None
    kiosk.press("Xong").wiped()
    assert kiosk.count(SendForm) == 0


def test_nothing_is_filled_in_before_the_tap_of_consent() -> None:
    kiosk = Journey().with_card().takes_number().press("Điền tờ khai luôn tại đây").expect("offer_form")
    assert kiosk.state.form is None
    assert HUONG.number not in kiosk.texts()
    headings = [line.heading for line in kiosk.screen.notice]
    assert headings == ["Ai dùng", "Để làm gì", "Giữ bao lâu", "Quyền của ông/bà", "Hỏi thêm"]


def test_leaving_the_form_keeps_the_number_and_forgets_the_answers() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().choose("Cho chính tôi").press("Bỏ tờ khai")
    kiosk.expect("ticket")
    assert kiosk.state.form is None


def test_back_leads_through_the_questions_to_the_offer() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().choose("Cho chính tôi")
    kiosk.press("Quay lại").expect("question")
    assert kiosk.screen.options[0].chosen
    kiosk.press("Quay lại").expect("offer_form")
    kiosk.press("Đồng ý, điền tờ khai").press("Cho con tôi")


def test_a_wrong_answer_is_said_in_words_and_what_was_typed_stays() -> None:
    kiosk = Journey().without_card().takes_number().opens_form()
    kiosk.keys(*"mai").press("Tiếp tục").digits("31021960").press("Tiếp tục").expect("question")
    assert kiosk.screen.message.text.startswith("Ngày này không có trong lịch.")
    assert kiosk.screen.entry == "31 / 02 / 1960"
    kiosk.press("⌫")
    assert kiosk.screen.message is None


def test_tomorrow_is_no_birthday() -> None:
    kiosk = Journey().without_card().takes_number().opens_form().keys(*"mai").press("Tiếp tục")
    kiosk.digits("24112026").press("Tiếp tục")
    assert kiosk.screen.message.text == "Ngày này chưa tới."


def test_an_answer_that_changes_what_is_asked_brings_the_new_questions() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything()
    while all(line.label != "Tình trạng hôn nhân" for line in kiosk.screen.lines):
        kiosk.press("Xem trang tiếp")
    line = next(line for line in kiosk.screen.lines if line.label == "Tình trạng hôn nhân")
    kiosk.happens(line.change.event).choose("Đã ly hôn, chưa kết hôn lại").expect("question")
    assert kiosk.screen.title == "Tòa án nào đã giải quyết ly hôn?"
    kiosk.press("Bỏ qua").press("Bỏ qua").press("Bỏ qua").expect("check_answers")


def test_a_rule_between_answers_is_explained_on_the_check_page() -> None:
    kiosk = Journey().with_card().takes_number().opens_form()
    kiosk.choose("Cho chính tôi").choose("Chưa đăng ký kết hôn với ai").choose("Một nơi cư trú trước đây")
    kiosk.keys(*"xa").press("Tiếp tục").digits("01012020").press("Tiếp tục")
    kiosk.digits("01012010").press("Tiếp tục").choose("Vay vốn ngân hàng").choose("Chưa, đây là lần đầu")
    kiosk.choose("Đến trung tâm lấy").digits("1").press("Tiếp tục").press("Bỏ qua").to_last_page()
    kiosk.press("Xác nhận và gửi tờ khai").expect("check_answers")
    assert kiosk.count(SendForm) == 0
    broken = [line.problem for line in kiosk.screen.lines if line.problem]
    assert broken == ["Ngày này phải sau mục “Cư trú từ ngày”."]


def test_a_form_that_does_not_arrive_keeps_its_answers_for_another_try() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything().to_last_page()
    kiosk.press("Xác nhận và gửi tờ khai").form_fails(FailureCode.CENTRE_UNREACHABLE).expect("problem")
    assert kiosk.screen.number == "B001"
    assert "Các câu đã trả lời vẫn còn." in kiosk.screen.kept
    kiosk.press("Xem lại tờ khai").expect("check_answers").to_last_page()
    kiosk.press("Xác nhận và gửi tờ khai").form_fails(FailureCode.CENTRE_UNREACHABLE).press("Thử lại")
    kiosk.form_arrives().expect("form_done")
    assert kiosk.count(SendForm) == 3


def test_a_form_whose_number_was_called_meanwhile_is_let_go() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything().to_last_page()
    kiosk.press("Xác nhận và gửi tờ khai").form_fails(FailureCode.TICKET_STATE_WRONG).expect("problem")
    assert kiosk.state.form is None
    kiosk.press(kiosk.screen.primary.label).expect("ticket")


def test_sending_twice_sends_once() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything().to_last_page()
    confirm = kiosk.screen.confirm.event
    kiosk.happens(confirm).happens(confirm)
    assert kiosk.count(SendForm) == 1


# -- walking away --------------------------------------------------------------------------------------------


def test_whoever_walks_away_is_warned_and_then_wiped() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything()
    kiosk.wait(59)
    assert kiosk.view.overlay is None
    kiosk.wait(1)
    assert kiosk.view.overlay.seconds == 30
    kiosk.wait(29)
    assert kiosk.view.overlay.seconds == 1
    kiosk.wait(1).wiped()


def test_the_warning_leaves_at_least_twenty_seconds_and_one_tap_stays() -> None:
    kiosk = Journey().with_card().wait(80)
    assert kiosk.view.overlay.seconds == 10
    kiosk.press("Tôi còn ở đây")
    assert kiosk.view.overlay is None
    kiosk.wait(59)
    assert kiosk.view.overlay is None


def test_under_the_warning_nothing_else_can_be_pressed() -> None:
    kiosk = Journey().without_card()
    tap = kiosk.screen.cards[0].button.event
    kiosk.wait(70).happens(ScreenTouched()).happens(tap)
    assert kiosk.view.overlay is not None
    assert kiosk.count(IssueTicket) == 0
    kiosk.press("Kết thúc").wiped()


def test_a_touch_anywhere_starts_the_idle_time_anew() -> None:
    kiosk = Journey().without_card().wait(50).happens(ScreenTouched()).wait(50)
    assert kiosk.view.overlay is None


def test_no_idle_time_runs_while_the_kiosk_itself_is_slow() -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").wait(55).expect("reading")
    assert kiosk.view.overlay is None
    kiosk.wait(10).expect("problem")
