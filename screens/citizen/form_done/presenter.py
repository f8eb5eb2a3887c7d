"""The form is at the counter."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events import AnotherService, Finish
from kiosk.visit.states import FormDone, VisitState
from screens.citizen.parts import Button, Message
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words


@dataclass(frozen=True)
class FormDoneView:
    """``steps`` says what happens next, in order."""

    title: str
    number: str
    steps: tuple[str, ...]
    wiped: str
    card_reminder: Message | None
    another: Button
    finish: Button
    spoken: tuple[str, ...] = ()


def form_done_view(state: VisitState, screen: FormDone, words: Words) -> FormDoneView:
    """What happens next."""
    held = state.held(screen.service) or state.tickets[-1]
    numbers = f" {words('services.or')} ".join(str(counter) for counter in held.ticket.counters)
    counters = words("form_done.counter", counters=numbers) if numbers else words("form_done.any_counter")
    title, wiped = words("form_done.title"), words("form_done.wiped")
    steps = words.lines("form_done.steps", number=held.ticket.number, counters=counters)
    reminder = words("frame.take_card") if state.lobby.card else ""
    another = Button(words("form_done.another"), AnotherService(state.key))
    finish = Button(words("form_done.finish"), Finish(state.key))
    return FormDoneView(
        title=title,
        number=held.ticket.number,
        steps=steps,
        wiped=wiped,
        card_reminder=Message(reminder, "wait") if reminder else None,
        another=another,
        finish=finish,
        spoken=(*sentences(title, *steps, reminder, wiped), *ways_on(words, (finish, another))),
    )
