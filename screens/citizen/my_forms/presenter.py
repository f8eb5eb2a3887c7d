"""The forms that can be filled in here; each goes with a number, which is taken first."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.eforms.definition import FormDefinition
from kiosk.visit.doors import forms_here
from kiosk.visit.events import Back, FormChosen, Retry
from kiosk.visit.states import FormState, MyForms, VisitState
from screens.citizen.paging import Pages, paged
from screens.citizen.parts import Button, Message
from screens.citizen.service_names import name_said, with_vietnamese
from screens.citizen.services.presenter import closed_words, greeting
from screens.citizen.times import sentences
from screens.locale import Words

FORMS = (4, 3, 2)
"""How many forms fit one page, by the size of the letters."""
FORMS_LOW = (3, 2, 1)
"""The same where everything stands low."""


@dataclass(frozen=True)
class FormCard:
    """``button.label`` is the form's title, ``button.hint`` what it is for; ``state`` why it is closed, or
    which number it goes with; ``said``: the same as the voice says it.
    """

    button: Button
    state: str
    said: str


@dataclass(frozen=True)
class MyFormsView:
    """``again`` asks the centre once more, when it did not tell its services."""

    title: str
    greeting: str
    lead: str
    forms: tuple[FormCard, ...]
    message: Message | None
    again: Button | None
    pages: Pages | None
    back: Button
    spoken: tuple[str, ...] = ()


def my_forms_view(state: VisitState, screen: MyForms, words: Words) -> MyFormsView:
    """The forms as they can be filled in now."""
    size = (FORMS_LOW if state.comfort.low else FORMS)[state.comfort.text_size]
    shown, pages = paged(forms_here(state), screen.page, size, state.key, words)
    cards = tuple(_card(state, form, words) for form in shown)
    title, lead = words("my_forms.title"), words("my_forms.lead")
    message = _message(state, nothing=not cards, words=words)
    silent = state.services is None and state.lobby.centre_silent
    return MyFormsView(
        title=title,
        greeting=greeting(state.person, words),
        lead=lead if cards else "",
        forms=cards,
        message=message,
        again=Button(words("problem.again"), Retry(state.key)) if silent else None,
        pages=pages,
        back=Button(words("frame.back"), Back(state.key)),
        spoken=(
            sentences(title, lead if cards else ""),
            *((message.text,) if message is not None else ()),
            *(sentences(card.button.label, card.button.hint, card.said) for card in cards),
        ),
    )


def _message(state: VisitState, *, nothing: bool, words: Words) -> Message | None:
    if nothing:
        return Message(words("my_forms.none"), "info")
    if state.services is None and state.lobby.centre_silent:
        return Message(words("my_forms.silent"), "wait")
    if state.services is None:
        return Message(words("services.loading"), "wait")
    if state.offline:
        return Message(words("my_forms.offline"), "wait")
    return None


def _card(state: VisitState, form: FormDefinition, words: Words) -> FormCard:
    service = next((one for one in state.services or () if one.form == form.id), None)
    held = state.held(service.id) if service is not None else None
    sent = held is not None and held.form is FormState.SENT
    enabled = service is not None and not sent and (held is not None or service.open)
    read = form.said_in(words.language)
    button = Button(
        read.title, FormChosen(state.key, form.id), enabled=enabled and not state.offline, hint=read.lead
    )
    if service is None:
        told = words("my_forms.no_service") if state.services is not None else ""
        return FormCard(button, told, told)
    if held is not None:
        told = words("my_forms.sent" if sent else "my_forms.with_number", number=held.ticket.number)
        return FormCard(button, told, told)
    closed = "" if service.open else closed_words(service, state.now, words)
    shown, said = with_vietnamese(service.name, state, words), name_said(service, words)
    return FormCard(button, *(_of_service(name, closed, words) for name in (shown, said)))


def _of_service(name: str, closed: str, words: Words) -> str:
    told = words("my_forms.of_service", service=name)
    return sentences(told, closed) if closed else told
