"""What the centre's API answers, as frozen dataclasses, and their reading from JSON. All times are UTC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from typing import Any, TypeVar

from kiosk.failures import FailureCode

Json = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class CounterName:
    """What a citizen needs to find a counter."""

    id: str
    number: int
    name: str


@dataclass(frozen=True)
class OfficerName:
    """An officer as shown to others."""

    login: str
    name: str


@dataclass(frozen=True)
class FormMark:
    """That a form is attached to a ticket; never what it says."""

    form: str
    attached_at: datetime


@dataclass(frozen=True)
class PrintMark:
    """The state of a ticket's slip: ``none``, ``pending``, ``printed``, ``failed`` or ``unknown``."""

    state: str
    copies: int
    code: FailureCode | None = None


@dataclass(frozen=True)
class Ticket:
    """A queue number. Times are UTC. ``follow_url`` is empty in events, for it is a secret of its holder."""

    id: str
    number: str
    series: str
    sequence: int
    service: str
    service_name: str
    state: str
    day: date
    issued_at: datetime
    ahead: int
    counters: tuple[CounterName, ...]
    counter: CounterName | None
    called_at: datetime | None
    call_count: int
    started_at: datetime | None
    ended_at: datetime | None
    follow_url: str
    form: FormMark | None
    print: PrintMark


@dataclass(frozen=True)
class Service:
    """A queue that citizens can choose. ``minutes_wait`` is ``None`` when nobody can say."""

    id: str
    name: str
    hint: str
    open: bool
    closed_reason: str | None
    opens_at: datetime | None
    waiting: int
    ahead: int
    minutes_wait: int | None
    counters: tuple[CounterName, ...]
    form: str | None


@dataclass(frozen=True)
class Counter:
    """A counter and what it does now: ``closed``, ``open_idle``, ``calling`` or ``serving``."""

    id: str
    number: int
    name: str
    services: tuple[str, ...]
    state: str
    officer: OfficerName | None
    ticket: Ticket | None


@dataclass(frozen=True)
class CounterStep:
    """A counter and the ticket an officer's action was about (``None`` for open and close)."""

    counter: Counter
    ticket: Ticket | None


@dataclass(frozen=True)
class BoardCall:
    """One line of the ceiling display. ``call`` is the journal number of the newest call of this ticket."""

    number: str
    counter: CounterName
    called_at: datetime
    call_count: int
    call: int


@dataclass(frozen=True)
class Board:
    """What a display shows now, true as of journal number ``head``; continue with ``events(head)``."""

    head: int
    epoch: str
    centre_name: str
    centre_short_name: str
    now: tuple[BoardCall, ...]
    waiting: int


@dataclass(frozen=True)
class Place:
    """Where a ticket stands in its queue, as its holder's follow page shows it."""

    number: str
    service_name: str
    state: str
    ahead: int
    minutes_wait: int | None
    counters: tuple[CounterName, ...]
    counter: CounterName | None
    issued_at: datetime
    head: int


@dataclass(frozen=True)
class Answer:
    """One confirmed field of a form.

    ``source``: ``chip``, ``card_qr``, ``typed``, ``centre`` or ``computed``.
    """

    field: str
    value: str | bool | None = dataclass_field(repr=False)
    source: str
    read_at: datetime | None = None


@dataclass(frozen=True)
class FormAnswers:
    """A form as a citizen confirmed it, with the consent it rests on."""

    form: str
    version: str
    consent_at: datetime
    consent_text_version: str
    answers: tuple[Answer, ...] = dataclass_field(repr=False)


@dataclass(frozen=True)
class FormLine:
    """One line of an attached form, as the officer reads it."""

    field: str
    label: str
    value: str | bool | None = dataclass_field(repr=False)
    shown: str = dataclass_field(repr=False)
    source: str
    source_label: str


@dataclass(frozen=True)
class FormSection:
    """A titled part of an attached form."""

    title: str
    lines: tuple[FormLine, ...]


