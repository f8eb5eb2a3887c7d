"""The virtual lobby's control server: what it does, and what it refuses without changing anything."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from devices.virtual.control import ControlServer, VirtualLobby
from devices.virtual.printer import VirtualPrinter
from devices.virtual.scanner import VirtualScanner


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
        virtual = VirtualLobby(self.cards, self.printer, self.scanner, folder / "sound", lambda: None)
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


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/card", {"name": "nobody"}, 404),
        ("POST", "/card", {"name": 7}, 400),
        ("POST", "/card", [], 400),
        ("POST", "/printer", {"state": "on fire"}, 400),
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
