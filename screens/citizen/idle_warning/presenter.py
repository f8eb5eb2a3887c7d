"""The overlay before everything is wiped."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Finish, StayTapped
from kiosk.visit.states import VisitState
from screens.citizen.parts import Button
from screens.citizen.spoken import sentences
from screens.locale import Words


@dataclass(frozen=True)
class IdleWarningView:
    """Lies over the current screen and takes every touch. ``seconds`` counts down to the wipe."""

    title: str
    text: str
    seconds: int
    stay: Button
    leave: Button
    spoken: tuple[str, ...] = ()


def idle_warning_view(state: VisitState, words: Words) -> IdleWarningView | None:
    """The warning, or None while someone is there."""
    seconds = state.idle_warning
    if seconds is None:
        return None
    title, text = words("idle_warning.title"), words("idle_warning.text")
    remain = Button(words("idle_warning.stay"), StayTapped(state.key))
    return IdleWarningView(
        title=title,
        text=text,
        seconds=seconds,
        stay=remain,
        leave=Button(words("idle_warning.leave"), Finish(state.key)),
        spoken=(*sentences(title, text), words("idle_warning.spoken", stay=remain.label)),
    )
