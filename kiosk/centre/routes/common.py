"""What the routes share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import Path as PathParameter
from fastapi import Query
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import API, GuardedRoute
from kiosk.centre.core import Centre
from kiosk.centre.journal import canonical
from kiosk.centre.problems import RefusalError
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import local_date

Identity = Annotated[str, PathParameter(min_length=1, max_length=64)]
First = Annotated[date | None, Query(alias="from")]
Last = Annotated[date | None, Query()]
"""Days of a route that tells of some; see ``span``."""
GREATEST_ENTRY = 2**63 - 1
LONGEST_KEY = 128
USUAL_DAYS = 30
MOST_DAYS = 400

__all__ = [
    "API",
    "GREATEST_ENTRY",
    "Answer",
    "Body",
    "First",
    "GuardedRoute",
    "Identity",
    "Last",
    "centre_of",
    "checked_key",
    "no_content",
    "span",
]


class Body(BaseModel):
    """A request's body: exactly the known fields, of exactly the right types."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answer(Response):
    """A JSON answer that no cache keeps."""

    media_type = "application/json"

    def __init__(self, value: Any, status: int = 200) -> None:
        super().__init__(canonical(value).encode(), status_code=status, headers={"Cache-Control": "no-store"})


def no_content() -> Response:
    """204."""
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


def centre_of(request: Request) -> Centre:
    """The centre this request came to."""
    centre: Centre = request.app.state.centre
    return centre


def checked_key(idempotency_key: str | None) -> str:
    """The header ``Idempotency-Key``. Raises ``RefusalError``: ``IDEMPOTENCY_KEY_MISSING``,
    ``REQUEST_INVALID``.
    """
    if not idempotency_key:
        raise RefusalError(FailureCode.IDEMPOTENCY_KEY_MISSING, "The header Idempotency-Key is missing.")
    if len(idempotency_key) > LONGEST_KEY or not idempotency_key.isprintable():
        raise RefusalError(FailureCode.REQUEST_INVALID, "Idempotency-Key has 1 to 128 printable characters.")
    return idempotency_key


def span(centre: Centre, first: date | None, last: date | None) -> tuple[str, str]:
    """The days asked for, ``YYYY-MM-DD``; by default ``USUAL_DAYS`` up to today.

    Raises ``RefusalError``: ``REQUEST_INVALID`` for days that end before they begin, or for too many.
    """
    last = last or local_date(centre.clock(), centre.plan.zone)
    first = first or last - timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise RefusalError(FailureCode.REQUEST_INVALID, f"from and to are 0 to {MOST_DAYS - 1} days apart.")
    return first.isoformat(), last.isoformat()
