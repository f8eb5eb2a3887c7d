"""What is done to a ticket that is at no counter, by officers and at the kiosk that gave it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import principal
from kiosk.centre.queue_state import Json, Row
from kiosk.centre.routes.answers import TicketAnswer
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, Identity, centre_of
from kiosk.centre.routes.counters import ServiceBody, TransferBody
from kiosk.centre.store.store import Transaction
from kiosk.centre.ticket_desk import KioskDesk, TicketDesk

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["tickets"])
_TICKET: dict[int | str, dict[str, Any]] = {200: {"model": TicketAnswer}}


class PrioritiseBody(Body):
    """A class that an officer may give; ``null`` takes it away."""

    class_: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(alias="class")


@router.post("/tickets/{ticket_id}/rejoin", responses=_TICKET)
async def rejoin(request: Request, ticket_id: Identity) -> Response:
    """A citizen who was missed is back and waits again, with the old place."""
    return await _move(request, ticket_id, TicketDesk.rejoin)


@router.post("/tickets/{ticket_id}/return", responses=_TICKET)
async def return_parked(request: Request, ticket_id: Identity) -> Response:
    """A parked ticket waits again, with the old place."""
    return await _move(request, ticket_id, TicketDesk.return_)


@router.post("/tickets/{ticket_id}/cancel", responses=_TICKET)
async def cancel(request: Request, ticket_id: Identity) -> Response:
    """The citizen waits no more."""
    return await _move(request, ticket_id, TicketDesk.cancel)


@router.post("/tickets/{ticket_id}/transfer", responses=_TICKET)
async def transfer(request: Request, ticket_id: Identity, body: TransferBody) -> Response:
    """Send a waiting ticket to another service or a counter; it keeps its place by arrival."""
    return await _move(request, ticket_id, lambda desk: desk.transfer(body.service, body.counter))


@router.post("/tickets/{ticket_id}/prioritise", responses=_TICKET)
async def prioritise(request: Request, ticket_id: Identity, body: PrioritiseBody) -> Response:
    """Put a waiting ticket into a priority class, or into none."""
    return await _move(request, ticket_id, lambda desk: desk.prioritise(body.class_))


@router.post("/tickets/{ticket_id}/services", responses=_TICKET)
async def add_service(request: Request, ticket_id: Identity, body: ServiceBody) -> Response:
    """Another matter under the same number, at the kiosk that gave it, while it waits."""
    centre = centre_of(request)

    def add(desk: KioskDesk, transaction: Transaction) -> Row:
        return desk.add_service(body.service, centre.newcomers_wait(transaction))

    return await _at_its_kiosk(request, ticket_id, add, secret=True)


@router.post("/tickets/{ticket_id}/give-back", responses=_TICKET)
async def give_back(request: Request, ticket_id: Identity) -> Response:
    """A number taken by mistake is nobody's any more, at the kiosk that gave it, while it waits."""
    return await _at_its_kiosk(request, ticket_id, lambda desk, _transaction: desk.give_back())


async def _at_its_kiosk(
    request: Request, ticket_id: str, move: Callable[[KioskDesk, Transaction], Row], *, secret: bool = False
) -> Response:
    centre, actor = centre_of(request), principal(request).actor

    def write(transaction: Transaction) -> Json:
        row = move(KioskDesk(transaction, centre.plan, ticket_id, actor), transaction)
        return centre.queue(transaction).ticket(row, secret=secret)

    return Answer(await centre.store.write(write))


async def _move(request: Request, ticket_id: str, move: Callable[[TicketDesk], Row]) -> Response:
    centre, who = centre_of(request), principal(request)

    def write(transaction: Transaction) -> Json:
        row = move(TicketDesk(transaction, centre.plan, ticket_id, who.login or "", who.actor))
        return centre.queue(transaction).ticket(row)

    return Answer(await centre.store.write(write))
