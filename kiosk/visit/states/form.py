"""The form that goes with a number, from the offer to its end."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.eforms.answers import Answers
from kiosk.eforms.definition import FormDefinition
from kiosk.eforms.rules import Problem as AnswerProblem
from kiosk.eforms.vietnamese_input import InputMethod


@dataclass(frozen=True)
class MyForms:
    """The forms that can be filled in here; one that is chosen gets its number first."""

    page: int = 0


@dataclass(frozen=True)
class OfferForm:
    """The form that goes with the number of ``service``."""

    service: str


@dataclass(frozen=True)
class Question:
    """One question. ``draft`` is what was typed (a date as ddmmyyyy) or the chosen value; ``shift`` turns
    the case once.

    ``changing``: it came from the check page and goes back there.
    """

    field: str
    draft: str = dataclasses.field(default="", repr=False)
    shift: bool = False
    method: InputMethod = InputMethod.DIRECT
    page: int = 0
    problem: AnswerProblem | None = None
    changing: bool = False


@dataclass(frozen=True)
class CheckAnswers:
    """The check page. ``problems`` are what keeps the form from being sent."""

    page: int = 0
    sending: bool = False
    problems: tuple[AnswerProblem, ...] = ()


@dataclass(frozen=True)
class FormDone:
    """The form is at the centre."""

    service: str


class FormState(StrEnum):
    """What became of the form of a ticket."""

    NONE = "none"
    REFUSED = "refused"
    SENT = "sent"


@dataclass(frozen=True)
class FormSession:
    """A form under way. ``typed`` is what was entered by hand, also questions left open; the rest follows
    from it.
    """

    form: FormDefinition
    service: str
    consent_at: datetime
    typed: Answers = field(default_factory=Answers)