@dataclass(frozen=True)
class AttachedForm:
    """The form attached to a ticket."""

    form: str
    version: str
    title: str
    sections: tuple[FormSection, ...]
    consent_at: datetime
    consent_text_version: str
    attached_at: datetime


@dataclass(frozen=True)
class Session:
    """An officer's sign-in. ``token`` is the bearer token; it is not shown in logs."""

    token: str = dataclass_field(repr=False)
    login: str
    name: str
    role: str
    expires_at: datetime


@dataclass(frozen=True)
class Who:
    """Who the centre takes this client for."""

    role: str
    name: str
    login: str | None


@dataclass(frozen=True)
class DeviceState:
    """A device as the centre knows it, with its effective settings."""

    name: str
    owner: str
    condition: str
    failure: FailureCode | None
    warning: FailureCode | None
    facts: Json
    since: datetime | None
    seen_at: datetime | None
    settings: Json


@dataclass(frozen=True)
class DeviceRequest:
    """Something asked of a device's owner.

    ``kind``: ``test`` or ``set``; ``state``: ``requested``, ``answered`` or ``expired``.
    """

    id: str
    device: str
    kind: str
    state: str
    settings: Json
    passed: bool | None
    lines: tuple[tuple[str, str], ...]
    failure: FailureCode | None
    at: datetime
    answered_at: datetime | None


@dataclass(frozen=True)
class Event:
    """One entry of the centre's stream.

    ``id`` is the journal number; it is ``None`` for ``hello`` (sent at each connection) and ``reset`` (the
    journal was restored or replaced: load the board anew).
    """

    id: int | None
    type: str
    data: Json

    @property
    def ticket(self) -> Ticket | None:
        """The ticket this event is about, if it is about one."""
        raw = self.data.get("ticket")
        return read_ticket(raw) if isinstance(raw, dict) else None

    @property
    def counter(self) -> CounterName | None:
        """The counter this event is about, if it is about one."""
        return read_maybe(read_counter_name, self.data.get("counter"))


def read_time(text: str) -> datetime:
    """Read one ``time`` from JSON."""
    return datetime.fromisoformat(text)


def read_maybe(build: Callable[[Any], T], raw: Any) -> T | None:
    """Read one ``maybe`` from JSON."""
    return None if raw is None else build(raw)


def read_failure(raw: str | None) -> FailureCode | None:
    """Read one ``failure`` from JSON."""
    if raw is None:
        return None
    try:
        return FailureCode(raw)
    except ValueError:
        return FailureCode.UNEXPECTED


def read_counter_name(raw: Json) -> CounterName:
    """Read one ``counter_name`` from JSON."""
    return CounterName(id=raw["id"], number=raw["number"], name=raw["name"])


def read_counter_names(raw: Sequence[Json]) -> tuple[CounterName, ...]:
    """Read one ``counter_names`` from JSON."""
    return tuple(read_counter_name(counter) for counter in raw)


def read_ticket(raw: Json) -> Ticket:
    """Read one ``ticket`` from JSON."""
    slip = raw["print"]
    return Ticket(
        id=raw["id"],
        number=raw["number"],
        series=raw["series"],
        sequence=raw["sequence"],
        service=raw["service"],
        service_name=raw["service_name"],
        state=raw["state"],
        day=date.fromisoformat(raw["day"]),
        issued_at=read_time(raw["issued_at"]),
        ahead=raw["ahead"],
        counters=read_counter_names(raw["counters"]),
        counter=read_maybe(read_counter_name, raw["counter"]),
        called_at=read_maybe(read_time, raw["called_at"]),
        call_count=raw["call_count"],
        started_at=read_maybe(read_time, raw["started_at"]),
        ended_at=read_maybe(read_time, raw["ended_at"]),
        follow_url=raw.get("follow_url", ""),
        form=read_maybe(read_form_mark, raw["form"]),
        print=PrintMark(state=slip["state"], copies=slip["copies"], code=read_failure(slip.get("code"))),
    )


