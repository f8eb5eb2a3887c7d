"""How smooth the citizen's screens change, and how soon a touch is answered, drawn without a graphics card.

Frames: the loop is watched for half a second after each touch. A frame is dropped when one more could have
been shown in its time at 30 a second. Work: one turn of the loop without its sleep. Cold: a
screen is shown the first time since the start. Beside it, in the same run: a bare Kivy window of the same
size that redraws a full-screen label in each frame.

Touches: ``tests.bench._screen_touch``.

Run: ``python -m tests.bench.screen_frames [ROUNDS]``
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench._screen_touch import OWN, SETTLE_SECONDS, Touches, desktop, spread
from tests.bench._screen_window import HEIGHT, WIDTH, Kiosk

ROOT = Path(__file__).parents[2]
WATCHED_SECONDS = 0.5
BUILT_SECONDS = 12.0
BARE_FRAMES = 150
TARGET_FPS, TARGET_ANSWER_MS = 30, 50


def main(rounds: int) -> int:
    """Print the tables; 1 when a target is missed."""
    bare = _run("bare", rounds, OWN)
    print(f"{WIDTH}×{HEIGHT}, drawn by {bare['renderer']}")
    print("redrawing everything in every frame, as fast as it goes: frames a second")
    frames = _run("frames", rounds, OWN)
    rows = {"bare window, one label": bare["fastest"], **frames["fastest"]}
    print("".join(f"  {name:34}{fps:8.0f}\n" for name, fps in rows.items()))
    print(f"{'transition':38}{'fps':>6}{'dropped':>9}{'work ms p50':>13}{'p95':>7}{'worst':>7}{'cold':>7}")
    missed = []
    for name, row in frames["transitions"].items():
        print(
            f"  {name:36}{row['fps']:6.1f}{row['dropped']:9.2f}{row['p50']:13.1f}{row['p95']:7.1f}"
            f"{row['worst']:7.1f}{row['cold']:7.1f}"
        )
        missed += [name] if row["fps"] < TARGET_FPS else []
    with desktop() as driver:
        touches = _run("touches", rounds, driver)
    print(f"\ntouch → visible, ms, {touches['count']} touches ({touches['how']}): p50, p95, worst")
    for name in ("answer", "next"):
        row = touches[name]
        what = (
            "the button's pixels, from finger down" if name == "answer" else "the next screen, from finger up"
        )
        print(f"  {what:50}{row['p50']:8.1f}{row['p95']:8.1f}{row['worst']:8.1f}")
    missed += ["answer"] if touches["answer"]["p95"] > TARGET_ANSWER_MS else []
    print(
        f"\nbelow {TARGET_FPS} frames a second or above {TARGET_ANSWER_MS} ms: {', '.join(missed) or 'none'}"
    )
    return 1 if missed else 0


def _run(kind: str, rounds: int, environment: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.screen_frames", kind, str(rounds)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get("BENCH_LOUD") else subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


# -- frames ------------------------------------------------------------------------------------------------


class Turns:
    """Begin, end of the sleep and end of each turn of Kivy's loop."""

    def __init__(self) -> None:
        from kivy.clock import Clock

        self._awake = 0.0
        self.periods: list[float] = []
        self.work: list[float] = []
        waiting = Clock.idle

        def idle() -> float:
            current = waiting()
            self._awake = time.perf_counter()
            return current

        Clock.idle = idle

    def watch(self, turn: Callable[[], None], seconds: float) -> None:
        """Turn the loop so long and keep how long each turn took."""
        from kivy.graphics.opengl import glFinish

        self.periods, self.work = [], []
        begun = before = time.perf_counter()
        while before - begun < seconds:
            turn()
            glFinish()  # what software draws is drawn now
            now = time.perf_counter()
            self.periods.append(now - before)
            self.work.append(now - self._awake)
            before = now

    def dropped(self, fps: float) -> int:
        """Frames that could have been shown in what turns took longer."""
        return sum(max(0, round(period * fps) - 1) for period in self.periods)


def _fastest(turn: Callable[[], None], ask: Callable[[], None]) -> float:
    from kivy.clock import Clock
    from kivy.graphics.opengl import glFinish

    limit, Clock._max_fps = Clock._max_fps, 0
    begun = time.perf_counter()
    for _ in range(BARE_FRAMES):
        ask()
        turn()
        glFinish()
    Clock._max_fps = limit
    return BARE_FRAMES / (time.perf_counter() - begun)


def bare(_rounds: int) -> dict:
    """A window with one label whose words change in each frame."""
    from kiosk.settings import ScreenSettings
    from screens.window import prepare_window

    prepare_window(ScreenSettings(width=WIDTH, height=HEIGHT), "bench")
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.graphics.opengl import GL_RENDERER, glGetString
    from kivy.uix.label import Label

    label = Label(text="A015", font_size=400, size=(WIDTH, HEIGHT))
    Window.add_widget(label)
    EventLoop.ensure_window()
    count = iter(range(10**6))

    def ask() -> None:
        label.text = f"A{next(count) % 1000:03d}"
        Window.canvas.ask_update()

    renderer = glGetString(GL_RENDERER)
    return {"fastest": _fastest(EventLoop.idle, ask), "renderer": str(renderer, "ascii").split(" (")[0]}


