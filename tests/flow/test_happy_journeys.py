"""What a citizen can do when everything works."""

from __future__ import annotations

from dataclasses import replace

import pytest
from journey import FORM, HUONG, INTACT, NOW, PAO, Journey, form

from kiosk.eforms.rules import problems
from kiosk.identity.card_proof import CardProof, Chain, ChipProof
from kiosk.identity.citizen import Source
from kiosk.visit.effects import IssueTicket, PrintSlip, ReadCard, SendForm
from kiosk.visit.events import PrintResult, ScreenTouched


def test_with_the_card_the_kiosk_greets_by_name_and_says_what_was_proven() -> None:
    kiosk = Journey().with_card()
    assert kiosk.screen.greeting == "Kính chào bà Hường"
    assert kiosk.screen.proven.text == (
        "Đã đọc chip, thông tin khớp với chữ ký trên chip. Chưa xác nhận được nơi cấp."
    )
    assert kiosk.last(ReadCard).keys.can == "001234"


@pytest.mark.parametrize(
    ("proof", "says"),
    [
        (INTACT, "Chưa xác nhận được nơi cấp."),
        (
            replace(INTACT, chain=Chain.ISSUER_UNKNOWN, chip_authentication=ChipProof.PASSED),
            "Chưa xác nhận được nơi cấp.",
        ),
        (replace(INTACT, chain=Chain.TRUSTED), "khớp với chữ ký của cơ quan cấp."),
        (
            replace(INTACT, chain=Chain.TRUSTED, chip_authentication=ChipProof.PASSED),
            "Đã kiểm tra chip và thông tin: đúng là thẻ do cơ quan cấp.",
        ),
    ],
)
def test_the_citizen_reads_no_more_than_was_proven(proof: CardProof, says: str) -> None:
    kiosk = Journey().lays_card().digits("001234").press("Đọc căn cước").card_is_read(HUONG, proof)
    assert kiosk.expect("services").screen.proven.text.endswith(says)


def test_a_man_is_greeted_as_such() -> None:
    assert Journey().with_card(PAO).screen.greeting == "Kính chào ông Páo"


def test_one_touch_gives_a_number_that_is_printed_and_shown_with_its_qr() -> None:
    kiosk = Journey().with_card().press("Hộ tịch").expect("services")
    assert [card.busy for card in kiosk.screen.cards] == [True, False, False]
    kiosk.number_comes().expect("ticket")
    assert kiosk.screen.number == "B001"
    assert kiosk.screen.counters == "Chờ gọi đến quầy 1 hoặc 9"
    assert kiosk.screen.printing.text == "Đang in phiếu…"
    assert kiosk.last(PrintSlip).ticket.number == "B001"
    kiosk.slip(PrintResult.PRINTED)
    assert kiosk.screen.printing.tone == "done"
    kiosk.press("Xong").wiped()


def test_without_a_card_a_number_takes_two_touches() -> None:
    kiosk = Journey().without_card()
    assert kiosk.screen.greeting == ""
    assert kiosk.screen.proven is None
    kiosk.takes_number("Hộ tịch").press("Xong").wiped()
    assert kiosk.count(ReadCard) == 0


def test_another_service_gets_another_number_with_another_key() -> None:
    kiosk = Journey().without_card().takes_number("Hộ tịch").press("Lấy thêm số khác").expect("services")
    kiosk.services_come().takes_number()
    assert kiosk.screen.number == "B002"
    keys = [effect.key for effect in kiosk.asked if isinstance(effect, IssueTicket)]
    assert len(set(keys)) == 2


def test_the_same_service_shows_the_number_already_taken() -> None:
    kiosk = Journey().without_card().takes_number("Hộ tịch").press("Lấy thêm số khác").services_come()
    assert kiosk.screen.cards[0].badge == "Đã có số B001"
    kiosk.press("Hộ tịch").expect("ticket")
    assert kiosk.screen.number == "B001"
    assert kiosk.count(IssueTicket) == 1
    assert kiosk.count(PrintSlip) == 1


