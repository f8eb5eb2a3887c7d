"""What does not work is said each time it happens, also when the window looks the same; time says nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest
from journey import HUONG, NOW, Journey
from memory_lobby import MemoryLobby

from kiosk.bootstrap.voice import narrate
from kiosk.client import CentreError
from kiosk.failures import FailureCode
from kiosk.processes.narrator import Narrator
from kiosk.processes.speech_guide import SpeechGuide
from kiosk.visit.comfort import Voice
from kiosk.visit.effects import CallHelp, GiveBackTicket, Search, SendRating
from kiosk.visit.events import (
    Back,
    ClearTapped,
    Confirmed,
    Continue,
    DigitTapped,
    DossierTapped,
    Event,
    FaceChosen,
    FindClipsTapped,
    FindTapped,
    ForeignCodeScanned,
    Found,
    GiveBackFailed,
    GiveBackTapped,
    HelpFailed,
    HelpTapped,
    KeyTapped,
    RateTapped,
    RatingFailed,
    Retry,
    ScreenTouched,
    ServiceTapped,
    StartWithoutCard,
    Tick,
    VoiceChosen,
    WatchClips,
)
from screens.citizen.screens import present
from screens.locale import catalogue

WORDS = catalogue("citizen")


class Ear:
    """A guide that says everything at once."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def say(self, sentences: Sequence[Any], *_how: object, after: float = 0.0) -> None:
        self.heard += [one.text for one in sentences]

    def add(self, sentences: Sequence[Any], *_how: object, once: bool = False) -> None:
        self.heard += [one.text for one in sentences]

    def stop(self) -> None:
        """Nothing lasts."""

    def forget(self) -> None:
        """Nothing is kept."""


class Listener:
    """Somebody at the kiosk who hears it, as the window has it speak. Every frame may come late."""

    def __init__(self, lobby: MemoryLobby) -> None:
        self.lobby, self.ear = lobby, Ear()
        self._narrator = Narrator(cast(SpeechGuide, self.ear), lambda _tag: frozenset())
        self._drawn = -1
        self.does(VoiceChosen(voice=Voice.ALOUD))
        self.frame()

    def frame(self) -> None:
        """The window draws, if anything looks or sounds different."""
        if self.lobby.changes != self._drawn:
            self._drawn = self.lobby.changes
            self.redraw()

    def redraw(self) -> None:
        state = self.lobby.state
        narrate(self._narrator, state, present(state, WORDS))

    def does(self, *events: Event) -> None:
        for event in events:
            self.lobby.process.dispatch(ScreenTouched())
            self.lobby.process.dispatch(event)
            self.frame()

    def hears_of(self, mistake: Callable[[], object]) -> str:
        """What is said when this has gone wrong once more."""
        before = self.lobby.state.mistakes
        mistake()
        self.lobby.until(lambda: self.lobby.state.mistakes > before)
        self.ear.heard.clear()
        self.frame()
        return " ".join(self.ear.heard)

    def nothing_more(self) -> None:
        """Neither drawing nor time says anything."""
        self.ear.heard.clear()
        for _ in range(5):
            self.lobby.process.dispatch(Tick(self.lobby.state.now + timedelta(seconds=1), 1.0))
            self.frame()
            self.redraw()
        assert self.ear.heard == []


def citizen_words(code: FailureCode) -> str:
    return WORDS.failures()[code].citizen_what


def test_a_code_that_is_none_is_told_each_time() -> None:
    with MemoryLobby() as lobby:
        listener = Listener(lobby)
        listener.does(DossierTapped(), KeyTapped(key="7"))
        for _ in range(3):
            said = listener.hears_of(lambda: lobby.process.dispatch(Continue()))
            assert said == WORDS("my_dossier.wrong")
            listener.nothing_more()
        said = listener.hears_of(lambda: lobby.scanner.callback("https://example.org"))
        assert said == WORDS("my_dossier.wrong")


