"""What one wants to do, as one types, and what fits."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back, FoundProcedure, PageTapped, ProcedureChosen, SuggestionTapped
from kiosk.visit.finding import hits_on_a_page
from kiosk.visit.states import FindProcedure, VisitState
from screens.citizen.keyboard import search_keyboard
from screens.citizen.parts import Button, Message
from screens.citizen.searching import SearchView
from screens.locale import Words, catalogue

CATALOGUE = "citizen"


@dataclass(frozen=True)
class FindProcedureView(SearchView):
    """The search for a procedure; ``message`` may tell where such a matter is done."""


def find_procedure_view(state: VisitState, screen: FindProcedure, words: Words) -> FindProcedureView:
    """The search with what it found so far."""
    at = state.key
    found = screen.hits or ()
    room = hits_on_a_page(state)
    first = screen.page * room
    shown = found[first : first + room]
    nothing = screen.hits == ()
    examples = () if screen.text.strip() else words.lines("find_procedure.examples")
    message = _nothing(screen, words) if nothing else None
    return FindProcedureView(
        title=words("find_procedure.title"),
        entry=screen.text,
        entry_hint=words("find_procedure.hint"),
        examples_title=words("find_procedure.examples_title") if examples else "",
        examples=tuple(Button(text, SuggestionTapped(at, text)) for text in examples),
        hits=tuple(_hit(at, one, words) for one in shown),
        previous=Button(words("find_procedure.previous"), PageTapped(at, screen.page - 1)) if first else None,
        following=(
            Button(words("find_procedure.following"), PageTapped(at, screen.page + 1))
            if len(found) > first + room
            else None
        ),
        message=message,
        keyboard=search_keyboard(at, words, method=screen.method),
        back=Button(words("frame.back"), Back(at)),
        spoken=_spoken(screen, shown, message, words),
    )


def _hit(at: str, found: FoundProcedure, words: Words) -> Button:
    procedure = found.procedure
    where = words("find_procedure.here") if found.service else (procedure.place or procedure.field)
    return Button(procedure.shown, ProcedureChosen(at, procedure.code), hint=where)


def _nothing(screen: FindProcedure, words: Words) -> Message:
    """Where it is done, else that nothing was found. A centre's own words are shown as they stand; those
    that are shipped have translations.
    """
    if not screen.elsewhere:
        return Message(words("find_procedure.nothing"), "wait")
    shipped = catalogue(CATALOGUE).lines("find_procedure.elsewhere")
    translated = words.lines("find_procedure.elsewhere")
    known = dict(zip(shipped, translated, strict=True))
    return Message(known.get(screen.elsewhere, screen.elsewhere), "info")


def _spoken(
    screen: FindProcedure, shown: tuple[FoundProcedure, ...], message: Message | None, words: Words
) -> tuple[str, ...]:
    if screen.hits is None:
        return (words("find_procedure.title"), words("find_procedure.spoken_type"))
    if message is not None:
        return (message.text,)
    return (words("find_procedure.spoken_found"), *(f"{one.procedure.shown}." for one in shown))
