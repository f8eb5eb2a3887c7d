"""What is typed, on the number pad and on the Vietnamese keyboard."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events.kinds import Intent


@dataclass(frozen=True)
class DigitTapped(Intent):
    """A digit of the number pad."""

    digit: str = ""


@dataclass(frozen=True)
class BackspaceTapped(Intent):
    """Take the last typed sign away."""


@dataclass(frozen=True)
class ClearTapped(Intent):
    """Take everything typed away."""


@dataclass(frozen=True)
class KeyTapped(Intent):
    """A key of the Vietnamese keyboard: a letter, a tone mark, ``space`` or ``shift``."""

    key: str = ""


@dataclass(frozen=True)
class SuggestionTapped(Intent):
    """Take this suggestion of the keyboard."""

    text: str = ""
