"""What one wants to do, as one types, and what fits."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back
from kiosk.visit.states import FindProcedure, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class FindProcedureView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def find_procedure_view(state: VisitState, screen: FindProcedure, words: Words) -> FindProcedureView:
    """What is shown now."""
    return FindProcedureView(words("find_procedure.title"), Button(words("frame.back"), Back(state.key)))
