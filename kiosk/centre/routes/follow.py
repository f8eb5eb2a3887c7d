"""A ticket's place in the queue, for whoever holds its link. Nothing personal, no sign-in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kiosk.centre import journal
from kiosk.centre.core import Centre
from kiosk.centre.events import HEADERS, changes
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.answers import PlaceAnswer
from kiosk.centre.routes.common import API, Answer, GuardedRoute, centre_of
from kiosk.centre.routes.events import HeaderPosition, Position
from kiosk.centre.store.store import Reading
from kiosk.failures import FailureCode

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["follow"])
Token = Annotated[str, PathParameter(min_length=1, max_length=128)]


async def _place(centre: Centre, token: str) -> Json:
    def read(reading: Reading) -> Json:
        queue = centre.queue(reading)
        row = queue.followed(token)
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no ticket with this link.")
        head = journal.read_head(reading.connection, reading.site)
        return queue.place(row, 0 if head is None else head.seq)

    return await centre.store.read(read)


@router.get("/follow/{token}", responses={200: {"model": PlaceAnswer}})
async def place(request: Request, token: Token) -> Response:
    """The place now."""
    return Answer(await _place(centre_of(request), token))


@router.get("/follow/{token}/events", responses={200: {"content": {"text/event-stream": {}}}})
async def place_events(
    request: Request, token: Token, last_event_id: Position = None, resume: HeaderPosition = None
) -> Response:
    """The place whenever it changes, as events ``place``."""
    centre = centre_of(request)
    await _place(centre, token)
    position = last_event_id if resume is None else resume
    events = changes(centre.events, position, lambda: _place(centre, token), "place")
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)
