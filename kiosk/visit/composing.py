"""Text being typed on the keyboard of a screen, key by key."""

from __future__ import annotations

from typing import Protocol

from kiosk.eforms.vietnamese_input import InputMethod, press
from kiosk.visit.events import BackspaceTapped, ClearTapped, Intent, KeyTapped


class Composing(Protocol):
    """What a keyboard has to remember between two keys."""

    @property
    def shift(self) -> bool: ...
    @property
    def method(self) -> InputMethod: ...


def next_method(method: InputMethod) -> InputMethod:
    """The next way of typing marks; after the last comes the first."""
    methods = list(InputMethod)
    return methods[(methods.index(method) + 1) % len(methods)]


def composed(text: str, keyboard: Composing, intent: Intent, *, capital: bool = False) -> str:
    """The text after one touch; other touches leave it as it is. ``capital``: the next letter is one."""
    match intent:
        case ClearTapped():
            return ""
        case BackspaceTapped():
            return press(text, "backspace")
        case KeyTapped(key=key) if key not in ("shift", "method", "numbers"):
            return press(text, key, upper=capital != keyboard.shift, method=keyboard.method)
        case _:
            return text
