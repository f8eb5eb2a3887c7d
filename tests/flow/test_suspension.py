"""Staff take the machine out of service; a restart does not undo it."""

from __future__ import annotations

from pathlib import Path

from journey import HUONG
from memory_lobby import MemoryLobby

from kiosk.processes.offline_numbers import OfflineNumbers
from kiosk.visit.events import Finish, StartWithoutCard
from kiosk.visit.states import Start


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
