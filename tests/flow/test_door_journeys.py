"""The doors of the start screen: numbers by a touch, given back, with further matters; dossiers, ratings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from journey import CLASSES, FORM, HUONG, PAO, SERVICES, Journey

from kiosk.failures import FailureCode
from kiosk.procedures.dossier_code import parse
from kiosk.visit.comfort import Comfort, TextSize
from kiosk.visit.effects import (
    AddMatter,
    CallHelp,
    GiveBackTicket,
    IssueTicket,
    LoadServices,
    SendRating,
)
from kiosk.visit.events import (
    Aspect,
    Back,
    CardRefused,
    DossierScanned,
    DossierTapped,
    DossierTold,
    FaceChosen,
    FindTapped,
    ForeignCodeScanned,
    FormsTapped,
    GiveBackFailed,
    HelpTapped,
    LanguageChosen,
    LobbyNotices,
    MatterAdded,
    MatterRefused,
    NoticesChanged,
    PrintResult,
    RateTapped,
    RatingFailed,
    RatingSent,
    ServiceChoice,
    ServicesFailed,
    ServiceTapped,
    StartWithoutCard,
    TextSizeChosen,
    TicketGivenBack,
)
from kiosk.visit.states import FormState, Services

RESULTS = ServiceChoice("nhan-ket-qua", "Nhận kết quả", counters=(6,))
CODE = "000.00.01.H26-260930-0012"
DOORS = {
    "find_procedure": FindTapped,
    "my_forms": FormsTapped,
    "my_dossier": DossierTapped,
    "rate": RateTapped,
    "services": StartWithoutCard,
}


def at(door: str) -> Journey:
    """Through one of the doors."""
    kiosk = Journey()
    kiosk.happens(DOORS[door](kiosk.view.key)).expect(door)
    return kiosk.services_come() if kiosk.count(LoadServices) else kiosk


def with_number(**changes: object) -> Journey:
    """A number without a form, taken without a card."""
    kiosk = Journey().without_card().press("Hộ tịch").number_comes(**changes)
    return kiosk.slip(PrintResult.PRINTED).expect("ticket")


# -- touches to a number ---------------------------------------------------------------------------------


def test_two_touches_lead_from_the_start_to_a_number_without_a_card() -> None:
    kiosk = Journey().press("Lấy số").services_come().press("Hộ tịch").number_comes().expect("ticket")
    assert kiosk.count(IssueTicket) == 1


def test_one_touch_leads_from_the_card_read_to_a_number() -> None:
    Journey().with_card().press("Hộ tịch").number_comes().expect("ticket")


def test_it_stays_two_touches_where_some_go_first() -> None:
    kiosk = Journey().press("Lấy số").services_come(SERVICES, CLASSES)
    kiosk.press("Hộ tịch").number_comes().expect("ticket")


def test_what_fits_the_age_on_the_card_stands_first_and_says_so() -> None:
    services = (*SERVICES, replace(RESULTS, id="tre", name="Đăng ký cho người trẻ", for_ages=(18, 30)))
    kiosk = Journey().with_card(PAO).services_come(services)
    assert kiosk.screen.cards[0].button.label == "Đăng ký cho người trẻ"
    assert kiosk.screen.cards[0].fits == "Gợi ý cho ông/bà"
    assert Journey().with_card(HUONG).services_come(services).screen.cards[0].fits == ""


def test_many_services_are_turned_page_by_page_and_none_is_lost() -> None:
    many = tuple(ServiceChoice(f"s{n}", f"Việc {n}") for n in range(14))
    kiosk = Journey().press("Lấy số").services_come(many)
    seen = [card.button.label for card in kiosk.screen.cards]
    while kiosk.screen.pages.after.enabled:
        kiosk.press("Trang sau")
        seen += [card.button.label for card in kiosk.screen.cards]
    assert seen == [one.name for one in many]
    kiosk.press(seen[-1]).number_comes().expect("ticket")


def test_the_search_is_reached_from_the_services_and_leads_back_to_them() -> None:
    kiosk = Journey().without_card().press("Tìm thủ tục").expect("find_procedure")
    kiosk.press("Quay lại").expect("services")
    assert kiosk.state.number == 0, "the visit goes on"


# -- a number given back ---------------------------------------------------------------------------------


def test_a_number_that_was_a_mistake_goes_back_and_the_next_one_is_new() -> None:
    kiosk = with_number()
    first = kiosk.last(IssueTicket).key
    kiosk.press("Trả lại số").expect("give_back").press("Có, trả lại số")
    asked: GiveBackTicket = kiosk.last(GiveBackTicket)
    assert kiosk.state.waiting
    kiosk.happens(TicketGivenBack(asked.visit, asked.ticket)).expect("services").services_come()
    assert "B001" in kiosk.screen.message.text
    assert kiosk.state.tickets == ()
    kiosk.press("Hộ tịch").number_comes().expect("ticket")
    assert kiosk.last(IssueTicket).key not in ("", first)
    assert kiosk.screen.number == "B002"


def test_no_button_moves_under_the_finger_when_the_slip_is_printed() -> None:
    kiosk = Journey().without_card().press("Hộ tịch").number_comes().expect("ticket")
    during = kiosk.screen.others
    kiosk.slip(PrintResult.PRINTED).expect("ticket")
    assert [one.label for one in during] == [one.label for one in kiosk.screen.others]
    assert [one.enabled for one in during] == [one.label != "Trả lại số" for one in during]


def test_giving_one_number_back_asks_for_another_service_with_its_old_key() -> None:
    """An answer that was lost must not give a second number."""
    kiosk = with_number().press("Lấy thêm số khác").services_come()
    kiosk.press("Xác nhận tình trạng hôn nhân").number_refused(FailureCode.CENTRE_UNREACHABLE)
    lost = kiosk.last(IssueTicket).key
    kiosk.press("Xem số của tôi").press("Trả lại số").press("Có, trả lại số")
    kiosk.happens(TicketGivenBack(kiosk.state.visit, "t1")).services_come()
    kiosk.press("Xác nhận tình trạng hôn nhân")
    assert kiosk.last(IssueTicket).key == lost


def test_no_leads_back_to_the_number_and_nothing_is_asked() -> None:
    kiosk = with_number().press("Trả lại số").press("Không, giữ số này").expect("ticket")
    assert kiosk.count(GiveBackTicket) == 0


def test_a_number_that_could_not_go_back_still_holds_and_that_is_said() -> None:
    kiosk = with_number().press("Trả lại số").press("Có, trả lại số")
    kiosk.happens(GiveBackFailed(kiosk.state.visit, "t1", FailureCode.CENTRE_UNREACHABLE)).expect("give_back")
    assert kiosk.screen.message.tone == "trouble"
    kiosk.press("Có, trả lại số").wait(61).expect("give_back")
    assert kiosk.count(GiveBackTicket) == 2
    kiosk.press("Không, giữ số này").expect("ticket")
    kiosk.happens(TicketGivenBack(kiosk.state.visit, "t1")).expect("services")  # it arrives late


@pytest.mark.parametrize("state", ["called", "parked"])
def test_a_number_that_is_called_or_was_sent_with_a_form_is_not_given_back(state: str) -> None:
    assert "Trả lại số" not in with_number(state=state, held=True).labels()
    kiosk = with_number()
    sent = replace(kiosk.state.tickets[0], form=FormState.SENT)
    kiosk.state = replace(kiosk.state, tickets=(sent,))
    assert "Trả lại số" not in kiosk.labels()
    assert "Trả lại số" not in with_number(offline=True).labels()


def test_a_number_given_back_late_takes_no_other_screen_away() -> None:
    kiosk = with_number().press("Trả lại số").press("Có, trả lại số").wait(61)
    kiosk.press("Không, giữ số này").press("Lấy thêm số khác").services_come().expect("services")
    kiosk.happens(TicketGivenBack(kiosk.state.visit, "t1")).expect("services")
    assert kiosk.state.tickets == ()


# -- a further matter ------------------------------------------------------------------------------------


def test_a_second_matter_goes_under_the_same_number() -> None:
    kiosk = with_number().press("Thêm việc cùng số").services_come()
    assert kiosk.screen.title == "Thêm việc nào vào số B001?"
    assert [card.waiting for card in kiosk.screen.cards] == ["", "", ""]
    assert not kiosk.screen.cards[0].button.enabled, "that is the number's own"
    kiosk.press("Xác nhận tình trạng hôn nhân")
    asked: AddMatter = kiosk.last(AddMatter)
    assert (asked.ticket, asked.service) == ("t1", "hon-nhan")
    kiosk.happens(MatterAdded(asked.visit, asked.ticket, asked.service)).expect("ticket")
    assert kiosk.screen.matters == "Thêm: Xác nhận tình trạng hôn nhân"
    assert kiosk.count(IssueTicket) == 1
    kiosk.press("Thêm việc cùng số").services_come()
    assert not kiosk.screen.cards[1].button.enabled
    kiosk.happens(ServiceTapped(kiosk.view.key, "hon-nhan"))
    assert kiosk.count(AddMatter) == 1


def test_a_matter_that_is_refused_leaves_the_number_as_it_was() -> None:
    kiosk = with_number().press("Thêm việc cùng số").services_come().press("Xác nhận tình trạng hôn nhân")
    kiosk.happens(MatterRefused(kiosk.state.visit, "t1", FailureCode.SERVICE_CLOSED)).expect("problem")
    kiosk.happens(Back(kiosk.view.key)).expect("ticket")
    assert kiosk.screen.matters == ""
    kiosk.press("Thêm việc cùng số").press("Quay lại").expect("ticket")


# -- forms -----------------------------------------------------------------------------------------------


def test_a_form_takes_its_number_first_and_is_offered_then() -> None:
    kiosk = at("my_forms").press("Tờ khai cấp Giấy xác nhận tình trạng hôn nhân").number_comes()
    assert kiosk.last(IssueTicket).service == "hon-nhan"
    kiosk.expect("ticket").press("Điền tờ khai luôn tại đây").expect("offer_form")


@pytest.mark.parametrize(
    ("services", "told"),
    [
        ((SERVICES[0],), "Hôm nay chưa có quầy nhận tờ khai này"),
        ((replace(SERVICES[1], open=False, closed_reason="full"),), "Hôm nay đã đủ người"),
    ],
)
def test_a_form_that_is_closed_says_why(services: tuple[ServiceChoice, ...], told: str) -> None:
    kiosk = at("my_forms").services_come(services)
    assert told in kiosk.screen.forms[0].state
    assert not kiosk.screen.forms[0].button.enabled


def test_without_the_centre_no_form_is_promised() -> None:
    kiosk = at("my_forms").services_come(offline=True)
    assert not kiosk.screen.forms[0].button.enabled
    silent = Journey().press("Tờ khai của tôi")
    silent.happens(ServicesFailed(silent.state.visit, FailureCode.CENTRE_UNREACHABLE)).press("Thử lại")
    assert silent.count(LoadServices) == 2
    assert silent.services_come().screen.forms[0].button.enabled
    assert FORM in silent.state.setup.forms


# -- my dossier ------------------------------------------------------------------------------------------


def test_a_typed_code_leads_to_the_portal_and_claims_no_state() -> None:
    kiosk = at("my_dossier").keys(*"0000001", "letters", *"H262609300012").press("Xem cách tra cứu")
    kiosk.services_come((*SERVICES, RESULTS)).happens(DossierTold(kiosk.state.visit, parse(CODE), None))
    assert kiosk.screen.code == CODE
    assert kiosk.screen.qr.startswith("https://dichvucong.gov.vn/")
    assert "quầy 6" in kiosk.screen.results
    assert "không biết" in kiosk.screen.message.text
    assert CODE not in repr(kiosk.state)
    kiosk.press("Các tình trạng hồ sơ nghĩa là gì").press("Trang sau").press("Quay lại").press("Quay lại")
    kiosk.press("Lấy số nhận kết quả").number_comes().expect("ticket")


def test_a_wrong_code_is_kept_to_be_mended() -> None:
    kiosk = at("my_dossier").keys(*"H26-2613").press("Xem cách tra cứu").expect("my_dossier")
    assert kiosk.screen.message.tone == "trouble"
    assert kiosk.screen.entry == "H26-2613"
    kiosk.happens(ForeignCodeScanned())
    assert kiosk.screen.message is not None


def test_a_receipt_under_the_scanner_opens_the_dossier_at_the_start_only() -> None:
    kiosk = Journey().happens(DossierScanned(parse(CODE))).expect("my_dossier")
    assert kiosk.screen.code == CODE
    kiosk.press("Quay lại").press("Quay lại").wiped()
    assert CODE not in kiosk.texts()
    with_number().happens(DossierScanned(parse(CODE))).expect("ticket")
    assert (
        Journey()
        .lays_card()
        .happens(DossierScanned(parse(CODE)))
        .expect("enter_can")
        .state.screen.unknown_code
    )


# -- ratings ---------------------------------------------------------------------------------------------


def test_a_face_alone_is_enough() -> None:
    kiosk = at("rate").press("Hài lòng").press("Gửi góp ý")
    sent: SendRating = kiosk.last(SendRating)
    assert (sent.face, sent.aspect, sent.words, sent.ticket) == (4, None, "", None)
    kiosk.happens(RatingSent(sent.visit))
    assert kiosk.screen.step == "thanks"
    kiosk.wait(9).wiped()


def test_aspect_and_words_go_along_and_stay_for_another_try() -> None:
    kiosk = at("rate").press("Không hài lòng").press("Cán bộ").press("Viết thêm ý kiến")
    kiosk.keys("c", "h", "ow", "space", "l", "aa", "u").press("Gửi góp ý")
    first: SendRating = kiosk.last(SendRating)
    assert (first.face, first.aspect) == (2, Aspect.STAFF)
    assert first.words
    assert first.words not in repr(kiosk.state) + repr(first)
    kiosk.happens(RatingFailed(first.visit, FailureCode.CENTRE_UNREACHABLE))
    assert kiosk.screen.entry.strip() == first.words
    kiosk.press("Gửi lại")
    again: SendRating = kiosk.last(SendRating)
    assert again.key == first.key
    kiosk.wait(61)
    assert kiosk.screen.message.tone == "trouble"
    kiosk.press("Gửi lại").happens(RatingFailed(first.visit, FailureCode.IDEMPOTENCY_KEY_REUSED))
    assert kiosk.screen.step == "thanks", "the first try had arrived"


def test_a_rating_that_was_left_is_sent_nowhere() -> None:
    kiosk = at("rate").press("Hài lòng").press("Không gửi").wiped()
    assert kiosk.count(SendRating) == 0
    assert at("rate").happens(FaceChosen("", 9)).screen.step == "face"


# -- what holds on all of them ---------------------------------------------------------------------------


def everywhere() -> dict[str, Journey]:
    """A journey on each of the screens behind the doors."""
    kiosks = {door: at(door) for door in DOORS}
    kiosks["rate_words"] = at("rate").press("Hài lòng").press("Viết thêm ý kiến")
    kiosks["dossier_found"] = Journey().happens(DossierScanned(parse(CODE))).services_come()
    kiosks["ticket"] = with_number()
    kiosks["give_back"] = with_number().press("Trả lại số")
    kiosks["matter"] = with_number().press("Thêm việc cùng số").services_come()
    return kiosks


@pytest.mark.parametrize("name", everywhere())
def test_help_is_called_from_every_screen_by_its_name(name: str) -> None:
    kiosk = everywhere()[name]
    shown = kiosk.view.name
    kiosk.happens(HelpTapped(kiosk.view.key))
    asked: CallHelp = kiosk.last(CallHelp)
    assert asked.screen == shown
    assert kiosk.view.name == shown, "what goes on beneath goes on"


@pytest.mark.parametrize("name", everywhere())
def test_who_walks_away_from_any_screen_is_warned_and_forgotten(name: str) -> None:
    kiosk = everywhere()[name].happens(TextSizeChosen("", TextSize.LARGEST)).wait(61)
    assert kiosk.view.overlay is not None
    kiosk.wait(31).wiped()
    assert kiosk.state.comfort == Comfort()


@pytest.mark.parametrize("name", ["find_procedure", "my_forms", "my_dossier", "dossier_found"])
def test_a_card_laid_down_behind_a_door_is_read_and_the_screen_comes_back(name: str) -> None:
    kiosk = everywhere()[name]
    shown = kiosk.view.screen
    kiosk.lays_card().expect("enter_can").press("Tiếp tục không cần thẻ")
    assert kiosk.view.screen == shown
    kiosk.takes_card().lays_card().digits(HUONG.number[-6:]).press("Đọc căn cước").card_is_read(HUONG)
    assert kiosk.view.name == shown_name(name)
    assert kiosk.state.person is not None
    kiosk.happens(CardRefused(FailureCode.CARD_IS_BANK_CARD))
    assert kiosk.view.name == shown_name(name), "who is known needs no other card"


def shown_name(name: str) -> str:
    return "my_dossier" if name == "dossier_found" else name


def test_a_card_at_the_faces_begins_a_visit_and_one_at_written_words_waits() -> None:
    at("rate").lays_card().expect("enter_can")
    everywhere()["rate_words"].lays_card().expect("rate")


@pytest.mark.parametrize("name", ["find_procedure", "my_forms", "my_dossier"])
def test_a_bank_card_is_told_and_the_screen_comes_back(name: str) -> None:
    kiosk = at(name).happens(CardRefused(FailureCode.CARD_IS_BANK_CARD)).expect("problem")
    kiosk.happens(Back(kiosk.view.key)).expect(name)


@pytest.mark.parametrize("name", everywhere())
def test_back_leads_to_the_start_or_the_number_and_keeps_letters_and_language(name: str) -> None:
    kiosk = everywhere()[name]
    kiosk.happens(TextSizeChosen("", TextSize.LARGE)).happens(LanguageChosen("", "en"))
    for _ in range(12):
        if kiosk.view.name in ("start", "ticket"):
            break
        kiosk.happens(Back(kiosk.view.key))
    assert kiosk.view.name == ("ticket" if name in ("ticket", "give_back", "matter") else "start")
    assert (kiosk.state.comfort.text_size, kiosk.state.comfort.language) == (TextSize.LARGE, "en")


def test_the_start_tells_hours_notices_and_where_numbers_are_given_by_hand() -> None:
    kiosk = Journey().wait(1).services_come(tuple(replace(one, open=False) for one in SERVICES))
    kiosk.happens(NoticesChanged(LobbyNotices(("Mất điện chiều nay.",), 3)))
    assert kiosk.screen.action == "Trung tâm đang nghỉ"
    assert kiosk.screen.notices == ("Mất điện chiều nay.",)
    assert not any(door.main for door in kiosk.screen.doors)
    kiosk.happens(ServicesFailed(kiosk.state.visit, FailureCode.CENTRE_UNREACHABLE))
    assert kiosk.screen.action == "Máy đang tạm nghỉ"
    assert "quầy 3" in kiosk.screen.action_hint
    assert "Lấy số" not in kiosk.labels()
    kiosk.services_come()
    assert [door.main for door in kiosk.screen.doors].count(True) == 1


def test_every_screen_behind_the_doors_can_be_heard() -> None:
    for name, kiosk in everywhere().items():
        assert kiosk.view.spoken, name
        assert all(sentence.strip() for sentence in kiosk.view.spoken), name
        assert "{" not in " ".join(kiosk.view.spoken)
    assert isinstance(everywhere()["matter"].state.screen, Services)
