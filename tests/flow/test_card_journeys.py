"""Cards that are wrong, pulled away, swapped or left lying, and codes that are no card's."""

from __future__ import annotations

import pytest
from journey import ALTERED, FORGED, HUONG, PAO, Journey

from kiosk.failures import FailureCode, words
from kiosk.identity.access_keys import AccessKeys
from kiosk.visit.effects import ReadCard, Wipe
from kiosk.visit.events import (
    CardInserted,
    CardRead,
    CardRefused,
    CardRemoved,
    CodeScanned,
    ComfortTapped,
    DeviceChanged,
    Event,
    ForeignCodeScanned,
    HelpTapped,
    LanguagesTapped,
    Tick,
)
from kiosk.visit.flow import NO_CHIP_SEEN_SECONDS


def test_wrong_six_digits_lead_back_to_the_number_pad_with_the_reason() -> None:
    kiosk = Journey().lays_card().digits("111111").press("Đọc căn cước")
    kiosk.card_fails(FailureCode.CARD_CAN_WRONG).expect("enter_can")
    assert "không khớp với thẻ" in kiosk.screen.message.text
    assert kiosk.screen.boxes == ("", "", "", "", "", "")
    kiosk.digits("001234").press("Đọc căn cước").card_is_read().expect("services")


@pytest.mark.parametrize("panel", [LanguagesTapped(), ComfortTapped(), HelpTapped()])
def test_a_card_laid_down_under_an_open_panel_is_answered_in_sight(panel: Event) -> None:
    kiosk = Journey().happens(panel)
    assert kiosk.view.overlay is not None
    kiosk.happens(CardInserted()).expect("enter_can")
    assert kiosk.view.overlay is None


def test_the_same_card_laid_back_leaves_the_panel_open() -> None:
    kiosk = Journey().with_card().happens(CardRemoved()).happens(ComfortTapped())
    assert kiosk.happens(CardInserted()).view.overlay is not None


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
