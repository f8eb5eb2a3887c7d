"""Instruction clips: list and player; by themselves when nobody is there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.visit.events import Back, ClipChosen, ClipEnded, ClipStopped, Intent
from kiosk.visit.states import Clips, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


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


def clips_view(state: VisitState, screen: Clips, words: Words) -> ClipsView:
    """The list, or the clip that plays."""
    at = state.key
    cards = tuple(
        ClipCard(Button(clip.title, ClipChosen(at, clip.id)), _length(clip.seconds, words), clip.poster)
        for clip in state.setup.clips
    )
    playing = next(
        (
            Playing(clip.id, clip.title, clip.video, clip.captions, ClipEnded(at, clip.id))
            for clip in state.setup.clips
            if clip.id == screen.playing
        ),
        None,
    )
    return ClipsView(
        title=words("clips.title"),
        cards=cards,
        playing=playing,
        attract=screen.attract,
        touch_hint=words("clips.touch_hint") if screen.attract else "",
        stop=Button(words("clips.stop"), ClipStopped(at)) if playing and not screen.attract else None,
        back=Button(words("frame.back"), Back(at)),
    )


def _length(seconds: int, words: Words) -> str:
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return words("clips.seconds", n=rest)
    return words("clips.minutes_seconds", m=minutes, n=rest) if rest else words("clips.minutes", m=minutes)
