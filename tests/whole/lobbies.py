"""A tour that was played, and a lobby to be killed."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from kiosk.client import CentreClient
from kiosk.processes.commands.options import CommandError
from kiosk.processes.commands.virtual import LobbyControl

ROOT = Path(__file__).parents[2]


def without_display() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DISPLAY"}


@dataclass
class Tour:
    """A tour that was played; ``listening`` are the addresses at which its processes listened meanwhile."""

    code: int
    said: str
    out: Path
    data: Path
    listening: set[tuple[str, int]] = field(default_factory=set)
    processes: set[str] = field(default_factory=set)
    left: list[str] = field(default_factory=list)

    @property
    def steps(self) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = json.loads((self.out / "tour.json").read_text())["steps"]
        return steps


class Watch(threading.Thread):
    """Looks, once a second, at every process below one and at where it listens."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid = pid
        self.stop = threading.Event()
        self.listening: set[tuple[str, int]] = set()
        self.seen: dict[tuple[int, float], str] = {}
        self.looks = 0

    def run(self) -> None:
        while not self.stop.wait(1.0):
            try:
                below = psutil.Process(self.pid).children(recursive=True)
            except psutil.NoSuchProcess:
                return
            for process in below:
                try:
                    self.seen[process.pid, process.create_time()] = process.name()
                    for one in process.net_connections("inet"):
                        # with a peer it hears that peer only: Chromium's network service looks whether
                        # IPv6 leads out, and asks the name server unless it is told not to (tour/browser.py)
                        heard_by_all = one.type.name == "SOCK_DGRAM" and not one.raddr
                        if one.status == psutil.CONN_LISTEN or heard_by_all:
                            self.listening.add((one.laddr.ip, one.laddr.port))
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            self.looks += 1

    def left(self) -> list[str]:
        """Names of those seen that still live."""
        alive = []
        for (pid, born), name in self.seen.items():
            try:
                process = psutil.Process(pid)
                if process.create_time() == born and process.status() != psutil.STATUS_ZOMBIE:
                    alive.append(name)
            except psutil.NoSuchProcess:
                continue
        return alive


class RunningLobby:
    """`main.py run --virtual`, with a finger on each of its processes."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.out = data / "said"
        command = [sys.executable, "main.py", "run", "--virtual", "--virtual-screen", "--port", "0"]
        with self.out.open("w") as out:
            self.process = subprocess.Popen(
                [*command, "--data", str(data)],
                cwd=ROOT,
                env=without_display(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.watch = Watch(self.process.pid)
        self.watch.start()
        self.control = LobbyControl(data)
        self.wait(lambda: "The lobby is up" in self.said, 60)
        self.url = json.loads((data / "run.json").read_text())["centre"]

    @property
    def said(self) -> str:
        return self.out.read_text()

    def wait(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < end, self.said
            time.sleep(0.05)

    def wait_until_watched(self) -> None:
        """Until the watch has seen every process that runs now."""
        before = self.watch.looks
        self.wait(lambda: self.watch.looks >= before + 2)  # one look may have begun already

    def client(self, role: str) -> CentreClient:
        return CentreClient(self.url, (self.data / "tokens" / f"{role}.token").read_text().strip())

    def officer(self) -> CentreClient:
        found = re.search(r"officer: login (\S+) +password (\S+)", self.said)
        assert found is not None
        client = CentreClient(self.url)
        client.sign_in(found[1], found[2])
        return client

    def part(self, name: str) -> psutil.Process:
        """The process that runs `main.py NAME`."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                line = process.cmdline()
                commands = [after for word, after in pairwise(line) if word.endswith("main.py")]
                if str(self.data) in line and commands == [name]:
                    return process
        raise AssertionError(f"no {name}")

    def shown(self, window: str) -> dict[str, Any]:
        """What a window last told; nothing while it has told nothing since the virtual devices started."""
        try:
            shown: dict[str, Any] = self.control.call("GET", f"/screens/{window}").json()
        except CommandError:
            return {"screen": "", "texts": [], "targets": []}
        return shown

    def journal_is_whole(self) -> bool:
        done = subprocess.run(
            [sys.executable, "main.py", "journal", "verify", "--data", str(self.data)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode == 0
