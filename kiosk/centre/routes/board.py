"""``GET /board``: what a display shows now."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import journal
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.answers import BoardAnswer
from kiosk.centre.routes.common import API, Answer, GuardedRoute, centre_of
from kiosk.centre.store.store import Reading

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["board"])


@router.get("/board", responses={200: {"model": BoardAnswer}})
async def board(request: Request) -> Response:
    """Calls, newest first, true as of journal number ``head``; go on with ``/events?last_event_id=head``."""
    centre = centre_of(request)

    def read(reading: Reading) -> Json:
        head = journal.read_head(reading.connection, reading.site)
        queue = centre.queue(reading)
        return {
            "head": 0 if head is None else head.seq,
            "epoch": "" if head is None else head.epoch,
            "centre": {"name": centre.plan.name, "short_name": centre.plan.short_name},
            "now": queue.board(),
            "waiting": queue.waiting_count,
        }

    return Answer(await centre.store.read(read))
