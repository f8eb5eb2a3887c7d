"""Staff take the machine out of service; a restart does not undo it, and the centre knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from journey import HUONG
from memory_lobby import MemoryCentre, MemoryLobby

from kiosk.centre import admin
from kiosk.client import CentreClient, CentreError
from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.settings import load
from kiosk.visit.events import Finish, StartWithoutCard
from kiosk.visit.states import Start
from tests.centre.support import CONFIG, WarmProcess


def test_a_suspended_machine_is_suspended_after_a_restart_until_it_is_put_back(tmp_path: Path) -> None:
    file = tmp_path / "kiosk" / "offline.sqlite3"
    with MemoryLobby(numbers=OfflineNumbers(file)) as lobby:
        assert not lobby.state.lobby.suspended
        assert lobby.process.suspend(True)
        lobby.process.end_visit()  # as when staff leave the maintenance screen
        assert lobby.state.lobby.suspended
    with MemoryLobby(numbers=OfflineNumbers(file)) as lobby:
        assert lobby.state.lobby.suspended
        lobby.process.dispatch(StartWithoutCard())
        lobby.reader.lay(HUONG)
        lobby.until(lambda: lobby.state.lobby.card)
        assert isinstance(lobby.state.screen, Start)
        assert lobby.process.suspend(False)
        lobby.process.dispatch(StartWithoutCard())
        lobby.until_screen("services")
        lobby.process.dispatch(Finish())
    with MemoryLobby(numbers=OfflineNumbers(file)) as lobby:
        assert not lobby.state.lobby.suspended


def test_without_a_file_it_is_suspended_and_staff_are_told_that_a_restart_undoes_it() -> None:
    with MemoryLobby() as lobby:
        assert not lobby.process.suspend(True)
        assert lobby.state.lobby.suspended


def test_the_window_is_drawn_anew() -> None:
    with MemoryLobby() as lobby:
        lobby.until(lambda: lobby.state.services is not None)
        before = lobby.changes
        lobby.process.suspend(True)
        assert lobby.changes > before


class House:
    """A real centre, and a kiosk that is started and stopped beside it."""

    def __init__(self, folder: Path) -> None:
        data = folder / "data"
        self._file = folder / "kiosk" / "offline.sqlite3"
        tokens = {
            role: admin.create_token(load(CONFIG), data, role, role) for role in ("kiosk", "maintenance")
        }
        self.centre = WarmProcess(data)
        self.centre.start()
        self._kiosk = CentreClient(self.centre.url, tokens["kiosk"], read_seconds=3)
        self._staff = CentreClient(self.centre.url, tokens["maintenance"])

    def kiosk(self) -> MemoryLobby:
        """The machine, as it is after it was switched on."""
        return MemoryLobby(cast(MemoryCentre, self._kiosk), OfflineNumbers(self._file))

    def shows(self, service: str, condition: str) -> bool:
        """Whether the centre tells so of the one kiosk there is."""
        try:
            told = [(one.name, one.facts, one.condition) for one in self._staff.machines()]
        except CentreError:
            return False
        return told == [("kiosk:kiosk", {"service": service}, condition)]

    @property
    def devices(self) -> list[str]:
        return [one.name for one in self._staff.devices()]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    try:
        yield made
    finally:
        made.centre.end()


def test_the_centre_shows_it_also_after_either_was_away(house: House) -> None:
    with house.kiosk() as lobby:
        lobby.until(lambda: house.shows("in_service", "ready"), 30)
        lobby.process.suspend(True)
        lobby.until(lambda: house.shows("suspended", "disabled"), 30)
    with house.kiosk() as lobby:
        lobby.process.suspend(False)
        lobby.until(lambda: house.shows("in_service", "ready"), 30)
        house.centre.kill()
        lobby.process.suspend(True)
    with house.kiosk() as lobby:  # it was switched off and on again before the centre is back
        house.centre.start()
        lobby.until(lambda: house.shows("suspended", "disabled"), 30)
    assert not [name for name in house.devices if name.startswith("kiosk:")], "it is no device to be tested"
