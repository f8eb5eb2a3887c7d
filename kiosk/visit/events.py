"""What can happen to a visit: taps, card, scanner, answers of devices and centre, time. Value types only.

An :class:`Intent` is made by a touch. It names the screen for which its button was drawn (``at``); a tap that
was meant for a screen that is gone, such as the second half of a double tap, is dropped by ``step``.
An :class:`Answer` is made by a worker. It names the visit that asked; one that comes after the citizen left
is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen
from kiosk.queueing.wait import WaitRange


class ReadingStep(StrEnum):
    """What the chip is doing, in steps a person can follow."""

    OPENING = "opening"
    READING = "reading"
    CHECKING = "checking"


class PrintResult(StrEnum):
    """What is known of a slip after printing was tried."""

    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ServiceChoice:
    """One service as the centre offers it now. ``counters`` are counter numbers; ``opens_at`` is local
    time.

    ``closed_reason``: ``hours``, ``holiday``, ``last_ticket``, ``full``, ``stopped``, or ``used_up``: the
    numbers that the machine holds for when the centre is silent are given. ``closed_words``: the holiday's
    name or the head's message. ``wait``: ``None`` when nobody can say.
    """

    id: str
    name: str
    hint: str = ""
    open: bool = True
    closed_reason: str | None = None
    opens_at: datetime | None = None
    closed_words: str = ""
    waiting: int = 0
    wait: WaitRange | None = None
    counters: tuple[int, ...] = ()
    form: str | None = None


@dataclass(frozen=True)
class PriorityClass:
    """People who go before others. ``by_chip``: from ``from_age`` years on by the birth date on the chip;
    ``by_self``: who says so is believed.
    """

    id: str
    name: str
    from_age: int | None = None
    by_chip: bool = False
    by_self: bool = False


@dataclass(frozen=True)
class IssuedTicket:
    """A ticket as the centre issued it. Holds nothing of the person.

    ``offline``: the machine gave it without the centre, which knows nothing of it yet: no place, no
    address. ``held``: it was not made now; this person had it already, and it is ``waiting``, ``called`` (to
    counter ``called_to``) or ``parked``.
    """

    id: str
    number: str
    service: str
    service_name: str
    ahead: int
    counters: tuple[int, ...]
    issued_at: datetime
    follow_url: str
    wait: WaitRange | None = None
    offline: bool = False
    held: bool = False
    state: str = "waiting"
    called_to: int | None = None


# -- touches -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Intent:
    """A touch. ``at`` is the key of the screen it was meant for; empty means any screen."""

    at: str = ""


@dataclass(frozen=True)
class ScreenTouched(Intent):
    """Any touch, also beside every button: someone is there. Sent on each touch down before the tap's own
    intent.
    """


@dataclass(frozen=True)
class StartWithoutCard(Intent):
    """*Take a number without the card*; from the start, the card and the problem screen."""


@dataclass(frozen=True)
class WatchClips(Intent):
    """Open the list of instruction clips."""


@dataclass(frozen=True)
class ClipChosen(Intent):
    """Play this clip."""

    clip: str = ""


@dataclass(frozen=True)
class ClipEnded(Intent):
    """The player reached the end of this clip, or could not play it."""

    clip: str = ""


@dataclass(frozen=True)
class ClipStopped(Intent):
    """Back from the player to the list."""


@dataclass(frozen=True)
class DigitTapped(Intent):
    """A digit of the number pad."""

    digit: str = ""


@dataclass(frozen=True)
class BackspaceTapped(Intent):
    """Take the last typed sign away."""


@dataclass(frozen=True)
class ClearTapped(Intent):
    """Take everything typed away."""


@dataclass(frozen=True)
class KeyTapped(Intent):
    """A key of the Vietnamese keyboard: a letter, a tone mark, ``space`` or ``shift``."""

    key: str = ""


@dataclass(frozen=True)
class ChoiceTapped(Intent):
    """One of the offered answers."""

    value: str = ""


@dataclass(frozen=True)
class MoreChoices(Intent):
    """Next page of a long list of answers; after the last comes the first."""


@dataclass(frozen=True)
class Continue(Intent):
    """The one main button of a screen that only goes on."""


@dataclass(frozen=True)
class Back(Intent):
    """One screen back. Never repeats an issue or a print."""


@dataclass(frozen=True)
class Skip(Intent):
    """Leave an optional question unanswered."""


@dataclass(frozen=True)
class Cancel(Intent):
    """Leave the form but keep the ticket; where there is no form, end the visit."""


@dataclass(frozen=True)
class Finish(Intent):
    """The citizen is done: everything is wiped and the start screen comes."""


@dataclass(frozen=True)
class Retry(Intent):
    """Try again what failed."""


@dataclass(frozen=True)
class ServiceTapped(Intent):
    """Issue a number for this service."""

    service: str = ""


@dataclass(frozen=True)
class PriorityChosen(Intent):
    """Answer to the question of priority: the id of a class, or empty for none."""

    priority: str = ""


@dataclass(frozen=True)
class AnotherService(Intent):
    """Back to the services with the ticket in hand."""


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
class PageTapped(Intent):
    """Another page of *check your answers*."""

    page: int = 0


@dataclass(frozen=True)
class Confirmed(Intent):
    """The declaration is made and the form goes to the counter."""


@dataclass(frozen=True)
class StayTapped(Intent):
    """*I am still here* of the idle warning."""


# -- card and scanner ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardInserted:
    """A chip card lies on the reader."""


@dataclass(frozen=True)
class CardRefused:
    """What lies on the reader cannot be an ID card, or is more than one: a bank card, a phone …"""

    code: FailureCode


@dataclass(frozen=True)
class CardRemoved:
    """The reader is empty."""


@dataclass(frozen=True)
class CodeScanned:
    """The scanner read a code that is a citizen card's QR. ``citizen`` is what it says: unsigned, proves
    nothing. ``keys``: what it opens the chip with.
    """

    citizen: Citizen = field(repr=False)
    keys: AccessKeys = field(repr=False)


@dataclass(frozen=True)
class ForeignCodeScanned:
    """The scanner read a code that no screen here can use."""


# -- answers of devices and of the centre -------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """Result of an effect. ``visit`` is the id of the visit that asked."""

    visit: str


@dataclass(frozen=True)
class CardProgress(Answer):
    """The chip got so far."""

    attempt: int
    step: ReadingStep


@dataclass(frozen=True)
class CardRead(Answer):
    """The chip was read; ``proof`` says what was checked."""

    attempt: int
    citizen: Citizen = field(repr=False)
    proof: CardProof


@dataclass(frozen=True)
class CardFailed(Answer):
    """The chip was not read."""

    attempt: int
    code: FailureCode


@dataclass(frozen=True)
class ServicesLoaded(Answer):
    """The services as they are now. ``offline``: as they were when the centre was last heard.

    ``day`` is the centre's date, by which ages are counted.
    """

    services: tuple[ServiceChoice, ...]
    priorities: tuple[PriorityClass, ...] = ()
    offline: bool = False
    day: date | None = None


@dataclass(frozen=True)
class ServicesFailed(Answer):
    """The centre did not tell its services."""

    code: FailureCode


@dataclass(frozen=True)
class TicketIssued(Answer):
    """The number stands in the centre's database. ``key`` is the idempotency key it was asked with."""

    key: str
    ticket: IssuedTicket


