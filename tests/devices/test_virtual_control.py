"""The virtual lobby's control server: what it does, and what it refuses without changing anything."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from devices.virtual.control import ControlServer, Fault, VirtualLobby
from devices.virtual.printer import VirtualPrinter
from devices.virtual.scanner import VirtualScanner
from devices.virtual.sound import VirtualSound
from kiosk.centre.web.words import catalogue
from kiosk.processes.accounts import demo_accounts


class Cards:
    """A reader that only remembers."""

    inserted: str | None = None

    def insert(self, name: str) -> None:
        self.inserted = name

    def remove(self) -> None:
        self.inserted = None

    def citizens(self) -> list[dict[str, str]]:
        return [{"name": "hoa", "label": "Hoa"}]


class Lobby:
    def __init__(self, folder: Path) -> None:
        self.printer = VirtualPrinter(folder / "printer", 0)
        self.scanner = VirtualScanner(folder)
        self.cards = Cards()
        self.sound = VirtualSound(folder / "sound")
        self.sound.plug()
        virtual = VirtualLobby(
            self.cards,
            self.printer,
            self.scanner,
            self.sound,
            lambda: None,
            accounts=lambda: demo_accounts(folder),
            faults={
                "scanner": Fault(lambda: not self.scanner.plugged, self.scanner.stop, self.scanner.start),
                "speaker": Fault(lambda: not self.sound.plugged, self.sound.unplug, self.sound.plug),
            },
        )
        self.folder = folder
        self.server = ControlServer(virtual, folder, {"socket": "x"})
        self.thread = threading.Thread(target=self.server.serve)
        self.thread.start()

    def ask(self, method: str, path: str, body: object = None, token: str | None = None) -> requests.Response:
        control = json.loads((self.folder / "control.json").read_text())
        return requests.request(
            method,
            control["url"] + path,
            data=None if body is None else json.dumps(body),
            headers={"X-Lobby-Token": control["token"] if token is None else token},
            timeout=5,
        )


@pytest.fixture
def lobby(tmp_path: Path) -> Iterator[Lobby]:
    lobby = Lobby(tmp_path)
    lobby.printer.start()
    lobby.scanner.start()
    while not (tmp_path / "control.json").exists():
        pass
    yield lobby
    lobby.server.stop()
    lobby.thread.join()
    lobby.printer.stop()
    lobby.scanner.stop()


def test_a_card_is_laid_down_and_taken_off(lobby: Lobby) -> None:
    assert lobby.ask("POST", "/card", {"name": "hoa"}).status_code == 204
    assert lobby.ask("GET", "/state").json()["card"] == "hoa"
    assert lobby.ask("DELETE", "/card").status_code == 204
    assert lobby.ask("GET", "/state").json()["card"] is None


def test_every_state_of_the_printer_can_be_set(lobby: Lobby) -> None:
    for state in lobby.ask("GET", "/state").json()["printer"]["switches"]:
        assert lobby.ask("POST", "/printer", {"state": state}).status_code == 204
        assert lobby.printer.state == state


def test_every_state_of_the_printer_has_its_words_on_the_page(lobby: Lobby) -> None:
    switches = lobby.ask("GET", "/state").json()["printer"]["switches"]
    assert {name for switch in switches for name in (switch, f"{switch}_en")} <= set(
        catalogue()["lobby"]["switch"]
    )


def test_the_demo_accounts_are_told_to_whoever_plays(lobby: Lobby) -> None:
    assert lobby.ask("GET", "/state").json()["accounts"] == []
    (lobby.folder / "demo-accounts.txt").write_text(
        "officer: login canbo  password x-Y_9\nmaintenance: login kythuat  password abc\n"
        "PIN of the kiosk's maintenance screen (5 touches in its top left corner): 123456\n"
    )
    assert lobby.ask("GET", "/state").json()["accounts"] == [
        {"login": "canbo", "password": "x-Y_9"},
        {"login": "kythuat", "password": "abc"},
    ]


def test_a_device_is_broken_and_mended_and_asking_twice_does_no_harm(lobby: Lobby) -> None:
    assert lobby.ask("GET", "/state").json()["devices"] == {"scanner": "ok", "speaker": "ok"}
    for state in ("broken", "broken", "ok", "ok"):
        assert lobby.ask("POST", "/device", {"name": "scanner", "state": state}).status_code == 204
        assert lobby.ask("GET", "/state").json()["devices"] == {"scanner": state, "speaker": "ok"}
        assert lobby.scanner.path.exists() == (state == "ok")


def test_a_device_that_cannot_be_mended_is_said_to_be_broken_still(lobby: Lobby) -> None:
    lobby.ask("POST", "/device", {"name": "scanner", "state": "broken"})
    lobby.scanner.path.write_text("in the way")
    refused = lobby.ask("POST", "/device", {"name": "scanner", "state": "ok"})
    assert refused.status_code == 503
    assert refused.json()["title"]
    assert lobby.ask("GET", "/state").json()["devices"]["scanner"] == "broken"
    lobby.scanner.path.unlink()
    assert lobby.ask("POST", "/device", {"name": "scanner", "state": "ok"}).status_code == 204


def test_an_unplugged_loudspeaker_keeps_what_it_played(lobby: Lobby) -> None:
    (lobby.sound.folder / "0001.wav").write_bytes(b"heard")
    for state in ("broken", "ok"):
        lobby.ask("POST", "/device", {"name": "speaker", "state": state})
        assert lobby.ask("GET", "/state").json()["sound"]["plays"] == 1
    assert (lobby.sound.folder / "0001.wav").read_bytes() == b"heard"


def test_a_loudspeaker_left_unplugged_is_there_at_the_next_start(tmp_path: Path) -> None:
    before = VirtualSound(tmp_path / "sound")
    before.plug()
    (before.folder / "0001.wav").write_bytes(b"heard")
    before.unplug()
    after = VirtualSound(tmp_path / "sound")
    after.plug()
    assert (after.plugged, after.plays) == (True, 1)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/card", {"name": "nobody"}, 404),
        ("POST", "/card", {"name": 7}, 400),
        ("POST", "/card", [], 400),
        ("POST", "/printer", {"state": "on fire"}, 400),
        ("POST", "/device", {"name": "printer", "state": "broken"}, 404),
        ("POST", "/device", {"name": "scanner", "state": "on fire"}, 400),
        ("POST", "/device", {"name": "scanner"}, 400),
        ("POST", "/scan", {}, 400),
        ("POST", "/touch", {"x": 1, "y": 1}, 503),
        ("POST", "/touch", {"x": 1, "y": 1, "phase": "swipe"}, 400),
        ("GET", "/kiosk.png?width=9", None, 400),
        ("GET", "/kiosk.png", None, 503),
        ("GET", "/ticket.png", None, 404),
        ("GET", "/screens/kiosk", None, 404),
        ("GET", "/etc/passwd", None, 404),
        ("PUT", "/card", {}, 404),
    ],
)
def test_what_it_cannot_do_it_refuses_with_a_reason(
    lobby: Lobby, method: str, path: str, body: object, status: int
) -> None:
    before = lobby.ask("GET", "/state").json()
    answer = lobby.ask(method, path, body)
    assert answer.status_code == status
    assert answer.json()["title"]
    assert lobby.ask("GET", "/state").json() == before


def test_without_its_secret_it_does_nothing(lobby: Lobby) -> None:
    for token in ("", "wrong", "é".encode("latin-1").decode("latin-1")):
        assert lobby.ask("POST", "/card", {"name": "hoa"}, token=token).status_code == 403
    assert lobby.cards.inserted is None


def test_too_long_a_body_is_refused(lobby: Lobby) -> None:
    assert lobby.ask("POST", "/scan", {"text": "x" * 300_000}).status_code == 413


def test_the_secret_stands_in_a_private_file(lobby: Lobby) -> None:
    assert (lobby.folder / "control.json").stat().st_mode & 0o777 == 0o600


def test_what_a_window_shows_is_handed_on(lobby: Lobby) -> None:
    shown = {"screen": "start", "texts": ["Xin chào"], "targets": []}
    assert lobby.ask("PUT", "/screens/kiosk", shown).status_code == 204
    assert lobby.ask("GET", "/screens/kiosk").json() == shown
