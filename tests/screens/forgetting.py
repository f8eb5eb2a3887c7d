"""Shows a whole visit, then the start screen, and prints as JSON which widgets held the citizen's words."""

from __future__ import annotations

import gc
import json

from kiosk.settings import ScreenSettings
from screens import gallery
from screens.window import prepare_window


def main() -> None:
    gc.disable()  # once at the end will do
    prepare_window(ScreenSettings(), "forgetting")
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.uix.widget import Widget

    from screens.citizen.stage import Stage

    stage = Stage(lambda _event: None, lambda: None)
    Window.add_widget(stage)
    EventLoop.ensure_window()
    person = gallery.told()["citizen"]
    names = [person[key].casefold() for key in ("full_name", "number", "residence")]
    names.append(names[0].split()[-1])

    def holding() -> list[str]:
        found = set()
        for widget in [thing for thing in gc.get_objects() if issubclass(type(thing), Widget)]:
            drawn = getattr(getattr(widget, "_label", None), "text", "")
            for name in (*widget.properties(), "_label"):
                held = (repr(getattr(widget, name, "")) if name != "_label" else repr(drawn)).casefold()
                held = held.replace("\\xa0", " ")  # places' names are held together
                spaced = held.replace(" ", "")
                if any(word in held or word in spaced for word in names):
                    found.add(f"{type(widget).__name__}.{name}")
        return sorted(found)

    views = gallery.samples()
    during: set[str] = set()
    for view in views.values():
        stage.show(view)
        EventLoop.idle()
        if not during:  # going through all objects takes long, and only shows that what is there is found
            during |= set(holding())
    stage.show(views["start"])
    for _ in range(5):
        EventLoop.idle()
    gc.unfreeze()
    gc.collect()
    print(json.dumps({"during": sorted(during), "after": holding()}))


if __name__ == "__main__":
    main()
