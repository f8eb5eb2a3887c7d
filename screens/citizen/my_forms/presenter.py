"""The forms that can be filled in here."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back
from kiosk.visit.states import MyForms, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class MyFormsView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def my_forms_view(state: VisitState, screen: MyForms, words: Words) -> MyFormsView:
    """What is shown now."""
    return MyFormsView(words("my_forms.title"), Button(words("frame.back"), Back(state.key)))
