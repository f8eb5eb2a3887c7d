"""How it was: a face, what about, and words."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back
from kiosk.visit.states import Rate, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class RateView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def rate_view(state: VisitState, screen: Rate, words: Words) -> RateView:
    """What is shown now."""
    return RateView(words("rate.title"), Button(words("frame.back"), Back(state.key)))
