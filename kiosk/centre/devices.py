"""The lobby's devices as the centre knows them: what their owners report, their settings, and requests to
them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import insert, select, update

from kiosk.centre.access import Principal, Role
from kiosk.centre.commons import Seen
from kiosk.centre.device_reports import Report, keep_report, same
from kiosk.centre.moments import read, written
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import device as device_table
from kiosk.centre.store.schema import device_request, device_setting
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode
from kiosk.settings import DeviceSettings

SILENT_SECONDS = 60.0
ANSWER_SECONDS = 120.0
REQUESTS_KEPT_DAYS = 7
"""Also so long a kiosk that fell silent is told of."""

CARD_READER = "card_reader"
"""The one device whose test may come with digits of the card that lies on it."""

OWNERS: Mapping[str, Role] = {
    CARD_READER: Role.KIOSK,
    "printer": Role.KIOSK,
    "scanner": Role.KIOSK,
    "kiosk_screen": Role.KIOSK,
    "speaker": Role.DISPLAY,
    "ceiling_screen": Role.DISPLAY,
}
"""Every device, and the process that owns it."""
MACHINE = "kiosk"
"""What a kiosk reports of itself; kept apart for each, under the name that the journal gives it."""
_MACHINES = f"{Role.KIOSK}:"


def new_request_id() -> str:
    """The id of a request that is about to be made."""
    return secrets.token_hex(8)


class DeviceBook:
    """Devices, their settings and requests.

    Heartbeats are kept in memory (``seen``); the database and the journal learn of changes only. A device
    counts as silent when nothing came for ``SILENT_SECONDS``, counted at the earliest from the start of this
    process.
    """

    def __init__(self, shipped: DeviceSettings, started: datetime, seen: Seen) -> None:
        self._shipped = shipped
        self._started = started
        self._seen = seen

    def known(self, name: str) -> str:
        """``name`` itself. Raises ``RefusalError``: ``NOT_FOUND``."""
        if name not in OWNERS:
            raise RefusalError(FailureCode.NOT_FOUND, f"Devices are {', '.join(OWNERS)}.")
        return name

    def owned(self, name: str, role: Role) -> str:
        """``name``, if ``role`` owns it. Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``."""
        if OWNERS[self.known(name)] is not role:
            raise RefusalError(FailureCode.NOT_ALLOWED, f"The device belongs to the role {OWNERS[name]}.")
        return name

    def reported(self, name: str, who: Principal) -> str:
        """Under which name a report of ``who`` on ``name`` is kept: the device's own, or the machine's.

        Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``.
        """
        if name != MACHINE:
            return self.owned(name, who.role)
        if who.role is not Role.KIOSK:
            raise RefusalError(FailureCode.NOT_ALLOWED, "Only a kiosk tells of itself.")
        return who.actor

    def unchanged(self, name: str, report: Report, now: datetime, shown: Row | None) -> bool:
        """Note a heartbeat; whether it says what is already known, so that nothing need be written."""
        self._seen[name] = now
        return shown is not None and same(shown, report)

    def report(self, transaction: Transaction, actor: str, name: str, report: Report) -> None:
        """Keep a device's status; a change of condition, failure or warning goes into the journal."""
        self._seen[name] = transaction.now
        keep_report(transaction, actor, name, report)

    def mark_silent(self, transaction: Transaction) -> None:
        """Devices that have fallen silent become disconnected, and the journal says so."""
        for row in self._silent_rows(transaction):
            gone = Report("disconnected", FailureCode.DEVICE_SILENT, None, json.loads(row["facts"]))
            keep_report(transaction, "centre", row["name"], gone, seen_at=row["seen_at"])

    def any_silent(self, reading: Reading) -> bool:
        """Whether ``mark_silent`` has something to do."""
        return bool(self._silent_rows(reading))

    def _silent_rows(self, reading: Reading) -> list[Row]:
        rows = reading.connection.execute(select(device_table).where(device_table.c.site == reading.site))
        return [
            row
            for row in rows.mappings()
            if row["failure"] != FailureCode.DEVICE_SILENT and self._is_silent(row["name"], reading.now)
        ]

    def _is_silent(self, name: str, now: datetime) -> bool:
        heard = self._seen.get(name) or self._started
        return (now - heard).total_seconds() > SILENT_SECONDS

    def all(self, reading: Reading) -> list[Json]:
        """All devices, also those nobody has reported yet, then the kiosks that have told of themselves."""
        rows = reading.connection.execute(select(device_table).where(device_table.c.site == reading.site))
        known = {row["name"]: row for row in rows.mappings()}
        overlays = self.overlays(reading)
        devices = [
            self._told(
                name, owner, self.effective(name, overlays.get(name, {})), known.get(name), reading.now
            )
            for name, owner in OWNERS.items()
        ]
        machines = sorted(name for name in known if name.startswith(_MACHINES))
        return devices + [self._told(name, Role.KIOSK, {}, known[name], reading.now) for name in machines]

    def shown(self, reading: Reading, name: str) -> Row | None:
        """A device's row."""
        query = select(device_table).where(device_table.c.site == reading.site, device_table.c.name == name)
        return reading.connection.execute(query).mappings().first()

    def _told(self, name: str, owner: Role, settings: Json, row: Row | None, now: datetime) -> Json:
        seen = self._seen.get(name)
        answer: Json = {
            "name": name,
            "owner": owner.value,
            "condition": "disconnected",
            "failure": FailureCode.DEVICE_SILENT.value,
            "warning": None,
            "facts": {},
            "since": None,
            "seen_at": None,
            "settings": settings,
        }
        if row is not None:
            answer["facts"] = json.loads(row["facts"])
            answer["since"] = row["since"]
            answer["seen_at"] = written(seen) if seen else row["seen_at"]
            if not self._is_silent(name, now):
                answer.update({key: row[key] for key in ("condition", "failure", "warning")})
        return answer

    def overlays(self, reading: Reading) -> dict[str, Json]:
        """What maintenance changed, by device."""
        query = select(device_setting.c.device, device_setting.c.settings).where(
            device_setting.c.site == reading.site
        )
        return {name: json.loads(text) for name, text in reading.connection.execute(query)}

    def effective(self, name: str, overlay: Json) -> Json:
        """The shipped settings under ``overlay``; keys that this version no longer takes are passed over."""
        shipped: BaseModel = getattr(self._shipped, name)
        usable = {key: value for key, value in overlay.items() if key in type(shipped).model_fields}
        merged = {**shipped.model_dump(mode="json"), **usable}
        try:
            return type(shipped).model_validate(merged).model_dump(mode="json")
        except ValidationError:
            return shipped.model_dump(mode="json")

    def checked(self, reading: Reading, name: str, changes: Mapping[str, Any]) -> Json:
        """``changes`` as they would be kept. Raises ``RefusalError``: ``DEVICE_SETTING_INVALID``."""
        shipped: BaseModel = getattr(self._shipped, name)
        current = self.effective(name, self.overlays(reading).get(name, {}))
        try:
            whole = type(shipped).model_validate({**current, **changes}).model_dump(mode="json")
        except ValidationError as error:
            lines = [
                f"{'.'.join(map(str, item['loc']))}: {_reason(item, shipped)}" for item in error.errors()
            ]
            raise RefusalError(FailureCode.DEVICE_SETTING_INVALID, "; ".join(lines)) from error
        return {key: whole[key] for key in changes}

    def ask(
        self,
        transaction: Transaction,
        actor: str,
        name: str,
        kind: str,
        settings: Mapping[str, Any] | None,
        *,
        request_id: str,
    ) -> Json:
        """Ask a device's owner. ``request_id``: from ``new_request_id``.

        Raises ``RefusalError``: ``DEVICE_OWNER_ABSENT``, ``DEVICE_SETTING_INVALID``.
        """
        if not self._owner_present(transaction, name):
            raise RefusalError(
                FailureCode.DEVICE_OWNER_ABSENT, f"The {OWNERS[name]} process is not heard from."
            )
        kept = None if settings is None else self.checked(transaction, name, settings)
        row = {
            "site": transaction.site,
            "id": request_id,
            "device": name,
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
        told = {"id": row["id"], "device": name, "kind": kind, "settings": kept}
        transaction.record("device.requested", actor, name, {"request": told})
        return request_json(row)

    def _owner_present(self, reading: Reading, name: str) -> bool:
        """An owner is present if any device of its was heard of lately."""
        rows = reading.connection.execute(
            select(device_table.c.name, device_table.c.seen_at).where(device_table.c.site == reading.site)
        )
        oldest = reading.now - timedelta(seconds=SILENT_SECONDS)
        return any(
            max(read(seen_at), self._seen.get(other) or read(seen_at)) >= oldest
            for other, seen_at in rows
            if OWNERS.get(other) is OWNERS[name]
        )

    def answer(
        self,
        transaction: Transaction,
        actor: str,
        role: Role,
        request_id: str,
        *,
        passed: bool,
        lines: Sequence[Sequence[str]],
        failure: FailureCode | None,
    ) -> Json:
        """Keep an owner's answer, and with a passed ``set`` the settings, in the same transaction.

        Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``, ``TICKET_STATE_WRONG`` for a second answer.
        """
        row = self._request_row(transaction, request_id)
        self.owned(row["device"], role)
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
        if row["kind"] == "set" and passed:
            self._keep_settings(transaction, row["actor"], row["device"], json.loads(row["settings"]))
        told = {
            "id": request_id,
            "device": row["device"],
            "kind": row["kind"],
            "passed": passed,
            "failure": failure,
        }
        transaction.record("device.answered", actor, row["device"], {"request": told})
        return request_json(answered)

    def _keep_settings(self, transaction: Transaction, actor: str, name: str, changes: Json) -> None:
        overlay = {**self.overlays(transaction).get(name, {}), **changes}
        row = {
            "settings": json.dumps(overlay, ensure_ascii=False),
            "changed_at": transaction.at,
            "changed_by": actor,
        }
        fresh = upsert(device_setting).values(site=transaction.site, device=name, **row)
        transaction.connection.execute(
            fresh.on_conflict_do_update(index_elements=["site", "device"], set_=row)
        )
        transaction.record("device.set", actor, name, {"name": name, "settings": changes})

    def request(self, reading: Reading, request_id: str) -> Json:
        """One request. Raises ``RefusalError``: ``NOT_FOUND``."""
        return request_json(self._request_row(reading, request_id), reading.now)

    def _request_row(self, reading: Reading, request_id: str) -> Row:
        query = select(device_request).where(
            device_request.c.site == reading.site, device_request.c.id == request_id
        )
        row = reading.connection.execute(query).mappings().first()
        if row is None:
            raise RefusalError(FailureCode.NOT_FOUND, "There is no such request.")
        return row

    def awaited(self, reading: Reading, role: Role, request_id: str) -> bool:
        """Whether a request to a device of ``role`` still waits for its answer.

        Raises ``RefusalError``: ``NOT_FOUND``, ``NOT_ALLOWED``.
        """
        row = self._request_row(reading, request_id)
        self.owned(row["device"], role)
        return bool(request_json(row, reading.now)["state"] == "requested")

    def requests(self, reading: Reading, device: str | None, state: str | None) -> list[Json]:
        """Requests, oldest first."""
        query = select(device_request).where(device_request.c.site == reading.site)
        if device is not None:
            query = query.where(device_request.c.device == self.known(device))
        rows = reading.connection.execute(query.order_by(device_request.c.at)).mappings()
        told = [request_json(row, reading.now) for row in rows]
        return [one for one in told if state is None or one["state"] == state]

    def tidy(self, transaction: Transaction) -> None:
        """Requests nobody answered in time expire; old ones go, and kiosks that are gone for good."""
        late = written(transaction.now - timedelta(seconds=ANSWER_SECONDS))
        old = written(transaction.now - timedelta(days=REQUESTS_KEPT_DAYS))
        here = device_request.c.site == transaction.site
        transaction.connection.execute(
            update(device_request)
            .where(here, device_request.c.state == "requested", device_request.c.at < late)
            .values(state="expired")
        )
        transaction.connection.execute(device_request.delete().where(here, device_request.c.at < old))
        transaction.connection.execute(
            device_table.delete().where(
                device_table.c.site == transaction.site,
                device_table.c.name.startswith(_MACHINES),
                device_table.c.failure == FailureCode.DEVICE_SILENT,
                device_table.c.since < old,
            )
        )


def request_json(row: Row, now: datetime | None = None) -> Json:
    """A request as the API tells of it; one that waited too long is expired even before it was tidied."""
    state = row["state"]
    if state == "requested" and now and (now - read(row["at"])).total_seconds() > ANSWER_SECONDS:
        state = "expired"
    return {
        "id": row["id"],
        "device": row["device"],
        "kind": row["kind"],
        "state": state,
        "settings": None if row["settings"] is None else json.loads(row["settings"]),
        "passed": None if row["passed"] is None else bool(row["passed"]),
        "lines": json.loads(row["lines"]),
        "failure": row["failure"],
        "at": row["at"],
        "answered_at": row["answered_at"],
    }


def _reason(item: Any, section: BaseModel) -> str:
    if item["type"] == "extra_forbidden":
        return f"is not a setting of this device; there are {', '.join(type(section).model_fields)}"
    return str(item["msg"])
