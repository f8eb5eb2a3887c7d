"""Letters, contrast, reach, hand and voice."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import PanelClosed
from kiosk.visit.states import ChooseComfort, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class ComfortView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def comfort_view(state: VisitState, screen: ChooseComfort, words: Words) -> ComfortView:
    """What is shown now."""
    return ComfortView(words("comfort.title"), Button(words("frame.back"), PanelClosed(state.key)))
