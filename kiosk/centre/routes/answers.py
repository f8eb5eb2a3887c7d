"""The shapes of the API's answers, for its OpenAPI description."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

CounterStateName = Literal["closed", "open_idle", "calling", "serving"]
TicketStateName = Literal[
    "waiting", "called", "serving", "parked", "completed", "no_show", "cancelled", "expired"
]


class CounterNameAnswer(BaseModel):
    """What a citizen needs to find a counter."""

    id: str
    number: int
    name: str


class FormMarkAnswer(BaseModel):
    """That a form is attached; never what it says."""

    form: str
    attached_at: str


class PrintAnswer(BaseModel):
    """What became of the slip."""

    state: Literal["none", "pending", "printed", "failed", "unknown"]
    copies: int
    code: str | None


class WaitAnswer(BaseModel):
    """A wait in minutes. ``low`` and ``high`` are the rounded figures to be shown: "less than ``high``" when
    ``low`` is missing, "more than ``low``" when ``high`` is.
    """

    median: float
    p90: float
    low: int | None
    high: int | None


class TicketAnswer(BaseModel):
    """A queue number. ``follow_url`` is told only to the kiosk and to who issued the ticket.

    ``then``: ids of the services still to come. ``overtaken``: how many that came later were called before.
    """

    id: str
    number: str
    series: str
    sequence: int
    service: str
    service_name: str
    state: TicketStateName
    day: str
    issued_at: str
    issued_by: str
    offline: bool
    queued_at: str
    then: list[str]
    priority: str | None
    priority_name: str | None
    reserved_counter: str | None
    overtaken: int
    ahead: int
    wait: WaitAnswer | None
    counters: list[CounterNameAnswer]
    counter: CounterNameAnswer | None
    called_at: str | None
    call_count: int
    started_at: str | None
    ended_at: str | None
    parked_until: str | None
    park_reason: str | None
    rejoin_until: str | None
    rejoins_left: int
    undo_until: str | None
    form: FormMarkAnswer | None
    print_: PrintAnswer = Field(alias="print")
    follow_url: str | None = None
    held: bool = False


class LeaseBlockAnswer(BaseModel):
    """Numbers of one service; ``open``: today's periods in which they may be given, from and until."""

    service: str
    series: str
    first: int
    last: int
    open: list[tuple[str, str]]


class LeaseAnswer(BaseModel):
    """Numbers that a kiosk holds for when the centre cannot be reached, from ``begins`` to ``until``."""

    lease: str
    day: str
    at: str
    begins: str
    until: str
    blocks: list[LeaseBlockAnswer]


class ReturnedLeaseAnswer(BaseModel):
    """A lease that has ended."""

    lease: str
    unused: int


class CancelledForAnswer(BaseModel):
    """The ticket of the same visit that was cancelled."""

    id: str
    number: str


class OfflineTicketAnswer(BaseModel):
    """What became of a number that a kiosk gave by itself."""

    series: str
    sequence: int
    accepted: bool
    reason: Literal["not_in_block", "number_taken", "day_not_begun"] | None = None
    new: bool = False
    left_out: list[Literal["then", "priority"]] = []
    instead_of: CancelledForAnswer | None = None
    ticket: TicketAnswer | None = None


class OfflineAnswer(BaseModel):
    """In the order of the request."""

    tickets: list[OfflineTicketAnswer]


class StopAnswer(BaseModel):
    """The head's word that stops a service. ``house``: the whole house is stopped."""

    message: str
    at: str
    house: bool


class ServiceAnswer(BaseModel):
    """A queue citizens can choose.

    ``closes_at``: when the hours under way end, or the next ones today; until ``last_ticket_at`` numbers are
    given. ``for_ages``: whom it is meant for, from and to, in full years. ``name_in`` and ``hint_in``: the
    same by language, such as ``en``.
    """

    id: str
    name: str
    hint: str
    open: bool
    closed_reason: Literal["hours", "holiday", "last_ticket", "full", "stopped"] | None
    closed_words: str
    stop: StopAnswer | None
    opens_at: str | None
    closes_at: str | None
    last_ticket_at: str | None
    waiting: int
    ahead: int
    minutes_wait: int | None
    wait: WaitAnswer | None
    counters: list[CounterNameAnswer]
    form: str | None
    for_ages: tuple[int, int] | None
    name_in: dict[str, str]
    hint_in: dict[str, str]


class OfficerAnswer(BaseModel):
    """An officer as shown to others."""

    login: str
    name: str


class UndoAnswer(BaseModel):
    """What a counter did last, to which ticket."""

    event: str
    ticket: str
    number: str


class CounterAnswer(CounterNameAnswer):
    """A counter and what it does now. ``waiting``: how many wait whom it may call, told when all counters
    are asked for; ``undo`` may be taken back until ``undo_until``.
    """

    services: list[str]
    state: CounterStateName
    officer: OfficerAnswer | None
    ticket: TicketAnswer | None
    waiting: int | None
    undo_until: str | None
    undo: UndoAnswer | None


class CounterStepAnswer(BaseModel):
    """A counter after an action, and the ticket the action was about."""

    counter: CounterAnswer
    ticket: TicketAnswer | None


class CentreAnswer(BaseModel):
    """The centre's names."""

    name: str
    short_name: str


