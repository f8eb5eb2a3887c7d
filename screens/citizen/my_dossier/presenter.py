"""The code of a dossier and where to look it up."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back
from kiosk.visit.states import MyDossier, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class MyDossierView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def my_dossier_view(state: VisitState, screen: MyDossier, words: Words) -> MyDossierView:
    """What is shown now."""
    return MyDossierView(words("my_dossier.title"), Button(words("frame.back"), Back(state.key)))
