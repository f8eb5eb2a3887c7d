"""The form: refused, left, corrected, not arrived."""

from __future__ import annotations

from journey import HUONG, Journey

from kiosk.failures import FailureCode
from kiosk.visit.effects import SendForm


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
