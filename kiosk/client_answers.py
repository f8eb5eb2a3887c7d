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
class Wait:
    """Minutes till a ticket is called. ``low`` and ``high`` are rounded to be told: without ``low`` it is
    less than ``high``, without ``high`` more than ``low``.
    """

    median: float
    p90: float
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Ticket:
    """A queue number. Times are UTC. ``follow_url`` is empty in events, for it is a secret of its holder.

    ``then``: services still to come in this visit. ``issued_by``: who took it, such as ``kiosk:lobby``.
    ``offline``: it was given without the centre. ``held``: it was not made now; this person had it already.
    """

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
    queued_at: datetime | None = None
    then: tuple[str, ...] = ()
    priority: str | None = None
    priority_name: str | None = None
    reserved_counter: str | None = None
    parked_until: datetime | None = None
    park_reason: str | None = None
    rejoin_until: datetime | None = None
    rejoins_left: int = 0
    undo_until: datetime | None = None
    overtaken: int = 0
    offline: bool = False
    issued_by: str = ""
    wait: Wait | None = None
    held: bool = False


@dataclass(frozen=True)
class PriorityClass:
    """People who go before others. ``sources``: who may say so, of ``chip``, ``self`` and ``officer``."""

    id: str
    name: str
    from_age: int | None = None
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class QueueRules:
    """The rules of the queue, as far as others than the centre need them.

    ``person_key``: key of this day under which a kiosk hashes a card's number; empty for others than kiosks.
    """

    day: date | None
    priorities: tuple[PriorityClass, ...] = ()
    undo_seconds: float = 0.0
    grace_minutes: float = 0.0
    park_reasons: tuple[str, ...] = ()
    person_key: bytes = dataclass_field(default=b"", repr=False)


@dataclass(frozen=True)
class PriorityClaim:
    """That a ticket's holder belongs to a class. ``source``: ``chip``, ``self`` or ``officer``."""

    id: str
    source: str


@dataclass(frozen=True)
class LeasedBlock:
    """Numbers of one service that a kiosk may give while the centre cannot be reached.

    ``open``: today's periods (UTC, the end exclusive) in which numbers are given; ``None``: all day.
    """

    service: str
    series: str
    first: int
    last: int
    open: tuple[tuple[datetime, datetime], ...] | None = None


@dataclass(frozen=True)
class NumberLease:
    """Blocks of one day; nothing is given from them at or after ``until``."""

    id: str
    day: date
    at: datetime
    until: datetime
    blocks: tuple[LeasedBlock, ...]


@dataclass(frozen=True)
class OfflineNumber:
    """A number that a kiosk gave without the centre. ``key``: that of the online attempt before it."""

    series: str
    sequence: int
    service: str
    issued_at: datetime
    key: str
    priority: PriorityClaim | None = None
    person: str | None = dataclass_field(default=None, repr=False)


@dataclass(frozen=True)
class OfflineAnswer:
    """What became of one number given offline.

    ``reason`` of a refusal: ``not_in_block``, ``number_taken`` or ``key_reused``. ``instead_of``: the number
    that the online attempt had made and that nobody holds; it was cancelled.
    """

    series: str
    sequence: int
    accepted: bool
    new: bool = False
    reason: str = ""
    instead_of: str | None = None
    ticket: Ticket | None = None


@dataclass(frozen=True)
class Service:
    """A queue that citizens can choose. ``minutes_wait`` and ``wait`` are ``None`` when nobody can say.

    ``closed_reason``: ``hours``, ``holiday``, ``last_ticket``, ``full`` or ``stopped``; ``closed_words``: the
    holiday's name or the head's message.
    """

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
    closed_words: str = ""
    wait: Wait | None = None


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
    wait: Wait | None = None


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
        return as_promised(read_ticket, raw) if isinstance(raw, dict) else None

    @property
    def counter(self) -> CounterName | None:
        """The counter this event is about, if it is about one."""
        return read_maybe(lambda raw: as_promised(read_counter_name, raw), self.data.get("counter"))


class ForeignAnswerError(ValueError):
    """JSON that is not what the centre's API promises."""


