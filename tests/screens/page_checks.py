"""Shows every sample on a window without a display and prints what is wrong with it, as JSON.

Run as a process of its own: ``python -m tests.screens.page_checks WIDTH HEIGHT LEAST_SQUEEZE``.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import combinations

from kiosk.settings import ScreenSettings
from screens.gallery import FRAMES, samples
from screens.theme import CAPITALS_TEXT, GAP_MM, TOUCH_LEAST_MM, TOUCH_MM, current
from screens.window import prepare_window

LONG = (
    "Xác nhận thông tin về cư trú và tình trạng hôn nhân của công dân Việt Nam cư trú ở nước ngoài "
    "trong thời gian trước khi xuất cảnh"
)


def box(widget):
    return (*widget.to_window(widget.x, widget.y), *widget.to_window(widget.right, widget.top))


def touch_problems(pressed, is_main) -> list[str]:
    mm = current().mm.px_per_mm
    found = []
    for widget in pressed:
        least = TOUCH_MM if is_main(widget) else TOUCH_LEAST_MM
        if min(widget.size) / mm < least - 0.2:
            found.append(f"“{widget.label}” is only {min(widget.size) / mm:.1f} mm")
    for one, other in combinations(pressed, 2):
        a, b = box(one), box(other)
        apart = max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]) / mm
        if apart < GAP_MM - 0.1:
            found.append(f"“{one.label}” and “{other.label}” are {apart:.1f} mm apart")
    if sum(is_main(widget) and widget.enabled for widget in pressed) > 1:
        found.append("more than one thing is red")
    return found


def column_problems(columns, squeeze_allowed: float) -> list[str]:
    found = []
    for column in columns:
        if column.minimum_height > column.height + 1:
            found.append(f"{column.minimum_height - column.height:.0f} px too much")
        if column.squeeze < squeeze_allowed - 0.001:
            found.append(f"type was made smaller ({column.squeeze:.2f})")
    return found


def word_problems(labels, size: tuple[int, int], squeeze_allowed: float) -> list[str]:
    mm = current().mm.px_per_mm
    found = []
    for label in labels:
        words = f"“{label.text[:30]}”"
        if label.texture_size[0] > label.width + 1 or label.texture_size[1] > label.height + 1:
            found.append(f"{words} {label.texture_size} is cut by {label.size}")
        x, y, right, upper = box(label)
        if x < -1 or y < -1 or right > size[0] + 1 or upper > size[1] + 1:
            found.append(f"{words} leaves the screen")
        for_staff = label.text.isupper() and "_" in label.text  # a failure's code
        if label.font_size * CAPITALS_TEXT / mm < 6.95 * squeeze_allowed and not for_staff:
            found.append(f"{words} is too small")
    return found


def problems(width: int, height: int, least_squeeze: float) -> list[str]:
    prepare_window(ScreenSettings(width=width, height=height), "checks")
    from kivy.base import EventLoop
    from kivy.core.window import Window
    from kivy.uix.label import Label

    from screens.citizen.stage import Stage
    from screens.widgets.buttons import Pressable, PrimaryButton
    from screens.widgets.column import Column

    stage = Stage(lambda _event: None, lambda: None)
    Window.add_widget(stage)
    EventLoop.ensure_window()
    found: list[str] = []

    def look(name: str, squeeze_allowed: float) -> None:
        for _ in range(FRAMES):
            EventLoop.idle()
        top = stage._overlay if stage._overlay is not None and stage._overlay.parent is stage else stage
        widgets = list(top.walk(restrict=True))
        pressed = [w for w in widgets if isinstance(w, Pressable) and w.present]
        columns = [w for w in widgets if isinstance(w, Column) and w.size_hint_y is not None]
        labels = [w for w in widgets if isinstance(w, Label) and w.text]
        for problem in (
            *touch_problems(pressed, lambda widget: isinstance(widget, PrimaryButton)),
            *column_problems(columns, squeeze_allowed),
            *word_problems(labels, (width, height), squeeze_allowed),
        ):
            found.append(f"{name}: {problem}")

    for name, view in samples().items():
        stage.show(view)
        look(name, least_squeeze)

    views = samples()
    long_ones = {
        "services": lambda v: replace(
            v, cards=tuple(replace(c, button=replace(c.button, hint=LONG)) for c in v.cards)
        ),
        "question_nycQuanHe": lambda v: replace(v, title=LONG),
        "check_answers_1": lambda v: replace(v, lines=tuple(replace(x, value=LONG) for x in v.lines)),
        "ticket": lambda v: replace(v, service=LONG, qr_hint=LONG),
        "services_closed": lambda v: replace(v, cards=tuple(replace(c, badge=LONG) for c in v.cards)),
        "ask_priority": lambda v: replace(
            v, service=LONG, choices=tuple(replace(c, label=LONG) for c in v.choices)
        ),
        "ticket_offline": lambda v: replace(v, service=LONG, ahead=LONG),
        "problem": lambda v: replace(v, title=LONG, what_to_do=LONG, kept=LONG),
        "offer_form": lambda v: replace(v, lead=LONG, consent=LONG),
        "form_done": lambda v: replace(v, title=LONG, steps=(LONG, LONG, LONG)),
    }
    for name, lengthen in long_ones.items():
        view = views[name]
        stage.show(replace(view, screen=lengthen(view.screen), key=f"{name}-long"))
        for _ in range(3):  # it takes a while to become small
            for _ in range(FRAMES):
                EventLoop.idle()
        look(f"{name}, long words", 0.0)
    return found


if __name__ == "__main__":
    print(json.dumps(problems(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])), ensure_ascii=False))
