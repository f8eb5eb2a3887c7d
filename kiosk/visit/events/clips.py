"""The instruction clips: list, search and player."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events.kinds import Intent


@dataclass(frozen=True)
class WatchClips(Intent):
    """Open the list of instruction clips; with a ``procedure`` those that tell of it."""

    procedure: str = ""


@dataclass(frozen=True)
class ClipChosen(Intent):
    """Play this clip."""

    clip: str = ""


@dataclass(frozen=True)
class ClipEnded(Intent):
    """The player reached the end of this clip, or could not play it."""

    clip: str = ""


@dataclass(frozen=True)
class ClipStopped(Intent):
    """Back from the player to the list; ``position``: the second it was left at."""

    position: float = 0.0


@dataclass(frozen=True)
class ClipTopicTapped(Intent):
    """List only the clips of this topic; empty: all."""

    topic: str = ""


@dataclass(frozen=True)
class FindClipsTapped(Intent):
    """Look for a clip by what is said in it."""


@dataclass(frozen=True)
class ClipPauseTapped(Intent):
    """Let the clip stand, or run on."""


@dataclass(frozen=True)
class ClipStepTapped(Intent):
    """Ten seconds forward (1) or back (-1)."""

    steps: int = 1


@dataclass(frozen=True)
class ClipSpeedTapped(Intent):
    """Play at the next speed."""


@dataclass(frozen=True)
class ClipCaptionsTapped(Intent):
    """Show or hide the captions."""


@dataclass(frozen=True)
class ClipTakeTapped(Intent):
    """Show or hide the address under which a phone can play the clip."""
