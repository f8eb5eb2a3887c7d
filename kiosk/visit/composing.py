"""Text being typed on the keyboard of a screen, key by key."""

from __future__ import annotations

from kiosk.eforms.vietnamese_input import InputMethod, press
from kiosk.visit.events import BackspaceTapped, ClearTapped, Intent, KeyTapped


def next_method(method: InputMethod) -> InputMethod:
    """The next way of typing marks; after the last comes the first."""
    methods = list(InputMethod)
    return methods[(methods.index(method) + 1) % len(methods)]


def composed(text: str, intent: Intent, method: InputMethod, *, capital: bool = False) -> str:
    """The text after one touch; other touches leave it as it is. ``capital``: the next letter is one."""
    match intent:
        case ClearTapped():
            return ""
        case BackspaceTapped():
            return press(text, "backspace")
        case KeyTapped(key=key) if key not in ("shift", "method"):
            return press(text, key, upper=capital, method=method)
        case _:
            return text