def _quiet(kiosk: Kiosk, seconds: float) -> None:
    from kiosk.visit.events import Tick

    kiosk.lobby.process.dispatch(Tick(datetime.now(UTC), seconds))


def frames(rounds: int) -> dict:
    """Every transition, several times."""
    with Kiosk() as kiosk:
        turns = Turns()
        rows: dict[str, list[tuple[float, int, list[float]]]] = {}

        def watched(name: str, act: Callable[[], None], *screens: str) -> None:
            kiosk.rest(SETTLE_SECONDS)
            act()
            turns.watch(kiosk.frame, WATCHED_SECONDS)
            rate = len(turns.periods) / sum(turns.periods)
            rows.setdefault(name, []).append((rate, turns.dropped(TARGET_FPS), turns.work))
            if screens:
                kiosk.until_screen(*screens)

        def pressing(key: str, **values: object) -> Callable[[], None]:
            return lambda: kiosk.press_key(key, **values)

        def back() -> None:
            words = [kiosk.words(key) for key in ("frame.back", "frame.close", "frame.done", "frame.finish")]
            kiosk.press(next(word for word in words if kiosk.button(word) is not None))

        kiosk.until(lambda: kiosk.button(kiosk.words("start.take_number")) is not None, "the start")
        kiosk.rest(BUILT_SECONDS)  # screens are built ahead while nobody is there
        fastest = {}
        for _ in range(rounds):
            for door, screen in (
                ("start.take_number", "services"),
                ("start.forms", "my_forms"),
                ("start.find", "find_procedure"),
                ("start.dossier", "my_dossier"),
                ("start.rate", "rate"),
            ):
                watched(f"start → {screen}", pressing(door), screen)
                if screen == "services":
                    fastest["services"] = _fastest(kiosk.frame, kiosk.window.canvas.ask_update)
                if screen == "find_procedure":
                    for sign in "khai":
                        watched("typing in the search", lambda sign=sign: kiosk.press(sign))
                watched(f"{screen} → start", back, "start")
            fastest["start"] = _fastest(kiosk.frame, kiosk.window.canvas.ask_update)
            watched("languages are shown", pressing("frame.language"), "start+language")
            watched("the language changes", lambda: kiosk.press("English"), "start")
            kiosk.press_key("frame.language")
            watched("and back", lambda: kiosk.press("Tiếng Việt"), "start")
            watched("comfort is shown", pressing("frame.comfort"), "start+comfort")
            watched("the largest letters", pressing("comfort.size_largest"))
            watched("the usual letters again", pressing("comfort.size_normal"))
            watched("high contrast", pressing("comfort.contrast_high"))
            kiosk.press_key("comfort.contrast_usual")
            watched("comfort goes", back, "start")
            kiosk.press_key("start.take_number")
            kiosk.until_screen("services")
            watched("the idle warning", lambda: _quiet(kiosk, 65))
            watched("the idle warning goes", pressing("idle_warning.stay"), "services")
            watched("services → ticket", lambda: kiosk.press("Hộ tịch"), "ticket")
            watched("ticket → start", pressing("ticket.done"), "start")
    return {"fastest": fastest, "transitions": {name: _row(seen) for name, seen in rows.items()}}


def _row(seen: list[tuple[float, int, list[float]]]) -> dict[str, float]:
    warm = seen[1:] or seen
    work = sorted(1000 * one for _, _, times in warm for one in times)
    return {
        "fps": statistics.mean(rate for rate, _, _ in warm),
        "dropped": statistics.mean(dropped for _, dropped, _ in warm),
        "p50": statistics.median(work),
        "p95": work[int(len(work) * 0.95)],
        "worst": work[-1],
        "cold": 1000 * max(seen[0][2]),
    }


# -- touches -----------------------------------------------------------------------------------------------


def touches(rounds: int) -> dict:
    """Real touches from the start to each door and back."""
    with Kiosk() as kiosk:
        touching = Touches(kiosk)
        answers, nexts = [], []
        kiosk.until(lambda: kiosk.button(kiosk.words("start.take_number")) is not None, "the start")
        kiosk.rest(BUILT_SECONDS)  # screens are built ahead while nobody is there
        for turn in range(2 * rounds + 1):
            for door in ("start.take_number", "start.forms", "start.find", "start.dossier", "start.rate"):
                for words in (door, "frame.back"):
                    wanted = kiosk.words(words)
                    kiosk.until(lambda wanted=wanted: kiosk.button(wanted) is not None, wanted)
                    answer, following = touching.touch(kiosk.button(wanted))
                    answers.append(answer)
                    nexts.append(following)
            if not turn:  # cold: pages were built
                cold, answers[:], nexts[:] = max(nexts), [], []
    return {
        "how": touching.how,
        "count": len(answers),
        "answer": spread(answers),
        "next": spread(nexts),
        "cold": cold,
    }


if __name__ == "__main__":
    kinds = {"bare": bare, "frames": frames, "touches": touches}
    if len(sys.argv) > 1 and sys.argv[1] in kinds:
        print(json.dumps(kinds[sys.argv[1]](int(sys.argv[2]))))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
