"""The languages, each by its own name."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import PanelClosed
from kiosk.visit.states import ChooseLanguage, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class LanguageView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def language_view(state: VisitState, screen: ChooseLanguage, words: Words) -> LanguageView:
    """What is shown now."""
    return LanguageView(words("language.title"), Button(words("frame.back"), PanelClosed(state.key)))
