"""The queue as a citizen meets it: the wait, who goes first, a number held already, the centre silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from journey import CLASSES, HUONG, NOW, PAO, SERVICES, WAIT, Journey

from kiosk.failures import FailureCode
from kiosk.queueing.wait import WaitKind, WaitRange
from kiosk.visit.effects import IssueTicket, PrintSlip
from kiosk.visit.events import PrintResult, PriorityChosen, PriorityTapped, ServiceChoice
from kiosk.visit.states import AskPriority

QUESTION = "Ông/bà có thuộc diện được ưu tiên không?"


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def at_the_services(classes=CLASSES, **more) -> Journey:
    return Journey().press("Lấy số").services_come(SERVICES, classes, **more)


def with_card(citizen=HUONG) -> Journey:
    kiosk = Journey().with_card(citizen)
    return kiosk.services_come(SERVICES, CLASSES)


def test_the_service_that_was_touched_says_that_its_number_is_under_way() -> None:
    kiosk = at_the_services().press("Hộ tịch").expect("services")
    assert [card.waiting for card in kiosk.screen.cards if card.busy] == ["Đang lấy số…"]


# -- who goes first ------------------------------------------------------------------------------------------


def test_the_age_on_the_chip_gives_the_priority_and_nobody_is_asked() -> None:
    kiosk = with_card(HUONG).press("Hộ tịch").expect("services")
    asked: IssueTicket = kiosk.last(IssueTicket)
    assert (asked.priority.id, asked.priority.source) == ("cao-tuoi", "chip")
    assert asked.card == HUONG.number
    assert HUONG.number not in repr(asked)
    assert "cao-tuoi" not in repr(asked)


def test_nobody_is_asked_who_goes_first_while_everything_is_closed() -> None:
    closed = tuple(replace(one, open=False) for one in SERVICES)
    assert "Ưu tiên" not in Journey().press("Lấy số").services_come(closed, CLASSES).labels()


def test_who_says_nothing_gets_the_number_with_one_touch() -> None:
    kiosk = with_card(PAO).press("Hộ tịch").expect("services")
    assert kiosk.last(IssueTicket).priority is None
    assert kiosk.last(IssueTicket).card == PAO.number


def test_who_goes_first_says_so_once_a_visit_before_the_number() -> None:
    kiosk = with_card(PAO).press("Ưu tiên").expect("ask_priority")
    assert kiosk.screen.title == QUESTION
    assert [one.label for one in kiosk.screen.choices] == ["Người khuyết tật", "Người có công"]
    kiosk.press("Người có công").expect("services")
    assert kiosk.screen.message.text == "Đã ghi là ưu tiên. Mời ông/bà chọn việc."
    assert "có công" not in kiosk.texts(), "the lobby hears what is read aloud"
    for service in ("Hộ tịch", "Xác nhận tình trạng hôn nhân"):
        kiosk.press(service)
        assert kiosk.last(IssueTicket).priority.id == "co-cong"
        kiosk.number_comes().slip(PrintResult.PRINTED).press("Lấy thêm số khác")
        kiosk.services_come(SERVICES, CLASSES)
    assert kiosk.count(IssueTicket) == 2


def test_who_said_so_by_mistake_takes_it_back() -> None:
    kiosk = at_the_services().press("Ưu tiên").press("Người khuyết tật").press("Ưu tiên").press("Không")
    assert kiosk.expect("services").screen.message is None
    assert kiosk.press("Hộ tịch").last(IssueTicket).priority is None


def test_what_the_citizen_says_of_themselves_goes_with_the_number_and_not_onto_the_ticket() -> None:
    kiosk = at_the_services().press("Ưu tiên").press("Người khuyết tật").press("Hộ tịch")
    asked: IssueTicket = kiosk.last(IssueTicket)
    assert (asked.priority.id, asked.priority.source, asked.card) == ("khuyet-tat", "self", None)
    assert "declared" not in repr(kiosk.state)
    kiosk.number_comes().expect("ticket")
    assert "khuyết tật" not in kiosk.texts()
    assert "ưu tiên" not in kiosk.texts().casefold()


def test_the_voice_tells_whoever_goes_first_to_say_so_before() -> None:
    told = "Nếu thuộc diện ưu tiên, mời ông/bà chạm “Ưu tiên” trước khi chọn."
    kiosk = at_the_services()
    assert told in kiosk.screen.spoken
    assert told not in kiosk.press("Ưu tiên").press("Người có công").screen.spoken


def test_nobody_is_asked_where_no_class_may_be_named_by_oneself() -> None:
    kiosk = at_the_services(CLASSES[:1])
    assert kiosk.screen.priority is None
    assert (
        kiosk.happens(PriorityTapped()).expect("services").press("Hộ tịch").last(IssueTicket).priority is None
    )


def test_a_printed_code_proves_no_age_and_no_person() -> None:
    kiosk = Journey().scans().services_come(SERVICES, CLASSES).press("Hộ tịch")
    assert kiosk.last(IssueTicket).card is None
    assert kiosk.last(IssueTicket).priority is None


def test_back_from_the_question_takes_no_number_and_says_nothing() -> None:
    kiosk = at_the_services().press("Ưu tiên").press("Quay lại").expect("services")
    assert kiosk.count(IssueTicket) == 0
    assert kiosk.screen.message is None


def test_a_card_laid_down_at_the_question_answers_it() -> None:
    kiosk = at_the_services().press("Ưu tiên").lays_card().expect("enter_can").digits(HUONG.number[-6:])
    kiosk.press("Đọc căn cước").card_is_read(HUONG).expect("services")
    assert kiosk.screen.priority is None
    assert kiosk.press("Hộ tịch").last(IssueTicket).priority.id == "cao-tuoi"
    kiosk = at_the_services().press("Ưu tiên").lays_card().digits(PAO.number[-6:])
    kiosk.press("Đọc căn cước").card_is_read(PAO).expect("ask_priority")


def test_a_card_that_fails_at_the_question_leads_back_to_it() -> None:
    kiosk = at_the_services().press("Ưu tiên").lays_card().digits("123456").press("Đọc căn cước")
    assert isinstance(kiosk.card_fails(FailureCode.CARD_CHANNEL_BROKEN).state.screen.resume, AskPriority)
    kiosk.press("Tiếp tục không cần thẻ").expect("ask_priority")


def test_walking_away_from_the_question_wipes_the_visit() -> None:
    kiosk = with_card(PAO).press("Ưu tiên").wait(91)
    kiosk.wiped()
    assert kiosk.count(IssueTicket) == 0


def test_an_answer_for_no_offered_class_is_dropped() -> None:
    kiosk = at_the_services().press("Ưu tiên").happens(PriorityChosen("", "cao-tuoi"))
    kiosk.expect("ask_priority")


# -- a number held already -----------------------------------------------------------------------------------


def test_who_already_waits_sees_that_number_and_gets_a_copy() -> None:
    kiosk = with_card(HUONG).press("Hộ tịch").number_comes(held=True, ahead=2, wait=WAIT).expect("ticket")
    assert kiosk.screen.title == "Ông/bà đã có số này"
    assert kiosk.screen.ahead == "Còn 2 người trước"
    assert plain(kiosk.screen.wait) == "Thời gian chờ khoảng 20–30 phút"
    assert kiosk.last(PrintSlip).copy
    assert kiosk.slip(PrintResult.PRINTED).screen.printing.text == "Phiếu đã in lại. Mời ông/bà lấy phiếu."


def test_who_is_being_called_is_sent_to_the_counter() -> None:
    kiosk = with_card(HUONG).press("Xác nhận tình trạng hôn nhân")
    kiosk.number_comes(held=True, state="called", called_to=9)
    assert kiosk.screen.ahead == "Số này đang được gọi. Mời ông/bà đến quầy 9."
    assert kiosk.screen.wait == ""
    assert kiosk.screen.proceed.label == "Xong", "there is no time for a form"


# -- the centre silent ---------------------------------------------------------------------------------------


def test_a_number_given_without_the_centre_says_so_and_promises_nothing() -> None:
    kiosk = at_the_services((), offline=True)
    assert kiosk.screen.message.text == "Máy đang mất kết nối với trung tâm. Ông/bà vẫn lấy được số."
    assert "chờ" not in " ".join(card.waiting for card in kiosk.screen.cards)
    kiosk.press("Xác nhận tình trạng hôn nhân").number_comes(offline=True, follow_url="", wait=WAIT)
    shown = kiosk.screen
    assert shown.note.text.startswith("Số cấp khi mất mạng.")
    assert shown.ahead == "Chưa biết còn bao nhiêu người trước"
    assert (shown.wait, shown.follow_url, shown.qr_hint) == ("", "", "")
    assert "Điền tờ khai luôn tại đây" not in kiosk.labels(), "the centre does not know the number yet"


def test_a_used_up_block_sends_to_the_counter() -> None:
    kiosk = at_the_services((), offline=True).press("Hộ tịch")
    kiosk.number_refused(FailureCode.OFFLINE_NUMBERS_USED_UP).expect("problem")
    assert "gặp cán bộ tại quầy" in kiosk.screen.what_to_do


# -- closed, and for how long --------------------------------------------------------------------------------


def closed(reason: str, words: str = "", opens: timedelta | None = None, now=NOW) -> str:
    choice = ServiceChoice(
        "dat-dai", "Đất đai", open=False, closed_reason=reason, closed_words=words,
        opens_at=None if opens is None else now + opens,
    )  # fmt: skip
    kiosk = Journey()
    kiosk.state = replace(kiosk.state, now=now)
    kiosk.press("Lấy số").services_come((choice,))
    assert not kiosk.screen.cards[0].button.enabled
    return plain(kiosk.screen.cards[0].badge)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (("hours", "", timedelta(hours=5)), "Mở lại lúc 13 giờ 30"),
        (("hours", ""), "Đang nghỉ"),
        (("holiday", "Tết Nguyên đán", timedelta(days=8)), "Nghỉ: Tết Nguyên đán. Mở lại 8 giờ 30 ngày 1/12"),
        (("last_ticket", "", timedelta(hours=5)), "Hết số của buổi này. Mở lại lúc 13 giờ 30"),
        (("full", "", timedelta(days=1)), "Hôm nay đã đủ người. Mở lại 8 giờ 30 thứ ba"),
        (
            ("stopped", "Mất điện tại quầy. Mời trở lại sau 15 giờ."),
            "Mất điện tại quầy. Mời trở lại sau 15 giờ",
        ),
        (("stopped", ""), "Tạm ngừng phát số"),
        (("used_up", ""), "Mời ông/bà gặp cán bộ tại quầy để nhận số"),
        (("a reason nobody knows", ""), "Đang nghỉ"),
    ],
)
def test_a_closed_service_says_why_and_until_when(told, shown) -> None:
    assert closed(*told) == shown


def test_the_break_around_noon_is_lunch() -> None:
    noon = NOW.replace(hour=11, minute=45)
    assert closed("hours", "", timedelta(hours=1, minutes=45), noon) == "Nghỉ trưa. Mở lại lúc 13 giờ 30"


@pytest.mark.parametrize(
    "code",
    [
        FailureCode.SERVICE_CLOSED,
        FailureCode.LAST_TICKET_GONE,
        FailureCode.SERVICE_FULL,
        FailureCode.SERVICE_STOPPED,
    ],
)
def test_a_service_that_closed_meanwhile_leads_back_to_the_list(code) -> None:
    kiosk = at_the_services(()).press("Hộ tịch").number_refused(code).expect("services")
    assert kiosk.screen.message is not None


# -- the wait ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wait", "shown"),
    [
        (WaitRange(None, 5, WaitKind.UNDER), "3 người chờ, dưới 5 phút"),
        (WaitRange(20, 30, WaitKind.RANGE), "3 người chờ, khoảng 20–30 phút"),
        (WaitRange(50, 90, WaitKind.RANGE), "3 người chờ, khoảng 50 phút đến 1 giờ 30 phút"),
        (WaitRange(120, None, WaitKind.OVER), "3 người chờ, hơn 2 giờ"),
        (WaitRange(None, None, WaitKind.UNKNOWN), "3 người chờ"),
        (None, "3 người chờ"),
    ],
)
def test_the_wait_is_told_as_a_range(wait, shown) -> None:
    kiosk = at_the_services(())
    kiosk.services_come((replace(SERVICES[0], wait=wait),))
    assert plain(kiosk.screen.cards[0].waiting) == shown
