"""The form is offered: what it is, the notice about personal data, the tap of consent."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.comfort import TextSize
from kiosk.visit.events import OfferAccepted, OfferRefused
from kiosk.visit.states import OfferForm, VisitState
from screens.citizen.clips.presenter import clip_button
from screens.citizen.parts import Button
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words


@dataclass(frozen=True)
class NoticeLine:
    """One line of the notice: a short heading and its words."""

    heading: str
    text: str


@dataclass(frozen=True)
class OfferFormView:
    """``number`` is the ticket the form will go with; ``consent`` is the sentence agreed to by pressing
    ``accept``.
    """

    title: str
    lead: str
    number: str
    notice: tuple[NoticeLine, ...]
    consent: str
    accept: Button
    refuse: Button
    clip: Button | None = None
    spoken: tuple[str, ...] = ()


def _has_room(state: VisitState) -> bool:
    """Whether a further button fits beneath the notice, of which nothing may be left out."""
    return state.comfort.text_size is not TextSize.LARGEST


def offer_form_view(state: VisitState, screen: OfferForm, words: Words) -> OfferFormView:
    """The offer of the form that goes with a number."""
    held = state.held(screen.service)
    found = state.form_for(screen.service)
    form = found.said_in(words.language) if found else None
    values = {
        "centre": state.setup.centre_name,
        "hotline": state.setup.hotline,
        "days": state.setup.retention_days,
    }
    title, lead = words("offer_form.title"), form.lead if form else ""
    lines = form.consent.notice if form else ()
    notice = tuple(NoticeLine(line.heading, line.text.format(**values)) for line in lines)
    consent = form.consent.statement if form else ""
    accept = Button(words("offer_form.accept"), OfferAccepted(state.key))
    refuse = Button(words("offer_form.refuse"), OfferRefused(state.key))
    told = (f"{line.heading}: {line.text}" for line in notice)
    return OfferFormView(
        title=title,
        lead=lead,
        number=held.ticket.number if held else "",
        notice=notice,
        consent=consent,
        accept=accept,
        refuse=refuse,
        clip=clip_button(state, form.id, words) if form and _has_room(state) else None,
        spoken=(*sentences(title, lead, *told, consent), *ways_on(words, (accept, refuse))),
    )
