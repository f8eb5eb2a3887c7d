"""Shows every sample on a window without a display and prints what is wrong with it, as JSON: a list for
each mode, and, of a mode in the usual size and layout, which texts fill their page too much.

Run as a process of its own: ``python -m tests.screens.page_checks WIDTH HEIGHT [MODE …] [-- NAME …]``. A mode
is ``LANGUAGE-SIZE``, then ``-low``, ``-left``, ``-contrast`` where wanted, such as ``vi-2-low``; without one
``vi-0``. With names only these samples are looked at.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from kiosk.settings import ScreenSettings
from kiosk.visit.comfort import Comfort, TextSize
from screens.gallery import samples
from screens.gallery.settling import settle
from screens.locale.measuring import too_full
from screens.theme import CAPITALS_TEXT, GAP_MM, TOUCH_LEAST_MM, TOUCH_MM, current
from screens.window import prepare_window

LONG = (
    "Xác nhận thông tin về cư trú và tình trạng hôn nhân của công dân Việt Nam cư trú ở nước ngoài "
    "trong thời gian trước khi xuất cảnh"
)
# Least capitals of words, in millimetres, by size of the letters.
LEAST_MM = (7.0, 7.4, 7.4)
# Pages whose words are smaller, upright or lying, by what share, and why that is so.
SMALLER = {
    ("upright", "find_clips_found"): 0.98,  # low, with large letters: three clips above the keyboard
}
TRANSLATED_MM = 0.15  # translations are longer: their words may be so much smaller


def box(widget):
    return (*widget.to_window(widget.x, widget.y), *widget.to_window(widget.right, widget.top))


def touch_problems(pressed, is_main) -> list[str]:
    mm = current().mm.px_per_mm
    found = []
    for widget in pressed:
        least = TOUCH_MM if is_main(widget) else TOUCH_LEAST_MM
        if min(widget.size) / mm < least - 0.2:
            found.append(f"“{widget.label}” is only {min(widget.size) / mm:.1f} mm")
        if current().low and box(widget)[3] > current().reach + 1:
            found.append(f"“{widget.label}” is {(box(widget)[3] - current().reach) / mm:.0f} mm out of reach")
    for (one, a), (other, b) in combinations([(widget, box(widget)) for widget in pressed], 2):
        apart = max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]) / mm
        if apart < GAP_MM - 0.1:
            found.append(f"“{one.label}” and “{other.label}” are {apart:.1f} mm apart")
    if sum(is_main(widget) and widget.enabled for widget in pressed) > 1:
        found.append("more than one thing is red")
    return found


def column_problems(columns) -> list[str]:
    return [
        f"{column.minimum_height - column.height:.0f} px too much"
        for column in columns
        if column.minimum_height > column.height + 1
    ]


def word_problems(labels, size: tuple[int, int], least_mm: float) -> list[str]:
    mm = current().mm.px_per_mm
    found = []
    for label in labels:
        words = f"“{label.text[:30]}”"
        if label.texture_size[0] > label.width + 1 or label.texture_size[1] > label.height + 1:
            found.append(f"{words} {label.texture_size} is cut by {[round(s) for s in label.size]}")
        if label.text_size[0] and longest_word(label) > label.text_size[0] + 1:
            found.append(f"{words} is broken within a word")
        x, y, right, upper = box(label)
        if x < -1 or y < -1 or right > size[0] + 1 or upper > size[1] + 1:
            found.append(f"{words} leaves the screen")
        for_staff = label.text.isupper() and "_" in label.text  # a failure's code
        high = label.font_size * CAPITALS_TEXT / mm
        is_sample = getattr(label.parent, "sample_mm", 0)  # of another size of letters
        if high < least_mm - 0.05 and not for_staff and not is_sample:
            found.append(f"{words} is too small ({high:.1f} mm)")
    found += [
        f"“{one.text[:30]}” lies over “{other.text[:30]}”"
        for (one, a), (other, b) in combinations([(label, inked(label)) for label in labels], 2)
        if overlap(a, b) and one not in other.walk() and other not in one.walk()
    ]
    return found


def longest_word(label) -> float:
    from kivy.core.text import Label as CoreLabel

    measure = CoreLabel(font_name=label.font_name, font_size=label.font_size)
    return max(measure.get_extents(word)[0] for word in label.text.split())


def inked(label):
    """The box of a label's words within the window, without its padding."""
    x, y, right, upper = box(label)
    left_pad, _top, right_pad, _bottom = label.padding
    width = label.texture_size[0] - left_pad - right_pad
    if label.halign == "center":
        middle = (x + left_pad + right - right_pad) / 2
        x, right = middle - width / 2, middle + width / 2
    elif label.halign == "right":
        x = right - right_pad - width
    else:
        x, right = x + left_pad, x + left_pad + width
    spare = max(0.0, upper - y - label.texture_size[1]) / 2
    return x, y + spare, right, upper - spare


