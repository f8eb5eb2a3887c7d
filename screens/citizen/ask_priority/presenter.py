"""Asked where somebody wants to say so, before the number: who goes first?"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back, PriorityChosen
from kiosk.visit.priority import to_ask
from kiosk.visit.states import VisitState
from screens.citizen.parts import Button
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words


@dataclass(frozen=True)
class AskPriorityView:
    """``choices`` are the classes; ``none`` is *no*."""

    title: str
    hint: str
    choices: tuple[Button, ...]
    none: Button
    back: Button
    spoken: tuple[str, ...] = ()


def ask_priority_view(state: VisitState, words: Words) -> AskPriorityView:
    """The question, with one large button for each class."""
    at = state.key
    title, hint = words("ask_priority.title"), words("ask_priority.hint")
    choices = tuple(
        Button(one.name_in.get(words.language, one.name), PriorityChosen(at, one.id)) for one in to_ask(state)
    )
    none, back = Button(words("ask_priority.none"), PriorityChosen(at)), Button(words("frame.back"), Back(at))
    return AskPriorityView(
        title=title,
        hint=hint,
        choices=choices,
        none=none,
        back=back,
        spoken=(*sentences(title, hint), *ways_on(words, (*choices, none, back))),
    )
