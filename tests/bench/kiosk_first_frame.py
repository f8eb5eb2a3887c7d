"""How long the citizen's window takes from the start of Python to its first frame, and how it idles.

Each start stands beside that of a bare Kivy window with one label, measured in turn in the same run.

Run: ``python -m tests.bench.kiosk_first_frame [STARTS]``; without a display it draws off screen.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
WIDTH, HEIGHT = 1080, 1920
IDLE_SECONDS = 3.0
SETTLED_SECONDS = 14.0  # screens are built ahead and garbage is collected by then


def main(starts: int) -> int:
    """Print the table."""
    os.environ.setdefault("SDL_VIDEODRIVER", "x11" if os.environ.get("DISPLAY") else "offscreen")
    seen: dict[str, list[dict[str, float]]] = {"bare": [], "kiosk": []}
    for _ in range(starts):
        for kind, runs in seen.items():
            begun = time.time()
            done = subprocess.run(
                [sys.executable, "-m", "tests.bench.kiosk_first_frame", kind],
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                check=True,
            )
            told = json.loads(done.stdout.splitlines()[-1])
            runs.append({**told, "first_frame_ms": (told.pop("at") - begun) * 1000})
    print(f"start of Python to first frame, {WIDTH}×{HEIGHT}, {starts} starts of each in turn, median")
    print(f"{'':24}{'first frame ms':>16}{'memory MB':>12}{'idle CPU %':>12}")
    for kind, name in (("bare", "a bare Kivy window"), ("kiosk", "the citizen's window")):
        middle = {key: statistics.median(run[key] for run in seen[kind]) for key in seen[kind][0]}
        print(f"{name:24}{middle['first_frame_ms']:16.0f}{middle['mb']:12.0f}{middle['cpu']:12.1f}")
    print("building each screen the first time, and showing it again, ms")
    for name, first in seen["kiosk"][-1].items():
        if name.startswith("first:"):
            again = seen["kiosk"][-1]["again:" + name.removeprefix("first:")]
            print(f"  {name.removeprefix('first:'):22}{first:10.1f}{again:10.1f}")
    return 0


def bare() -> None:
    """One label in a window of the same size."""
    os.environ |= {"KIVY_NO_ARGS": "1", "KIVY_NO_CONFIG": "1", "KIVY_NO_FILELOG": "1"}
    from kivy.config import Config

    for key, value in {"width": WIDTH, "height": HEIGHT, "multisamples": 0, "maxfps": 30}.items():
        Config.set("graphics", key, str(value))
    from kivy.app import App
    from kivy.uix.label import Label

    class Bare(App):
        def build(self) -> Label:
            return Label(text="A015")

    _measured(Bare(), dict)


def kiosk() -> None:
    """The citizen's window with the start screen."""
    from kiosk.settings import ScreenSettings
    from screens.window import prepare_window

    prepare_window(ScreenSettings(width=WIDTH, height=HEIGHT), "bench")
    from screens import gallery
    from screens.citizen.app import CitizenApp
    from screens.citizen.screens import present
    from screens.locale import catalogue

    walk = gallery.Walk(gallery.setup_of(gallery.told()))
    app = CitizenApp(lambda: present(walk.state, catalogue("citizen")), lambda _e: None, lambda: None)

    def screens() -> dict[str, float]:
        views, taken = gallery.samples(), {}
        for name in ("start", "enter_can", "services", "ticket", "question_nxnHoTen", "check_answers_1"):
            for which in ("first", "again"):
                begun = time.perf_counter()
                app.root.show(views[name])
                taken[f"{which}:{name}"] = (time.perf_counter() - begun) * 1000
                app.root.show(views["start"])
        return taken

    _measured(app, screens)


def _measured(app, afterwards) -> None:
    from kivy.clock import Clock
    from kivy.core.window import Window

    told: dict[str, float] = {}
    process = psutil.Process()

    def first(*_args) -> None:
        told["at"] = time.time()
        told["mb"] = process.memory_info().rss / 1e6
        Window.unbind(on_flip=first)

    def measure_idle(_seconds: float) -> None:
        before = process.cpu_times()

        def end(_seconds: float) -> None:
            after = process.cpu_times()
            told["cpu"] = (after.user - before.user + after.system - before.system) / IDLE_SECONDS * 100
            told.update(afterwards())
            app.stop()

        Clock.schedule_once(end, IDLE_SECONDS)

    Window.bind(on_flip=first)
    Clock.schedule_once(measure_idle, SETTLED_SECONDS)
    app.run()
    print(json.dumps(told))


if __name__ == "__main__":
    chosen = sys.argv[1] if len(sys.argv) > 1 else "5"
    if chosen in ("bare", "kiosk"):
        {"bare": bare, "kiosk": kiosk}[chosen]()
    else:
        sys.exit(main(int(chosen)))