def overlap(a, b, by: float = 2.0) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > by and min(a[3], b[3]) - max(a[1], b[1]) > by


def comfort_of(mode: str) -> Comfort:
    language, size, *more = mode.rsplit("-", mode.count("-") - (mode.startswith("hmn-")))
    return Comfort(
        language,
        TextSize(int(size)),
        high_contrast="contrast" in more,
        low="low" in more,
        left_handed="left" in more,
    )


def problems(
    width: int, height: int, modes: list[str], names: list[str], views_of=samples
) -> Iterator[dict[str, object]]:
    """What is wrong, mode by mode: ``{"mode", "problems", "too_full"}``. ``views_of`` makes the views by name
    for a comfort.
    """
    prepare_window(ScreenSettings(width=width, height=height), "checks")
    from kivy.base import EventLoop
    from kivy.clock import Clock
    from kivy.core.window import Window
    from kivy.uix.label import Label

    from screens.citizen.stage import Stage
    from screens.widgets.buttons import Pressable, PrimaryButton
    from screens.widgets.column import Column

    Clock._max_fps = 0
    stage = Stage(lambda _event: None, lambda: None)
    Window.add_widget(stage)
    EventLoop.ensure_window()
    found: list[str] = []
    full: list[tuple[str, str, str]] = []

    def look(name: str, least_mm: float) -> None:
        settle(stage)
        laid_over = stage._overlay is not None and stage._overlay.parent is stage
        widgets = list((stage._overlay if laid_over else stage).walk(restrict=True))
        pressed = [w for w in widgets if isinstance(w, Pressable) and w.present]
        columns = [w for w in widgets if isinstance(w, Column) and w.size_hint_y is not None]
        labels = [w for w in widgets if isinstance(w, Label) and w.text and w.opacity]
        for problem in (
            *touch_problems(pressed, lambda widget: isinstance(widget, PrimaryButton)),
            *column_problems(columns),
            *word_problems(labels, (width, height), least_mm),
        ):
            found.append(f"{name}: {problem}")

    panel = "upright" if height > width else "lying"
    for mode in modes:
        comfort = comfort_of(mode)
        least_mm = LEAST_MM[comfort.text_size]
        least_mm -= 0.0 if comfort.language == "vi" else TRANSLATED_MM
        views = views_of(comfort)
        for name, view in views.items():
            if not names or name in names:
                stage.show(view)
                look(f"{mode} {name}", least_mm * SMALLER.get((panel, name), 1))
                if comfort == Comfort(comfort.language):
                    full += [(name, text, wrong) for text, wrong in too_full(stage, (width, height))]
        long = long_ones().items() if mode == "vi-0" and not names and views_of is samples else ()
        for name, lengthen in long:
            view = views[name]
            stage.show(replace(view, screen=lengthen(view.screen), key=f"{name}-long"))
            look(f"{mode} {name}, long words", 0.0)
        yield {"mode": mode, "problems": found[:], "too_full": full[:]}
        found.clear()
        full.clear()
        gc.collect()
        gc.freeze()  # what the first mode leaves stays: the pages in usual letters


def long_ones():
    """What a view becomes when the longest words stand in it, by the sample's name."""
    return {
        "services": lambda v: replace(
            v, cards=tuple(replace(c, button=replace(c.button, hint=LONG)) for c in v.cards)
        ),
        "question_nycQuanHe": lambda v: replace(v, title=LONG),
        "check_answers_1": lambda v: replace(v, lines=tuple(replace(x, value=LONG) for x in v.lines)),
        "ticket": lambda v: replace(v, service=LONG, qr_hint=LONG),
        "services_closed": lambda v: replace(v, cards=tuple(replace(c, badge=LONG) for c in v.cards)),
        "ask_priority": lambda v: replace(v, choices=tuple(replace(c, label=LONG) for c in v.choices)),
        "ticket_offline": lambda v: replace(v, service=LONG, ahead=LONG),
        "problem": lambda v: replace(v, title=LONG, what_to_do=LONG, kept=LONG),
        "offer_form": lambda v: replace(v, lead=LONG, consent=LONG),
        "form_done": lambda v: replace(v, title=LONG, steps=(LONG, LONG, LONG)),
    }


def main(arguments: list[str]) -> None:
    width, height, *rest = arguments
    modes, names = (rest[: rest.index("--")], rest[rest.index("--") + 1 :]) if "--" in rest else (rest, [])
    gc.disable()  # looking through all pages again and again takes half of the time; once a mode will do
    for told in problems(int(width), int(height), modes or ["vi-0"], names):
        print(json.dumps(told, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
