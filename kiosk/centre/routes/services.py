"""``GET /services``: what citizens can choose, and how long each queue is."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.routes.answers import ServiceAnswer
from kiosk.centre.routes.common import API, Answer, GuardedRoute, centre_of

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["services"])


@router.get("/services", responses={200: {"model": list[ServiceAnswer]}})
async def services(request: Request) -> Response:
    """All services, open or closed, with their queues."""
    centre = centre_of(request)
    hours = centre.hours()
    return Answer(await centre.store.read(lambda reading: centre.queue(reading).services(hours)))
