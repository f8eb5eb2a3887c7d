"""Whether a number is really to be given back."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back
from kiosk.visit.states import GiveBack, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class GiveBackView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def give_back_view(state: VisitState, screen: GiveBack, words: Words) -> GiveBackView:
    """What is shown now."""
    return GiveBackView(words("give_back.title"), Button(words("frame.back"), Back(state.key)))
