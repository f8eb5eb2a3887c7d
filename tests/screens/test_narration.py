"""Every screen can be heard, in every language, and a lobby does not hear what is nobody's business."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.failures import FailureCode
from kiosk.speech import spoken
from kiosk.speech.news import fresh
from kiosk.visit.comfort import Comfort, TextSize, Voice
from kiosk.visit.effects import IssueTicket, LoadServices
from kiosk.visit.events import (
    CardInserted,
    ComfortTapped,
    Continue,
    DeviceChanged,
    DigitTapped,
    DossierTapped,
    Event,
    FindTapped,
    Found,
    HelpAnswered,
    HelpCalled,
    HelpTapped,
    KeyTapped,
    ServiceChoice,
    ServicesLoaded,
    ServiceTapped,
    StartWithoutCard,
    TextSizeChosen,
    Tick,
    TicketRefused,
)
from screens.citizen.screens import present
from screens.gallery import NOW, Walk, samples, services_of, setup_of, told
from screens.locale import catalogue

SPEAKS_ITSELF = ("clip_playing", "clip_stopped", "clip_take", "clip_by_itself")
"""A clip has a voice of its own."""


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_screen_can_be_heard(language: str) -> None:
    silent = [
        name
        for name, view in samples(Comfort(language=language, voice=Voice.ALOUD)).items()
        if not any(sentence.strip() for sentence in view.spoken) and name not in SPEAKS_ITSELF
    ]
    assert silent == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_is_heard_holds_no_digit_and_no_empty_sentence(language: str) -> None:
    for name, view in samples(Comfort(language=language)).items():
        for sentence in view.spoken:
            said = spoken(sentence, language)
            assert said, name
            assert not any(character.isdigit() for character in said), f"{name}: {said}"
            assert "{" not in said, f"{name}: {said}"


def test_what_a_card_told_is_said_only_into_headphones() -> None:
    citizen = told()["citizen"]
    heard = {
        voice: " ".join(
            sentence for view in samples(Comfort(voice=voice)).values() for sentence in view.spoken
        ).lower()
        for voice in (Voice.ALOUD, Voice.PRIVATE)
    }
    for text in (citizen["full_name"].lower(), citizen["residence"].lower()):
        assert text in heard[Voice.PRIVATE]
        assert text not in heard[Voice.ALOUD]
    assert citizen["number"] not in heard[Voice.ALOUD].replace(" ", "")


class Hearing:
    """A visit with what is said of each change on the screen that stands."""

    def __init__(self) -> None:
        self.walk = Walk(replace(setup_of(told()), comfort=Comfort(voice=Voice.ALOUD)))

    def after(self, *events: Event) -> list[str]:
        before = present(self.walk.state, catalogue("citizen"))
        self.walk.do(*events)
        now = present(self.walk.state, catalogue("citizen"))
        if (before.key, type(before.overlay)) != (now.key, type(now.overlay)):
            return ["another screen", *now.spoken]
        return [one.said for one in fresh(now.news, [one.key for one in before.news])]


@pytest.fixture
def services() -> tuple[ServiceChoice, ...]:
    return services_of(told())


def test_services_are_said_when_they_come_and_their_ticking_waits_are_not(services) -> None:
    hearing = Hearing()
    hearing.walk.do(StartWithoutCard())
    visit = hearing.walk.asked(LoadServices).visit
    said = hearing.after(ServicesLoaded(visit, services))
    assert any(services[0].name in sentence for sentence in said)
    later = tuple(replace(one, waiting=one.waiting + 1, wait=None) for one in services)
    assert hearing.after(ServicesLoaded(visit, later)) == []
    said = hearing.after(ServiceTapped(service=services[0].id))
    issue = hearing.walk.asked(IssueTicket)
    said = hearing.after(TicketRefused(issue.visit, issue.key, FailureCode.SERVICE_CLOSED))
    assert said, "why there is no number"


def test_hours_that_end_on_the_start_screen_are_not_said() -> None:
    hearing = Hearing()
    assert hearing.after(DeviceChanged("printer", FailureCode.PRINTER_PAPER_OUT)) == []


def test_a_wrong_code_is_said_and_what_is_typed_is_not() -> None:
    hearing = Hearing()
    hearing.walk.do(DossierTapped())
    assert hearing.after(KeyTapped(key="7")) == []
    assert hearing.after(Continue()) == [catalogue("citizen")("my_dossier.wrong")]


def test_digits_of_the_card_are_counted_but_not_said() -> None:
    hearing = Hearing()
    hearing.walk.do(CardInserted())
    (said,) = hearing.after(DigitTapped(digit="4"))
    assert said == catalogue("citizen")("enter_can.typed", n=1)


def test_results_are_said_and_so_is_what_is_done_elsewhere() -> None:
    hearing = Hearing()
    hearing.walk.do(FindTapped(), KeyTapped(key="x"))
    visit = hearing.walk.state.visit
    assert hearing.after(Found(visit, "x", (), "Ở công an.")) == ["Ở công an."]
    assert hearing.after(Found(visit, "x", ())) == [catalogue("citizen")("find_procedure.nothing")]


def test_what_becomes_of_a_call_for_help_is_said() -> None:
    hearing = Hearing()
    hearing.walk.do(HelpTapped())
    visit = hearing.walk.state.visit
    assert hearing.after(HelpCalled(visit))
    assert hearing.after(HelpAnswered(visit, 2))


def test_a_chosen_size_of_letters_is_said() -> None:
    hearing = Hearing()
    hearing.walk.do(ComfortTapped())
    (said,) = hearing.after(TextSizeChosen(size=TextSize.LARGE))
    assert catalogue("citizen")("comfort.size_large") in said


def test_the_countdown_says_nothing_more() -> None:
    hearing = Hearing()
    hearing.walk.do(DossierTapped(), Tick(NOW, 62.0))
    assert hearing.after(Tick(NOW, 3.0)) == []
