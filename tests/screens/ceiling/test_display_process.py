"""Every call is shown at once and spoken once, in order; a cut link or a restart loses and repeats none."""

import threading
import time
from pathlib import Path

import pytest
from small_centre import SmallCentre, wait_until

from devices.screen import Rectangle
from devices.speaker import Speaker
from devices.speaker.outputs import RecordOutput
from kiosk.client import CentreClient, CentreError
from kiosk.failures import FailureCode
from kiosk.processes import display as process_module
from kiosk.processes.display import DisplayProcess
from kiosk.processes.owned_devices import OwnedDevices
from kiosk.settings import DeviceSettings, SpeakerSettings
from kiosk.speech import announcement


class QuietWindow:
    """A window that is always there; it notes what it was asked to do."""

    def __init__(self):
        self.names_shown = 0
        self.moved_to = None

    def place(self):
        return (1080, 0, 1920, 1080)

    def seconds_since_turn(self):
        return 0.1

    def show_name(self, seconds):
        self.names_shown += 1
        return True

    def move(self, settings):
        self.moved_to = settings


class HeardSpeaker(Speaker):
    """A real loudspeaker that keeps its sound in a folder; it notes which words were spoken to their end."""

    heard: list

    def announce(self, announcement):
        outcome = super().announce(announcement)
        self.heard.append((announcement.text, outcome))
        return outcome


@pytest.fixture
def centre():
    centre = SmallCentre()
    yield centre
    centre.close()


@pytest.fixture
def lobby(centre, tmp_path):
    """Starts displays on the centre; ``lobby.heard`` are the sentences spoken so far."""
    lobby = Lobby(centre, tmp_path / "sound")
    yield lobby
    for process in lobby.processes:
        process.stop()


class Lobby:
    def __init__(self, centre, folder: Path):
        self.centre = centre
        self.folder = folder
        folder.mkdir()
        self.outcomes = []
        self.processes = []
        self.pace = 0.0
        self.window = QuietWindow()

    @property
    def heard(self):
        return [words for words, _ in self.outcomes]

    def speaker(self, settings: SpeakerSettings):
        speaker = HeardSpeaker(settings, RecordOutput(self.folder, pace=self.pace))
        speaker.heard = self.outcomes
        return speaker

    def display(self):
        settings = DeviceSettings(speaker=SpeakerSettings(output=f"record:{self.folder}"))
        process = DisplayProcess(
            CentreClient(self.centre.url, "token"),
            settings,
            self.window,
            lambda: None,
            make_speaker=self.speaker,
        )
        self.processes.append(process)
        streams = self.centre.streams
        process.start()
        wait_until(lambda: process.display.board is not None and process.display.lost_at is None)
        wait_until(lambda: self.centre.streams > streams)
        return process


def shown(process):
    return [(call.number, call.counter) for call in process.display.board.calls]


def test_a_call_is_shown_and_spoken(centre, lobby):
    process = lobby.display()
    centre.issue("A015")
    wait_until(lambda: process.display.board.waiting == 1)
    centre.call("A015", 9)
    wait_until(lambda: shown(process) == [("A015", 9)])
    assert process.display.board.waiting == 0
    wait_until(lambda: lobby.heard == [announcement("A015", 9)])
    assert lobby.outcomes[0][1].spoken


def test_two_calls_at_once_are_both_shown_and_both_spoken_in_order(centre, lobby):
    lobby.pace = 0.1
    process = lobby.display()
    centre.call("A014", 1)
    time.sleep(0.01)
    centre.call("C007", 2)
    wait_until(lambda: shown(process) == [("C007", 2), ("A014", 1)], 1)
    wait_until(lambda: len(lobby.heard) == 2)
    assert lobby.heard == [announcement("A014", 1), announcement("C007", 2)]


def test_showing_does_not_wait_for_the_voice(centre, lobby):
    lobby.pace = 1.0
    process = lobby.display()
    for number in range(1, 5):
        began = time.monotonic()
        centre.call(f"A{number:03d}", number)
        wait_until(lambda n=number: shown(process)[:1] == [(f"A{n:03d}", n)])
        assert time.monotonic() - began < 0.1
    assert len(lobby.heard) == 0, "the first is still being spoken"


def test_a_recall_moves_to_the_front_and_is_spoken_again(centre, lobby):
    process = lobby.display()
    centre.call("A015", 9)
    centre.call("C007", 2)
    centre.recall("A015", 9)
    wait_until(lambda: len(lobby.heard) == 3)
    assert shown(process) == [("A015", 9), ("C007", 2)]
    assert lobby.heard[2] == lobby.heard[0]


