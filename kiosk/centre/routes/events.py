"""``GET /events``: everything that happens, as server-sent events."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kiosk.centre.events import HEADERS, stream
from kiosk.centre.routes.common import API, GREATEST_ENTRY, GuardedRoute, centre_of

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["events"])
Position = Annotated[int | None, Query(ge=0, le=GREATEST_ENTRY)]
HeaderPosition = Annotated[int | None, Header(ge=0, le=GREATEST_ENTRY, alias="Last-Event-ID")]


@router.get("/events", responses={200: {"content": {"text/event-stream": {}}}})
async def events(
    request: Request,
    last_event_id: Position = None,
    resume: HeaderPosition = None,
    epoch: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    """The journal from now on, or after ``Last-Event-ID`` (header first, then query) without loss."""
    position = last_event_id if resume is None else resume
    events = stream(centre_of(request).events, position, epoch)
    return StreamingResponse(events, media_type="text/event-stream", headers=HEADERS)
