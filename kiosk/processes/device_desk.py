"""The devices as maintenance staff work with them: look, really test, change settings after a check.

The command line and the maintenance screen both use a ``DeviceDesk``. It works through the centre, which
passes requests on to the process that owns the device. When the centre does not answer it looks at and tests
the devices it is given itself; settings are then refused, for nobody could keep them.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from devices.contract import Condition, Device, DeviceStatus, TestReport, tested
from kiosk.client import CentreClient, CentreError, DeviceState, Who
from kiosk.failures import FailureCode
from kiosk.settings import DeviceSettings

ANSWER_SECONDS = 90.0
"""A test may wait for a card or print a slip; the owner answers within this time or not at all."""
ASK_AGAIN_SECONDS = 0.15

DEVICE_NAMES = tuple(DeviceSettings.model_fields)


class DeskError(Exception):
    """What was asked cannot be done; nothing was changed. ``failure`` names why, if it has a name."""

    def __init__(self, reason: str, failure: FailureCode | None = None) -> None:
        super().__init__(reason)
        self.failure = failure


@dataclass(frozen=True)
class DeskDevice:
    """One device as shown to staff. ``since`` is unknown when the centre was not asked.

    ``machine``: the name of the token of the machine at which it stands, if the centre was asked.
    """

    name: str
    status: DeviceStatus
    settings: Mapping[str, Any] = field(default_factory=dict)
    owner: str = ""
    since: datetime | None = None
    seen_at: datetime | None = None
    machine: str | None = None


def of_several(devices: Iterable[DeskDevice]) -> frozenset[str]:
    """Which of these devices several machines have, so that they must be told with their machine."""
    places = {(device.name, device.machine) for device in devices}
    names = [name for name, _machine in places]
    return frozenset(name for name in names if names.count(name) > 1)


def device_name(text: str) -> str:
    """``card-reader`` → ``card_reader``. Raises ``DeskError`` with the nearest name for an unknown one."""
    name = text.strip().lower().replace("-", "_")
    if name in DEVICE_NAMES:
        return name
    near = difflib.get_close_matches(name, DEVICE_NAMES, n=1)
    hint = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(DEVICE_NAMES)}"
    raise DeskError(f"no device “{text}”; {hint}")


def section(name: str) -> type[BaseModel]:
    """The typed settings of a device."""
    annotation = DeviceSettings.model_fields[name].annotation
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        raise TypeError(f"{name} has no settings")  # a mistake in kiosk.settings
    return annotation


def typed_changes(name: str, current: Mapping[str, Any], changes: Mapping[str, str]) -> dict[str, Any]:
    """Texts as typed values, checked one by one and together with what is set now.

    Raises ``DeskError`` naming every key that is unknown or whose value does not fit.
    """
    model = section(name)
    problems: list[str] = []
    given: dict[str, Any] = {}
    for key, text in changes.items():
        known = model.model_fields.get(key)
        if known is None:
            near = difflib.get_close_matches(key, model.model_fields, n=1)
            hint = f"did you mean “{near[0]}”?" if near else f"known keys: {', '.join(model.model_fields)}"
            problems.append(f"unknown key “{key}”; {hint}")
        else:
            given[key] = _whole(text) if _is_choice_of_numbers(known.annotation) else text.strip()
    try:
        checked = model.model_validate({**current, **given})
    except ValidationError as error:
        for item in error.errors():
            key = ".".join(str(part) for part in item["loc"])
            told = f", not “{changes[key]}”" if key in changes else ""
            problems.append(f"{key}: {item['msg']}{told}" if key else item["msg"])
    if problems:
        raise DeskError("; ".join(problems), FailureCode.DEVICE_SETTING_INVALID)
    return {key: getattr(checked, key) for key in given}


def _is_choice_of_numbers(annotation: Any) -> bool:
    choices = getattr(annotation, "__args__", ())
    return bool(choices) and all(isinstance(choice, int) for choice in choices)


def _whole(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text


class DeviceDesk:
    """``client``'s token may ask for tests and settings; ``own`` are devices within reach of this process.

    ``home``: calls with the token of the machine at which staff stand. Of machines of its kind they work with
    that one only. Elsewhere a device that several machines have is named with its ``machine``.
    """

    def __init__(
        self,
        client: CentreClient | None,
        own: Mapping[str, Callable[[], Device]],
        settings: DeviceSettings,
        home: CentreClient | None = None,
    ) -> None:
        self._client = client
        self._own = own
        self._settings = settings
        self._home = home
        self._here: Who | None = None

    def devices(self) -> tuple[list[DeskDevice], CentreError | None]:
        """All devices. The error tells that the centre did not answer and these were asked directly."""
        error: CentreError | None = None
        if self._client is not None:
            try:
                return [_seen(state) for state in self._near(self._client)], None
            except CentreError as refused:
                if refused.code is not FailureCode.CENTRE_UNREACHABLE:
                    raise
                error = refused
        found = []
        for name, build in self._own.items():
            device = build()
            try:
                status = device.status()
            finally:
                device.close()
            found.append(DeskDevice(name, status, getattr(self._settings, name).model_dump()))
        return found, error

    def _near(self, client: CentreClient) -> list[DeviceState]:
        """What the centre knows of the devices that staff work with here. Raises ``CentreError``."""
        if self._home is None:
            return client.devices()
        here = self._here = self._here or self._home.who()
        # Asked by the machine itself: it finds its own devices in the list before it has reported any.
        return [one for one in self._home.devices() if one.owner != here.role or one.machine == here.name]

    def settings(self, name: str, machine: str | None = None) -> Mapping[str, Any]:
        """Effective settings of a device: the centre's, else the shipped ones.

        Raises ``DeskError`` where several machines have one and ``machine`` is not named.
        """
        if self._client is not None:
            try:
                found = [one for one in self._near(self._client) if one.name == name]
                found = [one for one in found if machine in (None, one.machine)]
                if len(found) > 1:
                    told = ", ".join(str(one.machine) for one in found)
                    raise DeskError(
                        f"several machines have a {name}: {told}", FailureCode.DEVICE_MACHINE_NOT_NAMED
                    )
                if found:
                    return found[0].settings
            except CentreError as error:
                if error.code is not FailureCode.CENTRE_UNREACHABLE:
                    raise
        kept: dict[str, Any] = getattr(self._settings, name).model_dump()
        return kept

    def test(self, name: str, can: str | None = None, machine: str | None = None) -> TestReport:
        """Have the device tested by its owner, or here when the centre does not answer.

        ``can``: for the card reader, see ``devices.contract.tested``; the centre passes the digits on without
        keeping them. Raises ``DeskError`` when nobody could test it.
        """
        if self._client is not None:
            try:
                return self._asked(name, "test", None, can, machine)
            except CentreError as error:
                if error.code is not FailureCode.CENTRE_UNREACHABLE:
                    raise DeskError(error.detail or str(error), error.code) from error
        if name not in self._own:
            raise DeskError(f"the centre does not answer, and {name} cannot be reached from here")
        device = self._own[name]()
        try:
            return tested(device, can)
        finally:
            device.close()

    def set(self, name: str, changes: Mapping[str, Any], machine: str | None = None) -> TestReport:
        """Have changed settings checked by the device's owner; kept by the centre only if they passed.

        Raises ``DeskError`` when they could not be checked.
        """
        if self._client is None:
            raise DeskError("settings are kept by the centre, which does not run here")
        try:
            return self._asked(name, "set", changes, None, machine)
        except CentreError as error:
            if error.code is FailureCode.CENTRE_UNREACHABLE:
                raise DeskError(
                    "the centre does not answer, so the settings can be neither checked nor kept", error.code
                ) from error
            raise DeskError(error.detail or str(error), error.code) from error

    def _asked(
        self,
        name: str,
        kind: str,
        changes: Mapping[str, Any] | None,
        can: str | None,
        machine: str | None,
    ) -> TestReport:
        if self._client is None:
            raise DeskError("there is no centre to ask")
        if machine is None and self._home is not None and name in self._own:
            machine = (self._here or self._home.who()).name
        request = self._client.request_device(name, kind, changes, can, machine)
        end = time.monotonic() + ANSWER_SECONDS
        while request.state == "requested" and time.monotonic() < end:
            time.sleep(ASK_AGAIN_SECONDS)
            request = self._client.device_request(request.id)
        if request.state != "answered":
            raise DeskError(f"{name} did not answer in time; nothing was changed", FailureCode.DEVICE_SILENT)
        return TestReport(bool(request.passed), request.lines, request.failure)


def _seen(state: DeviceState) -> DeskDevice:
    try:
        condition = Condition(state.condition)
    except ValueError:
        condition = Condition.DISCONNECTED
    return DeskDevice(
        state.name,
        DeviceStatus(condition, state.failure, state.warning, {k: str(v) for k, v in state.facts.items()}),
        state.settings,
        state.owner,
        state.since,
        state.seen_at,
        state.machine,
    )
