"""The state of one citizen's visit, and of the lobby around it. Frozen; nothing here does anything.

``VisitState.screen`` is a tagged union named like the screens. What lives longer than a screen (the person,
the tickets, the form) stands beside it; what lives longer than a visit (card on the reader, devices out of
order) stands in ``Lobby``. Everything of the person is in ``VisitState`` and nowhere else, so wiping is
forgetting that value.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path

from kiosk.dossiers.status import DossierStatus
from kiosk.eforms.answers import Answers
from kiosk.eforms.definition import FormDefinition
from kiosk.eforms.prefill import Known, filled
from kiosk.eforms.rules import Problem as AnswerProblem
from kiosk.eforms.suggestions import Suggestions
from kiosk.eforms.vietnamese_input import InputMethod
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen
from kiosk.procedures.dossier_code import DossierCode
from kiosk.visit.comfort import Comfort
from kiosk.visit.events import (
    Aspect,
    FoundProcedure,
    IssuedTicket,
    LobbyNotices,
    PrintResult,
    PriorityClass,
    ReadingStep,
    ServiceChoice,
)


@dataclass(frozen=True)
class ClipLine:
    """Words said in a clip from ``second`` on."""

    second: float
    text: str


@dataclass(frozen=True)
class Clip:
    """An instruction clip that can be played; ``titles``, ``topics``, captions and ``lines``, what is said,
    by language, the first of them in Vietnamese. Shown from ``valid_from`` to ``valid_until``, both days
    included.
    """

    id: str
    title: str
    seconds: int
    video: Path
    captions: Path | None = None
    poster: Path | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    procedures: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    transcript: str = ""
    captions_by_language: Mapping[str, Path] = field(default_factory=dict)
    lines: Mapping[str, tuple[ClipLine, ...]] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        """The topic by its Vietnamese name; empty for none."""
        return self.topics.get("vi", "")

    def in_force(self, day: date) -> bool:
        """Whether it may be shown on this day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


@dataclass(frozen=True)
class Setup:
    """What does not change while the kiosk runs. ``machine`` makes ids unique: random, new at every start."""

    machine: str
    centre_name: str
    hotline: str
    commune: str
    retention_days: int
    idle_warning_seconds: float
    idle_countdown_seconds: float
    clips_after_seconds: float
    forms: Mapping[str, FormDefinition] = field(default_factory=dict)
    clips: tuple[Clip, ...] = ()
    public_url: str = ""
    languages: tuple[str, ...] = ("vi", "en")
    comfort: Comfort = field(default_factory=Comfort)
    dossier_page: str = "https://dichvucong.gov.vn/p/home/dvc-tra-cuu-ho-so.html"
    suggestions: Suggestions = field(default_factory=Suggestions)


# -- screens -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """Waiting for a card or a touch. ``since_loaded``: seconds since the centre was asked what is open."""

    since_loaded: float = field(default=math.inf, compare=False)


@dataclass(frozen=True)
class Clips:
    """List of clips, or the player; ``attract``: they run by themselves, ``turn`` counting them.

    Listed are those of ``topic`` or ``procedure`` (empty: all), ``page`` from 0. The player began at second
    ``start``; ``steps`` of ten seconds were taken since, those back counting against those forward.
    ``offered``: the address for the phone is shown. ``resume`` is where one came from; ``found_by`` the
    search that found the clip.
    """

    playing: str | None = None
    attract: bool = False
    turn: int = 0
    topic: str = ""
    procedure: str = ""
    page: int = 0
    start: float = 0.0
    paused: bool = False
    speed: float = 1.0
    steps: int = 0
    captions_on: bool = True
    offered: bool = False
    resume: Screen | None = None
    found_by: FindClips | None = None

    @property
    def running(self) -> bool:
        """Whether pictures move."""
        return self.playing is not None and not self.paused


@dataclass(frozen=True)
class FindClips:
    """What one looks for in the clips, typed; those that fit follow each key. ``listed``: the list before."""

    listed: Clips = field(default_factory=Clips)
    text: str = field(default="", repr=False)
    method: InputMethod = InputMethod.TELEX
    page: int = 0


