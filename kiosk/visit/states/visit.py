"""The visit as one value, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from kiosk.eforms.answers import Answers
from kiosk.eforms.definition import FormDefinition
from kiosk.eforms.prefill import Known, filled
from kiosk.procedures.dossier_code import DossierCode
from kiosk.visit.comfort import Comfort
from kiosk.visit.events import PriorityClass, ServiceChoice
from kiosk.visit.states.card import Person, Reading
from kiosk.visit.states.clips import Clip, Clips
from kiosk.visit.states.dossier import MyDossier
from kiosk.visit.states.finding import ProcedureShown
from kiosk.visit.states.form import (
    CheckAnswers,
    FormDone,
    FormSession,
    FormState,
    MyForms,
    OfferForm,
    Question,
)
from kiosk.visit.states.lobby import Lobby, Start
from kiosk.visit.states.number import GiveBack, HeldTicket, Services, TicketShown
from kiosk.visit.states.panels import PANEL_NAMES, Panel
from kiosk.visit.states.rating import Rate
from kiosk.visit.states.screens import NAMES
from kiosk.visit.states.setup import Setup

if TYPE_CHECKING:
    from kiosk.visit.states.screens import Screen


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
