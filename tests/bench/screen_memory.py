"""Whether the citizen's window keeps anything of visits: memory, widgets and objects over 1,000 whole visits.

Whole visits by the doors in turn, over the real kiosk process with centre and devices in memory: without a
card, with one, by search, in English with the largest letters, a rating in words, a dossier's code, a number
given back. The window has half the pixels each way and answers at once after a screen changed, so that the
visits take minutes. Flat: the memory after the last visit is at most 1.02 times that after the 200th.

Run: ``python -m tests.bench.screen_memory [VISITS]``
"""

from __future__ import annotations

import gc
import os
import sys
import time

import psutil

from tests.bench._screen_window import HEIGHT, WIDTH, Kiosk

WARM_VISITS, EVERY, FLAT = 200, 100, 1.02


def main(visits: int) -> int:
    """Print the table; 1 when memory grows."""
    os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    kiosk = Kiosk(WIDTH // 2, HEIGHT // 2)
    from screens.citizen import at_rest, stage

    at_rest.STILL_SECONDS = at_rest.STEP_SECONDS = 0.0  # the next person comes at once
    with kiosk:
        from kivy.clock import Clock
        from kivy.uix.widget import Widget

        stage.TOUCH_GUARD_MS, Clock._max_fps = 0, 0
        process = psutil.Process()
        print(f"{'visits':>8}{'memory MB':>12}{'widgets':>10}{'objects':>10}{'seconds':>10}", flush=True)
        begun, seen = time.monotonic(), {}
        for visit in range(1, visits + 1):
            VISITS[visit % len(VISITS)](kiosk)
            kiosk.until_screen("start")
            kiosk.rest(0.02)
            kiosk.centre.tickets.clear()  # what stands in for the centre and the printer keeps everything
            kiosk.centre.keys.clear()
            kiosk.centre.prints.clear()
            kiosk.centre.asked_for.clear()
            kiosk.centre.order.clear()
            kiosk.lobby.printer.slips.clear()
            if visit % EVERY == 0 or visit == visits:
                gc.unfreeze()
                gc.collect()
                objects = gc.get_objects()
                widgets = sum(issubclass(type(one), Widget) for one in objects)  # not of weak proxies
                seen[visit] = process.memory_info().rss
                mb, taken = seen[visit] / 1e6, time.monotonic() - begun
                print(f"{visit:8}{mb:12.1f}{widgets:10}{len(objects):10}{taken:10.0f}", flush=True)
                del objects
    first = seen.get(WARM_VISITS) or min(seen.values())
    ratio = seen[max(seen)] / first
    print(f"\nlast ÷ {WARM_VISITS}th: {ratio:.3f} (target {FLAT})")
    return 0 if ratio <= FLAT else 1


def without_card(kiosk: Kiosk) -> None:
    """A number in two touches."""
    kiosk.press_key("start.take_number")
    kiosk.press("Hộ tịch")
    kiosk.press_key("ticket.done")


def with_card(kiosk: Kiosk) -> None:
    """Greeted by name, a number, some of the form."""
    kiosk.lobby.reader.lay(kiosk.person)
    kiosk.until_screen("enter_can")
    kiosk.type(kiosk.person.number[-6:])
    kiosk.press_key("enter_can.proceed")
    kiosk.press("Hôn nhân")
    kiosk.until_screen("ticket")
    kiosk.lobby.reader.take()
    kiosk.press_key("ticket.form")
    kiosk.press_key("offer_form.accept")
    kiosk.until_screen("question")
    kiosk.press_key("question.leave")
    kiosk.until_screen("ticket")
    kiosk.press_key("ticket.done")


def by_search(kiosk: Kiosk) -> None:
    """What one needs, typed."""
    kiosk.press_key("start.find")
    kiosk.type("khai")
    kiosk.press("Đăng ký khai sinh")
    kiosk.press_key("procedure.number")
    kiosk.press_key("ticket.done")


def in_english(kiosk: Kiosk) -> None:
    """Everything is built anew for other letters, and again for the next visit."""
    kiosk.press_key("frame.language")
    kiosk.press("English")
    kiosk.press_key("frame.comfort")
    kiosk.press_key("comfort.size_largest")
    kiosk.press_key("frame.done")
    without_card(kiosk)


def rating(kiosk: Kiosk) -> None:
    """A face and some words."""
    kiosk.press_key("start.rate")
    kiosk.until_screen("rate")
    faces = [one for one in kiosk.app.root.in_order() if getattr(one, "face", 0)]
    faces[1].press()
    kiosk.press_key("rate.write")
    kiosk.type("cham")
    kiosk.press_key("rate.send")
    kiosk.press_key("rate.done")


def dossier(kiosk: Kiosk) -> None:
    """A code that is not one."""
    kiosk.press_key("start.dossier")
    kiosk.type("000")
    kiosk.press_key("frame.back")


def given_back(kiosk: Kiosk) -> None:
    """A number that was a mistake."""
    kiosk.press_key("start.take_number")
    kiosk.press("Hộ tịch")
    kiosk.press_key("ticket.give_back")
    kiosk.press_key("give_back.give")
    kiosk.until_screen("services")
    kiosk.press_key("frame.back")


VISITS = (without_card, with_card, by_search, in_english, rating, dossier, given_back)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