@dataclass(frozen=True)
class EnterCan:
    """``digits`` typed so far. ``waiting``: they are complete and the card is missing from the reader."""

    digits: str = field(default="", repr=False)
    failure: FailureCode | None = None
    waiting: bool = False
    unknown_code: bool = False
    resume: Screen | None = None


@dataclass(frozen=True)
class Reading:
    """The chip is being read. ``attempt`` tells one reading from another."""

    keys: AccessKeys = field(repr=False)
    attempt: int
    step: ReadingStep = ReadingStep.OPENING
    resume: Screen | None = None

    @property
    def expected(self) -> str | None:
        """The number that the chip must hold, where it is known."""
        return self.keys.number


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
class FindProcedure:
    """What one wants to do, typed; the procedures that fit follow each key.

    ``hits`` belong to ``searched``; ``None``: nothing was searched yet. Without marks Telex is as
    good as plain letters, and whoever knows it may set them. ``elsewhere``: what to say of a matter that is
    done at another place. ``from_services``: one goes back to their list.
    """

    text: str = field(default="", repr=False)
    method: InputMethod = InputMethod.TELEX
    page: int = 0
    hits: tuple[FoundProcedure, ...] | None = None
    searched: str = field(default="", repr=False)
    elsewhere: str = field(default="", repr=False)
    from_services: bool = False


@dataclass(frozen=True)
class ProcedureShown:
    """One procedure, page by page. ``found_by``: the search it came from. ``printed``: of its sheet."""

    found: FoundProcedure
    found_by: FindProcedure
    page: int = 0
    printing: bool = False
    printed: PrintResult | None = None
    print_failure: FailureCode | None = None


@dataclass(frozen=True)
class MyForms:
    """The forms that can be filled in here; one that is chosen gets its number first."""

    page: int = 0


@dataclass(frozen=True)
class MyDossier:
    """The code of a dossier being typed; ``letters`` are on the keys instead of digits.

    ``found``: it is complete, and how to look it up is told; page 0, then what the states of a dossier mean.
    ``asked``: the centre has not answered yet how far it is; ``status``: what it answered, where it knows.
    """

    typed: str = field(default="", repr=False)
    letters: bool = False
    found: DossierCode | None = field(default=None, repr=False)
    wrong: bool = False
    page: int = 0
    asked: bool = False
    status: DossierStatus | None = field(default=None, repr=False)


class RatingStep(StrEnum):
    """The parts of *rate us*, each left out at will but the first."""

    FACE = "face"
    ASPECT = "aspect"
    WORDS = "words"
    THANKS = "thanks"


@dataclass(frozen=True)
class Rate:
    """How it was. ``face`` is 1 (very bad) to 5 (very good), ``words`` what the citizen wants to add."""

    step: RatingStep = RatingStep.FACE
    face: int | None = None
    aspect: Aspect | None = None
    words: str = field(default="", repr=False)
    shift: bool = False
    method: InputMethod = InputMethod.DIRECT
    sending: bool = False
    failure: FailureCode | None = None


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


class Again(StrEnum):
    """What *try again* does on the problem screen."""

    READING = "reading"
    SERVICES = "services"
    ISSUE = "issue"
    SEND = "send"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Problem:
    """Something failed. ``reading`` and ``service`` keep what *again* needs; ``resume`` is where one may go
    on.
    """

    code: FailureCode
    again: Again
    reading: Reading | None = None
    service: str | None = None
    resume: Screen | None = None


Screen = (
    Start
    | Clips
    | FindClips
    | EnterCan
    | Reading
    | Services
    | AskPriority
    | TicketShown
    | GiveBack
    | FindProcedure
    | ProcedureShown
    | MyForms
    | MyDossier
    | Rate
    | OfferForm
    | Question
    | CheckAnswers
    | FormDone
    | Problem
)

