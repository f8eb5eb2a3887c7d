"""Devices: their reports, their settings, and what is asked of their owners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk.client.connection import Connection, part
from kiosk.client.reading import Json, read_failure, read_maybe, read_time
from kiosk.failures import FailureCode

MACHINES = "kiosk:"
"""How the names of whole machines begin in the list of devices."""


@dataclass(frozen=True)
class DeviceState:
    """A device as the centre knows it, with its effective settings.

    ``machine``: whose it is, by the name of that machine's token; ``None`` before any has reported.
    """

    name: str
    machine: str | None
    owner: str
    condition: str
    failure: FailureCode | None
    warning: FailureCode | None
    facts: Json
    since: datetime | None
    seen_at: datetime | None
    settings: Json


@dataclass(frozen=True)
class DeviceRequest:
    """Something asked of a device's owner.

    ``kind``: ``test`` or ``set``; ``state``: ``requested``, ``answered`` or ``expired``.
    """

    id: str
    device: str
    machine: str | None
    kind: str
    state: str
    settings: Json
    passed: bool | None
    lines: tuple[tuple[str, str], ...]
    failure: FailureCode | None
    at: datetime
    answered_at: datetime | None


def read_device(raw: Json) -> DeviceState:
    """Read one ``device`` from JSON."""
    return DeviceState(
        name=raw["name"],
        machine=raw["machine"],
        owner=raw["owner"],
        condition=raw["condition"],
        failure=read_failure(raw["failure"]),
        warning=read_failure(raw["warning"]),
        facts=raw["facts"],
        since=read_maybe(read_time, raw["since"]),
        seen_at=read_maybe(read_time, raw["seen_at"]),
        settings=raw["settings"],
    )


def read_device_request(raw: Json) -> DeviceRequest:
    """Read one ``device_request`` from JSON."""
    return DeviceRequest(
        id=raw["id"],
        device=raw["device"],
        machine=raw["machine"],
        kind=raw["kind"],
        state=raw["state"],
        settings=raw["settings"] or {},
        passed=raw["passed"],
        lines=tuple((key, value) for key, value in raw["lines"]),
        failure=read_failure(raw["failure"]),
        at=read_time(raw["at"]),
        answered_at=read_maybe(read_time, raw["answered_at"]),
    )


class DeviceCalls(Connection):
    """Calls about devices."""

    def report_device(
        self,
        name: str,
        condition: str,
        failure: FailureCode | None = None,
        warning: FailureCode | None = None,
        facts: Mapping[str, str | int | float | bool | None] | None = None,
    ) -> None:
        """Report a device's status; at least each 20 s, also unchanged."""
        body = {"condition": condition, "failure": failure, "warning": warning, "facts": dict(facts or {})}
        self._call("PUT", f"/devices/{part(name)}", body)

    def devices(self) -> list[DeviceState]:
        """All devices of all machines with state and effective settings; a machine always finds its own."""
        return [state for state in self._all() if not state.name.startswith(MACHINES)]

    def machines(self) -> list[DeviceState]:
        """The kiosks that have told of themselves: ``name`` is ``kiosk:`` and the token's; they have no
        settings. ``facts["service"]``: ``in_service`` or ``suspended``.
        """
        return [state for state in self._all() if state.name.startswith(MACHINES)]

    def _all(self) -> list[DeviceState]:
        return self._read_list(read_device, "GET", "/devices")

    def request_device(
        self,
        name: str,
        kind: str,
        settings: Mapping[str, Any] | None = None,
        can: str | None = None,
        machine: str | None = None,
    ) -> DeviceRequest:
        """Ask a device's owner for a ``test``, or to check and take over changed settings (``set``).

        ``can``: for the card reader's test, the last six digits of the number on the card that lies there.
        ``machine``: whose device; a machine itself asks its own.

        Raises ``CentreError``: ``DEVICE_OWNER_ABSENT``, ``DEVICE_SETTING_INVALID``,
        ``DEVICE_MACHINE_NOT_NAMED`` where several machines have one.
        """
        body: Json = {"kind": kind}
        if settings is not None:
            body["settings"] = dict(settings)
        if can is not None:
            body["can"] = can
        if machine is not None:
            body["machine"] = machine
        return self._read(read_device_request, "POST", f"/devices/{part(name)}/requests", body)

    def answer_device_request(
        self,
        request_id: str,
        passed: bool,
        lines: Sequence[tuple[str, str]] = (),
        failure: FailureCode | None = None,
    ) -> DeviceRequest:
        """Answer a request, as the device's owner. ``lines`` are shown to staff: nothing personal in them."""
        body = {"passed": passed, "lines": [list(line) for line in lines], "failure": failure}
        return self._read(read_device_request, "POST", f"/device-requests/{part(request_id)}/answer", body)

    def device_request_secret(self, request_id: str) -> str | None:
        """The six digits given with a card reader's test; the centre tells them once, and only its owner."""
        path = f"/device-requests/{part(request_id)}/secret"
        return self._read(lambda raw: None if raw["can"] is None else str(raw["can"]), "POST", path)

    def device_request(self, request_id: str) -> DeviceRequest:
        """One request."""
        return self._read(read_device_request, "GET", f"/device-requests/{part(request_id)}")

    def device_requests(self, device: str | None = None, state: str | None = None) -> list[DeviceRequest]:
        """Requests, oldest first, of one device and in one state if given; to a machine those to its own."""
        wanted = {"device": device, "state": state}
        query = "&".join(f"{key}={part(value)}" for key, value in wanted.items() if value is not None)
        return self._read_list(read_device_request, "GET", f"/device-requests{'?' if query else ''}{query}")
