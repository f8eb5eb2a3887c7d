"""Whole lobbies for the tests of this folder: one that a tour plays in, one to be killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.whole.lobbies import ROOT, RunningLobby, Tour, Watch, without_display


@pytest.fixture(scope="session")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """One tour for all tests."""
    out, data = tmp_path_factory.mktemp("tour"), tmp_path_factory.mktemp("tour-data")
    command = [sys.executable, "main.py", "tour", "--out", str(out), "--data", str(data)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=without_display(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        watch = Watch(process.pid)
        watch.start()
        said, _ = process.communicate(timeout=560)  # several times what it takes
        watch.stop.set()
        watch.join()
    return Tour(process.returncode, said, out, data, watch.listening, set(watch.seen.values()), watch.left())


@pytest.fixture(scope="module")
def running_lobby(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLobby]:
    lobby = RunningLobby(tmp_path_factory.mktemp("lobby"))
    yield lobby
    if lobby.process.poll() is None:
        lobby.process.terminate()
        lobby.process.wait(15)
    lobby.watch.stop.set()
    lobby.watch.join()
