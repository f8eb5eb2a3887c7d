"""Backups, the journal's copy and restores, as maintenance staff see them."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import dossier_watch
from kiosk.centre.routes.answers import KeepingAnswer
from kiosk.centre.routes.common import API, Answer, GuardedRoute, centre_of

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["keeping"])


@router.get("/keeping", responses={200: {"model": KeepingAnswer}})
async def keeping(request: Request) -> Response:
    """What makes sure that nothing is lost: the last backup, copies, what staff must know."""
    centre = centre_of(request)
    told = await centre.store.read(centre.keeper.told)
    imported = await asyncio.to_thread(centre.dossiers.imported)
    by = centre.settings.centre.dossiers_by
    if (warned := dossier_watch.warned(imported, centre.plan, by, centre.clock())) is not None:
        told["warnings"].append(warned.told())
    return Answer(told)


@router.post("/keeping/backup", status_code=202)
async def back_up(request: Request) -> Response:
    """Make a backup now; ``backup.made`` or ``backup.failed`` on the event stream tells what came of it."""
    centre_of(request).keeper.ask()
    return Answer({}, 202)
