"""What a visit asks of the world. Each is carried out by the kiosk process and answered by an event with
its visit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.eforms.answers import Answers
from kiosk.eforms.definition import FormDefinition
from kiosk.identity.access_keys import AccessKeys
from kiosk.procedures.dossier_code import DossierCode
from kiosk.procedures.procedure import Procedure
from kiosk.visit.events import Aspect, IssuedTicket


@dataclass(frozen=True)
class ReadCard:
    """Read the chip with what is known of the card. Answers: ``CardProgress``, then ``CardRead`` or
    ``CardFailed``.
    """

    visit: str
    attempt: int
    keys: AccessKeys = field(repr=False)


@dataclass(frozen=True)
class LoadServices:
    """Ask the centre for its services. Answers: ``ServicesLoaded`` or ``ServicesFailed``."""

    visit: str


@dataclass(frozen=True)
class PriorityClaim:
    """That the citizen belongs to a class. ``source``: ``chip`` or ``self``."""

    id: str
    source: str


@dataclass(frozen=True)
class IssueTicket:
    """Ask the centre for a number. Answers: ``TicketIssued`` or ``TicketRefused``.

    ``card``: the number on the chip, if one was read; it leaves the machine only as the day's hash.
    """

    visit: str
    service: str
    key: str
    priority: PriorityClaim | None = field(default=None, repr=False)
    card: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PrintSlip:
    """Print the slip; ``copy``: of a number printed before. Answer: ``SlipPrinted``."""

    visit: str
    ticket: IssuedTicket
    copy: bool = False


@dataclass(frozen=True)
class SendForm:
    """Give the confirmed form to the centre. Answers: ``FormSent`` or ``FormFailed``."""

    visit: str
    ticket: str
    form: FormDefinition
    answers: Answers
    consent_at: datetime


@dataclass(frozen=True)
class Search:
    """Look for procedures. Answer: ``Found`` with the same text."""

    visit: str
    text: str = field(repr=False)
    limit: int = 12


@dataclass(frozen=True)
class PrintSheet:
    """Print what to prepare for a procedure. Answer: ``SheetPrinted``.

    ``service_name``: the queue that leads there, where the centre has one.
    """

    visit: str
    procedure: Procedure
    service_name: str | None = None


@dataclass(frozen=True)
class GiveBackTicket:
    """Give a waiting number back. Answers: ``TicketGivenBack`` or ``GiveBackFailed``."""

    visit: str
    ticket: str


@dataclass(frozen=True)
class AddMatter:
    """Add a service to a waiting number. Answers: ``MatterAdded`` or ``MatterRefused``."""

    visit: str
    ticket: str
    service: str


@dataclass(frozen=True)
class CallHelp:
    """Call an officer; ``screen`` is the name of the screen shown. Answers: ``HelpCalled``, later
    ``HelpAnswered``; or ``HelpFailed``.
    """

    visit: str
    screen: str
    language: str


@dataclass(frozen=True)
class SendRating:
    """Give a rating to the centre. Answers: ``RatingSent`` or ``RatingFailed``.

    ``key`` makes sure that it counts once. ``ticket``: the number of this visit, where there is one.
    """

    visit: str
    key: str
    face: int
    aspect: Aspect | None = None
    words: str = field(default="", repr=False)
    ticket: str | None = None


@dataclass(frozen=True)
class AskDossier:
    """Ask the centre how far a dossier is. Answer: ``DossierTold``."""

    visit: str
    code: DossierCode = field(repr=False)


@dataclass(frozen=True)
class Wipe:
    """The visit is over: whatever still runs for it must forget what it holds."""

    visit: str


Effect = (
    ReadCard
    | LoadServices
    | IssueTicket
    | PrintSlip
    | SendForm
    | Search
    | PrintSheet
    | GiveBackTicket
    | AddMatter
    | CallHelp
    | SendRating
    | AskDossier
    | Wipe
)
