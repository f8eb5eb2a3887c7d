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
    mm = current().mm.px_per_mm
    found: list[str] = []

    def box(widget):
        return (*widget.to_window(widget.x, widget.y), *widget.to_window(widget.right, widget.top))

    def look(name: str, squeeze_allowed: float) -> None:
        for _ in range(FRAMES):
            EventLoop.idle()
        top = stage._overlay if stage._overlay.parent else stage
        widgets = list(top.walk(restrict=True))
        pressed = [w for w in widgets if isinstance(w, Pressable) and w.present]
        for widget in pressed:
            least = TOUCH_MM if isinstance(widget, PrimaryButton) else TOUCH_LEAST_MM
            if min(widget.size) / mm < least - 0.2:
                found.append(f"{name}: “{widget.label}” is only {min(widget.size) / mm:.1f} mm")
        for one, other in combinations(pressed, 2):
            a, b = box(one), box(other)
            apart = max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3]) / mm
            if apart < GAP_MM - 0.1:
                found.append(f"{name}: “{one.label}” and “{other.label}” are {apart:.1f} mm apart")
        if sum(isinstance(w, PrimaryButton) and w.enabled for w in pressed) > 1:
            found.append(f"{name}: more than one thing is red")
        for widget in widgets:
            if isinstance(widget, Column) and widget.size_hint_y is not None:
                if widget.minimum_height > widget.height + 1:
                    found.append(f"{name}: {widget.minimum_height - widget.height:.0f} px too much")
                if widget.squeeze < squeeze_allowed - 0.001:
                    found.append(f"{name}: type was made smaller ({widget.squeeze:.2f})")
            if isinstance(widget, Label) and widget.text:
                if widget.texture_size[0] > widget.width + 1 or widget.texture_size[1] > widget.height + 1:
                    found.append(
                        f"{name}: “{widget.text[:30]}” {widget.texture_size} is cut by {widget.size}"
                    )
                x, y, right, upper = box(widget)
                if x < -1 or y < -1 or right > width + 1 or upper > height + 1:
                    found.append(f"{name}: “{widget.text[:30]}” leaves the screen")
                if name != "long" and widget.font_size * CAPITALS_TEXT / mm < 6.95 * squeeze_allowed:
                    if widget.text.isupper() and "_" in widget.text:  # the code for staff may be small
                        continue
                    found.append(f"{name}: “{widget.text[:30]}” is too small")

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