def read_form_mark(raw: Json) -> FormMark:
    """Read one ``form_mark`` from JSON."""
    return FormMark(form=raw["form"], attached_at=read_time(raw["attached_at"]))


def read_service(raw: Json) -> Service:
    """Read one ``service`` from JSON."""
    return Service(
        id=raw["id"],
        name=raw["name"],
        hint=raw["hint"],
        open=raw["open"],
        closed_reason=raw["closed_reason"],
        opens_at=read_maybe(read_time, raw["opens_at"]),
        waiting=raw["waiting"],
        ahead=raw["ahead"],
        minutes_wait=raw["minutes_wait"],
        counters=read_counter_names(raw["counters"]),
        form=raw["form"],
    )


def read_counter(raw: Json) -> Counter:
    """Read one ``counter`` from JSON."""
    return Counter(
        id=raw["id"],
        number=raw["number"],
        name=raw["name"],
        services=tuple(raw["services"]),
        state=raw["state"],
        officer=read_maybe(lambda o: OfficerName(login=o["login"], name=o["name"]), raw["officer"]),
        ticket=read_maybe(read_ticket, raw["ticket"]),
    )


def read_board(raw: Json) -> Board:
    """Read one ``board`` from JSON."""
    return Board(
        head=raw["head"],
        epoch=raw["epoch"],
        centre_name=raw["centre"]["name"],
        centre_short_name=raw["centre"]["short_name"],
        waiting=raw["waiting"],
        now=tuple(
            BoardCall(
                number=line["number"],
                counter=read_counter_name(line["counter"]),
                called_at=read_time(line["called_at"]),
                call_count=line["call_count"],
                call=line["call"],
            )
            for line in raw["now"]
        ),
    )


def read_place(raw: Json) -> Place:
    """Read one ``place`` from JSON."""
    return Place(
        number=raw["number"],
        service_name=raw["service_name"],
        state=raw["state"],
        ahead=raw["ahead"],
        minutes_wait=raw["minutes_wait"],
        counters=read_counter_names(raw["counters"]),
        counter=read_maybe(read_counter_name, raw["counter"]),
        issued_at=read_time(raw["issued_at"]),
        head=raw["head"],
    )


def read_attached_form(raw: Json) -> AttachedForm:
    """Read one ``attached_form`` from JSON."""
    return AttachedForm(
        form=raw["form"],
        version=raw["version"],
        title=raw["title"],
        sections=tuple(
            FormSection(title=section["title"], lines=tuple(FormLine(**line) for line in section["lines"]))
            for section in raw["sections"]
        ),
        consent_at=read_time(raw["consent"]["at"]),
        consent_text_version=raw["consent"]["text_version"],
        attached_at=read_time(raw["attached_at"]),
    )


def read_device(raw: Json) -> DeviceState:
    """Read one ``device`` from JSON."""
    return DeviceState(
        name=raw["name"],
        owner=raw["owner"],
        condition=raw["condition"],
        failure=read_failure(raw["failure"]),
        warning=read_failure(raw["warning"]),
        facts=raw["facts"],
        since=read_maybe(read_time, raw["since"]),
        seen_at=read_maybe(read_time, raw["seen_at"]),
        settings=raw["settings"],
    )


def read_device_request(raw: Json) -> DeviceRequest:
    """Read one ``device_request`` from JSON."""
    return DeviceRequest(
        id=raw["id"],
        device=raw["device"],
        kind=raw["kind"],
        state=raw["state"],
        settings=raw["settings"] or {},
        passed=raw["passed"],
        lines=tuple((key, value) for key, value in raw["lines"]),
        failure=read_failure(raw["failure"]),
        at=read_time(raw["at"]),
        answered_at=read_maybe(read_time, raw["answered_at"]),
    )
