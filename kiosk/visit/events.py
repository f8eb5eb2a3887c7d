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

from kiosk.dossiers.status import DossierStatus
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen
from kiosk.procedures.dossier_code import DossierCode
from kiosk.procedures.procedure import Procedure
from kiosk.queueing.wait import WaitRange
from kiosk.visit.comfort import TextSize, Voice


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
    name or the head's message. ``wait``: ``None`` when nobody can say. ``closes_at`` and ``last_ticket_at``
    are those of the hours under way, local time. ``for_ages``: whom it is meant for, in full years.
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
    closes_at: datetime | None = None
    last_ticket_at: datetime | None = None
    for_ages: tuple[int, int] | None = None


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


class Aspect(StrEnum):
    """What a rating is about: the five aspects of the satisfaction index SIPAS."""

    ACCESS = "access"
    PROCEDURE = "procedure"
    STAFF = "staff"
    RESULT = "result"
    FEEDBACK = "feedback"


@dataclass(frozen=True)
class FoundProcedure:
    """A procedure that a search found. ``service``: the queue it leads to, where one is known."""

    procedure: Procedure
    service: str | None = None


@dataclass(frozen=True)
class LobbyNotices:
    """What the centre wants to be read at the start screen. ``spare_counter`` gives numbers by hand."""

    texts: tuple[str, ...] = ()
    spare_counter: int | None = None


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
    """Open the list of instruction clips; with a ``procedure`` those that tell of it."""

    procedure: str = ""


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
    """Back from the player to the list; ``position``: the second it was left at."""

    position: float = 0.0


@dataclass(frozen=True)
class ClipTopicTapped(Intent):
    """List only the clips of this topic; empty: all."""

    topic: str = ""


@dataclass(frozen=True)
class FindClipsTapped(Intent):
    """Look for a clip by what is said in it."""


@dataclass(frozen=True)
class ClipPauseTapped(Intent):
    """Let the clip stand, or run on."""


@dataclass(frozen=True)
class ClipStepTapped(Intent):
    """Ten seconds forward (1) or back (-1)."""

    steps: int = 1


@dataclass(frozen=True)
class ClipSpeedTapped(Intent):
    """Play at the next speed."""


@dataclass(frozen=True)
class ClipCaptionsTapped(Intent):
    """Show or hide the captions."""


@dataclass(frozen=True)
class ClipTakeTapped(Intent):
    """Show or hide the address under which a phone can play the clip."""


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
class PriorityTapped(Intent):
    """Say that one belongs to those who go first."""


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


# Doors of the start screen.


@dataclass(frozen=True)
class FindTapped(Intent):
    """Open the search for procedures."""


@dataclass(frozen=True)
class FormsTapped(Intent):
    """Open the forms that can be filled in here."""


@dataclass(frozen=True)
class DossierTapped(Intent):
    """Open *my dossier*."""


@dataclass(frozen=True)
class RateTapped(Intent):
    """Open *rate us*."""


# What lies over every screen.


@dataclass(frozen=True)
class LanguagesTapped(Intent):
    """Show the languages."""


@dataclass(frozen=True)
class LanguageChosen(Intent):
    """This language from now on (BCP 47)."""

    language: str = ""


@dataclass(frozen=True)
class ComfortTapped(Intent):
    """Show what can be made more comfortable."""


@dataclass(frozen=True)
class TextSizeChosen(Intent):
    """Letters of this size."""

    size: TextSize = TextSize.NORMAL


@dataclass(frozen=True)
class ContrastChosen(Intent):
    """High contrast or the usual one."""

    high: bool = False


@dataclass(frozen=True)
class ReachChosen(Intent):
    """Everything low, or the usual layout."""

    low: bool = False


@dataclass(frozen=True)
class HandChosen(Intent):
    """For the left hand or the right one."""

    left: bool = False


@dataclass(frozen=True)
class VoiceChosen(Intent):
    """Speak the screens, to all or to one's own ear, or do not."""

    voice: Voice = Voice.OFF


@dataclass(frozen=True)
class VolumeChosen(Intent):
    """How loud the voice is."""

    volume: int = 0


