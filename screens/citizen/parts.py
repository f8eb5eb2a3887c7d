"""Pieces that the view-models of several screens share. Words are ready to show; sizes and colours are the
view's.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Intent


@dataclass(frozen=True)
class Button:
    """Something to press: its words and the event to send when it is pressed."""

    label: str
    event: Intent
    enabled: bool = True
    hint: str = ""


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
    """The Vietnamese keyboard, row by row."""

    rows: tuple[tuple[Key, ...], ...]
