"""Issuing numbers, and what becomes of their slips."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kiosk.centre import days
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import issue_key, number_band, ticket
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.ticket_record import life_values, recorded
from kiosk.failures import FailureCode
from kiosk.queueing.number import BandExhaustedError, sequence_in_band
from kiosk.queueing.service import Service, is_open
from kiosk.queueing.ticket import ACTIVE, TicketState, issued

_HASH_DIGITS = 32  # 128 bits: no two keys of a day meet
_FOLLOW_BYTES = 16  # 128 bits: a link nobody can guess

_KEY = (
    select(issue_key.c.body, ticket)
    .join(ticket, (ticket.c.site == issue_key.c.site) & (ticket.c.id == issue_key.c.ticket))
    .where(issue_key.c.site == bindparam("in_site"), issue_key.c.key == bindparam("in_key"))
)
_FIRST_OF_BAND = upsert(number_band).values(
    site=bindparam("in_site"),
    day=bindparam("in_day"),
    series=bindparam("in_series"),
    first=bindparam("in_first"),
    taken=1,
)
_TAKE = _FIRST_OF_BAND.on_conflict_do_update(
    index_elements=["site", "day", "series", "first"], set_={"taken": number_band.c.taken + 1}
).returning(number_band.c.taken)
_INSERT_TICKET = insert(ticket)
_INSERT_KEY = insert(issue_key)
_BEFORE = select(func.count()).where(
    ticket.c.site == bindparam("in_site"),
    ticket.c.state == TicketState.WAITING.value,
    ticket.c.service.in_(bindparam("services", expanding=True)),
    ticket.c.arrival < bindparam("arrival"),
)


def issue(
    transaction: Transaction, plan: Plan, actor: str, service_id: str, key: str
) -> tuple[Row, int | None, bool]:
    """Issue a number, once for each ``key``: row, people ahead (``None``: ask the queue), and whether it is
    new.

    Raises ``RefusalError``: ``NOT_FOUND``, ``IDEMPOTENCY_KEY_REUSED``, ``SERVICE_CLOSED``,
    ``NUMBERS_EXHAUSTED``.
    """
    body = hashlib.sha256(service_id.encode()).hexdigest()[:_HASH_DIGITS]
    hashed = hashlib.sha256(key.encode()).hexdigest()[:_HASH_DIGITS]
    known = transaction.connection.execute(_KEY, {"in_site": plan.site, "in_key": hashed}).mappings().first()
    if known is not None:
        if known["body"] != body:
            raise RefusalError(
                FailureCode.IDEMPOTENCY_KEY_REUSED, "This Idempotency-Key was used with another body."
            )
        return known, None, False
    service = plan.services.get(service_id)
    if service is None:
        raise RefusalError(FailureCode.NOT_FOUND, "There is no such service.")
    if not is_open(service.hours, transaction.now, plan.zone):
        raise RefusalError(FailureCode.SERVICE_CLOSED, "The service gives no numbers at this hour.")
    row = _new_row(transaction, plan, service, actor)
    transaction.connection.execute(_INSERT_TICKET, row)
    transaction.connection.execute(
        _INSERT_KEY,
        {"site": plan.site, "key": hashed, "body": body, "ticket": row["id"], "at": transaction.at},
    )
    before = {"in_site": plan.site, "services": sorted(plan.before[service.id]), "arrival": row["arrival"]}
    ahead = int(transaction.connection.execute(_BEFORE, before).scalar_one())
    told = {"ticket": recorded(row), "key": hashed, "body": body}
    transaction.record("ticket.issued", actor, row["id"], told)
    return row, ahead, True


def _new_row(transaction: Transaction, plan: Plan, service: Service, actor: str) -> Json:
    day = days.today(transaction, plan)
    band = {"in_site": plan.site, "in_day": day, "in_series": service.series, "in_first": service.first}
    taken = transaction.connection.execute(_TAKE, band).scalar_one()
    try:
        sequence = sequence_in_band(taken - 1, service.first, service.last)
    except BandExhaustedError as error:
        raise RefusalError(
            FailureCode.NUMBERS_EXHAUSTED, "All numbers of the service are given out."
        ) from error
    return {
        "site": plan.site,
        "id": secrets.token_hex(12),
        "day": day,
        "series": service.series,
        "sequence": sequence,
        **life_values(issued(service.id)),
        "arrival": days.next_arrival(transaction, plan),
        "queued_at": days.queue_moment(transaction),
        "issued_at": transaction.at,
        "issued_by": actor,
        "offline": 0,
        "appointed_at": None,
        "overtaken": 0,
        "legs": 0,
        "follow_token": secrets.token_urlsafe(_FOLLOW_BYTES),
        "print_state": "none",
        "print_code": None,
        "print_copies": 0,
        "form": None,
        "form_attached_at": None,
    }


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
            ticket.c.print_state.in_(["pending", "failed", "unknown"]),
            ticket.c.state.in_(sorted({TicketState.WAITING, *ACTIVE} - {TicketState.SERVING})),
        )
        .order_by(ticket.c.arrival)
    )
    return list(reading.connection.execute(query).mappings())