@dataclass(frozen=True)
class TicketRefused(Answer):
    """No number was given, or it is not known whether one was (then the same key asks again)."""

    key: str
    code: FailureCode


@dataclass(frozen=True)
class SlipPrinted(Answer):
    """How printing of this ticket's slip went."""

    ticket: str
    result: PrintResult
    code: FailureCode | None = None


@dataclass(frozen=True)
class FormSent(Answer):
    """The centre keeps the form with the ticket."""

    ticket: str


@dataclass(frozen=True)
class FormFailed(Answer):
    """The form did not arrive; the answers are still here."""

    ticket: str
    code: FailureCode


# -- the lobby around the visit -----------------------------------------------------------------------------


@dataclass(frozen=True)
class DeviceChanged:
    """A device the citizen should know about is well (``failure`` None) or not."""

    device: str
    failure: FailureCode | None


@dataclass(frozen=True)
class SlipPrintedLater:
    """A copy of this ticket came out after the printer was well again."""

    ticket: str


@dataclass(frozen=True)
class Tick:
    """Time passes. ``now`` is aware wall time for what is written down; ``seconds`` is monotonic time since
    the last tick.
    """

    now: datetime
    seconds: float


TouchEvent = Intent
Event = (
    Intent
    | CardInserted
    | CardRemoved
    | CardRefused
    | CodeScanned
    | ForeignCodeScanned
    | Answer
    | DeviceChanged
    | SlipPrintedLater
    | Tick
)
