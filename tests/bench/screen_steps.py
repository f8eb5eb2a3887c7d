"""How many touches and how many seconds of the machine it takes to a printed number, by each way.

Over the real kiosk process, with centre, reader and printer in memory that answer at once: what is left is
the machine's own time, without the finger's. docs/steps.md sets them beside other systems.

Run: ``python -m tests.bench.screen_steps``
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from tests.bench._screen_window import Kiosk


def main() -> int:
    """Print the table."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    with Kiosk() as kiosk:
        kiosk.until_screen("start")
        kiosk.rest(1.0)
        print(f"{'way to a printed number':58}{'touches':>8}{'machine s':>11}")
        for name, way in WAYS.items():
            kiosk.touches, begun = 0, time.monotonic()
            way(kiosk)
            kiosk.until(lambda: _printed(kiosk), "printed")
            print(f"{name:58}{kiosk.touches:8}{time.monotonic() - begun:11.1f}", flush=True)
            kiosk.lobby.reader.take()
            kiosk.rest(0.5)
            kiosk.press_key("ticket.done")
            kiosk.until_screen("start")
            kiosk.rest(0.5)
    return 0


def _printed(kiosk: Kiosk) -> bool:
    words = kiosk.words("ticket.printed")
    return any(getattr(one, "text", "") == words for one in kiosk.app.root.walk())


def _pressing(*labels: str) -> Callable[[Kiosk], None]:
    def way(kiosk: Kiosk) -> None:
        for label in labels:
            kiosk.press_key(label) if "." in label else kiosk.press(label)

    return way


def _card(kiosk: Kiosk) -> None:
    kiosk.lobby.reader.lay(kiosk.person)
    kiosk.until_screen("enter_can")
    kiosk.type(kiosk.person.number[-6:])
    _pressing("enter_can.proceed", "Hộ tịch")(kiosk)


def _example(kiosk: Kiosk) -> None:
    _pressing("start.find", "khai sinh", "Đăng ký khai sinh", "procedure.number")(kiosk)


def _search(kiosk: Kiosk) -> None:
    kiosk.press_key("start.find")
    kiosk.type("khai")
    _pressing("Đăng ký khai sinh", "procedure.number")(kiosk)


def _language(kiosk: Kiosk) -> None:
    kiosk.press_key("frame.language")
    kiosk.press("English")
    _pressing("start.take_number", "Hộ tịch")(kiosk)


WAYS = {
    "without a card": _pressing("start.take_number", "Hộ tịch"),
    "with the card: six digits, go on, the service": _card,
    "by search: a word that is offered": _example,
    "by search: four letters typed": _search,
    "in another language": _language,
}


if __name__ == "__main__":
    sys.exit(main())
