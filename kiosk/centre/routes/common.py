"""What the routes share."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import API, GuardedRoute
from kiosk.centre.core import Centre
from kiosk.centre.journal import canonical

Identity = Annotated[str, PathParameter(min_length=1, max_length=64)]
GREATEST_ENTRY = 2**63 - 1

__all__ = ["API", "GREATEST_ENTRY", "Answer", "Body", "GuardedRoute", "Identity", "centre_of", "no_content"]


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
