"""Devices: status from their owners, requests to them, their answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field, JsonValue, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator
from starlette.requests import Request
from starlette.responses import Response

from kiosk.centre.access import principal
from kiosk.centre.device_owners import CARD_READER, reported
from kiosk.centre.device_reports import Report
from kiosk.centre.device_requests import new_request_id
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json
from kiosk.centre.routes.answers import DeviceAnswer, DeviceRequestAnswer, DeviceSecretAnswer
from kiosk.centre.routes.common import API, Answer, Body, GuardedRoute, Identity, centre_of, no_content
from kiosk.centre.store.store import Reading, Transaction
from kiosk.failures import FailureCode

router = APIRouter(prefix=API, route_class=GuardedRoute, tags=["devices"])

ShortText = Annotated[StrictStr, Field(max_length=300)]
FactName = Annotated[str, Field(max_length=60)]
Code = Annotated[FailureCode | None, Field(strict=False)]
FiniteFloat = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Fact = ShortText | StrictBool | StrictInt | FiniteFloat | None
Machine = Annotated[StrictStr | None, Field(min_length=1, max_length=60)]
Line = Annotated[list[ShortText], Field(min_length=2, max_length=2)]


class ReportBody(Body):
    """A device's status. ``facts``: short technical readings, nothing personal."""

    condition: Literal["ready", "busy", "needs_attention", "disconnected", "disabled"]
    failure: Code = None
    warning: Code = None
    facts: Annotated[dict[FactName, Fact], Field(max_length=40, default_factory=dict)]


class RequestBody(Body):
    """``test`` the device, or check and take over changed ``settings`` (``set``).

    ``machine``: whose device is meant, by the name of its token. It may be left out where one machine only
    has such a device, and by a machine, which asks its own.

    ``can``: for a test of the card reader, the last six digits of the number printed on the card that lies
    there. They are the holder's, so they are handed to the owner once and kept nowhere.
    """

    kind: Literal["test", "set"]
    settings: Annotated[dict[FactName, JsonValue], Field(max_length=40)] | None = None
    can: Annotated[str | None, Field(pattern=r"^[0-9]{6}$", repr=False)] = None
    machine: Machine = None

    @model_validator(mode="after")
    def _settings_with_set_only(self) -> RequestBody:
        if (self.kind == "set") != bool(self.settings):
            raise ValueError("settings belong to kind set, and only there")
        if self.can is not None and self.kind != "test":
            raise ValueError("can belongs to kind test, and only there")
        return self


class AnswerBody(Body):
    """What came of a request. ``lines``: label key and value, nothing personal."""

    passed: bool
    lines: Annotated[list[Line], Field(max_length=60, default_factory=list)]
    failure: Code = None


@router.get("/devices", responses={200: {"model": list[DeviceAnswer]}})
async def devices(request: Request) -> Response:
    """All devices with state and effective settings, then each kiosk itself, as ``kiosk:`` and its name.

    Every machine has devices of its own: ``machine`` tells by the name of its token whose a device is. It is
    null for a device of which no machine has reported yet. A machine always finds its own in the list.
    """
    centre, who = centre_of(request), principal(request)
    return Answer(await centre.store.read(lambda reading: centre.devices.all(reading, who)))


@router.put("/devices/{name}", status_code=204)
async def report(request: Request, name: Identity, body: ReportBody) -> Response:
    """The owner reports the status of its own device; also the heartbeat that says it is still there.

    Under the name ``kiosk`` each kiosk tells of itself, and in its facts whether staff took it out of service
    (``service``: ``in_service`` or ``suspended``); it is listed as ``kiosk:`` and the name of its token.
    """
    centre, who = centre_of(request), principal(request)
    key = reported(name, who)
    status = Report(body.condition, body.failure, body.warning, dict(body.facts))

    def unchanged(reading: Reading) -> bool:
        return centre.devices.unchanged(reading, key, status)

    if not await centre.store.read(unchanged):
        await centre.store.write(
            lambda transaction: centre.devices.report(transaction, who.actor, key, status)
        )
    return no_content()


@router.post("/devices/{name}/requests", status_code=202, responses={202: {"model": DeviceRequestAnswer}})
async def ask(request: Request, name: Identity, body: RequestBody) -> Response:
    """Ask the device's owner to test it, or to check and take over settings; one machine, and only that one.

    Where several machines have such a device and none is named: `DEVICE_MACHINE_NOT_NAMED`, with their names.
    """
    centre, who = centre_of(request), principal(request)
    desk = centre.device_requests
    key = await centre.store.read(lambda reading: desk.meant(reading, who, name, body.machine))
    if body.can is not None and name != CARD_READER:
        raise RefusalError(FailureCode.REQUEST_INVALID, f"can belongs to a test of {CARD_READER}.")
    settings: dict[str, Any] | None = None if body.settings is None else dict(body.settings)
    request_id = new_request_id()

    def write(transaction: Transaction) -> Json:
        return desk.ask(transaction, who.actor, key, body.kind, settings, request_id=request_id)

    if body.can is not None:
        centre.card_digits.put(request_id, body.can)  # first: the owner hears of the request on its commit
    try:
        asked = await centre.store.write(write)
    except BaseException:
        centre.card_digits.take(request_id)
        raise
    return Answer(asked, 202)


@router.get("/device-requests", responses={200: {"model": list[DeviceRequestAnswer]}})
async def requests(
    request: Request,
    device: Annotated[str | None, Query(max_length=64)] = None,
    machine: Annotated[str | None, Query(max_length=60)] = None,
    state: Annotated[Literal["requested", "answered", "expired"] | None, Query()] = None,
) -> Response:
    """Requests of the last days, oldest first; a machine sees those to its own devices."""
    centre, who = centre_of(request), principal(request)
    desk = centre.device_requests
    return Answer(await centre.store.read(lambda reading: desk.all(reading, who, device, machine, state)))


@router.get("/device-requests/{request_id}", responses={200: {"model": DeviceRequestAnswer}})
async def one_request(request: Request, request_id: Identity) -> Response:
    """One request."""
    centre, who = centre_of(request), principal(request)
    return Answer(
        await centre.store.read(lambda reading: centre.device_requests.one(reading, who, request_id))
    )


@router.post("/device-requests/{request_id}/secret", responses={200: {"model": DeviceSecretAnswer}})
async def secret(request: Request, request_id: Identity) -> Response:
    """The digits given with a test of the card reader: told to its owner, once, within a minute."""
    centre, who = centre_of(request), principal(request)
    awaited = await centre.store.read(
        lambda reading: centre.device_requests.awaited(reading, who, request_id)
    )
    can = centre.card_digits.take(request_id)
    return Answer({"can": can if awaited else None})


@router.post("/device-requests/{request_id}/answer", responses={200: {"model": DeviceRequestAnswer}})
async def answer(request: Request, request_id: Identity, body: AnswerBody) -> Response:
    """The owner's answer. After a passed ``set`` the settings are kept in the same transaction."""
    centre, who = centre_of(request), principal(request)
    if body.passed and body.failure is not None:
        raise RefusalError(FailureCode.REQUEST_INVALID, "What passed has no failure.")

    def write(transaction: Transaction) -> Json:
        return centre.device_requests.answer(
            transaction,
            who,
            request_id,
            passed=body.passed,
            lines=body.lines,
            failure=body.failure,
        )

    return Answer(await centre.store.write(write))
