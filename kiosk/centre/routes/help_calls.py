"""Calls for help from the kiosks, and the officers who go."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import help_calls as desk
from kiosk.centre.access import Role, principal
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.common import API, Answer, Body, First, GuardedRoute, Identity, Last, centre_of, span
from kiosk.centre.routes.lobby_answers import HelpCallAnswer, HelpTimesAnswer
from kiosk.centre.store.store import Reading, Transaction

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["help"])
_CALL: dict[int | str, dict[str, Any]] = {200: {"model": HelpCallAnswer}}


class HelpBody(Body):
    """``screen``: the name of the screen that is shown; ``language``: a BCP 47 tag."""

    screen: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    language: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{1,34}$")] | None = None


@router.post("/help-calls", status_code=201, responses={201: {"model": HelpCallAnswer}, **_CALL})
async def call(request: Request, body: HelpBody) -> Response:
    """Call an officer. While a call of this kiosk is open, that one is answered with 200."""
    centre, who = centre_of(request), principal(request)

    def write(transaction: Transaction) -> tuple[Json, bool]:
        called = desk.call(
            transaction,
            centre.plan,
            who.actor,
            kiosk=who.name,
            screen=body.screen,
            language=body.language,
        )
        return desk.told(called.row, centre.plan), called.new

    told, new = await centre.store.write(write)
    return Answer(told, 201 if new else 200)


@router.get("/help-calls", responses={200: {"model": list[HelpCallAnswer]}})
async def calls(request: Request) -> Response:
    """The calls that nobody has answered, the oldest first."""
    centre = centre_of(request)

    def read(reading: Reading) -> list[Json]:
        return [desk.told(row, centre.plan) for row in desk.open_calls(reading)]

    return Answer(await centre.store.read(read))


@router.get("/help-calls/times", responses={200: {"model": HelpTimesAnswer}})
async def times(request: Request, from_: First = None, to: Last = None) -> Response:
    """How soon officers went."""
    centre = centre_of(request)
    first, last = span(centre, from_, to)
    return Answer(await centre.store.read(lambda reading: desk.times(reading, first, last)))


@router.get("/help-calls/{call_id}", responses=_CALL)
async def one(request: Request, call_id: Identity) -> Response:
    """One call; a kiosk sees its own."""
    centre, who = centre_of(request), principal(request)
    kiosk = who.name if who.role is Role.KIOSK else None
    return Answer(
        await centre.store.read(lambda reading: desk.told(desk.one(reading, call_id, kiosk), centre.plan))
    )


@router.post("/help-calls/{call_id}/answer", responses=_CALL)
async def answer(request: Request, call_id: Identity) -> Response:
    """An officer goes; the first who says so. Everybody else learns at which counter that one sits."""
    centre, who = centre_of(request), principal(request)

    def write(transaction: Transaction) -> Json:
        row = desk.answer(transaction, centre.plan, who.actor, who.login or "", call_id)
        return desk.told(row, centre.plan)

    return Answer(await centre.store.write(write))
