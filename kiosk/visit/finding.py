"""Finding a procedure: every key searches, a result is looked at, and leads to its number."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.comfort import TextSize
from kiosk.visit.composing import composed, next_method
from kiosk.visit.effects import PrintSheet, Search
from kiosk.visit.events import (
    Back,
    Cancel,
    Found,
    Intent,
    KeyTapped,
    PageTapped,
    PrintResult,
    PrintSheetTapped,
    ProcedureChosen,
    ServiceTapped,
    SheetPrinted,
    SuggestionTapped,
)
from kiosk.visit.moves import Result, home, mistaken, same, stay, to, to_services
from kiosk.visit.priority import take
from kiosk.visit.states import FindProcedure, ProcedureShown, TicketShown, VisitState

_HITS_ON_A_PAGE = {TextSize.NORMAL: 3, TextSize.LARGE: 3, TextSize.LARGEST: 2}


def hits_on_a_page(state: VisitState) -> int:
    """How many procedures stand on one page of the results."""
    return _HITS_ON_A_PAGE[state.comfort.text_size]


def on_find(state: VisitState, screen: FindProcedure, intent: Intent) -> Result:
    """Typing, and choosing from what was found."""
    match intent:
        case KeyTapped(key="method"):
            return same(state, replace(screen, method=next_method(screen.method)))
        case ProcedureChosen(code=code):
            chosen = next((hit for hit in screen.hits or () if hit.procedure.code == code), None)
            return stay(state) if chosen is None else to(state, ProcedureShown(chosen, screen))
        case PageTapped(page=page) if 0 <= page * hits_on_a_page(state) < len(screen.hits or ()):
            return same(state, replace(screen, page=page))
        case Back() | Cancel():
            return to_services(state) if screen.from_services else home(state)
        case SuggestionTapped(text=text):
            return _typed(state, screen, text)
        case _:
            return _typed(state, screen, composed(screen.text, intent, screen.method))


def _typed(state: VisitState, screen: FindProcedure, text: str) -> Result:
    if text == screen.text:
        return same(state, screen)
    if not text.strip():
        return same(state, replace(screen, text=text, hits=None, searched="", elsewhere="", page=0))
    return same(state, replace(screen, text=text), Search(state.visit, text))


def on_found(state: VisitState, answer: Found) -> Result:
    """Results of what still stands in the entry; those of an earlier key are late."""
    screen = state.screen
    if not isinstance(screen, FindProcedure) or answer.text != screen.text:
        return stay(state)
    goes_on = screen.hits == () and answer.text.startswith(screen.searched)  # still writing the same words
    if not answer.hits and not goes_on:
        state = mistaken(state)
    found = replace(screen, hits=answer.hits, searched=answer.text, elsewhere=answer.elsewhere, page=0)
    return same(state, found)


def on_procedure(state: VisitState, screen: ProcedureShown, intent: Intent) -> Result:
    """Turn its pages, print its sheet, take its number."""
    match intent:
        case PageTapped(page=page) if page >= 0:
            return to(state, replace(screen, page=page))
        case PrintSheetTapped() if not screen.printing:
            asked = replace(screen, printing=True, printed=None, print_failure=None)
            service = next((one for one in state.services or () if one.id == screen.found.service), None)
            effect = PrintSheet(state.visit, screen.found.procedure, service.name if service else None)
            return same(state, asked, effect)
        case ServiceTapped(service=service) if service == screen.found.service:
            if state.held(service) is not None:
                return to(state, TicketShown(service))
            if any(choice.id == service and choice.open for choice in state.services or ()):
                return take(state, service)
            return to_services(state)
        case Back() if screen.page > 0:
            return to(state, replace(screen, page=screen.page - 1))
        case Back() | Cancel():
            return to(state, screen.found_by)
        case _:
            return stay(state)


def on_sheet_printed(state: VisitState, answer: SheetPrinted) -> Result:
    """How the sheet of the procedure shown went."""
    screen = state.screen
    if not isinstance(screen, ProcedureShown) or screen.found.procedure.code != answer.procedure:
        return stay(state)
    failure = answer.code if answer.result is not PrintResult.PRINTED else None
    if answer.result is not PrintResult.PRINTED:
        state = mistaken(state)
    return same(state, replace(screen, printing=False, printed=answer.result, print_failure=failure))
