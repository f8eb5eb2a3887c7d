"""Whether a number is really to be given back."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import Back, Confirmed
from kiosk.visit.states import GiveBack, VisitState
from screens.citizen.parts import Button, Message
from screens.citizen.service_names import said_of, with_vietnamese
from screens.citizen.times import sentences
from screens.locale import Words


@dataclass(frozen=True)
class GiveBackView:
    """``keep`` is the one to press by mistake: nothing is lost by it."""

    title: str
    number: str
    service: str
    what_then: str
    message: Message | None
    keep: Button
    give: Button
    spoken: tuple[str, ...] = ()


def give_back_view(state: VisitState, screen: GiveBack, words: Words) -> GiveBackView:
    """The question, the answer on its way, or why it did not work."""
    held = state.held(screen.service)
    number = held.ticket.number if held is not None else ""
    name = held.ticket.service_name if held is not None else ""
    service = with_vietnamese(name, state, words)
    title, then = words("give_back.title"), words("give_back.what_then")
    message = None
    if screen.sending:
        message = Message(words("give_back.sending"), "wait")
    elif screen.failure is not None:
        told = words.failures()[screen.failure]
        message = Message(
            sentences(told.citizen_what, told.citizen_do) or words("give_back.failed"), "trouble"
        )
    waiting = state.waiting
    return GiveBackView(
        title=title,
        number=number,
        service=service,
        what_then=then,
        message=message,
        keep=Button(words("give_back.keep"), Back(state.key), enabled=not waiting),
        give=Button(words("give_back.give"), Confirmed(state.key), enabled=not waiting),
        spoken=(
            sentences(title, f"{number}, {said_of(name, state, words)}"),
            then,
            *((message.text,) if message is not None else ()),
        ),
    )
