"""A machine that staff have suspended: it says where to take a number, and nothing begins at it.

Languages, comfort and the call for help still work; what lies on the reader or under the scanner is passed
over. Whoever stands there when staff suspend it is wiped.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.events import (
    Back,
    Cancel,
    CardInserted,
    CardRefused,
    CodeScanned,
    DossierScanned,
    ForeignCodeScanned,
    Intent,
    MachineSuspended,
)
from kiosk.visit.moves import Result, stay, wiped
from kiosk.visit.states import VisitState

BEGINNINGS = (CardInserted, CardRefused, CodeScanned, DossierScanned, ForeignCodeScanned)
"""What comes from outside the window and would begin something."""


def on_suspended(state: VisitState, event: MachineSuspended) -> Result:
    """Suspended or back in service: either way a fresh start."""
    return wiped(replace(state, lobby=replace(state.lobby, suspended=event.suspended)))


def not_begun(state: VisitState, event: object) -> Result:
    """A card or a code: only that a card lies there is remembered."""
    if isinstance(event, CardInserted):
        return replace(state, lobby=replace(state.lobby, card=True)), ()
    return stay(state)


def heard(intent: Intent) -> bool:
    """Whether a screen hears this touch: only ways back, such as from the problem screen."""
    return isinstance(intent, Back | Cancel)
