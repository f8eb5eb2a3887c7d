"""*My dossier*: the code on the receipt, typed or scanned, and where one reads how far it is."""

from __future__ import annotations

from dataclasses import replace

from kiosk.procedures.dossier_code import LONGEST, DossierCode, DossierCodeError, parse
from kiosk.visit.events import (
    AnotherService,
    Back,
    BackspaceTapped,
    Cancel,
    ClearTapped,
    Continue,
    Intent,
    KeyTapped,
)
from kiosk.visit.moves import Result, home, same, stay, to, to_services
from kiosk.visit.states import Clips, MyDossier, Start, VisitState

_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")


def on_dossier(state: VisitState, screen: MyDossier, intent: Intent) -> Result:
    """Typing the code, and what to do with it."""
    match intent:
        case KeyTapped(key=key) if key.upper() in _SIGNS and len(screen.typed) < LONGEST:
            return same(state, MyDossier(screen.typed + key.upper()))
        case BackspaceTapped():
            return same(state, MyDossier(screen.typed[:-1]))
        case ClearTapped():
            return same(state, MyDossier())
        case Continue() if screen.found is None:
            try:
                return to(state, MyDossier(screen.typed, parse(screen.typed)))
            except DossierCodeError:
                return same(state, replace(screen, wrong=True))
        case AnotherService():
            return to_services(state)
        case Back() if screen.found is not None:
            return to(state, MyDossier(screen.typed))
        case Back() | Cancel():
            return home(state)
        case _:
            return stay(state)


def on_dossier_scanned(state: VisitState, code: DossierCode) -> Result:
    """A receipt's code under the scanner opens *my dossier* where nothing else is under way."""
    if isinstance(state.screen, Start | Clips | MyDossier):
        return to(state, MyDossier(str(code), code))
    return stay(state)
