"""The instruction clips: what can be played, their list and player, the search in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.eforms.vietnamese_input import InputMethod

if TYPE_CHECKING:
    from kiosk.visit.states.screens import Screen


@dataclass(frozen=True)
class ClipLine:
    """Words said in a clip from ``second`` on."""

    second: float
    text: str


@dataclass(frozen=True)
class Clip:
    """An instruction clip that can be played; ``titles``, ``topics``, captions and ``lines``, what is said,
    by language, the first of them in Vietnamese. Shown from ``valid_from`` to ``valid_until``, both days
    included.
    """

    id: str
    title: str
    seconds: int
    video: Path
    captions: Path | None = None
    poster: Path | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    procedures: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    transcript: str = ""
    captions_by_language: Mapping[str, Path] = field(default_factory=dict)
    lines: Mapping[str, tuple[ClipLine, ...]] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        """The topic by its Vietnamese name; empty for none."""
        return self.topics.get("vi", "")

    def in_force(self, day: date) -> bool:
        """Whether it may be shown on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True)
class Clips:
    """List of clips, or the player; ``attract``: they run by themselves, ``turn`` counting them.

    Listed are those of ``topic`` or ``procedure`` (empty: all), ``page`` from 0. The player began at second
    ``start``; ``steps`` of ten seconds were taken since, those back counting against those forward.
    ``offered``: the address for the phone is shown. ``resume`` is where one came from; ``found_by`` the
    search that found the clip.
    """

    playing: str | None = None
    attract: bool = False
    turn: int = 0
    topic: str = ""
    procedure: str = ""
    page: int = 0
    start: float = 0.0
    paused: bool = False
    speed: float = 1.0
    steps: int = 0
    captions_on: bool = True
    offered: bool = False
    resume: Screen | None = None
    found_by: FindClips | None = None

    @property
    def running(self) -> bool:
        """Whether pictures move."""
        return self.playing is not None and not self.paused


@dataclass(frozen=True)
class FindClips:
    """What one looks for in the clips, typed; those that fit follow each key. ``listed``: the list before."""

    listed: Clips = field(default_factory=Clips)
    text: str = field(default="", repr=False)
    method: InputMethod = InputMethod.TELEX
    page: int = 0
