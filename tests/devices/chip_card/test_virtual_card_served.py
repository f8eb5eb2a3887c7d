"""One card on somebody else's driver: the wire protocol of ``vpcd``, and the command that uses it."""

import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests
from virtual_terminal import Terminal

from devices.virtual.chip_card import Deck, demo_citizens, demo_issuer
from devices.virtual.chip_card.card import ATR, Chip, VirtualCard
from devices.virtual.chip_card.foreign_cards import foreign_card
from devices.virtual.chip_card.profile import CardFaults, CardProfile
from devices.virtual.chip_card.serving import ServedCard
from devices.virtual.control import TOKEN_HEADER, ControlServer, VirtualLobby
from kiosk.processes.commands.lobby_control import LobbyControl
from kiosk.processes.commands.virtual import _CardTable

ROOT = Path(__file__).parents[3]
OFF, ON, RESET, GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
WAIT = 60


class Driver:
    """A ``vpcd`` of our own: listens, and speaks to the card that connects."""

    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(WAIT)
        self.port = self.server.getsockname()[1]
        self.link = None

    def accept(self):
        self.link, _ = self.server.accept()
        self.link.settimeout(WAIT)
        self.tell(ON)

    def tell(self, message):
        self.link.sendall(struct.pack(">H", len(message)) + message)

    def ask(self, message):
        self.tell(message)
        return self._exactly(struct.unpack(">H", self._exactly(2))[0])

    def gone(self):
        """Whether the card has closed the link."""
        return self.link.recv(1) == b""

    def close(self):
        for one in (self.link, self.server):
            if one is not None:
                one.close()

    def _exactly(self, count):
        parts = b""
        while len(parts) < count:
            part = self.link.recv(count - len(parts))
            assert part, "the card has left"
            parts += part
        return parts

    # What the terminal asks of a link.
    def transmit(self, command):
        return self.ask(command)

    def cold_reset(self):
        self.tell(OFF)
        self.tell(ON)


@pytest.fixture
def driver():
    driver = Driver()
    yield driver
    driver.close()


@pytest.fixture(scope="module")
def deck(tmp_path_factory):
    return Deck(demo_issuer(tmp_path_factory.mktemp("issuer")))


@pytest.fixture
def lay(driver):
    served = []

    def lay(card):
        served.append(ServedCard(card, "127.0.0.1", driver.port))
        served[0].start()
        driver.accept()
        return served[0]

    yield lay
    for one in served:
        one.stop()


def test_a_reader_behind_the_driver_reads_the_card(driver, lay, deck):
    served = lay(deck.card("lan"))
    assert driver.ask(GET_ATR) == ATR
    assert served.wait_until_seen(WAIT)
    observed = Terminal(driver, deck.chip("lan")).observe()
    assert observed.number == demo_citizens()["lan"].number
    assert observed.proof.data_intact
    assert observed.proof.chip_proven


def test_a_reset_forgets_what_was_selected(driver, lay, deck):
    lay(deck.card("lan"))
    assert driver.ask(bytes.fromhex("00A4040C07A0000002471001")) == b"\x90\x00"
    driver.tell(RESET)
    assert driver.ask(bytes.fromhex("00B09C0001")) == b"\x31\x90\x00"


def test_a_card_that_is_pulled_closes_the_link(driver, lay, deck):
    served = lay(deck.card("lan", faults=CardFaults(pull_at=2)))
    driver.ask(bytes.fromhex("00B09C0001"))
    driver.tell(bytes.fromhex("00B09C0001"))
    assert driver.gone()
    assert not served.lies_there


def test_an_answer_of_the_largest_size_fits_into_a_message(driver, lay):
    lay(VirtualCard(Chip({0x1C: bytes(0x10000)}, "123456")))
    answer = driver.ask(bytes.fromhex("00B09C00000000"))
    assert len(answer) == 65002
    assert answer[-2:] == b"\x90\x00"


def command(tmp_path, *arguments):
    return [sys.executable, "main.py", "virtual", *arguments, "--data", str(tmp_path)]


def test_the_command_serves_a_card_until_it_is_interrupted(driver, tmp_path):
    anchor = tmp_path / "root.pem"
    served = subprocess.Popen(
        command(
            tmp_path, "serve-card", "lan", "--profile", "clone", "--set", "pace_suite=AES-256",
            "--vpcd", f"127.0.0.1:{driver.port}", "--trust-anchor", str(anchor),
        ),
        cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        driver.accept()
        assert driver.ask(GET_ATR) == ATR
        offered = driver.ask(bytes.fromhex("00B09C0000"))
        assert "04007f00070202040204" in offered.hex(), "PACE with AES-256"
        served.send_signal(signal.SIGINT)
        said, _ = served.communicate(timeout=WAIT)
    finally:
        served.kill()
    assert served.returncode == 0
    assert f"CAN {demo_citizens()['lan'].can}" in said
    assert re.search(r"IDVNM\d{10}", said)
    assert "do not rely on this card" in said
    assert anchor.read_text().count("BEGIN") == 2


def test_the_command_ends_when_the_card_is_pulled(driver, tmp_path):
    served = subprocess.Popen(
        command(tmp_path, "serve-card", "lan", "--set", "pull_at=1", "--vpcd", f"127.0.0.1:{driver.port}"),
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        driver.accept()
        driver.tell(bytes.fromhex("00B09C0000"))
        said, _ = served.communicate(timeout=WAIT)
    finally:
        served.kill()
    assert served.returncode == 0
    assert "pulled by its own fault" in said


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["serve-card", "nobody"], "no person “nobody”; there are lan"),
        (["serve-card", "lan", "--profile", "perfect"], "no preset “perfect”"),
        (["serve-card", "lan", "--set", "pace_suite"], "KNOB=VALUE"),
        (["serve-card", "lan", "--set", "pace_curve=7"], "no domain parameters 7"),
        (["serve-card", "lan", "--vpcd", "here"], "HOST:PORT"),
        (["card", "insert", "lan"], "no virtual lobby runs"),
    ],
)
def test_a_wrong_command_says_what_is_possible(tmp_path, arguments, hint, capsys):
    from kiosk.bootstrap import command_line

    assert command_line(["virtual", *arguments, "--data", str(tmp_path)]) == 2
    assert hint in capsys.readouterr().err


