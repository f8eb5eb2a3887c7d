"""The rules of the queue for those who show them, and the clock by which it goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre import days
from kiosk.centre.access import Role, principal
from kiosk.centre.core import Centre
from kiosk.centre.moments import written
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_state import Json
from kiosk.centre.routes.answers import ClockAnswer, RulesAnswer
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, centre_of
from kiosk.centre.store.store import Transaction
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import local_date

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["rules"])


class AcceptBody(Body):
    """The date that staff read off the wall."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


@router.get("/queue/rules", responses={200: {"model": RulesAnswer}})
async def rules(request: Request) -> Response:
    """Priority classes, times and reasons; for kiosks the day's key, under which they hash cards' numbers."""
    centre, plan = centre_of(request), centre_of(request).plan
    day = await centre.store.read(lambda reading: days.current(reading, plan))
    answer: Json = {
        "day": day,
        "priorities": [
            {
                "id": one.id,
                "name": one.name,
                "name_in": dict(one.name_in),
                "from_age": one.from_age,
                "sources": sorted(one.sources),
            }
            for one in plan.priorities.values()
        ],
        "undo_seconds": plan.rules.undo_seconds,
        "grace_minutes": plan.rules.grace_minutes,
        "rejoins": plan.rules.rejoins,
        "recall_gap_seconds": plan.rules.recall_gap_seconds,
        "park_reasons": list(plan.park_reasons),
        "clock": _clock(centre, day),
    }
    if principal(request).role is Role.KIOSK:
        answer["person_key"] = centre.person_key(day)
    return Answer(answer)


@router.post("/clock/accept", responses={200: {"model": ClockAnswer}})
async def accept_clock(request: Request, body: AcceptBody) -> Response:
    """Go by the machine's clock: forward to a date it leapt to, or back from a day that a wrong clock began.

    Refused with ``CLOCK_JUMPED`` when the machine's date is not the one given, and with ``DAY_IN_USE`` while
    numbers of the later day are open.
    """
    centre, who = centre_of(request), principal(request)
    if _machine_day(centre) != body.day:
        raise RefusalError(FailureCode.CLOCK_JUMPED, "The machine's date is another one.")
    centre.clock.accept()

    def write(transaction: Transaction) -> str:
        back = days.turn_back(transaction, centre.plan, who.actor)
        return back or days.today(transaction, centre.plan)

    day = await centre.store.write(write)
    await centre.note_leaps()
    return Answer(_clock(centre, day))


def _clock(centre: Centre, day: str) -> Json:
    doubted = centre.clock.doubted
    return {
        "at": written(centre.clock()),
        "day": day,
        "machine_day": _machine_day(centre),
        "doubted": None if doubted is None else written(doubted),
        "right": doubted is None and _machine_day(centre) == day,
    }


def _machine_day(centre: Centre) -> str:
    return local_date(centre.clock.doubted or centre.clock(), centre.plan.zone).isoformat()
