"""An officer is called."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import PanelClosed
from kiosk.visit.states import HelpAsked, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class HelpView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def help_view(state: VisitState, screen: HelpAsked, words: Words) -> HelpView:
    """What is shown now."""
    return HelpView(words("help.title"), Button(words("frame.back"), PanelClosed(state.key)))
