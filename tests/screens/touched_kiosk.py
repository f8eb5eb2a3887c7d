"""The citizen's window over the real flow, for the tests: prints what it was sent and where its buttons are.

Run as a process of its own: ``python -m tests.screens.touched_kiosk [CRASHES]``. One JSON object a line:
``{"shown": key, "buttons": {label: [x, y]}}`` in window pixels from the upper left, ``{"sent": name, …}``
with ``followed`` when the visit went on by it, ``{"staff": true}``, ``{"texts": [...]}`` (every text any
widget holds).
"""

from __future__ import annotations

import json
import sys

from kiosk.settings import ScreenSettings
from kiosk.visit.effects import LoadServices
from kiosk.visit.events import ServicesLoaded
from screens import gallery
from screens.citizen.screens import present
from screens.locale import catalogue
from screens.window import prepare_window

WIDTH, HEIGHT = 540, 960  # half the pixels of the real panel, the same millimetres
SETTLED_SECONDS = 0.3  # as long as nothing has moved


def say(**what: object) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


def main(crashes: int) -> int:
    prepare_window(ScreenSettings(width=WIDTH, height=HEIGHT), "touched")
    from kivy.clock import Clock
    from kivy.uix.widget import Widget

    from screens.citizen.app import CitizenApp
    from screens.widgets.buttons import Pressable

    told = gallery.told()
    walk = gallery.Walk(gallery.setup_of(told))
    words = catalogue("citizen")

    class Staff(Widget):
        def enter(self) -> None:
            say(staff=True)

        def leave(self) -> None:
            pass

        def on_touch_down(self, touch) -> bool:
            return True

    def send(event) -> None:
        before = walk.state.screen
        walk.do(event)
        value = getattr(event, "service", "") or getattr(event, "digit", "")
        say(sent=type(event).__name__, value=value, followed=walk.state.screen != before)
        for effect in walk.effects:
            if isinstance(effect, LoadServices):
                walk.do(ServicesLoaded(effect.visit, gallery.services_of(told)))
        walk.effects.clear()
        app.refresh()

    def crashed() -> None:
        say(crashed=True)

    app = CitizenApp(lambda: present(walk.state, words), send, crashed, maintenance=lambda close: Staff())

    last = [""]

    def report(_seconds: float) -> None:
        if walk.state.key == last[0]:
            return
        last[0] = walk.state.key
        Clock.schedule_once(lambda _s: tell_settled({}), SETTLED_SECONDS)

    def tell_settled(before: dict[str, list[int]]) -> None:
        """Say it when sizes have settled and touches are heard, however slow the machine is."""
        buttons = {w.label: [round(w.center_x), round(HEIGHT - w.center_y)] for w in pressables()}
        if buttons != before or app.root._deaf():
            Clock.schedule_once(lambda _s: tell_settled(buttons), SETTLED_SECONDS)
            return
        texts = sorted({w.text for w in app.root.walk() if getattr(w, "text", "")})
        say(shown=walk.state.key, buttons=buttons, texts=texts)

    def pressables() -> list[Pressable]:
        return [w for w in app.root.walk() if isinstance(w, Pressable) and w.present]

    Clock.schedule_interval(report, 0.05)

    def crash(_seconds: float) -> None:
        raise ValueError("NGUYỄN THỊ HƯỜNG")

    for number in range(crashes):
        Clock.schedule_once(crash, 0.5 + 0.5 * number)
    if crashes == 1:
        Clock.schedule_once(lambda _s: app.stop(), 2.0)
    app.run()
    return app.exit_code


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
