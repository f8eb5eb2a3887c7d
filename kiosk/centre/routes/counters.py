"""Counters: who sits where, and the officer's actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import principal
from kiosk.centre.counters import CounterDesk
from kiosk.centre.queue_state import Json, Row
from kiosk.centre.routes.answers import CounterAnswer, CounterStepAnswer, TicketAnswer
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, Identity, centre_of, no_content
from kiosk.centre.store.store import Transaction

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["counters"])
_STEP: dict[int | str, dict[str, Any]] = {200: {"model": CounterStepAnswer}}

Action = Callable[[CounterDesk], Row | None]
Id = Annotated[str, Field(min_length=1, max_length=64)]


class ParkBody(Body):
    """``reason``: one of the configured ones. ``minutes``: when the ticket waits again by itself."""

    reason: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    minutes: Annotated[int, Field(ge=1, le=480)] | None = None


class TransferBody(Body):
    """To another service, to a counter, or to a counter for another service."""

    service: Id | None = None
    counter: Id | None = None


class ServiceBody(Body):
    """One service."""

    service: Id


class UndoBody(Body):
    """``ticket``: the one meant. If the last step was another one's, nothing is taken back."""

    ticket: Id | None = None


@router.get("/counters", responses={200: {"model": list[CounterAnswer]}})
async def counters(request: Request) -> Response:
    """All counters with their officers and tickets, and what may be taken back at each."""
    centre = centre_of(request)
    return Answer(await centre.store.read(lambda reading: centre.queue(reading).counters()))


@router.post("/counters/{counter_id}/open", responses=_STEP)
async def open_counter(request: Request, counter_id: Identity) -> Response:
    """Take the counter."""
    return await _step(request, counter_id, CounterDesk.open)


@router.post("/counters/{counter_id}/close", responses=_STEP)
async def close_counter(request: Request, counter_id: Identity) -> Response:
    """Leave the counter. Tickets reserved for it go back to the common queue."""
    return await _step(request, counter_id, CounterDesk.close)


@router.post(
    "/counters/{counter_id}/call-next",
    responses={200: {"model": TicketAnswer}, 204: {"description": "Nobody waits"}},
)
async def call_next(request: Request, counter_id: Identity) -> Response:
    """Call the next citizen."""
    centre, who = centre_of(request), principal(request)

    def write(transaction: Transaction) -> Json | None:
        desk = CounterDesk(transaction, centre.plan, counter_id, who.login or "", who.actor)
        row = desk.call_next()
        return None if row is None else centre.queue(transaction).ticket(row)

    ticket = await centre.store.write(write)
    if ticket is None:
        return no_content()
    centre.metrics.calls.labels("call").inc()
    return Answer(ticket)


@router.post("/counters/{counter_id}/call/{ticket_id}", responses=_STEP)
async def call(request: Request, counter_id: Identity, ticket_id: Identity) -> Response:
    """Call a ticket chosen by hand: waiting, parked, or missed and still in its grace."""
    return await _step(request, counter_id, lambda desk: desk.call(ticket_id), counts="call")


@router.post("/counters/{counter_id}/recall", responses=_STEP)
async def recall(request: Request, counter_id: Identity) -> Response:
    """Call the same citizen once more."""
    return await _step(request, counter_id, CounterDesk.recall, counts="recall")


@router.post("/counters/{counter_id}/start", responses=_STEP)
async def start(request: Request, counter_id: Identity) -> Response:
    """The citizen has come."""
    return await _step(request, counter_id, CounterDesk.start)


@router.post("/counters/{counter_id}/complete", responses=_STEP)
async def complete(request: Request, counter_id: Identity) -> Response:
    """Serving is over; a ticket with another service to come waits for that one."""
    return await _step(request, counter_id, CounterDesk.complete)


@router.post("/counters/{counter_id}/no-show", responses=_STEP)
async def no_show(request: Request, counter_id: Identity) -> Response:
    """The citizen did not come."""
    return await _step(request, counter_id, CounterDesk.no_show)


@router.post("/counters/{counter_id}/park", responses=_STEP)
async def park(request: Request, counter_id: Identity, body: ParkBody) -> Response:
    """Set the ticket aside: the citizen comes back later."""
    return await _step(request, counter_id, lambda desk: desk.park(body.reason, body.minutes))


@router.post("/counters/{counter_id}/transfer", responses=_STEP)
async def transfer(request: Request, counter_id: Identity, body: TransferBody) -> Response:
    """Send the ticket on; it keeps its number and its place by arrival."""
    return await _step(request, counter_id, lambda desk: desk.transfer(body.service, body.counter))


@router.post("/counters/{counter_id}/add-service", responses=_STEP)
async def add_service(request: Request, counter_id: Identity, body: ServiceBody) -> Response:
    """Have the visit go on with another service after this one."""
    return await _step(request, counter_id, lambda desk: desk.add_service(body.service))


@router.post("/counters/{counter_id}/undo", responses=_STEP)
async def undo(request: Request, counter_id: Identity, body: UndoBody | None = None) -> Response:
    """Take back what this counter did last."""
    meant = None if body is None else body.ticket
    return await _step(request, counter_id, lambda desk: desk.undo(meant))


async def _step(request: Request, counter_id: str, action: Action, *, counts: str = "") -> Response:
    """One action at a counter. ``counts``: as which call the metrics count it."""
    centre, who = centre_of(request), principal(request)

    def write(transaction: Transaction) -> Json:
        desk = CounterDesk(transaction, centre.plan, counter_id, who.login or "", who.actor)
        row = action(desk)
        queue = centre.queue(transaction)
        return {
            "counter": queue.counter_now(counter_id),
            "ticket": None if row is None else queue.ticket(row),
        }

    told = await centre.store.write(write)
    if counts:
        centre.metrics.calls.labels(counts).inc()
    return Answer(told)
