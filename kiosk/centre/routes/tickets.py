"""Tickets: issuing, looking up, what became of the slip, and the attached form."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from pydantic import AwareDatetime, Field, StrictBool, StrictStr
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import tickets as desk
from kiosk.centre.access import Role, principal
from kiosk.centre.forms import Confirmed
from kiosk.centre.moments import written
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.answers import AttachedFormAnswer, TicketAnswer
from kiosk.centre.routes.common import (
    API,
    Answer,
    Body,
    GuardedRoute,
    Identity,
    centre_of,
    checked_key,
    no_content,
)
from kiosk.centre.store.store import Reading, Transaction
from kiosk.failures import FailureCode
from kiosk.queueing.ticket import TicketState

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["tickets"])
Moment = Annotated[AwareDatetime, Field(strict=False)]


ServiceId = Annotated[str, Field(min_length=1, max_length=64)]
Person = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PriorityBody(Body):
    """A class of priority, and who says that it applies."""

    class_: Annotated[str, Field(alias="class", min_length=1, max_length=64)]
    source: Literal["chip", "self", "officer"]


class IssueBody(Body):
    """Which queue, and which others after it; ``person``: the card's number under the day's key."""

    service: ServiceId
    then: Annotated[list[ServiceId], Field(default_factory=list, max_length=9)]
    priority: PriorityBody | None = None
    person: Annotated[Person | None, Field(repr=False)] = None
    appointed_at: Moment | None = None


class PrintBody(Body):
    """What became of a slip. ``copy``: it was marked as a copy."""

    state: Literal["pending", "printed", "failed", "unknown"]
    code: Annotated[FailureCode | None, Field(strict=False)] = None
    copy_: Annotated[bool, Field(alias="copy")] = False


class Consent(Body):
    """When the citizen agreed, and to which text."""

    at: Moment
    text_version: Annotated[str, Field(min_length=1, max_length=40)]


class FieldAnswer(Body):
    """One field as the citizen confirmed it."""

    field: Annotated[str, Field(min_length=1, max_length=64)]
    value: StrictStr | StrictBool | None
    source: Literal["chip", "card_qr", "typed", "centre", "computed"]
    read_at: Moment | None = None


class FormBody(Body):
    """A confirmed form."""

    form: Annotated[str, Field(min_length=1, max_length=40)]
    version: Annotated[str, Field(min_length=1, max_length=40)]
    consent: Consent
    answers: Annotated[list[FieldAnswer], Field(max_length=300)]


@router.post(
    "/tickets",
    status_code=201,
    responses={
        201: {"model": TicketAnswer},
        200: {"model": TicketAnswer, "description": "The key's ticket, or one the person already holds"},
    },
)
async def issue(
    request: Request, body: IssueBody, idempotency_key: Annotated[str | None, Header()] = None
) -> Response:
    """Take a number. A repetition with the same ``Idempotency-Key`` gives the same ticket with 200; so does a
    ``person`` who already waits for this service (``held``).
    """
    key = checked_key(idempotency_key)
    centre, who = centre_of(request), principal(request)
    wishes = desk.Wishes(
        then=tuple(body.then),
        priority=None if body.priority is None else body.priority.class_,
        source=None if body.priority is None else body.priority.source,
        person=body.person,
        appointed_at=None if body.appointed_at is None else written(body.appointed_at),
    )

    def write(transaction: Transaction) -> desk.Issued:
        return desk.issue(
            transaction,
            centre.plan,
            who.actor,
            body.service,
            key,
            wishes=wishes,
            sources=desk.KIOSK_SOURCES if who.role is Role.KIOSK else desk.OFFICER_SOURCES,
            newcomers_wait=centre.newcomers_wait(transaction),
        )

    issued = await centre.store.write(write)
    # Place and wait depend on everybody who waits: they are found after the commit, beside others' writing.
    ticket = await centre.store.read(lambda reading: centre.queue(reading).ticket(issued.row, secret=True))
    if issued.new:
        centre.metrics.issued.labels(body.service).inc()
    return Answer({**ticket, "held": True} if issued.held else ticket, 201 if issued.new else 200)


@router.get("/tickets", responses={200: {"model": list[TicketAnswer]}})
async def tickets(request: Request, state: Annotated[TicketState, Query()] = TicketState.WAITING) -> Response:
    """The business day's tickets in a state, in the order of arrival."""
    centre = centre_of(request)

    def read(reading: Reading) -> list[Json]:
        queue = centre.queue(reading)
        return [queue.ticket(row) for row in desk.in_state(reading, centre.plan, state)]

    return Answer(await centre.store.read(read))


@router.get("/print-jobs", responses={200: {"model": list[TicketAnswer]}})
async def print_jobs(request: Request) -> Response:
    """Tickets waiting or called whose slip is not known to have been printed."""
    centre = centre_of(request)

    def read(reading: Reading) -> list[Json]:
        queue = centre.queue(reading)
        return [queue.ticket(row, secret=True) for row in desk.unprinted(reading, centre.plan)]

    return Answer(await centre.store.read(read))


@router.get("/tickets/{ticket_id}", responses={200: {"model": TicketAnswer}})
async def ticket(request: Request, ticket_id: Identity) -> Response:
    """One ticket. Its follow address is told to the kiosk only, which prints it."""
    centre = centre_of(request)
    secret = principal(request).role is Role.KIOSK

    def read(reading: Reading) -> Json:
        queue = centre.queue(reading)
        row = queue.row(ticket_id)
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such ticket.")
        return queue.ticket(row, secret=secret)

    return Answer(await centre.store.read(read))


@router.post("/tickets/{ticket_id}/print", responses={200: {"model": TicketAnswer}})
async def report_print(request: Request, ticket_id: Identity, body: PrintBody) -> Response:
    """Tell what became of the slip."""
    centre, actor = centre_of(request), principal(request).actor

    def write(transaction: Transaction) -> Json:
        row = desk.report_print(
            transaction, centre.plan, actor, ticket_id, state=body.state, code=body.code, copy=body.copy_
        )
        return centre.queue(transaction).ticket(row, secret=True)

    return Answer(await centre.store.write(write))


@router.put("/tickets/{ticket_id}/form", status_code=204)
async def attach_form(request: Request, ticket_id: Identity, body: FormBody) -> Response:
    """Attach a confirmed form; it is kept locked with the day's key."""
    centre, actor = centre_of(request), principal(request).actor
    confirmed = Confirmed(
        form=body.form,
        version=body.version,
        consent={"at": written(body.consent.at), "text_version": body.consent.text_version},
        answers=[
            {
                "field": one.field,
                "value": one.value,
                "source": one.source,
                "read_at": None if one.read_at is None else written(one.read_at),
            }
            for one in body.answers
        ],
    )
    await centre.store.write(
        lambda transaction: centre.forms.attach(transaction, actor, ticket_id, confirmed)
    )
    return no_content()


@router.get("/tickets/{ticket_id}/form", responses={200: {"model": AttachedFormAnswer}})
async def form(request: Request, ticket_id: Identity) -> Response:
    """The attached form, for the officer at whose counter the ticket is called or served."""
    centre, login = centre_of(request), principal(request).login or ""
    return Answer(await centre.store.read(lambda reading: centre.forms.open(reading, ticket_id, login)))
