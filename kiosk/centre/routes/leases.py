"""Numbers for when a kiosk has no link, and the tickets it gave meanwhile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import leases
from kiosk.centre.access import principal
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.answers import LeaseAnswer, OfflineAnswer, ReturnedLeaseAnswer
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, Identity, centre_of
from kiosk.centre.routes.tickets import Moment, Person, PriorityBody, ServiceId
from kiosk.centre.store.store import Transaction
from kiosk.centre.tickets import Wishes
from kiosk.queueing.number import format_number

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["numbers without a link"])


class LeaseBody(Body):
    """``holder`` names the memory in which the kiosk keeps what it gives. ``ahead``: for the next day on
    which numbers are given, instead of today.
    """

    holder: Annotated[str, Field(max_length=64)] = ""
    ahead: bool = False


class OfflineTicket(Body):
    """A number that the kiosk gave by itself; ``key``: that of the visit."""

    series: Annotated[str, Field(min_length=1, max_length=8)]
    sequence: Annotated[int, Field(ge=1, le=1_000_000)]
    service: ServiceId
    issued_at: Moment
    key: Annotated[str, Field(min_length=1, max_length=128)]
    then: Annotated[list[ServiceId], Field(default_factory=list, max_length=9)]
    priority: PriorityBody | None = None
    person: Annotated[Person | None, Field(repr=False)] = None

    def offered(self) -> leases.Offered:
        """In the words of the queue."""
        wishes = Wishes(
            then=tuple(self.then),
            priority=None if self.priority is None else self.priority.class_,
            source=None if self.priority is None else self.priority.source,
            person=self.person,
        )
        return leases.Offered(self.series, self.sequence, self.service, self.issued_at, self.key, wishes)


class OfflineBody(Body):
    """What a kiosk gave under one lease."""

    lease: Annotated[str, Field(min_length=1, max_length=64)]
    tickets: Annotated[list[OfflineTicket], Field(min_length=1, max_length=100)]


@router.post("/number-leases", responses={200: {"model": LeaseAnswer}, 201: {"model": LeaseAnswer}})
async def lease(request: Request, body: LeaseBody) -> Response:
    """The kiosk's numbers for today, or ahead for the next day; asking again gives the same ones."""
    centre, actor = centre_of(request), principal(request).actor
    answer, new = await centre.store.write(
        lambda transaction: leases.lease(transaction, centre.plan, actor, body.holder, ahead=body.ahead)
    )
    return Answer(answer, 201 if new else 200)


@router.delete("/number-leases/{lease_id}", responses={200: {"model": ReturnedLeaseAnswer}})
async def give_back(request: Request, lease_id: Identity) -> Response:
    """End a lease, after its tickets were told. Its unused numbers are not given to others on this day."""
    centre, actor = centre_of(request), principal(request).actor
    return Answer(
        await centre.store.write(lambda transaction: leases.give_back(transaction, actor, lease_id))
    )


@router.post("/tickets/offline", responses={200: {"model": OfflineAnswer}})
async def offline(request: Request, body: OfflineBody) -> Response:
    """Tell what was given without a link; each number becomes a ticket once, however often it is told."""
    centre, actor = centre_of(request), principal(request).actor
    offered = [one.offered() for one in body.tickets]

    def write(transaction: Transaction) -> tuple[list[Json], list[str]]:
        taken = leases.accept(transaction, centre.plan, actor, body.lease, offered)
        queue = centre.queue(transaction)
        new = [one.service for one, done in zip(offered, taken, strict=True) if done.new]
        answers = []
        for one, done in zip(offered, taken, strict=True):
            answer: Json = {"series": one.series, "sequence": one.sequence, "accepted": done.row is not None}
            if done.row is None:
                answers.append({**answer, "reason": done.reason})
                continue
            ghost = done.instead_of
            answers.append(
                {
                    **answer,
                    "new": done.new,
                    "left_out": list(done.left_out),
                    "instead_of": None
                    if ghost is None
                    else {"id": ghost["id"], "number": format_number(ghost["series"], ghost["sequence"])},
                    "ticket": queue.ticket(done.row, secret=True),
                }
            )
        return answers, new

    answers, new = await centre.store.write(write)
    for service in new:
        centre.metrics.issued.labels(service).inc()
    return Answer({"tickets": answers})