def test_the_list_names_people_presets_and_other_cards(capsys):
    from kiosk.bootstrap import command_line

    assert command_line(["virtual", "card", "list"]) == 0
    said = capsys.readouterr().out
    for word in ("cu-binh", "clone-stripped", "-> do not rely on this card", "phone-no-wallet"):
        assert word in said
    assert command_line(["virtual", "card", "list", "--knobs"]) == 0
    assert "pace_mapping             gm             gm, im, cam" in capsys.readouterr().out


class TestOnTheLobby:
    """The commands and the control server between them."""

    @pytest.fixture
    def asked(self, monkeypatch):
        asked = []
        monkeypatch.setattr(LobbyControl, "call", lambda _self, *args: asked.append(args))
        return asked

    def run(self, *arguments):
        from kiosk.bootstrap import command_line

        return command_line(["virtual", "card", *arguments])

    def test_a_card_is_asked_for_as_ever(self, asked):
        assert self.run("insert", "lan") == 0
        assert asked == [("POST", "/card", {"name": "lan"})]

    def test_a_preset_and_knobs_go_along(self, asked, capsys):
        assert self.run("insert", "lan", "--profile", "clone", "--set", "delay=0.1") == 0
        assert asked == [("POST", "/card", {"name": "lan", "profile": "clone", "set": {"delay": "0.1"}})]
        assert "An honest reader says: do not rely" in capsys.readouterr().out

    def test_other_cards_are_asked_for_by_their_kind(self, asked):
        assert self.run("insert", "phone") == 0
        assert self.run("remove") == 0
        assert asked == [("POST", "/card", {"foreign": "phone"}), ("DELETE", "/card")]


class LaidCards:
    """A virtual reader without ``pcscd``."""

    def __init__(self, deck):
        self.deck = deck
        self.laid = None
        self.inserted = None

    def insert(self, name, faults=None, profile=None, timing=None):
        self.laid = self.deck.card(name, profile, faults, timing)
        self.inserted = name

    def lay_foreign(self, kind):
        self.laid = foreign_card(kind)
        self.inserted = kind

    def citizens(self):
        return demo_citizens()


class TestControlServer:
    """What the running lobby answers."""

    @pytest.fixture
    def reader(self, deck):
        return LaidCards(deck)

    @pytest.fixture
    def ask(self, reader, tmp_path):
        lobby = VirtualLobby(_CardTable(reader), None, None, None, lambda: None)
        server = ControlServer(lobby, tmp_path)
        thread = threading.Thread(target=server.serve)
        thread.start()
        header = {TOKEN_HEADER: server.token}

        def ask(method, path, body=None):
            return requests.request(method, server.url + path, json=body, headers=header, timeout=WAIT)

        yield ask
        server.stop()
        thread.join(WAIT)

    def test_a_name_alone_lays_the_genuine_card(self, ask, reader):
        assert ask("POST", "/card", {"name": "lan"}).status_code == 204
        assert reader.laid.chip.profile == CardProfile()

    def test_a_preset_and_knobs(self, ask, reader):
        body = {
            "name": "lan",
            "profile": "clone",
            "set": {"pull_at": 4, "removed": [15], "master_file": True},
        }
        assert ask("POST", "/card", body).status_code == 204
        assert reader.laid.chip.profile.chip_keys == "wrong"
        assert reader.laid.chip.profile.removed == (15,)
        assert reader.laid.chip.profile.master_file
        for _ in range(3):
            assert reader.laid.process(bytes(5)) is not None
        assert reader.laid.process(bytes(5)) is None

    def test_another_kind_of_card(self, ask, reader):
        assert ask("POST", "/card", {"foreign": "transport"}).status_code == 204
        assert reader.laid.atr.hex().startswith("3b8f80")

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            ({"name": "nobody"}, 404), ({"name": "lan", "profile": "perfect"}, 400),
            ({"foreign": "library"}, 400), ({"name": "lan", "set": []}, 400), ({}, 400),
            ({"name": "lan", "set": {"speed": 1}}, 400),
            ({"name": "lan", "profile": 7}, 400), ({"name": "lan", "set": {"pace_curve": 7}}, 400),
            ({"name": "lan", "set": {"delay": []}}, 400), ({"name": "lan", "set": {"pull_at": {}}}, 400),
        ],
    )  # fmt: skip
    def test_what_there_is_not_changes_nothing(self, ask, reader, body, status):
        assert ask("POST", "/card", body).status_code == status
        assert reader.laid is None

    def test_the_catalogue_tells_all_that_can_be_laid(self, ask):
        told = ask("GET", "/cards").json()
        assert {"name", "what", "says"} == told["profiles"][0].keys()
        assert "phone" in [entry["name"] for entry in told["foreign"]]
        assert "lan" in [entry["name"] for entry in told["citizens"]]
