"""Issuing numbers, and what becomes of their slips."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from kiosk.centre import days, numbers, persons
from kiosk.centre.follow_token import follow_secret, follow_token
from kiosk.centre.journal import canonical
from kiosk.centre.opening import Doors, NewcomersWait
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import OPEN_TICKET, issue_key, ticket
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.ticket_record import life_values, recorded
from kiosk.failures import FailureCode
from kiosk.queueing.number import BandExhaustedError
from kiosk.queueing.ticket import ACTIVE, Life, TicketState, issued

KIOSK_SOURCES = frozenset({"chip", "self"})
OFFICER_SOURCES = frozenset({"self", "officer"})
"""Who speaks of a priority through a kiosk, and through an officer."""
_HASH_DIGITS = 32  # 128 bits: no two keys of a day meet

_KEY = (
    select(issue_key.c.body, ticket)
    .join(ticket, (ticket.c.site == issue_key.c.site) & (ticket.c.id == issue_key.c.ticket))
    .where(issue_key.c.site == bindparam("in_site"), issue_key.c.key == bindparam("in_key"))
)
_INSERT_TICKET = insert(ticket)
_INSERT_KEY = insert(issue_key)


@dataclass(frozen=True)
class Wishes:
    """What a visit asks for beside its first service.

    ``then``: services to come after it. ``source``: who says that the priority class applies. ``person``: the
    card's number as the day's keyed hash. ``appointed_at``: as ``moments.written``.
    """

    then: tuple[str, ...] = ()
    priority: str | None = None
    source: str | None = None
    person: str | None = field(default=None, repr=False)
    appointed_at: str | None = None


class Issued(NamedTuple):
    """A ticket; ``held``: the person already waited with it."""

    row: Row
    new: bool
    held: bool = False


_NOTHING_MORE = Wishes()


def issue(
    transaction: Transaction,
    plan: Plan,
    actor: str,
    service_id: str,
    key: str,
    *,
    wishes: Wishes = _NOTHING_MORE,
    sources: Collection[str] = (),
    newcomers_wait: NewcomersWait = lambda service: None,
) -> Issued:
    """Issue a number, once for each ``key``. ``sources``: who may speak through this caller of a priority.

    The key's ticket comes first, then one that the person already waits with, whatever has closed meanwhile.
    Raises ``RefusalError``: ``NOT_FOUND``, ``REQUEST_INVALID``, ``IDEMPOTENCY_KEY_REUSED``,
    ``PRIORITY_UNKNOWN``, ``SERVICE_CLOSED``, ``SERVICE_STOPPED``, ``SERVICE_FULL``, ``LAST_TICKET_GONE``,
    ``NUMBERS_EXHAUSTED``.
    """
    day = days.today(transaction, plan)
    body = hashed_body(key, {"service": service_id, **asdict(wishes)})
    known = of_key(transaction, hashed_key(key))
    if known is not None:
        if known["body"] != body:
            raise RefusalError(
                FailureCode.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key was used with another body."
            )
        return Issued(known, new=False)
    _checked(plan, day, (service_id, *wishes.then), wishes, sources)
    then = wishes.then
    if wishes.person is not None:
        held = persons.held(transaction, day, wishes.person, service_id)
        if held is not None:
            return Issued(held, new=False, held=True)
        then = tuple(one for one in then if not persons.held(transaction, day, wishes.person, one))
    doors = Doors(transaction, plan, day, newcomers_wait)
    doors.admit(service_id)
    for one in then:
        doors.admit_later(one)
    try:
        sequence, band = numbers.take(transaction, day, plan.services[service_id])
    except BandExhaustedError as error:
        raise RefusalError(
            FailureCode.NUMBERS_EXHAUSTED, "All numbers of the service are given out."
        ) from error
    row = new_row(
        transaction,
        plan,
        actor,
        issued(service_id, then, priority=wishes.priority, source=wishes.source),
        day=day,
        sequence=sequence,
        series=band.series,
        queued_at=days.queue_moment(transaction),
        appointed_at=wishes.appointed_at,
    )
    keep(transaction, actor, row, hashed_key(key), body, band=list(band[1:]))
    if wishes.person is not None:
        persons.remember(transaction, day, wishes.person, (service_id, *then), row["id"])
    return Issued(row, new=True)


def hashed_key(key: str) -> str:
    """What is kept of an idempotency key."""
    return hashlib.sha256(key.encode()).hexdigest()[:_HASH_DIGITS]


def hashed_body(key: str, body: Json) -> str:
    """What is kept of a body. With the key in it, equal bodies of one person cannot be told to be equal."""
    return hashlib.sha256(canonical([key, body]).encode()).hexdigest()[:_HASH_DIGITS]


def of_key(transaction: Transaction, hashed: str) -> Row | None:
    """The ticket that was issued under a key, with the hash of its ``body``."""
    asked = {"in_site": transaction.site, "in_key": hashed}
    return transaction.connection.execute(_KEY, asked).mappings().first()


def _checked(
    plan: Plan,
    day: str,
    services: tuple[str, ...],
    wishes: Wishes,
    sources: Collection[str],
) -> None:
    if any(one not in plan.services for one in services):
        raise RefusalError(FailureCode.NOT_FOUND, "There is no such service.")
    if len(set(services)) < len(services):
        raise RefusalError(FailureCode.REQUEST_INVALID, "A service is named twice.")
    if wishes.appointed_at is not None and plan.day_of(wishes.appointed_at) != day:
        raise RefusalError(FailureCode.REQUEST_INVALID, "The appointment is not today.")
    if wishes.priority is not None and not plan.priority_holds(wishes.priority, wishes.source, sources):
        raise RefusalError(
            FailureCode.PRIORITY_UNKNOWN,
            "There is no such class of priority, or it is not said by this source.",
        )


def new_row(
    transaction: Transaction,
    plan: Plan,
    actor: str,
    life: Life,
    *,
    day: str,
    series: str,
    sequence: int,
    queued_at: str,
    issued_at: str | None = None,
    offline: bool = False,
    appointed_at: str | None = None,
) -> Json:
    """The row of a new ticket, at the end of the day's order of arrival. ``issued_at``: now, if not given."""
    ticket_id = secrets.token_hex(12)
    return {
        "site": plan.site,
        "id": ticket_id,
        "day": day,
        "series": series,
        "sequence": sequence,
        **life_values(life),
        "arrival": days.next_arrival(transaction, plan),
        "queued_at": queued_at,
        "issued_at": issued_at or transaction.at,
        "issued_by": actor,
        "offline": int(offline),
        "appointed_at": appointed_at,
        "overtaken": 0,
        "legs": 0,
        "follow_token": follow_token(follow_secret(transaction.connection, plan.site), ticket_id),
        "print_state": "none",
        "print_code": None,
        "print_copies": 0,
        "form": None,
        "form_attached_at": None,
    }


