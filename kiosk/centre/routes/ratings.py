"""Ratings: given at a kiosk, read by the head of the centre."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query
from pydantic import AwareDatetime, Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import principal
from kiosk.centre.queue_view import Json
from kiosk.centre.ratings import Said, as_csv
from kiosk.centre.routes.common import (
    API,
    Answer,
    Body,
    First,
    GuardedRoute,
    Identity,
    Last,
    centre_of,
    checked_key,
    span,
)
from kiosk.centre.routes.lobby_answers import RatingAnswer, RatingsAnswer, RatingTextAnswer
from kiosk.centre.store.store import Transaction

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["ratings"])


class RatingBody(Body):
    """``face``: 1 very dissatisfied to 5 very satisfied. ``ticket``, ``procedure``: what it is about; of both
    only the service is kept. ``given_at``: by the centre's clock, for one that could not be told at once.
    """

    face: Annotated[int, Field(ge=1, le=5)]
    aspect: Literal["access", "procedure", "staff", "result", "feedback"] | None = None
    words: Annotated[str, Field(max_length=500, repr=False)] = ""
    contact: Annotated[str, Field(max_length=100, repr=False)] = ""
    ticket: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    procedure: Annotated[str, Field(pattern=r"^[0-9A-Z.]{1,40}$")] | None = None
    given_at: Annotated[AwareDatetime, Field(strict=False)] | None = None


@router.post(
    "/ratings", status_code=201, responses={201: {"model": RatingAnswer}, 200: {"model": RatingAnswer}}
)
async def give(
    request: Request, body: RatingBody, idempotency_key: Annotated[str | None, Header()] = None
) -> Response:
    """Keep a rating; a repetition with the same ``Idempotency-Key`` is answered with 200 and not counted."""
    key = checked_key(idempotency_key)
    centre, actor = centre_of(request), principal(request).actor
    said = Said(
        face=body.face,
        aspect=body.aspect,
        words=_tidy(body.words),
        contact=_tidy(body.contact),
        ticket=body.ticket,
        procedure=body.procedure,
        given_at=body.given_at,
    )
    given = await centre.store.write(lambda transaction: centre.ratings.give(transaction, actor, key, said))
    told = {"id": given.row["id"], "face": given.row["face"], "aspect": given.row["aspect"]}
    return Answer({**told, "has_words": bool(given.row["has_words"])}, 201 if given.new else 200)


@router.get("/ratings", responses={200: {"model": RatingsAnswer}})
async def ratings(request: Request, from_: First = None, to: Last = None) -> Response:
    """Counts by face, aspect and day, and what was written. Without days: the last thirty."""
    centre = centre_of(request)
    first, last = span(centre, from_, to)
    return Answer(await centre.store.read(lambda reading: centre.ratings.summary(reading, first, last)))


@router.get("/ratings/export")
async def export(
    request: Request,
    from_: First = None,
    to: Last = None,
    form: Annotated[Literal["csv", "json"], Query(alias="format")] = "csv",
) -> Response:
    """The counts of each day, face, aspect and service as a file; no words."""
    centre = centre_of(request)
    first, last = span(centre, from_, to)
    counts = await centre.store.read(lambda reading: centre.ratings.counts(reading, first, last))
    if form == "json":
        answer: Response = Answer({"from": first, "to": last, "counts": counts})
    else:
        answer = Response(
            as_csv(counts), media_type="text/csv; charset=utf-8", headers={"Cache-Control": "no-store"}
        )
    answer.headers["Content-Disposition"] = f'attachment; filename="danh-gia-{first}-{last}.{form}"'
    return answer


@router.post("/ratings/{rating_id}/open", responses={200: {"model": RatingTextAnswer}})
async def open_one(request: Request, rating_id: Identity) -> Response:
    """One whole text and how to answer it. Who asked for it stands in the journal."""
    centre, actor = centre_of(request), principal(request).actor

    def write(transaction: Transaction) -> Json:
        return centre.ratings.opened(transaction, actor, rating_id)

    return Answer(await centre.store.write(write))


def _tidy(text: str) -> str:
    """NFC, without control characters but line ends."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(one for one in plain if one.isprintable() or one == "\n").strip()
