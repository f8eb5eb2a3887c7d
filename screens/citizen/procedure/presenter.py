"""One procedure: what to bring, how long, the fee."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back
from kiosk.visit.states import ProcedureShown, VisitState
from screens.citizen.parts import Button
from screens.locale import Words


@dataclass(frozen=True)
class ProcedureView:
    """``title`` says what to do here."""

    title: str
    back: Button
    spoken: tuple[str, ...] = ()


def procedure_view(state: VisitState, screen: ProcedureShown, words: Words) -> ProcedureView:
    """What is shown now."""
    return ProcedureView(words("procedure.title"), Button(words("frame.back"), Back(state.key)))
