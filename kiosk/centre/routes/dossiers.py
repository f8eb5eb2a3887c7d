"""``POST /dossiers/look-up``: how far a dossier is.

The code goes in the body, not in the path: paths stand in the logs of proxies and libraries, and who knows a
code can look the dossier up.
"""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.problems import RefusalError
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, centre_of
from kiosk.centre.routes.lobby_answers import DossierAnswer
from kiosk.dossiers.status import as_mapping
from kiosk.failures import FailureCode
from kiosk.procedures.dossier_code import LONGEST, DossierCodeError, parse

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["dossiers"])


class LookUpBody(Body):
    """The code on the receipt."""

    code: Annotated[str, Field(min_length=1, max_length=LONGEST)]


@router.post("/dossiers/look-up", responses={200: {"model": DossierAnswer}})
async def look_up(request: Request, body: LookUpBody) -> Response:
    """What another system said last of a dossier, when, and which. Nothing of it is kept."""
    centre = centre_of(request)
    try:
        code = parse(body.code)
    except DossierCodeError as error:
        raise RefusalError(FailureCode.REQUEST_INVALID, "This is no dossier's code.") from error
    found = await asyncio.to_thread(centre.dossiers.status, code, centre.clock())
    if found is None:
        raise RefusalError(FailureCode.DOSSIER_UNKNOWN, "Nothing fresh is known of this dossier.")
    return Answer(as_mapping(found))