def test_a_code_under_the_scanner_that_is_no_cards_is_told_each_time() -> None:
    with MemoryLobby() as lobby:
        listener = Listener(lobby)
        lobby.reader.lay(HUONG)
        lobby.until_screen("enter_can")
        listener.frame()
        for _ in range(2):
            assert listener.hears_of(lambda: lobby.scanner.callback("https://example.org"))
            listener.nothing_more()


def test_wrong_digits_of_the_card_are_told_each_time() -> None:
    with MemoryLobby() as lobby:
        listener = Listener(lobby)
        lobby.reader.lay(HUONG)
        lobby.until_screen("enter_can")
        for _ in range(3):
            listener.does(*(DigitTapped(digit="0") for _ in range(6)))
            said = listener.hears_of(lambda: lobby.process.dispatch(Continue()))
            assert citizen_words(FailureCode.CARD_CAN_WRONG) in said
            listener.nothing_more()


def test_a_bank_card_that_is_laid_down_again_is_told_again() -> None:
    with MemoryLobby() as lobby:
        listener = Listener(lobby)
        lobby.until(lambda: "card_reader" in lobby.made)
        lobby.reader.refused = FailureCode.CARD_IS_BANK_CARD
        for _ in range(3):
            said = listener.hears_of(lambda: lobby.reader.lay(HUONG))
            assert citizen_words(FailureCode.CARD_IS_BANK_CARD) in said
            lobby.reader.take()
            lobby.until(lambda: not lobby.state.lobby.card)
            listener.nothing_more()


class NothingFound:
    """A library without any procedure."""

    def search(self, _text: str, _limit: int = 8) -> tuple[()]:
        return ()

    def get(self, _code: str) -> None:
        return None

    def elsewhere(self, _text: str) -> None:
        return None


def test_a_search_that_finds_nothing_is_told_for_each_text_but_not_for_each_letter_of_it() -> None:
    with MemoryLobby(procedures=NothingFound()) as lobby:
        listener = Listener(lobby)
        listener.does(StartWithoutCard(), FindTapped())
        for first in "qz":
            said = listener.hears_of(lambda key=first: lobby.process.dispatch(KeyTapped(key=key)))
            assert said == WORDS("find_procedure.nothing")
            lobby.process.dispatch(KeyTapped(key="x"))
            lobby.until(lambda text=f"{first}x": lobby.state.screen.searched == text)
            listener.nothing_more()
            lobby.process.dispatch(ClearTapped())


def test_a_service_that_gives_no_numbers_is_told_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with MemoryLobby() as lobby:

        def full(*_asked: object, **_more: object) -> None:
            raise CentreError(FailureCode.SERVICE_FULL)

        monkeypatch.setattr(lobby.centre, "issue_ticket", full)
        listener = Listener(lobby)
        listener.does(StartWithoutCard())
        lobby.until(lambda: lobby.state.services)
        listener.frame()
        for _ in range(2):
            said = listener.hears_of(lambda: lobby.process.dispatch(ServiceTapped(service="ho-tich")))
            assert citizen_words(FailureCode.SERVICE_FULL) in said
            assert "Xác nhận" not in said, "the services are not listed again"
            listener.nothing_more()


def test_a_voice_that_is_chosen_later_tells_the_screen_and_then_each_mistake() -> None:
    with MemoryLobby() as lobby:
        listener = Listener(lobby)
        listener.does(VoiceChosen(voice=Voice.OFF), DossierTapped(), Continue())
        listener.ear.heard.clear()
        listener.does(VoiceChosen(voice=Voice.ALOUD))
        assert listener.ear.heard.count(WORDS("my_dossier.wrong")) == 1
        said = listener.hears_of(lambda: lobby.process.dispatch(Continue()))
        assert WORDS("my_dossier.wrong") in said


# -- what counts as a mistake: the visit alone --------------------------------------------------------------


