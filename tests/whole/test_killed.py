"""Kill -9 of any process of a running lobby: it comes back, nothing is lost, nothing stays behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import uuid

import psutil
import pytest

from kiosk.processes.commands.options import CommandError
from screens.maintenance.wording import catalogue
from tests.whole.lobbies import ROOT, RunningLobby

pytestmark = pytest.mark.timeout(120)


def take_numbers(lobby: RunningLobby, count: int) -> list[str]:
    kiosk = lobby.client("kiosk")
    return [kiosk.issue_ticket("ho-tich", uuid.uuid4().hex).number for _ in range(count)]


@pytest.fixture(scope="module")
def called(running_lobby: RunningLobby) -> tuple[list[str], str]:
    """Numbers that wait, and the one that stands on the ceiling."""
    numbers = take_numbers(running_lobby, 4)
    officer = running_lobby.officer()
    officer.open_counter("quay-9")
    ticket = officer.call_next("quay-9")
    assert ticket is not None
    running_lobby.wait(lambda: ticket.number in running_lobby.shown("ceiling")["texts"])
    return numbers, ticket.number


def killed(lobby: RunningLobby, name: str) -> None:
    before = lobby.part(name)
    before.send_signal(signal.SIGKILL)

    def back() -> bool:
        try:
            return lobby.part(name).pid != before.pid
        except AssertionError:
            return False

    lobby.wait(back)
    assert f"{name} was ended by signal 9; starting it again" in lobby.said


def test_the_display_comes_back_with_the_right_numbers(
    running_lobby: RunningLobby, called: tuple[list[str], str]
) -> None:
    spoken = running_lobby.control.call("GET", "/state").json()["sound"]["plays"]
    running_lobby.control.call("PUT", "/screens/ceiling", {"texts": []})
    killed(running_lobby, "display")
    running_lobby.wait(lambda: called[1] in running_lobby.shown("ceiling")["texts"])
    assert running_lobby.control.call("GET", "/state").json()["sound"]["plays"] <= spoken + 1


def test_the_kiosk_comes_back_to_its_start_screen(running_lobby: RunningLobby) -> None:
    running_lobby.control.call("PUT", "/screens/kiosk", {"screen": "", "texts": [], "targets": []})
    killed(running_lobby, "kiosk")
    running_lobby.wait(lambda: running_lobby.shown("kiosk")["screen"] == "start")


def test_cards_and_printer_work_after_the_virtual_devices_died(running_lobby: RunningLobby) -> None:
    killed(running_lobby, "virtual")
    running_lobby.wait(running_lobby.control.answers)
    running_lobby.wait(lambda: well(running_lobby, "card_reader") and well(running_lobby, "printer"), 40)
    running_lobby.control.call("POST", "/card", {"name": "cu-binh"})
    running_lobby.wait(lambda: running_lobby.shown("kiosk")["screen"] == "enter_can")
    running_lobby.control.call("DELETE", "/card")
    time.sleep(0.5)  # a new screen takes no touch for a moment
    back = next(target for target in running_lobby.shown("kiosk")["targets"] if target["name"] == "Back")
    middle = {"x": back["left"] + back["width"] / 2, "y": back["top"] + back["height"] / 2}
    running_lobby.control.call("POST", "/touch", middle)
    running_lobby.wait(lambda: running_lobby.shown("kiosk")["screen"] == "start")


def well(lobby: RunningLobby, name: str) -> bool:
    return any(
        device.name == name and device.condition == "ready" for device in lobby.client("kiosk").devices()
    )


def test_the_centre_comes_back_with_every_number(
    running_lobby: RunningLobby, called: tuple[list[str], str]
) -> None:
    kiosk = running_lobby.client("kiosk")
    board = kiosk.board()
    waiting = [ticket.number for ticket in kiosk.tickets("waiting")]
    killed(running_lobby, "centre")
    running_lobby.wait(kiosk.ready)
    assert [(call.number, call.call) for call in kiosk.board().now] == [
        (call.number, call.call) for call in board.now
    ]
    assert [ticket.number for ticket in kiosk.tickets("waiting")] == waiting
    assert sorted([*waiting, called[1]]) == sorted(called[0])
    assert running_lobby.journal_is_whole()
    more = take_numbers(running_lobby, 2)
    assert len({*called[0], *more}) == len(called[0]) + 2


def test_display_and_kiosk_go_on_after_the_centre_was_away(running_lobby: RunningLobby) -> None:
    officer = running_lobby.officer()
    officer.start("quay-9")
    officer.complete("quay-9")
    ticket = officer.call_next("quay-9")
    assert ticket is not None
    running_lobby.wait(lambda: ticket.number in running_lobby.shown("ceiling")["texts"])


def test_the_screen_comes_back_with_its_windows(running_lobby: RunningLobby) -> None:
    for (pid, _), name in list(running_lobby.watch.seen.items()):
        if name == "Xvfb":
            psutil.Process(pid).kill()
    running_lobby.wait(lambda: "screen was ended by signal 9" in running_lobby.said)

    def drawn() -> bool:
        try:
            return len(running_lobby.control.call("GET", "/kiosk.png?width=100").content) > 1000
        except CommandError:
            return False

    running_lobby.wait(drawn, 30)


def test_every_reading_of_a_device_has_its_words(running_lobby: RunningLobby) -> None:
    devices = running_lobby.client("maintenance").devices()
    assert len(devices) == 6
    assert {key for device in devices for key in device.facts} <= catalogue()["fact"].keys()


def test_a_second_lobby_on_the_same_data_is_refused(running_lobby: RunningLobby) -> None:
    done = subprocess.run(
        [sys.executable, "main.py", "run", "--virtual", "--port", "0", "--data", str(running_lobby.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert "already runs" in done.stderr


def test_a_taken_port_is_said_in_one_line(
    running_lobby: RunningLobby, tmp_path_factory: pytest.TempPathFactory
) -> None:
    port = running_lobby.url.rpartition(":")[2]
    data = tmp_path_factory.mktemp("other")
    done = subprocess.run(
        [sys.executable, "main.py", "run", "--virtual", "--port", port, "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert f"port {port} is taken" in done.stderr


def test_sigterm_leaves_no_process(running_lobby: RunningLobby) -> None:
    running_lobby.wait_until_watched()
    running_lobby.process.terminate()
    assert running_lobby.process.wait(15) == 0
    assert running_lobby.watch.left() == []


def test_after_kill_9_of_run_itself_no_process_stays(tmp_path_factory: pytest.TempPathFactory) -> None:
    lobby = RunningLobby(tmp_path_factory.mktemp("lobby"))
    try:
        lobby.wait_until_watched()
        assert {"pcscd", "Xvfb"} <= set(lobby.watch.seen.values())
        lobby.process.kill()
        lobby.process.wait()
        end = time.monotonic() + 40
        while lobby.watch.left() and time.monotonic() < end:
            time.sleep(0.1)
        assert lobby.watch.left() == []
    finally:
        lobby.process.kill()
        lobby.watch.stop.set()
