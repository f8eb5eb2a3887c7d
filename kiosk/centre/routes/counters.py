"""Counters: who sits where, and the officer's actions."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import principal
from kiosk.centre.counters import ACTIONS, Action, CounterDesk
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.answers import CounterAnswer, CounterStepAnswer, TicketAnswer
from kiosk.centre.routes.common import API, Answer, GuardedRoute, Identity, centre_of, no_content
from kiosk.centre.store.store import Transaction

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["counters"])
_STEP: dict[int | str, dict[str, Any]] = {200: {"model": CounterStepAnswer}}


@router.get("/counters", responses={200: {"model": list[CounterAnswer]}})
async def counters(request: Request) -> Response:
    """All counters with their officers and tickets."""
    centre = centre_of(request)
    return Answer(await centre.store.read(lambda reading: centre.queue(reading).counters()))


@router.post("/counters/{counter_id}/open", responses=_STEP)
async def open_counter(request: Request, counter_id: Identity) -> Response:
    """Take the counter."""
    return await _step(request, counter_id, CounterDesk.open)


@router.post("/counters/{counter_id}/close", responses=_STEP)
async def close_counter(request: Request, counter_id: Identity) -> Response:
    """Leave the counter."""
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


@router.post("/counters/{counter_id}/recall", responses=_STEP)
async def recall(request: Request, counter_id: Identity) -> Response:
    """Call the same citizen once more."""
    answer = await _step(request, counter_id, ACTIONS["recall"])
    centre_of(request).metrics.calls.labels("recall").inc()
    return answer


@router.post("/counters/{counter_id}/start", responses=_STEP)
async def start(request: Request, counter_id: Identity) -> Response:
    """The citizen has come."""
    return await _step(request, counter_id, ACTIONS["start"])


@router.post("/counters/{counter_id}/complete", responses=_STEP)
async def complete(request: Request, counter_id: Identity) -> Response:
    """Serving is over."""
    return await _step(request, counter_id, ACTIONS["complete"])


@router.post("/counters/{counter_id}/no-show", responses=_STEP)
async def no_show(request: Request, counter_id: Identity) -> Response:
    """The citizen did not come."""
    return await _step(request, counter_id, ACTIONS["no-show"])


async def _step(request: Request, counter_id: str, action: Action) -> Response:
    centre, who = centre_of(request), principal(request)

    def write(transaction: Transaction) -> Json:
        desk = CounterDesk(transaction, centre.plan, counter_id, who.login or "", who.actor)
        row = action(desk)
        ticket = None if row is None else centre.queue(transaction).ticket(row)
        return {"counter": desk.view(), "ticket": ticket}

    return Answer(await centre.store.write(write))