NAMES: Mapping[type, str] = {
    Start: "start",
    Clips: "clips",
    FindClips: "find_clips",
    EnterCan: "enter_can",
    Reading: "reading",
    Services: "services",
    AskPriority: "ask_priority",
    TicketShown: "ticket",
    GiveBack: "give_back",
    FindProcedure: "find_procedure",
    ProcedureShown: "procedure",
    MyForms: "my_forms",
    MyDossier: "my_dossier",
    Rate: "rate",
    OfferForm: "offer_form",
    Question: "question",
    CheckAnswers: "check_answers",
    FormDone: "form_done",
    Problem: "problem",
}
"""The name of each screen, as its folder is called."""


# -- what lies over a screen, which goes on beneath ----------------------------------------------------------


@dataclass(frozen=True)
class ChooseLanguage:
    """The languages, each by its own name."""


@dataclass(frozen=True)
class ChooseComfort:
    """Size of the letters, contrast, reach, hand, voice and its volume."""


class HelpStep(StrEnum):
    """How far a call for help has come."""

    CALLING = "calling"
    CALLED = "called"
    ANSWERED = "answered"
    FAILED = "failed"


@dataclass(frozen=True)
class HelpAsked:
    """An officer is called to this machine. ``counter``: whose officer comes, where it is known."""

    step: HelpStep = HelpStep.CALLING
    counter: int | None = None


Panel = ChooseLanguage | ChooseComfort | HelpAsked

PANEL_NAMES: Mapping[type, str] = {
    ChooseLanguage: "language",
    ChooseComfort: "comfort",
    HelpAsked: "help",
}
"""The name of each panel, as its folder is called."""


# -- what lives longer than a screen -------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Who stands there. ``proof`` is None when only the printed QR was read: nothing is proven then."""

    citizen: Citizen
    proof: CardProof | None
    read_at: datetime


class FormState(StrEnum):
    """What became of the form of a ticket."""

    NONE = "none"
    REFUSED = "refused"
    SENT = "sent"


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


@dataclass(frozen=True)
class FormSession:
    """A form under way. ``typed`` is what was entered by hand, also questions left open; the rest follows
    from it.
    """

    form: FormDefinition
    service: str
    consent_at: datetime
    typed: Answers = field(default_factory=Answers)


@dataclass(frozen=True)
class Lobby:
    """What goes on beyond the visit.

    ``card_left``: a card lies there since the last visit and begins nothing. ``card_unchecked``: a card was
    laid down during a visit that already knows a person, and was not compared yet. ``centre_silent``: it did
    not answer when the start screen last asked. ``suspended``: staff took the machine out of service.
    """

    card: bool = False
    card_left: bool = False
    card_unchecked: bool = False
    troubles: Mapping[str, FailureCode] = field(default_factory=dict)
    notices: LobbyNotices = field(default_factory=LobbyNotices)
    centre_silent: bool = False
    suspended: bool = False


