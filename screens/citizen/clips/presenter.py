"""Instruction clips: list and player; by themselves when nobody is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.visit.events import Intent
from screens.citizen.parts import Button


@dataclass(frozen=True)
class ClipCard:
    """One clip of the list."""

    button: Button
    length: str
    poster: Path | None


@dataclass(frozen=True)
class Playing:
    """The clip the player shows. The view sends ``ended`` when it reaches its end or cannot play it."""

    id: str
    title: str
    video: Path
    captions: Path | None
    ended: Intent


@dataclass(frozen=True)
class ClipsView:
    """List when ``playing`` is None. With ``attract`` the clips run by themselves: any touch goes to the
    start.
    """

    title: str
    cards: tuple[ClipCard, ...]
    playing: Playing | None
    attract: bool
    touch_hint: str
    stop: Button | None
    back: Button