@dataclass(frozen=True)
class HelpTapped(Intent):
    """Call an officer to this machine."""


@dataclass(frozen=True)
class PanelClosed(Intent):
    """Away with what lies over the screen."""


# On single screens.


@dataclass(frozen=True)
class SuggestionTapped(Intent):
    """Take this suggestion of the keyboard."""

    text: str = ""


@dataclass(frozen=True)
class ProcedureChosen(Intent):
    """Show this procedure of the results."""

    code: str = ""


@dataclass(frozen=True)
class WriteTapped(Intent):
    """Write in one's own words."""


@dataclass(frozen=True)
class PrintSheetTapped(Intent):
    """Print what to prepare for the procedure shown."""


@dataclass(frozen=True)
class FormChosen(Intent):
    """Fill in this form, after taking the number that goes with it."""

    form: str = ""


@dataclass(frozen=True)
class GiveBackTapped(Intent):
    """Give the number shown back."""


@dataclass(frozen=True)
class AddMatterTapped(Intent):
    """Choose a further matter for the number shown."""


@dataclass(frozen=True)
class FaceChosen(Intent):
    """How it was, 1 (very bad) to 5 (very good)."""

    face: int = 0


@dataclass(frozen=True)
class AspectChosen(Intent):
    """What the face was about."""

    aspect: Aspect = Aspect.ACCESS


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
class DossierScanned:
    """The scanner read the code of a dossier, as receipts carry it."""

    code: DossierCode = field(repr=False)


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


@dataclass(frozen=True)
class Found(Answer):
    """The procedures that fit ``text``, best first; none when nothing fits. ``elsewhere``: what to say when
    it is known to be done at another place, in Vietnamese.
    """

    text: str = field(repr=False)
    hits: tuple[FoundProcedure, ...] = ()
    elsewhere: str = field(default="", repr=False)


@dataclass(frozen=True)
class SheetPrinted(Answer):
    """How printing of a procedure's sheet went."""

    procedure: str
    result: PrintResult
    code: FailureCode | None = None


@dataclass(frozen=True)
class TicketGivenBack(Answer):
    """The number is nobody's any more."""

    ticket: str


@dataclass(frozen=True)
class GiveBackFailed(Answer):
    """The number could not be given back; it still holds."""

    ticket: str
    code: FailureCode


@dataclass(frozen=True)
class MatterAdded(Answer):
    """A further matter stands with the number."""

    ticket: str
    service: str


@dataclass(frozen=True)
class MatterRefused(Answer):
    """The further matter does not stand with the number."""

    ticket: str
    code: FailureCode


@dataclass(frozen=True)
class HelpCalled(Answer):
    """The officers' pages show the call."""


@dataclass(frozen=True)
class HelpAnswered(Answer):
    """An officer is on the way."""

    counter: int | None = None


@dataclass(frozen=True)
class HelpFailed(Answer):
    """The call did not reach the officers."""

    code: FailureCode


@dataclass(frozen=True)
class RatingSent(Answer):
    """The rating is kept."""


@dataclass(frozen=True)
class RatingFailed(Answer):
    """The rating is not kept."""

    code: FailureCode


@dataclass(frozen=True)
class DossierTold(Answer):
    """How far the dossier is; None where the centre does not know, or says nothing."""

    dossier: DossierCode = field(repr=False)
    status: DossierStatus | None = field(repr=False)


# -- the lobby around the visit -----------------------------------------------------------------------------


@dataclass(frozen=True)
class DeviceChanged:
    """A device the citizen should know about is well (``failure`` None) or not."""

    device: str
    failure: FailureCode | None


@dataclass(frozen=True)
class NoticesChanged:
    """What the centre wants to be read."""

    notices: LobbyNotices


@dataclass(frozen=True)
class MachineSuspended:
    """Staff took this machine out of service, or put it back."""

    suspended: bool


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
    | DossierScanned
    | ForeignCodeScanned
    | Answer
    | DeviceChanged
    | NoticesChanged
    | MachineSuspended
    | SlipPrintedLater
    | Tick
)
