"""Pieces that the view-models of several screens share. Words are ready to show; sizes and colours are the
view's.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.queueing.wait import WaitRange
from kiosk.speech.wait import wait_words
from kiosk.visit.events import BackspaceTapped, ClearTapped, DigitTapped, Intent
from screens.locale import Words


@dataclass(frozen=True)
class Button:
    """Something to press: its words and the event to send when it is pressed."""

    label: str
    event: Intent
    enabled: bool = True
    hint: str = ""


@dataclass(frozen=True)
class Picked:
    """One of several things to choose; ``sample_mm``: its words are a sample of letters of this height."""

    button: Button
    chosen: bool = False
    sample_mm: float = 0.0


@dataclass(frozen=True)
class Message:
    """A short notice on a screen. ``tone`` is ``info``, ``done``, ``wait`` or ``trouble``."""

    text: str
    tone: str = "info"


@dataclass(frozen=True)
class Keypad:
    """A number pad: twelve keys in four rows (1–9, clear, 0, backspace)."""

    rows: tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Key:
    """One key of the keyboard. ``width`` in units of one letter key."""

    label: str
    event: Intent
    width: float = 1.0
    kind: str = "letter"  # letter, tone, wide
    active: bool = False


@dataclass(frozen=True)
class Keyboard:
    """The Vietnamese keyboard, row by row; ``suggestions`` stand above it, at times none of them."""

    rows: tuple[tuple[Key, ...], ...]
    suggestions: tuple[Button, ...] | None = None


def wait_text(wait: WaitRange | None, words: Words) -> str:
    """A wait such as “khoảng 20–30 phút”; empty when nobody can say."""
    return wait_words(wait, lambda key, **values: words(_WAIT[key], **values))


_WAIT = {
    "under": "wait.under",
    "range": "wait.range",
    "long_range": "wait.long_range",
    "over": "wait.over",
    "minutes": "wait.minutes",
    "hours": "wait.hours",
    "hours_minutes": "wait.hours_minutes",
}


def keypad(at: str, words: Words) -> Keypad:
    """The number pad of the screen with key ``at``."""
    rows = [tuple(Button(digit, DigitTapped(at, digit)) for digit in row) for row in ("123", "456", "789")]
    last = (
        Button(words("frame.clear"), ClearTapped(at)),
        Button("0", DigitTapped(at, "0")),
        Button(words("frame.backspace"), BackspaceTapped(at)),
    )
    return Keypad((*rows, last))