@dataclass(frozen=True)
class VisitState:
    """Everything the kiosk knows. ``quiet`` counts seconds without anyone touching, ``waited`` those of an
    answer due.

    ``declared``: the class of priority that the citizen named, empty for none, ``None``: not asked yet.
    ``offline``: the services are those of when the centre was last heard. ``panel`` lies over the screen.
    ``given_back``: the services of the numbers that were given back in this visit, one after the other.
    ``mistakes`` counts what did not work: that the same is told again looks like nothing, and is to be heard.
    """

    setup: Setup
    number: int = 0
    screen: Screen = field(default_factory=Start)
    panel: Panel | None = None
    comfort: Comfort = field(default_factory=Comfort)
    lobby: Lobby = field(default_factory=Lobby)
    services: tuple[ServiceChoice, ...] | None = None
    priorities: tuple[PriorityClass, ...] = ()
    centre_day: date | None = None
    offline: bool = False
    declared: str | None = field(default=None, repr=False)
    person: Person | None = None
    tickets: tuple[HeldTicket, ...] = ()
    given_back: tuple[str, ...] = ()
    form: FormSession | None = None
    readings: int = 0
    mistakes: int = 0
    clip_positions: Mapping[str, float] = field(default_factory=dict)
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    quiet: float = 0.0
    waited: float = 0.0

    @property
    def visit(self) -> str:
        """Id of this visit; every answer of a worker carries it."""
        return f"{self.setup.machine}-{self.number}"

    @property
    def key(self) -> str:
        """Key of the screen as it is entered now; taps meant for another one are dropped."""
        detail = ""
        match self.screen:
            case Question(field=name):
                detail = f":{name}"
            case CheckAnswers(page=page):
                detail = f":{page}"
            case Clips(playing=clip, turn=turn) if clip:
                detail = f":{clip}:{turn}"
            case Clips(topic=topic, procedure=code, page=page) if topic or code or page:
                detail = f":{topic or code}:{page}"
            case (
                TicketShown(service=service)
                | GiveBack(service=service)
                | OfferForm(service=service)
                | FormDone(service=service)
            ):
                detail = f":{service}"
            case ProcedureShown(found=found, page=page):
                detail = f":{found.procedure.code}:{page}"
            case Rate(step=part):
                detail = f":{part}"
            case Services(page=page) | MyForms(page=page) if page:
                detail = f":{page}"
            case MyDossier(found=DossierCode(), page=page):
                detail = f":found:{page}"
            case _:
                pass
        over = f"+{PANEL_NAMES[type(self.panel)]}" if self.panel is not None else ""
        return f"{self.number}/{NAMES[type(self.screen)]}{detail}{over}"

    @property
    def idle_warning(self) -> int | None:
        """Seconds left before the wipe while the warning is shown, else None."""
        if self.waiting or (isinstance(self.screen, Start) and self.panel is None):
            return None
        watching = isinstance(self.screen, Clips) and (self.screen.resume is None or self.screen.running)
        if watching and self.panel is None:
            return None
        if self.quiet < self.setup.idle_warning_seconds:
            return None
        left = self.setup.idle_warning_seconds + self.setup.idle_countdown_seconds - self.quiet
        return max(0, int(left + 0.999))

    @property
    def waiting(self) -> bool:
        """True while the citizen can only wait for an answer; no idle time runs then."""
        match self.screen:
            case (
                Reading()
                | Services(issuing=str())
                | CheckAnswers(sending=True)
                | GiveBack(sending=True)
                | Rate(sending=True)
            ):
                return True
            case _:
                return False

    @property
    def clips(self) -> tuple[Clip, ...]:
        """The clips that may be shown today."""
        today = self.now.date()
        return tuple(clip for clip in self.setup.clips if clip.in_force(today))

    def held(self, service: str) -> HeldTicket | None:
        """The number of this visit for a service."""
        return next((held for held in self.tickets if held.ticket.service == service), None)

    def issue_key(self, service: str) -> str:
        """The idempotency key of a number: one per visit and service, however often it is asked for, until
        that number is given back.
        """
        returned = self.given_back.count(service)
        return f"{self.visit}-{service}-{returned}" if returned else f"{self.visit}-{service}"

    @property
    def answers(self) -> Answers:
        """All answers of the form under way: filled in and typed."""
        if self.form is None:
            return Answers()
        return filled(self.form.form, self.form.typed, self.known)

    @property
    def known(self) -> Known:
        """What may be filled in without asking."""
        base = {}
        if self.form is not None and self.form.form.authority:
            commune = self.setup.commune
            base["authority"] = self.form.form.authority.format(commune=commune[:1].lower() + commune[1:])
        if self.person is None:
            return Known(base=base)
        return Known(self.person.citizen, self.person.read_at, base)

    def form_for(self, service: str) -> FormDefinition | None:
        """The form to offer with a number of this visit; None when there is none, or it was sent or
        refused.
        """
        held = self.held(service)
        if held is None or held.form_id is None or held.form is not FormState.NONE:
            return None
        form = self.setup.forms.get(held.form_id)
        return form if form is not None and form.in_force(self.now.date()) else None