def once_more(kiosk: Journey, mistake: Callable[[], object]) -> None:
    """The same mistake twice is two; nothing else that is told of it differs; time adds none."""
    mistake()
    first = kiosk.state.mistakes
    shown = kiosk.view
    assert first
    mistake()
    assert kiosk.state.mistakes == first + 1
    assert kiosk.view == shown, "it looks the same"
    kiosk.wait(20)
    kiosk.happens(Tick(NOW, 0.0))
    assert kiosk.state.mistakes == first + 1


def test_an_answer_that_cannot_be() -> None:
    kiosk = Journey().without_card().takes_number().opens_form().keys(*"mai").press("Tiếp tục")
    kiosk.digits("31021960")
    once_more(kiosk, lambda: kiosk.press("Tiếp tục"))


def test_a_receipt_that_is_none() -> None:
    kiosk = Journey().happens(DossierTapped())
    once_more(kiosk, lambda: kiosk.happens(ForeignCodeScanned()))


def test_a_card_asked_for_and_not_laid_down() -> None:
    kiosk = Journey().lays_card().takes_card().digits("123456")
    once_more(kiosk, lambda: kiosk.happens(Continue()))


def test_a_rating_that_does_not_arrive() -> None:
    kiosk = Journey().happens(RateTapped()).happens(FaceChosen(face=2))

    def fails() -> None:
        kiosk.happens(Continue())
        asked: SendRating = kiosk.last(SendRating)
        kiosk.happens(RatingFailed(asked.visit, FailureCode.CENTRE_UNREACHABLE))

    once_more(kiosk, fails)


def test_words_that_stand_in_no_clip() -> None:
    kiosk = Journey().happens(WatchClips()).happens(FindClipsTapped()).keys("q", "z")
    assert kiosk.state.mistakes == 1, "told once, not for each letter"
    kiosk.wait(20)
    kiosk.happens(ClearTapped())
    assert kiosk.state.mistakes == 1, "nothing is looked for"
    kiosk.keys("q")
    assert kiosk.state.mistakes == 2


def test_a_number_that_does_not_go_back() -> None:
    kiosk = Journey().without_card().takes_number().happens(GiveBackTapped())

    def fails() -> None:
        kiosk.happens(Confirmed())
        asked: GiveBackTicket = kiosk.last(GiveBackTicket)
        kiosk.happens(GiveBackFailed(asked.visit, asked.ticket, FailureCode.CENTRE_UNREACHABLE))

    once_more(kiosk, fails)


def test_a_call_for_help_that_nobody_gets() -> None:
    kiosk = Journey()

    def fails() -> None:
        kiosk.happens(HelpTapped() if kiosk.state.panel is None else Retry())
        asked: CallHelp = kiosk.last(CallHelp)
        kiosk.happens(HelpFailed(asked.visit, FailureCode.HELP_NOT_CALLED))

    once_more(kiosk, fails)


def test_a_number_that_cannot_be_fetched() -> None:
    kiosk = Journey().without_card().press("Xác nhận tình trạng hôn nhân")

    def fails() -> None:
        if kiosk.view.name == "problem":
            kiosk.happens(Retry())
        kiosk.number_refused(FailureCode.CENTRE_UNREACHABLE)

    once_more(kiosk, fails)


def test_what_works_is_no_mistake_and_the_next_visit_begins_with_none() -> None:
    kiosk = Journey().with_card().takes_number().opens_form().answers_everything().to_last_page()
    assert kiosk.state.mistakes == 0
    kiosk = Journey().happens(DossierTapped()).happens(Continue()).happens(Back())
    assert (kiosk.view.name, kiosk.state.mistakes) == ("start", 0)


def test_an_answer_that_comes_twice_is_one() -> None:
    kiosk = Journey().without_card().happens(FindTapped()).keys("q")
    asked: Search = kiosk.last(Search)
    for _ in range(2):
        kiosk.happens(Found(asked.visit, asked.text, ()))
    assert kiosk.state.mistakes == 1