def test_the_form_asks_only_what_the_chip_does_not_hold() -> None:
    kiosk = Journey().with_card().takes_number().opens_form()
    assert kiosk.screen.title == "Ông/bà xin giấy cho ai?"
    assert kiosk.screen.progress == "Câu 1 trong 8"
    kiosk.answers_everything()
    assert kiosk.screen.section == "Người yêu cầu"
    values = {line.label: line for line in kiosk.screen.lines}
    assert values["Họ, chữ đệm, tên"].value == "Nguyễn Thị Hường"
    assert values["Họ, chữ đệm, tên"].source == "từ chip căn cước"
    assert values["Ngày sinh"].value == "17/05/1945"
    assert kiosk.screen.page == "Trang 1 trong 3"
    assert kiosk.state.answers["kinhGui"].value == "Ủy ban nhân dân xã Thuận Hòa"
    kiosk.press("Xem trang tiếp")
    assert [line.value for line in kiosk.screen.lines[:3]] == ["Nữ", "Tày", "Việt Nam"]


def test_the_confirmed_form_goes_to_the_counter_with_consent_and_sources() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything().to_last_page()
    assert kiosk.count(SendForm) == 0
    assert "cam đoan" in kiosk.screen.declaration
    kiosk.press("Xác nhận và gửi tờ khai").expect("check_answers")
    assert kiosk.screen.sending
    sent = kiosk.last(SendForm)
    assert problems(form(), sent.answers, NOW.date()) == []
    assert sent.form.id == FORM
    assert sent.consent_at == NOW
    assert sent.answers["nxnHoTen"].value == HUONG.full_name
    assert sent.answers["nxnHoTen"].source is Source.CHIP
    assert sent.answers["nxnTinhTrangHonNhan"].source is Source.TYPED
    assert sent.answers["nycNoiCapGiayToTuyThan"].source is Source.COMPUTED
    assert sent.answers["camDoan"].value is True
    kiosk.form_arrives().expect("form_done")
    assert kiosk.state.form is None
    assert kiosk.screen.number == "B001"
    assert kiosk.screen.card_reminder is not None
    kiosk.press("Xong").wiped()


def test_an_answer_can_be_changed_from_the_check_page_and_comes_back_filled_in() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything().to_last_page()
    count = next(n for n, line in enumerate(kiosk.screen.lines) if line.label == "Số bản cần cấp")
    kiosk.happens(kiosk.screen.lines[count].change.event).expect("question")
    assert kiosk.screen.entry == "2"
    kiosk.press("Xóa hết").digits("3").press("Tiếp tục").expect("check_answers")
    assert kiosk.screen.lines[count].value == "3"


def test_a_value_of_the_chip_that_is_changed_counts_as_typed() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything()
    residence = next(line for line in _turn_to(kiosk, "Nơi cư trú") if line.label == "Nơi cư trú")
    kiosk.happens(residence.change.event).expect("question")
    assert kiosk.screen.entry == HUONG.residence
    kiosk.press("Xóa hết").keys("t", "h", "ô", "n", "space", "2").press("Tiếp tục").expect("check_answers")
    line = next(line for line in kiosk.screen.lines if line.label == "Nơi cư trú")
    assert line.value == "Thôn 2"
    assert line.source == "ông/bà nhập"
    assert kiosk.state.answers["nxnNoiCuTru"].value == "Thôn 2"


