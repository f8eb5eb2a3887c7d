"""One question before the number: does the citizen belong to those who go first?"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back, PriorityChosen
from kiosk.visit.priority import to_ask
from kiosk.visit.states import AskPriority, VisitState
from screens.citizen.parts import Button
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words


@dataclass(frozen=True)
class AskPriorityView:
    """``service`` is what the number will be for; ``choices`` are the classes; ``none`` is *no*."""

    title: str
    service: str
    hint: str
    choices: tuple[Button, ...]
    none: Button
    back: Button
    spoken: tuple[str, ...] = ()


def ask_priority_view(state: VisitState, screen: AskPriority, words: Words) -> AskPriorityView:
    """The question, with one large button for each class."""
    at = state.key
    service = next((one.name for one in state.services or () if one.id == screen.service), "")
    title, hint = words("ask_priority.title"), words("ask_priority.hint")
    choices = tuple(Button(one.name, PriorityChosen(at, one.id)) for one in to_ask(state))
    none, back = Button(words("ask_priority.none"), PriorityChosen(at)), Button(words("frame.back"), Back(at))
    return AskPriorityView(
        title=title,
        service=service,
        hint=hint,
        choices=choices,
        none=none,
        back=back,
        spoken=(*sentences(service, title, hint), *ways_on(words, (*choices, none, back))),
    )
