"""Drives every sample by keys on a window without a display and prints what is wrong, as JSON.

Run as a process of its own: ``python -m tests.screens.key_window``.
"""

from __future__ import annotations

import gc
import json
import time
import weakref
from dataclasses import replace

from kiosk.settings import ScreenSettings
from kiosk.visit.comfort import Comfort, TextSize, Voice
from screens.gallery import samples
from screens.window import prepare_window

TAB, ENTER, ESCAPE, PAD = 9, 13, 27, 256
CLEAR_MM = 3.0
CLEAR_OF_FACES_MM = 1.6  # their words fill the tile beneath the face
FRAMES = 6
PATIENCE_SECONDS = 10.0
SETTLED_SECONDS = 0.05


class Keys:
    """A stage that is used by keys; ``found`` collects what is wrong."""

    def __init__(self) -> None:
        from kivy.base import EventLoop
        from kivy.core.window import Window

        from screens.citizen.stage import Stage

        self.sent: list[object] = []
        self.said: list[tuple[str, ...]] = []
        self.found: list[str] = []
        self.stage = Stage(self.sent.append, lambda: None, None, self.said.append)
        Window.add_widget(self.stage)
        EventLoop.ensure_window()

    def settle(self, seconds: float = 0.0) -> None:
        from kivy.base import EventLoop

        end = time.monotonic() + seconds
        for _ in range(FRAMES):
            EventLoop.idle()
        while time.monotonic() < end:
            EventLoop.idle()

    def show(self, view, key: str) -> None:
        """Show it as a new screen and wait until presses are heard."""
        self.stage.show(replace(view, key=key))
        end = time.monotonic() + PATIENCE_SECONDS
        self.settle(SETTLED_SECONDS)
        while self.stage._deaf() and time.monotonic() < end:
            self.settle()
        self.sent.clear()
        self.said.clear()

    def press(self, *keys: int) -> None:
        from kivy.core.window import Window

        for key in keys:
            Window.dispatch("on_key_down", key, 0, None, [])

    def type(self, text: str) -> None:
        from kivy.core.window import Window

        Window.dispatch("on_textinput", text)

    def events(self) -> list[str]:
        return [type(event).__name__ for event in self.sent if type(event).__name__ != "ScreenTouched"]

    def expect(self, told: str, ok: bool) -> None:
        if not ok:
            self.found.append(told)


def near_words(target) -> bool:
    """Whether the ring around it comes nearer to its words than it should, sideways."""
    from kivy.uix.label import Label

    from screens.theme import current
    from screens.widgets.faces import FaceTile
    from screens.widgets.focus import CLEAR_MM as OUT_MM
    from tests.screens.page_checks import box, inked

    left, _bottom, right, _top = box(target)
    mm = current().mm.px_per_mm
    words = [w for w in target.walk(restrict=True) if isinstance(w, Label) and w.text and w.opacity]
    least = CLEAR_OF_FACES_MM if isinstance(target, FaceTile) else CLEAR_MM
    return any(min(inked(label)[0] - left, right - inked(label)[2]) / mm + OUT_MM < least for label in words)


def walk_through(keys: Keys, name: str, view) -> None:
    """Each element is reached once, in order, and said; Enter sends what a touch sends."""
    keys.stage._focus.touched()
    keys.show(view, f"keys-{name}")
    order = keys.stage.in_order()
    seen = []
    for _ in order:
        keys.press(TAB)
        seen.append(keys.stage._focus.target)
    labels = [one.label for one in seen if one is not None]
    keys.expect(f"{name}: {labels} is not the order", seen == order)
    keys.expect(f"{name}: something without words", all(one.label for one in order))
    keys.expect(f"{name}: not everything was said that the focus came to", len(keys.said) == len(order))
    for one in order:
        keys.expect(f"{name}: the ring comes near “{one.label}”", not near_words(one))
    if order:
        wanted = keys.stage._focus.target.button.event
        keys.press(ENTER)
        keys.expect(f"{name}: Enter did not send {wanted}", wanted in keys.sent)


def guard_time(keys: Keys, view) -> None:
    keys.show(view, "before")
    keys.press(TAB)
    keys.stage.show(replace(view, key="guarded"))
    keys.press(ENTER)
    keys.expect("Enter was heard within the guard time", keys.events() == [])


def kept_focus(keys: Keys, view) -> list[weakref.ref]:
    """The focus stays when the screen is updated, also when it is built anew; the pages of larger letters."""
    keys.show(view, "kept")
    keys.press(TAB, TAB)
    kept = keys.stage._focus.target.label
    pages = []
    for size in (0, 2, 1, 0):
        comfort = replace(view.comfort, text_size=TextSize(size), high_contrast=size == 2)
        keys.stage.show(replace(view, key="kept", comfort=comfort))
        keys.settle()
        if size:
            pages.append(weakref.ref(keys.stage.page))
        target = keys.stage._focus.target
        keys.expect(f"letters of size {size} moved the focus", target is not None and target.label == kept)
    return pages


def typing(keys: Keys, digits, letters) -> None:
    keys.show(digits, "digits")
    keys.press(PAD + 7, ESCAPE)
    keys.type("3")
    events = keys.events()
    keys.expect(
        f"on a screen for digits the keys sent {events}", events == ["DigitTapped", "Back", "DigitTapped"]
    )
    complete = replace(digits.screen, proceed=replace(digits.screen.proceed, enabled=True))
    keys.stage.show(replace(digits, key="digits", screen=complete))
    keys.settle()
    keys.press(ENTER)
    keys.expect("Enter did not go on after the last digit", keys.sent[-1] == complete.proceed.event)
    keys.show(letters, "letters")
    keys.type("a")
    typed = [event.key for event in keys.sent if type(event).__name__ == "KeyTapped"]
    keys.expect(f"typing a letter sent {typed}", typed[-1:] == ["a"])


def main() -> None:
    gc.disable()  # once at the end will do
    prepare_window(ScreenSettings(width=540, height=960), "keys")
    from kivy.clock import Clock

    from screens.citizen import stage
    from screens.theme import current

    Clock._max_fps = 0
    keys, views = Keys(), samples(Comfort(voice=Voice.ALOUD))
    usual_guard, stage.TOUCH_GUARD_MS = stage.TOUCH_GUARD_MS, 0
    for name, view in views.items():
        if not getattr(view.screen, "attract", False):
            walk_through(keys, name, view)
    stage.TOUCH_GUARD_MS = usual_guard
    guard_time(keys, views["problem"])
    pages = kept_focus(keys, views["services"])
    keyboards = (view for view in views.values() if getattr(view.screen, "keyboard", None) is not None)
    typing(keys, views["enter_can"], next(keyboards))
    gc.collect()
    alive = sum(page() is not None for page in pages)
    keys.expect(f"{alive} pages of letters that are no longer used are kept in memory", alive == 0)
    keys.stage.show(replace(views["problem"], comfort=Comfort(text_size=TextSize.LARGEST)))
    keys.stage.wipe()
    keys.expect("wiping kept the letters", current().text_size == 0)
    print(json.dumps(keys.found, ensure_ascii=False))


if __name__ == "__main__":
    main()
