"""What a window shows, in words: its texts and what can be touched, read from the widgets that are drawn.

Only a lobby with virtual devices asks for it: the tour touches what a person would see, where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from kivy.core.window import Window
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.label import Label
from kivy.uix.widget import Widget

FAINTEST = 0.05
"""Below this opacity a widget is not seen."""


def described_window() -> dict[str, Any]:
    """``size`` of the window in pixels; ``texts`` as read from the top; ``targets`` with their rectangles.

    A target is ``{name, text, left, top, width, height, enabled}`` in pixels from the window's top left;
    ``name`` is the event it sends, such as ``ServiceTapped ho-tich``.
    """
    width, height = Window.size
    texts: list[tuple[float, float, str]] = []
    targets: list[dict[str, Any]] = []
    for widget, left, bottom in _seen(_uncovered(Window.children)):
        top = height - bottom - widget.height
        if not (-widget.width < left < width and -widget.height < top < height):
            continue
        if isinstance(widget, Label) and widget.text and widget.height >= 1:
            texts.append((round(top), left, widget.text))
        name = _name(widget)
        if name is not None and widget.width >= 1 and widget.height >= 1:
            targets.append(
                {
                    "name": name,
                    "text": _text(widget),
                    "left": round(left),
                    "top": round(top),
                    "width": round(widget.width),
                    "height": round(widget.height),
                    "enabled": bool(getattr(widget, "enabled", True)) and not widget.disabled,
                }
            )
    return {
        "size": [int(width), int(height)],
        "texts": [text for _top, _left, text in sorted(texts)],
        "targets": targets,
    }


def _uncovered(roots: list[Widget]) -> list[Widget]:
    """The window's widgets, uppermost first, down to one beneath which nothing can be seen or touched."""
    for number, widget in enumerate(roots):
        if getattr(widget, "covers", False) and widget.opacity >= FAINTEST:
            return roots[: number + 1]
    return roots


def _seen(roots: list[Widget]) -> Iterator[tuple[Widget, float, float]]:
    """Every drawn widget with its place in the window; hidden branches are left out."""
    stack = [widget for widget in roots if widget.opacity >= FAINTEST]
    while stack:
        widget = stack.pop()
        left, bottom = widget.to_window(widget.x, widget.y, relative=False)
        yield widget, left, bottom
        stack += [child for child in widget.children if child.opacity >= FAINTEST]


def _name(widget: Widget) -> str | None:
    named = getattr(widget, "touch_name", None)
    if named:
        return str(named)
    if not isinstance(widget, ButtonBehavior):
        return None
    event = getattr(getattr(widget, "button", None), "event", None)
    if event is None or not is_dataclass(event):
        return None
    values = [str(getattr(event, field.name)) for field in fields(event) if field.name != "at"]
    return " ".join([type(event).__name__, *(value for value in values if value)])


def _text(widget: Widget) -> str:
    label = getattr(widget, "label", "")
    if label:
        return str(label)
    labels = (child for child in widget.walk(restrict=True) if isinstance(child, Label))
    return " ".join(label.text for label in labels if label.text)
