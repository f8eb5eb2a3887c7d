"""Queue numbers: taking one, its slip, and what happens to it away from a counter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.client.connection import Connection, given, iso, part
from kiosk.client.reading import Json, read_failure, read_maybe, read_time
from kiosk.failures import FailureCode


@dataclass(frozen=True)
class CounterName:
    """What a citizen needs to find a counter."""

    id: str
    number: int
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
class PriorityClaim:
    """That a ticket's holder belongs to a class. ``source``: ``chip``, ``self`` or ``officer``."""

    id: str
    source: str


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


def claim(priority: PriorityClaim) -> Json:
    """A claim as the body of a request says it."""
    return {"class": priority.id, "source": priority.source}


class TicketCalls(Connection):
    """Calls about tickets."""

    def issue_ticket(
        self,
        service: str,
        idempotency_key: str,
        *,
        then: Sequence[str] = (),
        priority: PriorityClaim | None = None,
        person: str | None = None,
        appointed_at: datetime | None = None,
    ) -> Ticket:
        """Take a number. The same key gives the same ticket: a call that got no answer is simply repeated,
        with all else the same.

        ``then``: further services of this visit. ``person``: the card's number as the day's hash; a person
        who already waits for this service gets that ticket, ``held``.

        Raises ``CentreError``: ``SERVICE_CLOSED``, ``LAST_TICKET_GONE``, ``SERVICE_FULL``,
        ``SERVICE_STOPPED``, ``NUMBERS_EXHAUSTED``, ``PRIORITY_UNKNOWN``, ``IDEMPOTENCY_KEY_REUSED``,
        ``NOT_FOUND``.
        """
        body: Json = {"service": service}
        if then:
            body["then"] = list(then)
        if priority is not None:
            body["priority"] = claim(priority)
        if person is not None:
            body["person"] = person
        if appointed_at is not None:
            body["appointed_at"] = iso(appointed_at)
        headers = {"Idempotency-Key": idempotency_key}
        return self._read(read_ticket, "POST", "/tickets", body, headers=headers)

    def ticket(self, ticket_id: str) -> Ticket:
        """One ticket. Raises ``CentreError``: ``NOT_FOUND``."""
        return self._read(read_ticket, "GET", f"/tickets/{part(ticket_id)}")

    def tickets(self, state: str = "waiting") -> list[Ticket]:
        """Today's tickets in a state, oldest first."""
        return self._read_list(read_ticket, "GET", f"/tickets?state={part(state)}")

    def report_print(
        self, ticket_id: str, state: str, code: FailureCode | None = None, *, copy: bool = False
    ) -> Ticket:
        """Tell what became of a ticket's slip: ``pending``, ``printed``, ``failed`` or ``unknown``."""
        body = {"state": state, "code": code, "copy": copy}
        return self._read(read_ticket, "POST", f"/tickets/{part(ticket_id)}/print", body)

    def print_jobs(self) -> list[Ticket]:
        """Tickets still waiting or called whose slip is not known to have been printed."""
        return self._read_list(read_ticket, "GET", "/print-jobs")

    def rejoin(self, ticket_id: str) -> Ticket:
        """A missed ticket waits again. Raises ``CentreError``: ``REJOIN_TOO_LATE``, ``REJOINS_USED_UP``."""
        return self._move(ticket_id, "rejoin")

    def return_parked(self, ticket_id: str) -> Ticket:
        """A parked ticket waits again."""
        return self._move(ticket_id, "return")

    def cancel(self, ticket_id: str) -> Ticket:
        """A ticket is not wanted any more."""
        return self._move(ticket_id, "cancel")

    def transfer_waiting(
        self, ticket_id: str, *, service: str | None = None, to_counter: str | None = None
    ) -> Ticket:
        """Send a waiting ticket to another service or counter; it keeps its place by arrival."""
        return self._move(ticket_id, "transfer", given(service=service, counter=to_counter))

    def prioritise(self, ticket_id: str, priority: str | None) -> Ticket:
        """Put a ticket into a priority class, or with ``None`` into none."""
        return self._move(ticket_id, "prioritise", {"class": priority})

    def add_matter(self, ticket_id: str, service: str) -> Ticket:
        """At the kiosk that gave the number: one more service under it, while it waits. May be repeated.

        Raises ``CentreError``: ``SERVICE_ASKED_ALREADY``, ``TICKET_STATE_WRONG``, ``SERVICE_CLOSED``,
        ``SERVICE_STOPPED``, ``LAST_TICKET_GONE``, ``SERVICE_WITHOUT_COUNTER``.
        """
        return self._move(ticket_id, "services", {"service": service})

    def give_back(self, ticket_id: str) -> Ticket:
        """At the kiosk that gave the number: it was a mistake. May be repeated.

        Raises ``CentreError``: ``TICKET_STATE_WRONG`` once it is called.
        """
        return self._move(ticket_id, "give-back")

    def _move(self, ticket_id: str, action: str, body: Json | None = None) -> Ticket:
        return self._read(read_ticket, "POST", f"/tickets/{part(ticket_id)}/{action}", body)
