"""Services: what citizens can choose, how long each queue is, and the head's word that stops one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import opening
from kiosk.centre.access import principal
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.answers import ServiceAnswer
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, Identity, centre_of, no_content
from kiosk.centre.store.store import Reading

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["services"])


class StopBody(Body):
    """What citizens read while the service is stopped."""

    message: Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")]


@router.get("/services", responses={200: {"model": list[ServiceAnswer]}})
async def services(request: Request) -> Response:
    """All services, open or closed, with their queues."""
    centre = centre_of(request)

    def read(reading: Reading) -> list[Json]:
        return centre.queue(reading).services(centre.hours(reading))

    return Answer(await centre.store.read(read))


@router.put("/services/{service_id}/stop", status_code=204)
async def stop(request: Request, service_id: Identity, body: StopBody) -> Response:
    """Give no more numbers of a service, or with ``*`` of the whole house. Who waits is served."""
    centre, actor = centre_of(request), principal(request).actor
    message = " ".join(body.message.split())
    await centre.store.write(
        lambda transaction: opening.stop(transaction, centre.plan, actor, service_id, message)
    )
    return no_content()


@router.delete("/services/{service_id}/stop", status_code=204)
async def resume(request: Request, service_id: Identity) -> Response:
    """Give numbers again."""
    centre, actor = centre_of(request), principal(request).actor
    await centre.store.write(lambda transaction: opening.resume(transaction, centre.plan, actor, service_id))
    return no_content()
