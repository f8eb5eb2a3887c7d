"""Requests to the devices of one machine: a test, or changed settings; asked, answered, expired."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from kiosk.centre.access import Principal, Role
from kiosk.centre.device_owners import OWNERS, OWNING_ROLES, DeviceKey, known, owned
from kiosk.centre.device_settings import DeviceOverlays
from kiosk.centre.devices import DeviceBook
from kiosk.centre.moments import read, written
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import device_request
from kiosk.centre.store.store import Reading, Transaction
from kiosk.failures import FailureCode

ANSWER_SECONDS = 120.0
REQUESTS_KEPT_DAYS = 7


def new_request_id() -> str:
    """The id of a request that is about to be made."""
    return secrets.token_hex(8)


class DeviceRequests:
    """What maintenance asks of devices, and what came of it."""

    def __init__(self, book: DeviceBook, overlays: DeviceOverlays) -> None:
        self._book = book
        self._overlays = overlays

    def meant(self, reading: Reading, who: Principal, name: str, machine: str | None) -> DeviceKey:
        """Which machine's device a request is for. A machine asks its own; others name the machine, or leave
        it out where there is but one.

        Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``, ``DEVICE_MACHINE_NOT_NAMED``,
        ``DEVICE_OWNER_ABSENT``.
        """
        if who.role in OWNING_ROLES:
            owned(name, who.role)
            if machine not in (None, who.name):
                raise RefusalError(FailureCode.NOT_ALLOWED, "The device belongs to another machine.")
            return DeviceKey(name, who.name)
        machines = self._book.machines(reading, known(name))
        if not machines:
            raise _absent(name)
        if machine is None and len(machines) > 1:
            raise RefusalError(
                FailureCode.DEVICE_MACHINE_NOT_NAMED,
                f"Several machines have a {name}: {', '.join(machines)}. Name one of them as machine.",
            )
        if machine is not None and machine not in machines:
            raise RefusalError(FailureCode.NOT_FOUND, f"Machines with a {name} are {', '.join(machines)}.")
        return DeviceKey(name, machine or machines[0])

    def ask(
        self,
        transaction: Transaction,
        actor: str,
        key: DeviceKey,
        kind: str,
        settings: Mapping[str, Any] | None,
        *,
        request_id: str,
    ) -> Json:
        """Ask a device's owner. ``key``: from ``meant``; ``request_id``: from ``new_request_id``.

        Raises ``RefusalError``: ``DEVICE_OWNER_ABSENT``, ``DEVICE_SETTING_INVALID``.
        """
        if not self._book.present(transaction, key):
            raise _absent(key.name)
        kept = None if settings is None else self._overlays.checked(transaction, key, settings)
        row = {
            "site": transaction.site,
            "id": request_id,
            "device": key.name,
            "machine": key.machine,
            "kind": kind,
            "settings": None if kept is None else json.dumps(kept),
            "state": "requested",
            "actor": actor,
            "at": transaction.at,
            "passed": None,
            "lines": "[]",
            "failure": None,
            "answered_at": None,
        }
        transaction.connection.execute(insert(device_request).values(row))
        told = {"id": row["id"], "device": key.name, "machine": key.machine, "kind": kind, "settings": kept}
        transaction.record("device.requested", actor, key.name, {"request": told})
        return request_json(row)

    def answer(
        self,
        transaction: Transaction,
        who: Principal,
        request_id: str,
        *,
        passed: bool,
        lines: Sequence[Sequence[str]],
        failure: FailureCode | None,
    ) -> Json:
        """Keep an owner's answer, and with a passed ``set`` the settings, in the same transaction.

        Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``, ``REQUEST_INVALID`` for a second answer.
        """
        row = self._row_for(transaction, who, request_id)
        change = (
            update(device_request)
            .where(
                device_request.c.site == transaction.site,
                device_request.c.id == request_id,
                device_request.c.state == "requested",
            )
            .values(
                state="answered",
                passed=int(passed),
                lines=json.dumps([list(line) for line in lines], ensure_ascii=False),
                failure=failure,
                answered_at=transaction.at,
            )
            .returning(device_request)
        )
        answered = transaction.connection.execute(change).mappings().first()
        if answered is None:
            raise RefusalError(FailureCode.REQUEST_INVALID, f"The request is {row['state']} already.")
        key = DeviceKey(row["device"], row["machine"])
        if row["kind"] == "set" and passed:
            self._overlays.keep(transaction, row["actor"], key, json.loads(row["settings"]))
        told = {
            "id": request_id,
            "device": key.name,
            "machine": key.machine,
            "kind": row["kind"],
            "passed": passed,
            "failure": failure,
        }
        transaction.record("device.answered", who.actor, key.name, {"request": told})
        return request_json(answered)

    def one(self, reading: Reading, who: Principal, request_id: str) -> Json:
        """One request. Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``."""
        return request_json(self._row_for(reading, who, request_id), reading.now)

    def awaited(self, reading: Reading, who: Principal, request_id: str) -> bool:
        """Whether a request to a device of ``who`` still waits for its answer.

        Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``.
        """
        return bool(self.one(reading, who, request_id)["state"] == "requested")

    def _row_for(self, reading: Reading, who: Principal, request_id: str) -> Row:
        query = select(device_request).where(
            device_request.c.site == reading.site, device_request.c.id == request_id
        )
        row = reading.connection.execute(query).mappings().first()
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such request.")
        if not _may_see(who, row):
            raise RefusalError(FailureCode.NOT_ALLOWED, "The device belongs to another machine.")
        return row

    def all(
        self, reading: Reading, who: Principal, device: str | None, machine: str | None, state: str | None
    ) -> list[Json]:
        """Requests, oldest first; to a machine those to its own devices.

        Raises ``RefusalError``: ``NOT_FOUND``.
        """
        query = select(device_request).where(device_request.c.site == reading.site)
        if device is not None:
            query = query.where(device_request.c.device == known(device))
        if machine is not None:
            query = query.where(device_request.c.machine == machine)
        rows = reading.connection.execute(query.order_by(device_request.c.at)).mappings()
        told = [request_json(row, reading.now) for row in rows if _may_see(who, row)]
        return [one for one in told if state is None or one["state"] == state]

    def tidy(self, transaction: Transaction) -> None:
        """Requests nobody answered in time expire; old ones go."""
        late = written(transaction.now - timedelta(seconds=ANSWER_SECONDS))
        old = written(transaction.now - timedelta(days=REQUESTS_KEPT_DAYS))
        here = device_request.c.site == transaction.site
        transaction.connection.execute(
            update(device_request)
            .where(here, device_request.c.state == "requested", device_request.c.at < late)
            .values(state="expired")
        )
        transaction.connection.execute(device_request.delete().where(here, device_request.c.at < old))


def request_json(row: Row, now: datetime | None = None) -> Json:
    """A request as the API tells of it; one that waited too long is expired even before it was tidied."""
    state = row["state"]
    if state == "requested" and now and (now - read(row["at"])).total_seconds() > ANSWER_SECONDS:
        state = "expired"
    return {
        "id": row["id"],
        "device": row["device"],
        "machine": row["machine"] or None,
        "kind": row["kind"],
        "state": state,
        "settings": None if row["settings"] is None else json.loads(row["settings"]),
        "passed": None if row["passed"] is None else bool(row["passed"]),
        "lines": json.loads(row["lines"]),
        "failure": row["failure"],
        "at": row["at"],
        "answered_at": row["answered_at"],
    }


def _may_see(who: Principal, row: Row) -> bool:
    """Maintenance sees every request, a machine those to its own devices."""
    if who.role is Role.MAINTENANCE:
        return True
    return OWNERS.get(row["device"]) is who.role and row["machine"] == who.name


def _absent(name: str) -> RefusalError:
    return RefusalError(FailureCode.DEVICE_OWNER_ABSENT, f"The {OWNERS[name]} process is not heard from.")
