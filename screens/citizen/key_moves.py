"""What a key of a keyboard or a number pad means on the citizen's screens. Pure: no window, no widgets.

Key numbers are those of SDL 2 as Kivy hands them on (``kivy.core.window``, ``Keyboard.keycodes``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Move(StrEnum):
    """What a key does that types nothing."""

    NEXT = "next"
    BEFORE = "before"
    UP = "up"
    DOWN = "down"
    LEFT = "left"
    RIGHT = "right"
    PRESS = "press"
    BACK = "back"
    ERASE = "erase"
    AGAIN = "again"


@dataclass(frozen=True)
class Typed:
    """A sign for the pad or the keyboard that is shown."""

    sign: str


_TAB, _ENTER, _ESCAPE, _BACKSPACE, _DELETE = 9, 13, 27, 8, 127
_UP, _DOWN, _RIGHT, _LEFT = 273, 274, 275, 276
_PAD_0, _PAD_9 = 256, 265
_PAD_DIVIDE, _PAD_TIMES, _PAD_MINUS, _PAD_PLUS, _PAD_ENTER = 267, 268, 269, 270, 271

_ALWAYS = {
    _UP: Move.UP,
    _DOWN: Move.DOWN,
    _LEFT: Move.LEFT,
    _RIGHT: Move.RIGHT,
    _ENTER: Move.PRESS,
    _PAD_ENTER: Move.PRESS,
    _ESCAPE: Move.BACK,
    _BACKSPACE: Move.ERASE,
    _DELETE: Move.ERASE,
    _PAD_TIMES: Move.AGAIN,
    _PAD_PLUS: Move.NEXT,
    _PAD_MINUS: Move.BEFORE,
    _PAD_DIVIDE: Move.BACK,
}
_BY_DIGIT = {"8": Move.UP, "2": Move.DOWN, "4": Move.LEFT, "6": Move.RIGHT, "5": Move.PRESS}


def move_of_key(key: int, *, shift: bool, typing: bool) -> Move | Typed | None:
    """What the key number ``key`` means; ``None``: nothing, or what it types comes as text.

    ``typing``: digits are wanted on this screen, else those of the pad stand for directions. Keys of the pad
    are taken here, whether its Num Lock is on or not.
    """
    if key == _TAB:
        return Move.BEFORE if shift else Move.NEXT
    if _PAD_0 <= key <= _PAD_9:
        digit = str(key - _PAD_0)
        return Typed(digit) if typing else _BY_DIGIT.get(digit)
    return _ALWAYS.get(key)


def move_of_text(text: str, *, typing: bool) -> Move | Typed | None:
    """What typed text means: a sign for the screen, or, where nothing is typed, a digit that moves."""
    if typing:
        return Typed(text)
    return Move.AGAIN if text == "*" else _BY_DIGIT.get(text)


def types_on_pad(key: int) -> str:
    """What a key of the pad also sends as text while Num Lock is on; empty for other keys."""
    if _PAD_0 <= key <= _PAD_9:
        return str(key - _PAD_0)
    return {_PAD_TIMES: "*", _PAD_PLUS: "+", _PAD_MINUS: "-", _PAD_DIVIDE: "/"}.get(key, "")