def test_after_a_restart_the_board_is_right_and_nothing_old_is_spoken(centre, lobby):
    centre.call("A014", 1)
    centre.call("A015", 9)
    process = lobby.display()
    assert shown(process) == [("A015", 9), ("A014", 1)]
    centre.call("A016", 1)
    wait_until(lambda: lobby.heard)
    time.sleep(0.2)
    assert lobby.heard == [announcement("A016", 1)]


def test_a_cut_link_keeps_the_picture_says_since_when_and_misses_nothing(centre, lobby):
    process = lobby.display()
    centre.call("A001", 1)
    wait_until(lambda: shown(process))
    with centre.link_cut():
        wait_until(lambda: process.display.lost_at is not None)
        assert shown(process) == [("A001", 1)], "the last picture stays"
        lost_at = process.display.lost_at
        centre.call("A002", 2)
        centre.call("A003", 3)
        time.sleep(0.7)
        assert process.display.lost_at == lost_at, "since when, not since the last attempt"
    wait_until(lambda: process.display.lost_at is None)
    wait_until(lambda: len(lobby.heard) == 3)
    assert shown(process) == [("A003", 3), ("A002", 2), ("A001", 1)]
    assert lobby.heard == [announcement("A001", 1), announcement("A002", 2), announcement("A003", 3)]


def test_a_link_cut_before_the_stream_began_loses_no_call(centre, lobby, monkeypatch):
    """The board was loaded, then the link went: what is called meanwhile is news, not history."""

    def cut(_devices):
        if not centre.journal:
            centre.call("A001", 1)
            raise CentreError(FailureCode.CENTRE_UNREACHABLE)

    monkeypatch.setattr(OwnedDevices, "catch_up", cut)
    lobby.display()
    wait_until(lambda: lobby.heard == [announcement("A001", 1)])


def test_what_is_too_old_is_shown_but_not_spoken(centre, lobby):
    process = lobby.display()
    with centre.link_cut():
        wait_until(lambda: process.display.lost_at is not None)
        centre.call("A001", 1, seconds_ago=45)
        centre.call("A002", 2)
    wait_until(lambda: shown(process) == [("A002", 2), ("A001", 1)])
    wait_until(lambda: lobby.heard)
    time.sleep(0.2)
    assert lobby.heard == [announcement("A002", 2)]


def test_calls_that_wait_too_long_for_their_turn_are_not_spoken(centre, lobby, monkeypatch, caplog):
    process = lobby.display()
    centre.call("A000", 1)
    wait_until(lambda: lobby.heard)
    monkeypatch.setattr(process_module, "SPOKEN_WITHIN_SECONDS", 3)
    process._speaker._output._pace = 0.5  # each takes two seconds
    for number in range(1, 6):
        centre.call(f"A{number:03d}", number)
    wait_until(lambda: len(shown(process)) == 6)
    wait_until(lambda: "call 6 was shown but" in caplog.text, 20)
    assert lobby.heard[1:] == [announcement(f"A00{n}", n) for n in range(1, len(lobby.heard))]
    assert 1 <= len(lobby.heard[1:]) <= 3


def test_a_clock_that_is_wrong_does_not_silence_the_lobby(centre, lobby):
    """The centre's clock may stand minutes apart from the display's: a live call is spoken all the same."""
    lobby.display()
    centre.call("A001", 1, seconds_ago=600)
    wait_until(lambda: lobby.heard == [announcement("A001", 1)])


def test_a_restored_centre_is_shown_as_it_now_is(centre, lobby):
    process = lobby.display()
    for number in range(1, 4):
        centre.call(f"A{number:03d}", number)
    wait_until(lambda: len(lobby.heard) == 3)
    centre.now = [line for line in centre.now if line["number"] == "A001"]
    centre.restore()
    wait_until(lambda: process.display.board.epoch == "e2")
    wait_until(lambda: process.display.lost_at is None)
    assert shown(process) == [("A001", 1)]
    centre.call("A002", 7)
    wait_until(lambda: shown(process) == [("A002", 7), ("A001", 1)])
    wait_until(lambda: len(lobby.heard) == 4)
    assert lobby.heard[3] == announcement("A002", 7)