def test_for_another_person_the_block_of_that_person_is_asked() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().choose("Cho con tôi")
    assert kiosk.screen.title == "Họ và tên của người cần giấy?"
    kiosk.keys("n", "ô", "n", "g", "space", "t", "h", "i", "nang", "space", "l", "a", "n")
    assert kiosk.screen.entry == "Nông Thị Lan"
    kiosk.press("Tiếp tục").digits("008199007777").press("Tiếp tục")
    assert kiosk.screen.title == "Người cần giấy sinh ngày nào?"
    kiosk.digits("0510")
    assert kiosk.screen.entry == "05 / 10 / ____"
    kiosk.digits("1999").press("Tiếp tục").choose("Nữ")
    kiosk.keys(*"ban", "space", *"mo", "hoi").press("Tiếp tục")
    assert kiosk.state.answers["nxnNoiCuTru"].value == "Ban Mỏ"
    assert kiosk.screen.title == "Tình trạng hôn nhân của người cần giấy?"


def test_without_a_card_the_form_asks_for_the_requester_too() -> None:
    kiosk = Journey().without_card().takes_number().opens_form()
    assert kiosk.screen.title == "Họ và tên của ông/bà?"


def test_a_card_laid_down_at_the_offer_fills_the_form() -> None:
    kiosk = Journey().without_card().takes_number().press("Điền tờ khai luôn tại đây").expect("offer_form")
    kiosk.lays_card().expect("enter_can").digits("001234").press("Đọc căn cước").card_is_read()
    kiosk.expect("offer_form").press("Đồng ý, điền tờ khai").expect("question")
    assert kiosk.screen.title == "Ông/bà xin giấy cho ai?"


def test_the_printed_code_opens_the_chip_when_the_card_lies_there() -> None:
    kiosk = Journey().lays_card().expect("enter_can").scans().expect("reading")
    assert kiosk.last(ReadCard).keys.can == "001234"
    kiosk.card_is_read().expect("services")


def test_the_printed_code_alone_names_the_person_but_proves_nothing() -> None:
    kiosk = Journey().scans().expect("services").services_come()
    assert kiosk.screen.greeting == "Kính chào bà Hường"
    assert kiosk.screen.proven.text == "Thông tin lấy từ mã QR in trên thẻ, chưa được kiểm chứng."
    kiosk.takes_number().opens_form()
    assert kiosk.state.answers["nycHoTen"].source is Source.CARD_QR


def test_the_card_laid_down_after_its_code_is_read_without_typing() -> None:
    kiosk = Journey().scans().expect("services").services_come().lays_card().expect("reading")
    kiosk.card_is_read().expect("services")
    assert "chữ ký trên chip" in kiosk.screen.proven.text


def test_six_digits_first_and_the_card_afterwards() -> None:
    kiosk = Journey().lays_card().takes_card().expect("enter_can").digits("001234").press("Đọc căn cước")
    kiosk.expect("enter_can")
    assert kiosk.screen.message.text == "Đã đủ 6 số. Xin đặt căn cước lên đầu đọc."
    kiosk.lays_card().expect("reading")


def test_clips_can_be_watched_and_left() -> None:
    kiosk = Journey().press("Xem hướng dẫn").expect("clips").press("Lấy số thứ tự")
    assert kiosk.screen.playing.id == "lay-so"
    kiosk.press("Dừng xem")
    assert kiosk.screen.playing is None
    kiosk.press("Quay lại").expect("start")


def test_clips_run_by_themselves_when_nobody_comes_and_any_touch_wakes() -> None:
    kiosk = Journey().wait(91).expect("clips")
    assert kiosk.screen.attract
    first = kiosk.screen.playing
    kiosk.wait(44).happens(first.ended)
    assert kiosk.screen.playing.id == "khai-san"
    kiosk.happens(ScreenTouched()).expect("start")


def test_a_card_wakes_the_kiosk_from_its_clips() -> None:
    Journey().wait(91).expect("clips").lays_card().expect("enter_can")


def _turn_to(kiosk: Journey, label: str) -> tuple:
    """The lines of the page on which this label stands."""
    while all(line.label != label for line in kiosk.screen.lines):
        kiosk.press("Xem trang tiếp")
    return kiosk.screen.lines
