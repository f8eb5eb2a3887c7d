"""The queue number: choosing a service, who goes first, the number in hand, giving it back."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.failures import FailureCode
from kiosk.visit.events import IssuedTicket, PrintResult
from kiosk.visit.states.form import FormState


@dataclass(frozen=True)
class Services:
    """Choose a service. ``issuing`` is the service whose number is being fetched.

    ``matter_of``: the service whose number gets a further matter, chosen here; no new number is made.
    ``page``: of a list that does not fit one screen, from 0. ``given_back``: the number that just went back.
    """

    issuing: str | None = None
    failure: FailureCode | None = None
    since_loaded: float = 0.0
    matter_of: str | None = None
    page: int = 0
    given_back: str = ""


@dataclass(frozen=True)
class AskPriority:
    """Whether the citizen belongs to those who go first; asked where somebody wants to say so."""


@dataclass(frozen=True)
class TicketShown:
    """The number of ``service``."""

    service: str


@dataclass(frozen=True)
class GiveBack:
    """Whether the number of ``service`` is really to be given back. ``sending``: the centre is being told."""

    service: str
    sending: bool = False
    failure: FailureCode | None = None


@dataclass(frozen=True)
class HeldTicket:
    """A number of this visit and the names of its further ``matters``.

    ``printed`` None: the slip is being printed.
    """

    ticket: IssuedTicket
    form_id: str | None
    printed: PrintResult | None = None
    print_failure: FailureCode | None = None
    form: FormState = FormState.NONE
    matters: tuple[str, ...] = ()
