"""The form is offered: what it is, the notice about personal data, the tap of consent."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button


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