class CallAnswer(BaseModel):
    """One line of a display; ``call`` is the journal number of the newest call."""

    number: str
    counter: CounterNameAnswer
    called_at: str
    call_count: int
    call: int


class BoardAnswer(BaseModel):
    """What a display shows now, true as of journal number ``head``."""

    head: int
    epoch: str
    centre: CentreAnswer
    now: list[CallAnswer]
    waiting: int


class PlaceAnswer(BaseModel):
    """Where a ticket stands in its queue."""

    number: str
    service_name: str
    state: TicketStateName
    ahead: int
    minutes_wait: int | None
    wait: WaitAnswer | None
    counters: list[CounterNameAnswer]
    counter: CounterNameAnswer | None
    call_count: int
    issued_at: str
    then: list[str]
    parked_until: str | None
    rejoin_until: str | None
    rejoins_left: int
    head: int


class FormLineAnswer(BaseModel):
    """One line of an attached form."""

    field: str
    label: str
    value: str | bool | None
    shown: str
    source: str
    source_label: str


class FormSectionAnswer(BaseModel):
    """A part of an attached form."""

    title: str
    lines: list[FormLineAnswer]


class ConsentAnswer(BaseModel):
    """When the citizen agreed, and to which text."""

    at: str
    text_version: str


class AttachedFormAnswer(BaseModel):
    """A form as its officer reads it."""

    form: str
    version: str
    title: str
    sections: list[FormSectionAnswer]
    consent: ConsentAnswer
    attached_at: str


class PersonAnswer(OfficerAnswer):
    """A person with their role."""

    role: Literal["officer", "head", "maintenance"]


class SessionAnswer(BaseModel):
    """A new session."""

    token: str
    officer: PersonAnswer
    expires_at: str


class WhoAnswer(BaseModel):
    """Who the centre takes the caller for."""

    role: Literal["kiosk", "display", "maintenance", "officer", "head"]
    name: str
    login: str | None
    officer: PersonAnswer | None
    expires_at: str | None


class DeviceAnswer(BaseModel):
    """A device with its effective settings. ``machine``: the name of its owner's token, as soon as one has
    reported. ``found``: whether the device itself was ever there.
    """

    name: str
    machine: str | None
    owner: Literal["kiosk", "display"]
    condition: Literal["ready", "busy", "needs_attention", "disconnected", "disabled"]
    failure: str | None
    warning: str | None
    facts: dict[str, Any]
    since: str | None
    seen_at: str | None
    found: bool
    settings: dict[str, Any]


class DeviceRequestAnswer(BaseModel):
    """Something asked of a device's owner, and the answer."""

    id: str
    device: str
    machine: str | None
    kind: Literal["test", "set"]
    state: Literal["requested", "answered", "expired"]
    settings: dict[str, Any] | None
    passed: bool | None
    lines: list[tuple[str, str]]
    failure: str | None
    at: str
    answered_at: str | None


class DeviceSecretAnswer(BaseModel):
    """What was given with a request and is nowhere kept: told once."""

    can: str | None


class PriorityAnswer(BaseModel):
    """A class of people who go before others. ``sources``: who may say so: chip, officer, self.

    ``name_in``: the name by language.
    """

    id: str
    name: str
    from_age: int | None
    sources: list[Literal["chip", "officer", "self"]]
    name_in: dict[str, str]


class ClockAnswer(BaseModel):
    """The centre's time and business day.

    ``doubted``: what the machine's clock tells while it is not followed. Not ``right``: staff look at the
    machine's date and set it, or accept it.
    """

    at: str
    day: str
    machine_day: str
    doubted: str | None
    right: bool


class RulesAnswer(BaseModel):
    """The rules of the queue. ``person_key`` is told to kiosks only."""

    day: str
    priorities: list[PriorityAnswer]
    undo_seconds: float
    grace_minutes: float
    rejoins: int
    recall_gap_seconds: float
    park_reasons: list[str]
    clock: ClockAnswer
    person_key: str | None = None


class ProblemAnswer(BaseModel):
    """Every refusal and fault (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class WarningAnswer(BaseModel):
    """What staff must know though the centre works. ``code`` stands in ``docs/failures.md``."""

    code: str
    since: str | None
    detail: str


class BackupAnswer(BaseModel):
    """The newest good backup. ``seq``: its newest entry; ``compared``: tables and journal were compared."""

    at: str
    file: str
    seq: int
    hash: str
    bytes: int
    compared: bool


class RestoredAnswer(BaseModel):
    """The newest restore: from what, up to which entry, how many known entries were found nowhere."""

    at: str
    why: str
    source: str
    backup_seq: int | None
    seq: int
    replayed: int
    missing: int
    set_aside: str | None
    not_told: dict[str, int]


class CopyAnswer(BaseModel):
    """One copy of the journal: up to which entry, and why it is not written at the moment."""

    seq: int
    fault: str | None


class KeepingAnswer(BaseModel):
    """What makes sure that nothing is lost."""

    backup: BackupAnswer | None
    next_backup_at: str | None
    restored: RestoredAnswer | None
    archived_until: str | None
    archived_days: int
    copies: list[CopyAnswer]
    warnings: list[WarningAnswer]
