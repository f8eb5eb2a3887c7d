"""Lays out every sample of the gallery in one language and prints, as JSON, which texts do not fit.

Run as a process of its own, because a window is opened: ``python -m screens.locale.measuring TAG WIDTH HEIGHT
INCHES [NAME …]`` with ``SDL_VIDEODRIVER=offscreen``; with names only these samples. One line:
``[[screen, text, what is wrong], …]``. Vietnamese fits by the tests of the screens; what is told of it here
tells how strict this is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from typing import Any

from kiosk.settings import ScreenSettings
from kiosk.visit.comfort import Comfort, TextSize
from screens.gallery import samples
from screens.gallery.settling import settle
from screens.window import prepare_window

LEAST_SQUEEZE = 0.8
"""Type that had to be made smaller than this part of its size is too much text for its screen."""


def too_long(
    tag: str, size: tuple[int, int], inches: float, names: Collection[str] = ()
) -> list[tuple[str, str, str]]:
    """Screen, text and what is wrong with it, for every sample (or those of ``names``) in the language
    ``tag``, on a panel of ``size`` pixels.
    """
    width, height = size
    prepare_window(ScreenSettings(width=width, height=height, diagonal_inches=inches), "languages")
    from kivy.base import EventLoop  # noqa: PLC0415 - the window is prepared now
    from kivy.clock import Clock  # noqa: PLC0415
    from kivy.core.window import Window  # noqa: PLC0415

    from screens.citizen.stage import Stage  # noqa: PLC0415

    Clock._max_fps = 0
    stage = Stage(lambda _event: None, lambda: None)
    Window.add_widget(stage)
    EventLoop.ensure_window()
    found: dict[tuple[str, str, str], None] = {}
    for name, view in samples(Comfort(language=tag, text_size=TextSize.NORMAL)).items():
        if names and name not in names:
            continue
        stage.show(view)
        settle(stage)
        for text, wrong in too_full(stage, size):
            found[(name, text, wrong)] = None
    return list(found)


def too_full(stage: Any, size: tuple[int, int]) -> list[tuple[str, str]]:
    """Each text of the settled ``stage`` that does not fit a window of ``size`` pixels, and why."""
    from kivy.uix.label import Label  # noqa: PLC0415

    from screens.widgets.column import Column  # noqa: PLC0415

    overlay = getattr(stage, "_overlay", None)
    top = overlay if overlay is not None and overlay.parent else stage
    widgets = list(top.walk(restrict=True))
    found: list[tuple[str, str]] = []
    for label in widgets:
        if not isinstance(label, Label) or not label.text or not label.opacity:
            continue
        wide, high = label.texture_size[0] - label.width, label.texture_size[1] - label.height
        if wide > 1 or high > 1:
            found.append((label.text, f"{max(wide, 0):.0f} px too wide, {max(high, 0):.0f} px too high"))
        left, bottom = label.to_window(label.x, label.y)
        right, upper = label.to_window(label.right, label.top)
        if left < -1 or bottom < -1 or right > size[0] + 1 or upper > size[1] + 1:
            found.append((label.text, "leaves the screen"))
        elif over := _over_its_button(label):
            found.append((label.text, over))
    for column in widgets:
        if not isinstance(column, Column) or column.size_hint_y is None:
            continue
        if column.minimum_height > column.height + 1 or column.squeeze < LEAST_SQUEEZE - 0.001:
            longest = max((one.text for one in column.walk() if isinstance(one, Label)), key=len, default="")
            found.append((longest, f"the page is too full, type at {column.squeeze:.2f} of its size"))
    return found


def _over_its_button(label: Any) -> str:
    """How far the text of a button stands out of it; empty when it does not, or is of no button."""
    from kivy.uix.behaviors import ButtonBehavior  # noqa: PLC0415

    button = label.parent
    while button is not None and button.parent is not button and not isinstance(button, ButtonBehavior):
        button = button.parent
    if not isinstance(button, ButtonBehavior):
        return ""
    (left, bottom), (right, upper) = _corners(label)
    (least, lowest), (most, highest) = _corners(button)
    wide, high = max(least - left, right - most, 0), max(lowest - bottom, upper - highest, 0)
    if max(wide, high) <= 1:
        return ""
    return f"stands out of its button, {wide:.0f} px sideways, {high:.0f} px up or down"


def _corners(widget: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    return widget.to_window(widget.x, widget.y), widget.to_window(widget.right, widget.top)


if __name__ == "__main__":
    tag, width, height, inches, *names = sys.argv[1:]
    told = too_long(tag, (int(width), int(height)), float(inches), names)
    print(json.dumps(told, ensure_ascii=False))  # noqa: T201 - the answer
