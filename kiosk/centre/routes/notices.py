"""``GET /lobby-notices``: what everybody in the lobby should read now."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.moments import written
from kiosk.centre.queue_view import counter_name
from kiosk.centre.routes.common import API, Answer, GuardedRoute, centre_of
from kiosk.centre.routes.lobby_answers import LobbyNoticesAnswer

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["services"])


@router.get("/lobby-notices", responses={200: {"model": LobbyNoticesAnswer}})
async def notices(request: Request) -> Response:
    """The notices that are shown now, and the counter that gives numbers when the machine does not."""
    centre = centre_of(request)
    plan, now = centre.plan, centre.clock()
    shown = [
        {
            "text": one.text,
            "text_in": dict(one.text_in),
            "from": None if one.start is None else written(one.start),
            "until": None if one.until is None else written(one.until),
        }
        for one in plan.notices
        if one.holds(now)
    ]
    spare = None if plan.spare_counter is None else counter_name(plan.spare_counter)
    return Answer({"notices": shown, "spare_counter": spare})
