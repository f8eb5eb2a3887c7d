"""A machine that staff took out of service tells where to take a number, and begins nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from kiosk.failures import FailureCode
from kiosk.procedures.dossier_code import parse
from kiosk.visit.comfort import Comfort
from kiosk.visit.effects import CallHelp, Wipe
from kiosk.visit.events import (
    Cancel,
    CardInserted,
    CardRefused,
    CardRemoved,
    DossierScanned,
    DossierTapped,
    Event,
    FindTapped,
    ForeignCodeScanned,
    FormsTapped,
    HelpTapped,
    LanguageChosen,
    LobbyNotices,
    MachineSuspended,
    NoticesChanged,
    RateTapped,
    Retry,
    ServiceTapped,
    StartWithoutCard,
    Tick,
    WatchClips,
)
from kiosk.visit.flow import step
from kiosk.visit.moves import wiped
from kiosk.visit.states import Again, ChooseComfort, Clip, Problem, Services, Setup, Start, VisitState
from screens.citizen.start.presenter import start_view
from screens.locale import catalogue

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=7)))
CLIP = Clip("a", "A", 10, video=__file__)  # type: ignore[arg-type]
SETUP = Setup("m", "Trung tâm", "1800", "xã", 1, 60, 30, 90, clips=(CLIP,))


def after(state: VisitState, *events: Event) -> VisitState:
    for event in events:
        state, _ = step(state, event)
    return state


@pytest.fixture
def suspended() -> VisitState:
    return after(VisitState(SETUP, now=NOW), MachineSuspended(True))


def test_it_says_so_and_where_to_take_a_number_and_offers_no_door(suspended: VisitState) -> None:
    state = after(suspended, NoticesChanged(LobbyNotices(spare_counter=1)))
    view = start_view(state, catalogue("citizen"))
    assert view.action == "Máy đang tạm nghỉ"
    assert "quầy 1" in view.action_hint
    assert view.doors == ()
    assert not view.card_wanted
    assert any("quầy 1" in sentence for sentence in view.spoken)
    assert not any("{" in sentence or sentence.endswith(": .") for sentence in view.spoken)


@pytest.mark.parametrize(
    "event",
    [
        StartWithoutCard(),
        FindTapped(),
        FormsTapped(),
        DossierTapped(),
        RateTapped(),
        WatchClips(),
        ServiceTapped(service="a"),
        CardInserted(),
        CardRefused(FailureCode.CARDS_TWO),
        ForeignCodeScanned(),
        DossierScanned(parse("000.00.01.H26-260930-0012")),
        Tick(NOW, 1000.0),
    ],
    ids=lambda event: type(event).__name__,
)
def test_nothing_begins_at_it(suspended: VisitState, event: Event) -> None:
    assert isinstance(after(suspended, event).screen, Start)


def test_language_and_the_call_for_help_still_work(suspended: VisitState) -> None:
    assert after(suspended, LanguageChosen(language="en")).comfort.language == "en"
    _, effects = step(suspended, HelpTapped())
    assert any(isinstance(effect, CallHelp) for effect in effects)


def test_whoever_stands_there_is_wiped_when_staff_suspend_it() -> None:
    before = VisitState(SETUP, screen=Services(), panel=ChooseComfort(), comfort=Comfort("en"), now=NOW)
    state, effects = step(before, MachineSuspended(True))
    assert effects == (Wipe(before.visit),)
    assert (state.screen, state.panel, state.comfort) == (Start(), None, SETUP.comfort)


def test_it_stays_out_of_service_whatever_ends_a_visit(suspended: VisitState) -> None:
    state, _ = wiped(suspended)
    assert state.lobby.suspended


def test_one_gets_back_from_the_screen_of_an_error_and_no_further(suspended: VisitState) -> None:
    broken = replace(suspended, screen=Problem(FailureCode.UNEXPECTED, Again.SERVICES))
    assert isinstance(after(broken, Retry()).screen, Problem)
    assert isinstance(after(broken, StartWithoutCard()).screen, Problem)
    assert isinstance(after(broken, Cancel()).screen, Start)


def test_back_in_service_everything_works_and_a_card_that_was_left_begins_nothing(
    suspended: VisitState,
) -> None:
    state = after(suspended, CardInserted(), MachineSuspended(False))
    assert state.lobby.card_left
    assert isinstance(state.screen, Start)
    assert isinstance(after(state, CardRemoved(), StartWithoutCard()).screen, Services)