def test_a_centre_that_answers_later_is_found(centre, lobby):
    centre.cut = True
    process = DisplayProcess(
        CentreClient(centre.url, "token"),
        DeviceSettings(),
        lobby.window,
        lambda: None,
        make_speaker=lobby.speaker,
    )
    lobby.processes.append(process)
    process.start()
    wait_until(lambda: process.display.lost_at is not None)
    assert process.display.board is None
    centre.cut = False
    wait_until(lambda: process.display.lost_at is None)
    assert process.display.board.centre == "Trung tâm xã Thuận Hòa"


def test_a_broken_entry_does_not_stop_the_display(centre, lobby):
    process = lobby.display()
    centre.entry("ticket.called", {"ticket": None})
    centre.call("A002", 2)
    wait_until(lambda: shown(process) == [("A002", 2)])


def test_every_change_is_told_to_the_window(centre, lobby):
    told = threading.Event()
    process = lobby.display()
    process._on_change = told.set
    centre.call("A001", 1)
    assert told.wait(30)


def test_devices_are_reported_and_again_when_they_change(centre, lobby):
    lobby.display()
    wait_until(lambda: {name for name, _ in centre.reports} == {"speaker", "ceiling_screen"})
    assert all(body["condition"] == "ready" for _, body in centre.reports)
    before = len(centre.reports)
    identity = centre.ask("speaker", "set", {"enabled": False})
    wait_until(lambda: identity in centre.answers)
    wait_until(
        lambda: (
            ("speaker", "disabled") in [(name, body["condition"]) for name, body in centre.reports[before:]]
        )
    )


def test_a_test_of_the_speaker_plays_and_measures(centre, lobby):
    lobby.display()
    identity = centre.ask("speaker", "test")
    answer = wait_until(lambda: centre.answers.get(identity))
    assert answer["passed"]
    assert abs(float(dict(answer["lines"])["tone_hz"]) - 440) < 4
    assert list(lobby.folder.glob("*.wav"))


def test_a_test_of_the_screen_shows_its_name(centre, lobby):
    lobby.display()
    identity = centre.ask("ceiling_screen", "test")
    answer = wait_until(lambda: centre.answers.get(identity))
    assert answer["passed"]
    assert lobby.window.names_shown == 1
    assert dict(answer["lines"])["window"] == str(Rectangle(1080, 0, 1920, 1080))


def test_a_request_made_while_the_display_was_away_is_answered(centre, lobby):
    identity = centre.ask("ceiling_screen", "test")
    lobby.display()
    assert wait_until(lambda: centre.answers.get(identity))["passed"]


def test_settings_are_taken_over_only_when_the_device_agrees(centre, lobby):
    process = lobby.display()
    refused = centre.ask("speaker", "set", {"voice": "no-such-voice"})
    answer = wait_until(lambda: centre.answers.get(refused))
    assert (answer["passed"], answer["failure"]) == (False, "VOICE_MISSING")
    invalid = centre.ask("speaker", "set", {"volume": 500})
    answer = wait_until(lambda: centre.answers.get(invalid))
    assert (answer["passed"], answer["failure"]) == (False, "DEVICE_SETTING_INVALID")
    good = centre.ask("speaker", "set", {"volume": 40})
    assert wait_until(lambda: centre.answers.get(good))["passed"]
    centre.call("A001", 1)
    wait_until(lambda: lobby.heard)
    settings = process._devices._settings.speaker
    assert settings.volume == 40
    assert settings.voice == "vi"
    assert process._speaker.settings.volume == 40


def test_calls_waiting_for_their_turn_survive_a_change_of_speaker(centre, lobby):
    lobby.pace = 0.1
    lobby.display()
    for number in range(1, 4):
        centre.call(f"A{number:03d}", number)
    identity = centre.ask("speaker", "set", {"volume": 40})
    wait_until(lambda: identity in centre.answers)
    wait_until(lambda: len(lobby.heard) == 3)
    assert all(outcome.spoken for _, outcome in lobby.outcomes)


def test_a_window_may_be_moved_by_maintenance(centre, lobby):
    lobby.display()
    identity = centre.ask("ceiling_screen", "set", {"left": 0, "diagonal_inches": 55})
    assert wait_until(lambda: centre.answers.get(identity))["passed"]
    moved = wait_until(lambda: lobby.window.moved_to)
    assert (moved.left, moved.diagonal_inches, moved.width) == (0, 55, 1920)


def test_what_maintenance_set_before_is_in_force_from_the_start(centre, lobby):
    kept = DeviceSettings(speaker=SpeakerSettings(output=f"record:{lobby.folder}", volume=30))
    centre.device_settings = kept.model_dump(mode="json")
    process = lobby.display()
    wait_until(lambda: process._speaker.settings.volume == 30)
