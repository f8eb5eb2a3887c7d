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


class TicketAnswer(BaseModel):
    """A queue number. ``follow_url`` is told only to the kiosk and to who issued the ticket."""

    id: str
    number: str
    series: str
    sequence: int
    service: str
    service_name: str
    state: TicketStateName
    day: str
    issued_at: str
    ahead: int
    counters: list[CounterNameAnswer]
    counter: CounterNameAnswer | None
    called_at: str | None
    call_count: int
    started_at: str | None
    ended_at: str | None
    form: FormMarkAnswer | None
    print_: PrintAnswer = Field(alias="print")
    follow_url: str | None = None


class ServiceAnswer(BaseModel):
    """A queue citizens can choose."""

    id: str
    name: str
    hint: str
    open: bool
    closed_reason: Literal["hours"] | None
    opens_at: str | None
    waiting: int
    ahead: int
    minutes_wait: int | None
    counters: list[CounterNameAnswer]
    form: str | None


class OfficerAnswer(BaseModel):
    """An officer as shown to others."""

    login: str
    name: str


class CounterAnswer(CounterNameAnswer):
    """A counter and what it does now."""

    services: list[str]
    state: CounterStateName
    officer: OfficerAnswer | None
    ticket: TicketAnswer | None


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
    counters: list[CounterNameAnswer]
    counter: CounterNameAnswer | None
    call_count: int
    issued_at: str
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

    role: Literal["officer", "maintenance"]


class SessionAnswer(BaseModel):
    """A new session."""

    token: str
    officer: PersonAnswer
    expires_at: str


class WhoAnswer(BaseModel):
    """Who the centre takes the caller for."""

    role: Literal["kiosk", "display", "maintenance", "officer"]
    name: str
    login: str | None
    officer: PersonAnswer | None
    expires_at: str | None


class DeviceAnswer(BaseModel):
    """A device with its effective settings."""

    name: str
    owner: Literal["kiosk", "display"]
    condition: Literal["ready", "busy", "needs_attention", "disconnected", "disabled"]
    failure: str | None
    warning: str | None
    facts: dict[str, Any]
    since: str | None
    seen_at: str | None
    settings: dict[str, Any]


class DeviceRequestAnswer(BaseModel):
    """Something asked of a device's owner, and the answer."""

    id: str
    device: str
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


class ProblemAnswer(BaseModel):
    """Every refusal and fault (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
