"""How much memory each process of a running lobby holds, and how busy it is while nobody comes.

Beside it, in the same run: a bare Python process and a bare Kivy window, the least that any of them can be.
Unique: what ending the process would give back (USS); shared libraries count once for all in the proportional
set size (PSS).

Run: ``python -m tests.bench.memory [SECONDS]``
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
SETTLE_SECONDS = 3.0
BARE_PYTHON = "print('up', flush=True); import time; time.sleep(600)"
BARE_WINDOW = """
import os
os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_CONFIG="1", KIVY_NO_FILELOG="1", SDL_VIDEODRIVER="offscreen")
from kivy.base import runTouchApp
from kivy.clock import Clock
from kivy.uix.label import Label

Clock.schedule_once(lambda _: print("up", flush=True), 0.5)
runTouchApp(Label(text="x"))
"""


def main(seconds: float) -> int:
    """Print the table."""
    rows = []
    for name, code in (("bare Python", BARE_PYTHON), ("bare Kivy window", BARE_WINDOW)):
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            _wait_line(process, "up")
            rows.append(_measure(name, [psutil.Process(process.pid)], seconds))
            process.kill()
    rows += _lobby(seconds)
    print(f"{'process':<28}{'unique MB':>10}{'PSS MB':>9}{'RSS MB':>9}{'% of a core':>13}")
    for name, unique, proportional, resident, busy in rows:
        print(f"{name:<28}{unique:>10.0f}{proportional:>9.0f}{resident:>9.0f}{busy:>13.1f}")
    return 0


Row = tuple[str, float, float, float, float]


def _lobby(seconds: float) -> list[Row]:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    with tempfile.TemporaryDirectory(prefix="mot-cua-memory-") as data:
        command = [
            sys.executable,
            str(ROOT / "main.py"),
            "run",
            "--virtual",
            "--virtual-screen",
            "--port",
            "0",
        ]
        with subprocess.Popen(
            [*command, "--data", data],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                _wait_line(process, "The lobby is up")
                time.sleep(SETTLE_SECONDS)
                return _rows(process.pid, seconds)
            finally:
                process.terminate()
                process.wait(20)


def _rows(pid: int, seconds: float) -> list[Row]:
    outer = psutil.Process(pid)
    inner = outer.children()[0]
    groups: dict[str, list[psutil.Process]] = {"run (both processes)": [outer, inner]}
    for child in inner.children():
        line = child.cmdline()
        name = line[line.index(str(ROOT / "main.py")) + 1] if str(ROOT / "main.py") in line else child.name()
        groups[f"{name} (with what it started)"] = [child, *child.children(recursive=True)]
    rows = [_measure(name, processes, seconds) for name, processes in groups.items()]
    total = tuple(sum(row[column] for row in rows) for column in range(1, 5))
    return [*rows, ("whole lobby", *total)]  # type: ignore[list-item]


def _measure(name: str, processes: list[psutil.Process], seconds: float) -> Row:
    for process in processes:
        process.cpu_percent()
    time.sleep(seconds)
    busy = sum(process.cpu_percent() for process in processes)
    memory = [process.memory_full_info() for process in processes]
    unique, proportional, resident = (
        sum(getattr(one, part) for one in memory) / 1e6 for part in ("uss", "pss", "rss")
    )
    return name, unique, proportional, resident, busy


def _wait_line(process: subprocess.Popen[str], wanted: str) -> None:
    end = time.monotonic() + START_SECONDS
    assert process.stdout is not None
    for line in process.stdout:
        if wanted in line:
            return
        if time.monotonic() > end:
            break
    raise SystemExit(f"“{wanted}” was not seen; did it start?")


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
