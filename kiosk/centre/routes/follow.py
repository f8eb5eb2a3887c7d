"""A ticket's place in the queue, for whoever holds its link. Nothing personal, no sign-in."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as PathParameter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kiosk.centre import journal
from kiosk.centre.core import Centre
from kiosk.centre.events import HEADERS, changes
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_state import Json, Row
from kiosk.centre.routes.answers import PlaceAnswer
from kiosk.centre.routes.common import API, Answer, GuardedRoute, centre_of
from kiosk.centre.routes.events import HeaderPosition, Position
from kiosk.centre.store.store import Reading
from kiosk.centre.ticket_desk import HolderDesk
from kiosk.failures import FailureCode

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["follow"])
Token = Annotated[str, PathParameter(min_length=1, max_length=128)]
_PLACE: dict[int | str, dict[str, Any]] = {200: {"model": PlaceAnswer}}

CHANGES_A_MINUTE = 6
_MINUTE = 60.0
_MOST_REMEMBERED = 4096


class Pace:
    """How often the holder of one link may change something. Lives on the event loop."""

    def __init__(self, most: int = CHANGES_A_MINUTE, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)

    def take(self, token: str) -> None:
        """One more. Raises ``RefusalError``: ``TOO_MANY_REQUESTS``."""
        now = self._clock()
        if len(self._asked) > _MOST_REMEMBERED:
            self._asked.clear()
        asked = self._asked[token]
        while asked and now - asked[0] >= _MINUTE:
            asked.popleft()
        if len(asked) >= self._most:
            wait = max(1, round(_MINUTE - (now - asked[0])))
            raise RefusalError(
                FailureCode.TOO_MANY_REQUESTS, "Too many changes in a minute.", {"Retry-After": str(wait)}
            )
        asked.append(now)


async def _place(centre: Centre, token: str) -> Json:
    def read(reading: Reading) -> Json:
        queue = centre.queue(reading)
        row = queue.followed(token)
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no ticket with this link.")
        head = journal.read_head(reading.connection, reading.site)
        return queue.place(row, 0 if head is None else head.seq)

    return await centre.store.read(read)


@router.get("/follow/{token}", responses=_PLACE)
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


@router.post("/follow/{token}/rejoin", responses=_PLACE)
async def rejoin(request: Request, token: Token) -> Response:
    """Who was missed is back. A repetition changes nothing; at most six changes a minute."""
    return await _change(request, token, HolderDesk.rejoin)


@router.post("/follow/{token}/cancel", responses=_PLACE)
async def cancel(request: Request, token: Token) -> Response:
    """The holder waits no more. A repetition changes nothing; at most six changes a minute."""
    return await _change(request, token, HolderDesk.cancel)


async def _change(request: Request, token: str, change: Callable[[HolderDesk], Row]) -> Response:
    """An unknown link is refused by reading alone: guessing keeps nobody from writing."""
    centre = centre_of(request)
    await _place(centre, token)
    pace(request).take(token)
    await centre.store.write(
        lambda transaction: _changed(HolderDesk(transaction, centre.plan, token), change)
    )
    return Answer(await _place(centre, token))


def _changed(desk: HolderDesk, change: Callable[[HolderDesk], Row]) -> None:
    change(desk)


def pace(request: Request) -> Pace:
    """The centre's pace of holders' changes."""
    found: Pace | None = getattr(request.app.state, "pace", None)
    if found is None:
        found = request.app.state.pace = Pace()
    return found