def keep(transaction: Transaction, actor: str, row: Json, key: str, body: str, **told: Any) -> None:
    """Write a new ticket with its key (both hashed) and have the journal say so."""
    transaction.connection.execute(_INSERT_TICKET, row)
    known = {"site": row["site"], "key": key, "body": body, "ticket": row["id"], "at": transaction.at}
    transaction.connection.execute(_INSERT_KEY, known)
    payload = {"ticket": recorded(row), "key": key, "body": body, **told}
    transaction.record("ticket.issued", actor, row["id"], payload)


def report_print(
    transaction: Transaction,
    plan: Plan,
    actor: str,
    ticket_id: str,
    *,
    state: str,
    code: FailureCode | None,
    copy: bool,
) -> Row:
    """Keep what became of a ticket's slip; ``print_copies`` counts the copies known to have been printed.

    Raises ``RefusalError``: ``NOT_FOUND``.
    """
    values: dict[str, Any] = {"print_state": state, "print_code": code}
    if copy and state == "printed":
        values["print_copies"] = ticket.c.print_copies + 1
    change = update(ticket).where(ticket.c.site == plan.site, ticket.c.id == ticket_id).values(**values)
    row = transaction.connection.execute(change.returning(ticket)).mappings().first()
    if row is None:
        raise RefusalError(FailureCode.NOT_FOUND, "There is no such ticket.")
    payload = {"ticket": recorded(row), "copy": copy}
    transaction.record("ticket.print", actor, ticket_id, payload)
    return row


def in_state(reading: Reading, plan: Plan, state: str) -> list[Row]:
    """The newest business day's tickets in a state, in the order of arrival."""
    newest = select(func.max(ticket.c.day)).where(ticket.c.site == plan.site).scalar_subquery()
    query = (
        select(ticket)
        .where(ticket.c.site == plan.site, ticket.c.day == newest, ticket.c.state == state)
        .order_by(ticket.c.arrival)
    )
    return list(reading.connection.execute(query).mappings())


def unprinted(reading: Reading, plan: Plan) -> list[Row]:
    """Tickets still waiting or called whose slip was begun and is not known to have been printed."""
    query = (
        select(ticket)
        .where(
            ticket.c.site == plan.site,
            OPEN_TICKET,
            ticket.c.print_state.in_(["pending", "failed", "unknown"]),
            ticket.c.state.in_(sorted({TicketState.WAITING, *ACTIVE} - {TicketState.SERVING})),
        )
        .order_by(ticket.c.arrival)
    )
    return list(reading.connection.execute(query).mappings())
