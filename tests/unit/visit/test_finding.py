"""Looking for a procedure: every key searches, late results are dropped, a result leads to its number."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kiosk.procedures.procedure import Aspect, FeeKind, Procedure
from kiosk.processes.finding import Finding
from kiosk.processes.procedure_files import load_library, load_vocabulary
from kiosk.visit.effects import IssueTicket, PrintSheet, Search
from kiosk.visit.events import (
    Back,
    BackspaceTapped,
    CardInserted,
    ClearTapped,
    FindTapped,
    Found,
    FoundProcedure,
    KeyTapped,
    PageTapped,
    PrintResult,
    PrintSheetTapped,
    ProcedureChosen,
    ServiceChoice,
    ServicesLoaded,
    ServiceTapped,
    SheetPrinted,
    SuggestionTapped,
)
from kiosk.visit.flow import step
from kiosk.visit.states import EnterCan, FindProcedure, ProcedureShown, Services, Setup, Start, VisitState
from screens.citizen.find_procedure.presenter import find_procedure_view
from screens.citizen.parts import Message
from screens.citizen.procedure.presenter import Part, paged, parts_of
from screens.locale import catalogue

PROCEDURES = Path(__file__).resolve().parents[3] / "config" / "procedures"
BIRTH = Procedure("1.001193", "Đăng ký khai sinh", "Hộ tịch", service="ho-tich", bring=("Giấy chứng sinh",))
SETUP = Setup("m", "Trung tâm", "1800", "Xã Thuận Hòa", 1, 60, 30, 90)


class Kiosk:
    """A visit with the effects it asked for."""

    def __init__(self) -> None:
        self.state = VisitState(SETUP)
        self.effects: list[object] = []

    def do(self, *events):
        for event in events:
            self.state, effects = step(self.state, event)
            self.effects += effects
        return self

    def asked(self, kind):
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def finds(self, text: str, *procedures: Procedure):
        return self.do(Found(self.state.visit, text, tuple(FoundProcedure(p, p.service) for p in procedures)))


def searching() -> Kiosk:
    return Kiosk().do(FindTapped())


def typed(text: str) -> list[KeyTapped]:
    return [KeyTapped(key="space" if sign == " " else sign) for sign in text]


def test_every_key_asks_and_only_what_still_stands_there_is_shown() -> None:
    kiosk = searching().do(*typed("khai"))
    assert [search.text for search in kiosk.asked(Search)] == ["k", "kh", "kha", "khai"]
    assert kiosk.finds("kha", BIRTH).state.screen.hits is None
    assert kiosk.finds("khai", BIRTH).state.screen.hits is not None


def test_clearing_takes_the_results_away_and_asks_nothing() -> None:
    kiosk = searching().do(*typed("k")).finds("k", BIRTH)
    before = len(kiosk.asked(Search))
    kiosk.do(ClearTapped())
    assert kiosk.state.screen == FindProcedure()
    assert len(kiosk.asked(Search)) == before


def test_an_example_is_searched_as_if_it_were_typed() -> None:
    assert searching().do(SuggestionTapped(text="khai sinh")).asked(Search)[-1].text == "khai sinh"


def test_a_result_leads_to_its_number_by_one_touch() -> None:
    kiosk = searching().do(*typed("khai")).finds("khai", BIRTH)
    kiosk.do(ServicesLoaded(kiosk.state.visit, (ServiceChoice("ho-tich", "Hộ tịch"),)))
    kiosk.do(ProcedureChosen(code="1.001193"), ServiceTapped(service="ho-tich"))
    assert [issue.service for issue in kiosk.asked(IssueTicket)] == ["ho-tich"]


def test_a_closed_service_leads_to_the_list_that_says_when_it_opens() -> None:
    kiosk = searching().do(*typed("khai")).finds("khai", BIRTH)
    kiosk.do(ServicesLoaded(kiosk.state.visit, (ServiceChoice("ho-tich", "Hộ tịch", open=False),)))
    kiosk.do(ProcedureChosen(code="1.001193"), ServiceTapped(service="ho-tich"))
    assert kiosk.asked(IssueTicket) == []
    assert isinstance(kiosk.state.screen, Services)


def test_back_from_a_procedure_shows_the_same_results_again() -> None:
    kiosk = searching().do(*typed("khai")).finds("khai", BIRTH)
    before = kiosk.state.screen
    kiosk.do(ProcedureChosen(code="1.001193"), PageTapped(page=1), Back())
    assert isinstance(kiosk.state.screen, ProcedureShown)
    assert kiosk.do(Back()).state.screen == before
    assert kiosk.do(Back()).state.screen == Start()


def test_the_sheet_is_printed_once_a_touch_and_says_how_it_went() -> None:
    kiosk = searching().do(*typed("khai")).finds("khai", BIRTH).do(ProcedureChosen(code="1.001193"))
    kiosk.do(PrintSheetTapped(), PrintSheetTapped())
    assert len(kiosk.asked(PrintSheet)) == 1
    kiosk.do(SheetPrinted(kiosk.state.visit, "1.001193", PrintResult.PRINTED))
    assert kiosk.state.screen.printed is PrintResult.PRINTED


def test_a_card_laid_down_while_one_searches_comes_back_to_the_search() -> None:
    kiosk = searching().do(*typed("khai")).do(CardInserted())
    assert isinstance(kiosk.state.screen, EnterCan)
    assert kiosk.do(Back()).state.screen.text == "khai"


@given(
    st.lists(
        st.sampled_from([*typed("khai sinh"), BackspaceTapped(), ClearTapped(), KeyTapped(key="method")])
    )
)
def test_whatever_is_typed_the_last_search_is_for_what_stands_there(events) -> None:
    kiosk = searching().do(*events)
    if kiosk.state.screen.text.strip() and kiosk.asked(Search):
        assert kiosk.asked(Search)[-1].text == kiosk.state.screen.text


# -- pages of a procedure ------------------------------------------------------------------------------------


@given(
    st.lists(
        st.builds(
            Part,
            st.text(min_size=1, max_size=20),
            st.lists(st.text(alphabet="ab ơ", min_size=1, max_size=900), min_size=1, max_size=5).map(tuple),
        ),
        max_size=5,
    ),
    st.sampled_from([290, 400, 620]),
)
def test_pages_lose_no_word_and_none_holds_more_than_fits(parts, room) -> None:
    pages = paged(tuple(parts), room)
    told = [word for page in pages for part in page for line in part.lines for word in line.split()]
    assert told == [word for part in parts for line in part.lines for word in line.split()]
    for page in pages:
        lines = [line for part in page for line in part.lines]
        assert len(lines) <= 1 or sum(len(line) for line in lines) <= room


def test_a_fee_that_nobody_checked_sends_to_an_officer_and_is_never_called_free() -> None:
    words = catalogue("citizen")
    fee = "Miễn phí. Mức thu do Hội đồng nhân dân tỉnh quyết định."
    unsure = Procedure("1.000656", "Đăng ký khai tử", "Hộ tịch", fee_text=fee, fee_kind=FeeKind.PROVINCIAL)
    told = next(part for part in parts_of(unsure, words) if part.heading == words("procedure.fee"))
    assert told.lines == (fee, words("procedure.ask"))


def test_what_is_known_for_sure_stands_alone_and_dates_of_validity_are_told() -> None:
    words = catalogue("citizen")
    sure = Procedure(
        "2.000815",
        "Chứng thực bản sao",
        "Chứng thực",
        fee_text="2.000 đồng/trang",
        checked=frozenset({Aspect.FEE}),
        valid_to=date(2027, 2, 28),
    )
    told = {part.heading: part.lines for part in parts_of(sure, words)}
    assert told[words("procedure.fee")] == ("2.000 đồng/trang",)
    assert told[words("procedure.validity")] == (words("procedure.valid_to", date="28/02/2027"),)


def shown(kiosk: Kiosk, language: str = "vi"):
    return find_procedure_view(kiosk.state, kiosk.state.screen, catalogue("citizen", language))


def test_what_is_done_elsewhere_is_told_and_spoken_in_place_of_nothing_found() -> None:
    kiosk = searching().do(*typed("lái xe"))
    text = kiosk.state.screen.text
    kiosk.do(Found(kiosk.state.visit, text, (), "Việc này do công an xã làm."))
    view = shown(kiosk)
    assert view.message == Message("Việc này do công an xã làm.", "info")
    assert view.spoken == ("Việc này do công an xã làm.",)
    kiosk.do(Found(kiosk.state.visit, text, ()))
    assert shown(kiosk).message.text == catalogue("citizen")("find_procedure.nothing")


def test_the_next_key_takes_away_what_was_told_of_another_place() -> None:
    kiosk = searching().do(*typed("x"))
    kiosk.do(Found(kiosk.state.visit, "x", (), "Ở nơi khác."), ClearTapped())
    assert kiosk.state.screen == FindProcedure()


def test_every_shipped_word_on_other_places_is_translated() -> None:
    """A centre may write its own; those are shown as they stand."""
    known = catalogue("citizen").lines("find_procedure.elsewhere")
    assert [one.says for one in load_vocabulary(PROCEDURES).elsewhere] == list(known)
    kiosk = searching().do(*typed("x"))
    kiosk.do(Found(kiosk.state.visit, "x", (), known[0]))
    assert shown(kiosk, "en").message.text == catalogue("citizen", "en").lines("find_procedure.elsewhere")[0]
    assert shown(kiosk, "en").message.text != known[0]


def test_the_search_tells_another_place_only_when_nothing_here_fits() -> None:
    answers: list[Found] = []
    came = threading.Event()
    finding = Finding(load_library(PROCEDURES, None), lambda found: (answers.append(found), came.set()))
    finding.start()
    for text in ("làm hộ chiếu", "đăng ký khai sinh", "xyzzy"):
        came.clear()
        finding.search(Search("v", text))
        assert came.wait(10)
    finding.stop()
    passport, birth, nonsense = answers
    assert not passport.hits
    assert "công an" in passport.elsewhere
    assert birth.hits
    assert birth.elsewhere == ""
    assert (nonsense.hits, nonsense.elsewhere) == ((), "")
