"""The kiosk against a real centre: help is called and comes, a rating arrives once, a number goes back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from memory_lobby import MemoryLobby

from kiosk.centre import admin
from kiosk.client import CentreClient
from kiosk.failures import FailureCode
from kiosk.processes.helping import Helping
from kiosk.processes.matters import Matters
from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.processes.rating import Ratings
from kiosk.settings import load
from kiosk.visit.effects import AddMatter, CallHelp, GiveBackTicket, SendRating
from kiosk.visit.events import (
    Aspect,
    Event,
    GiveBackFailed,
    HelpAnswered,
    HelpCalled,
    HelpFailed,
    HelpTapped,
    MatterAdded,
    MatterRefused,
    RatingFailed,
    RatingSent,
    TicketGivenBack,
)
from kiosk.visit.states import HelpAsked, HelpStep
from tests.centre.support import CONFIG, PASSWORD, WarmProcess

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
WORDS = "Ghế ngồi chờ ít quá, mong trung tâm kê thêm."


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@dataclass
class Lobby:
    """A running centre and one kiosk's link to it."""

    centre: WarmProcess
    token: str
    folder: Path
    heard: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = CentreClient(self.centre.url, self.token, connect_seconds=0.5, read_seconds=3)
        self.file = OfflineNumbers(self.folder / "kiosk.sqlite3")
        self.ratings = Ratings(self.client, ZONE, self.file, self.heard.append, lambda: datetime.now(UTC))
        self.helping = Helping(self.client, self.heard.append, look_seconds=0.02)
        self.matters = Matters(self.client, self.heard.append)

    def person(self, login: str) -> CentreClient:
        made = CentreClient(self.centre.url)
        made.sign_in(login, PASSWORD)
        return made

    def told(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.person("truong")._call("GET", "/ratings")
        return answer


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A centre's folder to be copied, and the kiosk's token."""
    settings, data = load(CONFIG), tmp_path_factory.mktemp("seed") / "data"
    token = admin.create_token(settings, data, "kiosk", "kiosk-1")
    admin.add_officer(settings, data, "lan", "officer", PASSWORD, name="Lan")
    admin.add_officer(settings, data, "truong", "head", PASSWORD, name="Xuân")
    return data, token


@pytest.fixture
def lobby(seed: tuple[Path, str], tmp_path: Path) -> Iterator[Lobby]:
    data, token = tmp_path / "data", seed[1]
    shutil.copytree(seed[0], data)
    centre = WarmProcess(data)
    centre.start()
    try:
        yield Lobby(centre, token, tmp_path)
    finally:
        centre.end()


def rating(words: str = "", key: str = "visit-1-rating", visit: str = "visit-1") -> SendRating:
    return SendRating(visit, key, 2, Aspect.ACCESS, words)


class TestHelp:
    """*Call someone*."""

    def test_an_officer_is_called_and_the_citizen_learns_who_comes(self, lobby: Lobby) -> None:
        lobby.helping.call(CallHelp("visit-1", "services", "hmn-Latn"))
        assert lobby.heard == [HelpCalled("visit-1")]
        officer = lobby.person("lan")
        officer.open_counter("quay-2")
        (call,) = officer.help_calls()
        assert (call.kiosk, call.screen, call.language) == ("kiosk-1", "services", "hmn-Latn")
        officer.answer_help(call.id)
        until(lambda: HelpAnswered("visit-1", 2) in lobby.heard)

    def test_a_visit_that_is_over_hears_no_more_and_the_officers_still_see_the_call(
        self, lobby: Lobby
    ) -> None:
        lobby.helping.call(CallHelp("visit-1", "services", "vi"))
        lobby.helping.forget()
        officer = lobby.person("lan")
        (call,) = officer.help_calls()
        officer.answer_help(call.id)
        lobby.helping.call(CallHelp("visit-2", "services", "vi"))
        officer.answer_help(officer.help_calls()[0].id)
        until(lambda: HelpAnswered("visit-2", None) in lobby.heard)
        assert HelpAnswered("visit-1", None) not in lobby.heard

    def test_a_call_is_followed_over_a_restart_of_the_centre(self, lobby: Lobby) -> None:
        lobby.helping.call(CallHelp("visit-1", "services", "vi"))
        lobby.centre.kill()
        lobby.centre.start()
        officer = lobby.person("lan")
        officer.answer_help(officer.help_calls()[0].id)
        until(lambda: HelpAnswered("visit-1", None) in lobby.heard)
        assert not officer.help_calls()

    def test_without_the_centre_the_citizen_is_told_to_go_to_a_counter(self, lobby: Lobby) -> None:
        lobby.centre.kill()
        lobby.helping.call(CallHelp("visit-1", "services", "vi"))
        assert lobby.heard == [HelpFailed("visit-1", FailureCode.HELP_NOT_CALLED)]

    def test_the_whole_way_from_the_touch_to_the_answer(self, lobby: Lobby) -> None:
        with MemoryLobby(centre=lobby.client) as kiosk:  # type: ignore[arg-type]
            kiosk.process.dispatch(HelpTapped())
            kiosk.until(lambda: kiosk.state.panel == HelpAsked(HelpStep.CALLED))
            officer = lobby.person("lan")
            officer.open_counter("quay-2")
            (call,) = officer.help_calls()
            assert call.screen == "start"
            officer.answer_help(call.id)
            kiosk.until(lambda: kiosk.state.panel == HelpAsked(HelpStep.ANSWERED, 2))
            kiosk.until(lambda: kiosk.state.lobby.notices.spare_counter == 1)


class TestRating:
    """*Rate us*."""

    def test_it_arrives_with_its_words_once(self, lobby: Lobby) -> None:
        lobby.ratings.send(rating(WORDS))
        lobby.ratings.send(rating(WORDS))
        assert lobby.heard == [RatingSent("visit-1")] * 2
        told = lobby.told()
        assert (told["faces"], [one["words"] for one in told["words"]]) == ([0, 1, 0, 0, 0], [WORDS])

    def test_without_the_centre_a_face_is_kept_and_told_later(self, lobby: Lobby) -> None:
        lobby.centre.kill()
        lobby.ratings.send(rating())
        assert lobby.heard == [RatingSent("visit-1")]
        lobby.ratings.forget()
        lobby.file.close()
        lobby.centre.start()
        lobby.__post_init__()  # the kiosk has been switched off meanwhile
        lobby.ratings.tell_kept()
        lobby.ratings.tell_kept()
        assert lobby.told()["faces"] == [0, 1, 0, 0, 0]
        assert lobby.file.recall("ratings") == []

    def test_words_are_never_kept_here(self, lobby: Lobby) -> None:
        lobby.centre.kill()
        lobby.ratings.send(rating(WORDS))
        assert lobby.heard == [RatingFailed("visit-1", FailureCode.RATING_NOT_SENT)]
        files = [file.read_bytes() for file in lobby.folder.glob("kiosk.sqlite3*")]
        assert not any(WORDS.encode() in one or b"Gh\\u1ebf" in one for one in files)
        (kept,) = lobby.file.recall("ratings")
        assert set(kept) == {"key", "face", "aspect", "day"}

    def test_words_that_did_not_arrive_may_be_sent_again_while_one_stands_there(self, lobby: Lobby) -> None:
        lobby.centre.kill()
        lobby.ratings.send(rating(WORDS))
        lobby.centre.start()
        lobby.ratings.tell_kept()
        assert lobby.told()["total"] == 0, "the citizen may still try again with the words"
        lobby.ratings.send(rating(WORDS))
        assert lobby.heard[-1] == RatingSent("visit-1")
        lobby.ratings.forget()
        lobby.ratings.tell_kept()
        told = lobby.told()
        assert (told["total"], len(told["words"])) == (1, 1)

    def test_a_rating_of_a_number_that_the_centre_does_not_know_yet_counts(self, lobby: Lobby) -> None:
        lobby.ratings.send(SendRating("visit-1", "k", 5, None, "", "offline/abc"))
        assert lobby.told()["total"] == 1


class TestMatters:
    """At the kiosk that gave the number."""

    def test_another_matter_and_back_with_the_number(self, lobby: Lobby) -> None:
        ticket = lobby.client.issue_ticket("ho-tich", "a")
        lobby.matters.add(AddMatter("v", ticket.id, "chung-thuc"))
        lobby.matters.add(AddMatter("v", ticket.id, "ho-tich"))
        lobby.matters.give_back(GiveBackTicket("v", ticket.id))
        assert lobby.heard == [
            MatterAdded("v", ticket.id, "chung-thuc"),
            MatterRefused("v", ticket.id, FailureCode.SERVICE_ASKED_ALREADY),
            TicketGivenBack("v", ticket.id),
        ]
        assert lobby.client.ticket(ticket.id).state == "cancelled"

    def test_a_called_number_stays_and_a_silent_centre_is_told(self, lobby: Lobby) -> None:
        ticket = lobby.client.issue_ticket("ho-tich", "a")
        officer = lobby.person("lan")
        officer.open_counter("quay-1")
        officer.call_next("quay-1")
        lobby.matters.give_back(GiveBackTicket("v", ticket.id))
        lobby.centre.kill()
        lobby.matters.give_back(GiveBackTicket("v", ticket.id))
        assert lobby.heard == [
            GiveBackFailed("v", ticket.id, FailureCode.TICKET_STATE_WRONG),
            GiveBackFailed("v", ticket.id, FailureCode.CENTRE_UNREACHABLE),
        ]
