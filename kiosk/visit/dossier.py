"""*My dossier*: the code on the receipt, typed or scanned, and where one reads how far it is.

The dots and dashes of a code are put in by themselves where its form is clear, as in
``000.00.01.H26-260930-0012``; the newer form (``H26.12-260930-0012``) has groups of one to three digits, so
that its own must be typed.
"""

from __future__ import annotations

import re
from dataclasses import replace

from kiosk.procedures.dossier_code import LONGEST, DossierCode, DossierCodeError, parse
from kiosk.visit.effects import AskDossier, LoadServices
from kiosk.visit.events import (
    Back,
    BackspaceTapped,
    Cancel,
    ClearTapped,
    Continue,
    DossierTold,
    Intent,
    KeyTapped,
    PageTapped,
    ServiceChoice,
    ServiceTapped,
)
from kiosk.visit.moves import Result, home, mistaken, same, stay, to
from kiosk.visit.priority import take
from kiosk.visit.states import (
    Clips,
    EnterCan,
    MyDossier,
    Problem,
    Reading,
    Start,
    TicketShown,
    VisitState,
)

RESULTS_SERVICE = "nhan-ket-qua"
"""The service at whose counter results are handed out, by its id in services.toml."""
MOST_PAGES = 10
"""More pages than the states of a dossier fill."""
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SIGNS = _LETTERS | frozenset("0123456789.-")
_COMPLETE = (
    (re.compile(r"\d{3}(\.\d{2})?"), "0", "."),
    (re.compile(r"\d{3}\.\d{2}\.\d{2}"), "A", "."),
    (re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}"), "0", "-"),
    (re.compile(r"[^-]+-\d{6}"), "0", "-"),
)
"""What is complete, what sort of sign begins the next part, and what stands between them."""


def on_dossier(state: VisitState, screen: MyDossier, intent: Intent) -> Result:
    """Typing the code, and what to do with it."""
    if screen.found is not None:
        return _on_found(state, screen, intent)
    match intent:
        case KeyTapped(key="letters"):
            return same(state, replace(screen, letters=not screen.letters))
        case KeyTapped(key=key) if key.upper() in _SIGNS:
            return same(state, MyDossier(typed(screen.typed, key.upper())))
        case BackspaceTapped():
            return same(state, MyDossier(shortened(screen.typed), screen.letters))
        case ClearTapped():
            return same(state, MyDossier())
        case Continue():
            try:
                return _to_found(state, screen.typed, parse(screen.typed))
            except DossierCodeError:
                return same(mistaken(state), replace(screen, wrong=True))
        case Back() | Cancel():
            return home(state)
        case _:
            return stay(state)


def _on_found(state: VisitState, screen: MyDossier, intent: Intent) -> Result:
    match intent:
        case PageTapped(page=page) if 0 <= page <= MOST_PAGES:
            return to(state, replace(screen, page=page))
        case ServiceTapped(service=service) if (results := results_service(state)) is not None:
            if service != results.id:
                return stay(state)
            if state.held(service) is not None:
                return to(state, TicketShown(service))
            return take(state, service) if results.open else stay(state)
        case Back() if screen.page > 0:
            return to(state, replace(screen, page=screen.page - 1))
        case Back():
            return to(state, MyDossier(screen.typed))
        case Cancel():
            return home(state)
        case _:
            return stay(state)


def typed(text: str, sign: str) -> str:
    """The code with one more sign of ``A``–``Z``, ``0``–``9``, dot and dash, and what belongs between."""
    if sign in ".-":
        if not text:
            return text
        longer = text[:-1] + sign if text[-1] in ".-" else text + sign
    else:
        longer = text + _between(text, sign) + sign
    return longer if len(longer) <= LONGEST else text


def shortened(text: str) -> str:
    """The code without its last sign, nor the dot or dash before it that had come by itself."""
    left = text[:-1]
    if left[-1:] in (".", "-") and _between(left[:-1], text[-1:]) == left[-1]:
        return left[:-1]
    return left


def _between(text: str, sign: str) -> str:
    sort = "A" if sign in _LETTERS else "0"
    return next((mark for form, begins, mark in _COMPLETE if begins == sort and form.fullmatch(text)), "")


def results_service(state: VisitState) -> ServiceChoice | None:
    """Where results are handed out, as the centre offers it now."""
    return next((one for one in state.services or () if one.id == RESULTS_SERVICE), None)


def _to_found(state: VisitState, text: str, code: DossierCode) -> Result:
    asking = AskDossier(state.visit, code)
    return to(state, MyDossier(text, found=code, asked=True), LoadServices(state.visit), asking)


def on_dossier_told(state: VisitState, answer: DossierTold) -> Result:
    """How far it is, where the centre knows; also while a card laid down meanwhile is being looked at."""
    match state.screen:
        case MyDossier() as screen:
            return same(state, _told(screen, answer))
        case (EnterCan() | Reading() | Problem()) as over if isinstance(over.resume, MyDossier):
            return same(state, replace(over, resume=_told(over.resume, answer)))
        case _:
            return stay(state)


def _told(screen: MyDossier, answer: DossierTold) -> MyDossier:
    if screen.found != answer.dossier:
        return screen
    return replace(screen, asked=False, status=answer.status)


def on_dossier_scanned(state: VisitState, code: DossierCode) -> Result:
    """A receipt's code under the scanner opens *my dossier* where nothing else is under way."""
    match state.screen:
        case Start() | Clips() | MyDossier():
            return _to_found(state, str(code), code)
        case EnterCan() as screen:
            return same(mistaken(state), replace(screen, unknown_code=True))
        case _:
            return stay(state)
