"""The citizen's window over the real kiosk process, with a centre and devices in memory, for real touches.

Run as a process of its own: ``python -m tests.screens.touched_lobby [VIDEO]``; ``VIDEO`` is the clip
“Đoạn phim” that can be watched. When the screen has settled it says one JSON object on a line:
``{"shown": key, "buttons": {label: [x, y]}, "texts": [...]}`` and ``"sizes"``, the pixels of each text's
letters; places are window pixels from the upper left. What happens is told on stdin, a line each:
``card lay``, ``card take``, ``reading slow``, ``reading quick``, ``paper out``, ``paper in``,
``centre away``, ``centre back``, ``quiet SECONDS``.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "flow"))

WIDTH, HEIGHT = 540, 960  # half the pixels of the real panel, the same millimetres
SETTLED_SECONDS = 0.6  # sizes have settled and touches are heard


def main(video: Path | None = None) -> int:
    from kiosk.settings import ScreenSettings
    from screens.window import prepare_window

    prepare_window(ScreenSettings(width=WIDTH, height=HEIGHT), "touched")
    from kivy.clock import Clock
    from memory_lobby import HUONG, MemoryLobby, MemoryPrinter

    from kiosk.processes.clips import ClipSource
    from kiosk.processes.procedure_search import ProcedureSearch
    from kiosk.visit.events import Tick
    from kiosk.visit.states import Clip
    from screens.citizen.app import CitizenApp
    from screens.citizen.screens import present
    from screens.locale import catalogue
    from screens.widgets.buttons import Pressable

    def changed() -> None:
        app.refresh()

    nothing_imported = Path("nothing-imported")
    lobby = MemoryLobby(
        procedures=ProcedureSearch(ROOT / "config", nothing_imported),
        clips=(Clip("phim", "Đoạn phim", 60, video),) if video is not None else (),
        changed=changed,
    )

    def view():
        state = lobby.process.state
        return present(state, catalogue("citizen", state.comfort.language))

    def send(event) -> None:
        lobby.process.dispatch(event)

    def crashed() -> None:
        lobby.process.crashed()

    def open_clip(video, captions, size, *, aside, **how):
        return ClipSource(video, captions, *size, **how)

    app = CitizenApp(view, send, crashed, open_clip=open_clip)
    last: list[object] = [None]
    since = [0.0]

    def report(seconds: float) -> None:
        now = seen()
        if now != last[0]:
            last[0], since[0] = now, 0.0
            return
        since[0] += seconds
        if SETTLED_SECONDS <= since[0] < SETTLED_SECONDS + 1:
            since[0] = SETTLED_SECONDS + 1
            print(json.dumps(now, ensure_ascii=False), flush=True)

    def seen() -> dict[str, object]:
        found = [w for w in app.root.walk() if isinstance(w, Pressable) and w.present]
        shown = [w for w in app.root.walk() if getattr(w, "text", "") and w.height > 1]
        return {
            "shown": lobby.process.state.key,
            "buttons": {w.label: _middle(w) for w in found},
            "texts": sorted(w.text for w in shown),
            "sizes": {w.text: round(w.font_size, 1) for w in shown if hasattr(w, "font_size")},
        }

    def listen() -> None:
        for line in sys.stdin:
            match line.split():
                case ["card", "lay"]:
                    lobby.reader.lay(HUONG)
                case ["card", "take"]:
                    lobby.reader.take()
                case ["reading", how]:
                    (lobby.reader.slow.clear if how == "slow" else lobby.reader.slow.set)()
                case ["paper", how]:
                    MemoryPrinter.paper = how == "in"
                case ["centre", how]:
                    lobby.centre.up = how == "back"
                case ["quiet", seconds]:
                    lobby.process.dispatch(Tick(datetime.now(UTC), float(seconds)))

    with lobby:
        Clock.schedule_interval(report, 0.1)
        threading.Thread(target=listen, daemon=True).start()
        app.run()
    return app.exit_code


def _middle(widget) -> list[int]:
    x, y = widget.to_window(*widget.center)
    return [round(x), round(HEIGHT - y)]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
