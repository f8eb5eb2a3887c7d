"""The form that goes with a number: offer, answers, check, sending."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.failures import FailureCode
from kiosk.visit.events.kinds import Answer, Intent


@dataclass(frozen=True)
class ChoiceTapped(Intent):
    """One of the offered answers."""

    value: str = ""


@dataclass(frozen=True)
class MoreChoices(Intent):
    """Next page of a long list of answers; after the last comes the first."""


@dataclass(frozen=True)
class OfferAccepted(Intent):
    """The tap of consent."""


@dataclass(frozen=True)
class OfferRefused(Intent):
    """No form, thank you."""


@dataclass(frozen=True)
class ChangeTapped(Intent):
    """Change the answer of one line of *check your answers*."""

    field: str = ""


@dataclass(frozen=True)
class Confirmed(Intent):
    """The declaration is made and the form goes to the counter."""


@dataclass(frozen=True)
class FormsTapped(Intent):
    """Open the forms that can be filled in here."""


@dataclass(frozen=True)
class FormChosen(Intent):
    """Fill in this form, after taking the number that goes with it."""

    form: str = ""


@dataclass(frozen=True)
class FormSent(Answer):
    """The centre keeps the form with the ticket."""

    ticket: str


@dataclass(frozen=True)
class FormFailed(Answer):
    """The form did not arrive; the answers are still here."""

    ticket: str
    code: FailureCode
