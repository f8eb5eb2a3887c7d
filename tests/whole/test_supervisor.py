"""Supervising: what dies comes back, what is stopped leaves nothing behind, whoever is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import asyncio, sys
from pathlib import Path
from kiosk.processes.lobby import Lobby, Part, guarded

def supervise():
    async def up():
        print("up", flush=True)
    # "steady" starts a grandchild that hides in a session of its own; "shaky" dies again and again
    steady = Part("steady", ["sh", "-c", "setsid sleep {mark} & sleep {mark}; :"])
    shaky = Part("shaky", ["sh", "-c", "echo hello; sleep {mark} & sleep 0.2; exit 3"])
    lobby = Lobby([[steady], [shaky]], Path(sys.argv[1]), lambda line: print(line, flush=True))
    return asyncio.run(lobby.run(up))

sys.exit(guarded(supervise))
"""


class Running:
    def __init__(self, folder: Path) -> None:
        self.mark = f"{50000 + os.getpid() % 1000}.{time.monotonic_ns() % 10**6}"
        self.out = folder / "out"
        self.folder = folder
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM.format(mark=self.mark), str(folder / "logs")],
                cwd=ROOT,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.wait(lambda: "up" in self.said)

    @property
    def said(self) -> str:
        return self.out.read_text()

    @property
    def inner(self) -> int:
        return psutil.Process(self.process.pid).children()[0].pid

    def marked(self) -> list[int]:
        found = []
        for process in psutil.process_iter(["cmdline", "status"]):
            if process.info["status"] != psutil.STATUS_ZOMBIE and self.mark in " ".join(
                process.info["cmdline"] or []
            ):
                found.append(process.pid)
        return [pid for pid in found if pid != self.process.pid]

    def wait(self, condition: Callable[[], bool], seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.said
            time.sleep(0.05)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()
    running.wait(lambda: not running.marked())


def test_what_dies_is_started_again_with_growing_pauses_and_one_line_each(running: Running) -> None:
    running.wait(lambda: running.said.count("shaky ended with code 3") >= 3)
    pauses = [float(pause) for pause in re.findall(r"again in ([0-9.]+) s", running.said)]
    assert pauses[:3] == [0.2, 0.4, 0.8]
    assert (running.folder / "logs" / "shaky.log").read_text().splitlines()[0] == "hello"


def test_what_a_dead_process_had_started_does_not_stay(running: Running) -> None:
    running.wait(lambda: running.said.count("shaky ended") >= 2)
    time.sleep(0.1)
    # steady's shell, its sleep and its hidden sleep, and at most the newest sleep of shaky and its shell
    assert len(running.marked()) <= 6


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything(running: Running, sig: signal.Signals) -> None:
    running.process.send_signal(sig)
    assert running.process.wait(10) == 0
    running.wait(lambda: not running.marked(), 1)


def test_kill_9_of_the_outer_process_leaves_nothing(running: Running) -> None:
    running.process.kill()
    running.wait(lambda: not running.marked(), 6)


def test_kill_9_of_the_supervisor_leaves_nothing(running: Running) -> None:
    os.kill(running.inner, signal.SIGKILL)
    assert running.process.wait(10) != 0
    running.wait(lambda: not running.marked(), 2)