def as_promised(build: Callable[[Any], T], raw: Any) -> T:
    """Read JSON. Raises ``ForeignAnswerError`` for any that is of another shape."""
    try:
        return build(raw)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise ForeignAnswerError(f"{getattr(build, '__name__', 'answer')}: {type(error).__name__}") from error


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


def read_wait(raw: Json) -> Wait:
    """Read one ``wait`` from JSON."""
    return Wait(
        median=float(raw["median"]), p90=float(raw["p90"]), low=_whole(raw["low"]), high=_whole(raw["high"])
    )


def _whole(raw: Any) -> int | None:
    return None if raw is None else int(raw)


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
        queued_at=read_maybe(read_time, raw.get("queued_at")),
        then=tuple(raw.get("then") or ()),
        priority=raw.get("priority"),
        priority_name=raw.get("priority_name"),
        reserved_counter=raw.get("reserved_counter"),
        parked_until=read_maybe(read_time, raw.get("parked_until")),
        park_reason=raw.get("park_reason"),
        rejoin_until=read_maybe(read_time, raw.get("rejoin_until")),
        rejoins_left=raw.get("rejoins_left") or 0,
        undo_until=read_maybe(read_time, raw.get("undo_until")),
        overtaken=raw.get("overtaken") or 0,
        offline=bool(raw.get("offline")),
        issued_by=raw.get("issued_by") or "",
        wait=read_maybe(read_wait, raw.get("wait")),
        held=bool(raw.get("held")),
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
        closed_words=raw.get("closed_words") or "",
        wait=read_maybe(read_wait, raw.get("wait")),
    )


def read_rules(raw: Json) -> QueueRules:
    """Read the rules of the queue from JSON."""
    return QueueRules(
        day=read_maybe(date.fromisoformat, raw.get("day")),
        priorities=tuple(
            PriorityClass(one["id"], one["name"], one.get("from_age"), tuple(one.get("sources") or ()))
            for one in raw["priorities"]
        ),
        undo_seconds=float(raw["undo_seconds"]),
        grace_minutes=float(raw["grace_minutes"]),
        park_reasons=tuple(raw["park_reasons"]),
        person_key=bytes.fromhex(raw.get("person_key") or ""),
    )


def read_lease(raw: Json) -> NumberLease:
    """Read one lease of numbers from JSON."""
    return NumberLease(
        id=raw["lease"],
        day=date.fromisoformat(raw["day"]),
        at=read_time(raw["at"]),
        until=read_time(raw["until"]),
        blocks=tuple(
            LeasedBlock(
                service=block["service"],
                series=block["series"],
                first=int(block["first"]),
                last=int(block["last"]),
                open=None
                if block.get("open") is None
                else tuple((read_time(start), read_time(until)) for start, until in block["open"]),
            )
            for block in raw["blocks"]
        ),
    )


def read_offline_answer(raw: Json) -> OfflineAnswer:
    """Read what became of one number given offline from JSON."""
    replaced = raw.get("instead_of")
    return OfflineAnswer(
        series=raw["series"],
        sequence=int(raw["sequence"]),
        accepted=bool(raw["accepted"]),
        new=bool(raw.get("new")),
        reason=raw.get("reason") or "",
        instead_of=None if replaced is None else replaced["number"],
        ticket=read_maybe(read_ticket, raw.get("ticket")),
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


def read_counter_step(raw: Json) -> CounterStep:
    """Read one ``counter_step`` from JSON."""
    return CounterStep(counter=read_counter(raw["counter"]), ticket=read_maybe(read_ticket, raw["ticket"]))


def read_session(raw: Json) -> Session:
    """Read one ``session`` from JSON."""
    officer = raw["officer"]
    return Session(
        token=raw["token"],
        login=officer["login"],
        name=officer["name"],
        role=officer["role"],
        expires_at=read_time(raw["expires_at"]),
    )


def read_who(raw: Json) -> Who:
    """Read one ``who`` from JSON."""
    return Who(role=raw["role"], name=raw["name"], login=raw.get("login"))


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
        wait=read_maybe(read_wait, raw.get("wait")),
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
