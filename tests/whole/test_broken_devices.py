"""A device that breaks is named at the centre within seconds, tickets go on, and mended it is used again."""

from __future__ import annotations

import time

import pytest

from kiosk.failures import FailureCode
from screens.citizen.screens import TOUCH_GUARD_MS
from tests.whole.lobbies import RunningLobby

pytestmark = pytest.mark.timeout(120)

FAILURES = {
    "card_reader": FailureCode.READER_SERVICE_DOWN,
    "scanner": FailureCode.SCANNER_NOT_FOUND,
    "speaker": FailureCode.SPEAKER_NOT_FOUND,
}


def known(lobby: RunningLobby) -> dict[str, tuple[str, FailureCode | None]]:
    """What the centre was told of each of these devices."""
    devices = lobby.client("maintenance").devices()
    return {one.name: (one.condition, one.failure) for one in devices if one.name in FAILURES}


def switch(lobby: RunningLobby, state: str) -> None:
    for name in FAILURES:
        lobby.control.call("POST", "/device", {"name": name, "state": state})


def touch(lobby: RunningLobby, name: str) -> None:
    """Touch what sends this event, once the kiosk shows it and takes touches on the new screen."""
    lobby.wait(lambda: bool(targets(lobby, name)))
    time.sleep(TOUCH_GUARD_MS / 1000 + 0.2)
    target = targets(lobby, name)[0]
    middle = {"x": target["left"] + target["width"] / 2, "y": target["top"] + target["height"] / 2}
    lobby.control.call("POST", "/touch", middle)


def targets(lobby: RunningLobby, name: str) -> list[dict[str, float]]:
    return [target for target in lobby.shown("kiosk")["targets"] if target["name"] == name]


def test_broken_devices_are_named_and_tickets_go_on_and_mended_ones_are_ready(
    running_lobby: RunningLobby,
) -> None:
    lobby, well = running_lobby, dict.fromkeys(FAILURES, ("ready", None))
    lobby.wait(lambda: known(lobby) == well)

    switch(lobby, "broken")
    lobby.wait(lambda: known(lobby) == {name: ("disconnected", code) for name, code in FAILURES.items()})
    before = lobby.control.call("GET", "/state").json()["printer"]["jobs"]
    touch(lobby, "StartWithoutCard")
    lobby.wait(lambda: lobby.shown("kiosk")["screen"] == "services")
    touch(lobby, "ServiceTapped ho-tich")
    lobby.wait(lambda: len(lobby.client("kiosk").tickets("waiting")) == 1)
    lobby.wait(lambda: lobby.control.call("GET", "/state").json()["printer"]["jobs"] == before + 1)

    switch(lobby, "ok")
    lobby.wait(lambda: known(lobby) == well, 30)
