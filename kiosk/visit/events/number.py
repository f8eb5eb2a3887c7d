"""The queue number: services, who goes first, issuing, giving back, further matters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.failures import FailureCode
from kiosk.queueing.wait import WaitRange
from kiosk.translations import Translations
from kiosk.visit.events.kinds import Answer, Intent


@dataclass(frozen=True)
class ServiceChoice:
    """One service as the centre offers it now. ``counters`` are counter numbers; ``opens_at`` is local
    time.

    ``closed_reason``: ``hours``, ``holiday``, ``last_ticket``, ``full``, ``stopped``, or ``used_up``: the
    numbers that the machine holds for when the centre is silent are given. ``closed_words``: the holiday's
    name or the head's message. ``wait``: ``None`` when nobody can say. ``closes_at`` and ``last_ticket_at``
    are those of the hours under way, local time. ``for_ages``: whom it is meant for, in full years.
    ``name_in`` and ``hint_in``: name and hint by language.
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
    name_in: Translations = field(default_factory=dict, hash=False)
    hint_in: Translations = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class PriorityClass:
    """People who go before others. ``by_chip``: from ``from_age`` years on by the birth date on the chip;
    ``by_self``: who says so is believed. ``name_in``: the name by language.
    """

    id: str
    name: str
    from_age: int | None = None
    by_chip: bool = False
    by_self: bool = False
    name_in: Translations = field(default_factory=dict, hash=False)


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


@dataclass(frozen=True)
class StartWithoutCard(Intent):
    """*Take a number without the card*; from the start, the card and the problem screen."""


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
class GiveBackTapped(Intent):
    """Give the number shown back."""


@dataclass(frozen=True)
class AddMatterTapped(Intent):
    """Choose a further matter for the number shown."""


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
