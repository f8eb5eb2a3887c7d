"""A window at rest, then touched; prints as JSON what it built, collected and waited for."""

from __future__ import annotations

import gc
import json
import time
import weakref

from tests.bench._screen_window import Kiosk


class _Cycle:
    """What only the garbage collector can throw away."""

    def __init__(self) -> None:
        self.itself = self


def main() -> None:
    told: dict[str, object] = {}
    thresholds = gc.get_threshold()
    kiosk = Kiosk(360, 640)
    from kivy.base import EventLoop
    from kivy.clock import Clock

    from screens.citizen import at_rest, stage

    at_rest.STEP_SECONDS = 0.02
    with kiosk:
        app = kiosk.app

        def built() -> int:
            outfit = app.root._outfit
            return len(outfit.pages) + len(outfit.overlays)

        # touched again and again, each time before it has stood still long enough
        kiosk.until(lambda: kiosk.button(kiosk.words("start.take_number")), "the start")
        app.root.send_event(_touched())
        before, aside = built(), gc.get_freeze_count()
        for _ in range(5):
            kiosk.rest(at_rest.STILL_SECONDS / 3)
            app.root.send_event(_touched())
        told["built while touched"] = built() - before
        told["set aside while touched"] = gc.get_freeze_count() - aside

        garbage = weakref.ref(_Cycle())
        kiosk.until(lambda: gc.get_freeze_count() > aside, "a collection")
        told["built at rest"], told["screens"] = built(), len(stage.PAGES) + len(stage.OVERLAYS)
        told["set aside at rest"] = gc.get_freeze_count() - aside
        told["garbage after the rest"] = int(garbage() is not None)

        garbage = weakref.ref(_Cycle())
        for _ in range(at_rest.VISITS_WITHOUT_REST):
            kiosk.press_key("start.take_number")
            kiosk.until_screen("services")
            kiosk.press_key("frame.back")
            kiosk.until_screen("start")
        told["garbage after visits without a rest"] = int(garbage() is not None)

        told |= _larger_letters(kiosk)
        told |= _waiting(kiosk, app, Clock, EventLoop)
    told["set aside after the end"] = gc.get_freeze_count()
    told["Python's own thresholds again"] = gc.get_threshold() == thresholds
    print(json.dumps(told))


def _touched() -> object:
    from kiosk.visit.events import ScreenTouched

    return ScreenTouched()


def _larger_letters(kiosk: Kiosk) -> dict[str, object]:
    """What is built for other letters while the panel to choose them is open, and when it was closed."""
    kiosk.press_key("frame.comfort")
    kiosk.until_screen("start+comfort")
    kiosk.press_key("comfort.size_largest")
    kiosk.until(lambda: kiosk.app.root._outfit.theme.text_size == 2, "the largest letters")
    outfit = kiosk.app.root._outfit
    told: dict[str, object] = {"built beneath the panel": len(outfit.pages)}
    kiosk.press_key("frame.done")
    kiosk.until_screen("start")
    told["shown in the largest letters"] = [type(one).__name__ for one in outfit.place.children]
    return told


def _waiting(kiosk: Kiosk, app, clock, loop) -> dict[str, object]:
    """How the window waits for a frame that is far away: one a second."""
    from screens import pace

    kiosk.rest(0.2)
    clock._max_fps = 1
    told: dict[str, object] = {}
    looks: list[float] = []
    looked, pace.Window.mainloop = pace.Window.mainloop, lambda: looks.append(time.monotonic())
    clock._last_tick = clock.time()
    app._pace._wait()
    told["looks while waiting for a frame"] = len(looks)

    class Finger:
        waiting_event: tuple[str, ...] = ()

    finger = Finger()

    def touch() -> None:
        finger.waiting_event = ("begin",)

    loop.input_providers.append(finger)
    pace.Window.mainloop = touch
    begun = clock._last_tick = clock.time()
    told["waited on after a touch"] = app._pace._wait() - begun > 0.9
    loop.input_providers.remove(finger)

    pace.Window.mainloop = app.refresh
    begun = clock._last_tick = clock.time()
    told["waited on after news"] = app._pace._wait() - begun > 0.9
    pace.Window.mainloop = looked
    return told


if __name__ == "__main__":
    main()
