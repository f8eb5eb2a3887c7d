"""The lobby's devices as the centre knows them: what the machines that own them report, and who is silent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from kiosk.centre.access import Principal, Role
from kiosk.centre.commons import Seen
from kiosk.centre.device_owners import MACHINES, OWNERS, OWNING_ROLES, DeviceKey, in_order, owner_of
from kiosk.centre.device_reports import (
    Report,
    forget_reports,
    keep_report,
    kept_report,
    kept_reports,
    same,
)
from kiosk.centre.device_settings import DeviceOverlays
from kiosk.centre.moments import read, written
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.store import Reading, Transaction
from kiosk.failures import FailureCode

SILENT_SECONDS = 60.0
GONE_DAYS = 7
"""So long a machine that fell silent is told of."""


class DeviceBook:
    """The devices of every machine.

    Heartbeats are kept in memory (``seen``); the database and the journal learn of changes only. A device
    counts as silent when nothing came for ``SILENT_SECONDS``, counted at the earliest from the start of this
    process.
    """

    def __init__(self, overlays: DeviceOverlays, started: datetime, seen: Seen) -> None:
        self._overlays = overlays
        self._started = started
        self._seen = seen

    def unchanged(self, reading: Reading, key: DeviceKey, report: Report) -> bool:
        """Note a heartbeat; whether it says what is already known, so that nothing need be written."""
        self._seen[str(key)] = reading.now
        shown = kept_report(reading, key)
        return shown is not None and same(shown, report)

    def report(self, transaction: Transaction, actor: str, key: DeviceKey, report: Report) -> None:
        """Keep a device's status; a change of condition, failure or warning goes into the journal."""
        self._seen[str(key)] = transaction.now
        keep_report(transaction, actor, key, report)

    def mark_silent(self, transaction: Transaction) -> None:
        """Devices that have fallen silent become disconnected, and the journal says so."""
        for key, row in self._silent(transaction).items():
            gone = Report("disconnected", FailureCode.DEVICE_SILENT, None, json.loads(row["facts"]))
            keep_report(transaction, "centre", key, gone, seen_at=row["seen_at"])

    def any_silent(self, reading: Reading) -> bool:
        """Whether ``mark_silent`` has something to do."""
        return bool(self._silent(reading))

    def _silent(self, reading: Reading) -> dict[DeviceKey, Row]:
        return {
            key: row
            for key, row in kept_reports(reading).items()
            if row["failure"] != FailureCode.DEVICE_SILENT and self._is_silent(key, reading.now)
        }

    def _is_silent(self, key: DeviceKey, now: datetime) -> bool:
        heard = self._seen.get(str(key)) or self._started
        return (now - heard).total_seconds() > SILENT_SECONDS

    def all(self, reading: Reading, who: Principal | None = None) -> list[Json]:
        """Every device of every machine, then the kiosks that have told of themselves.

        A machine that has reported one of its devices has all of them. A device of which no machine has
        reported yet is told without a machine. ``who``: a machine always finds its own devices in the list.
        """
        kept, changed = kept_reports(reading), self._overlays.read(reading)
        machines = {role: machines_of(role, kept) for role in OWNING_ROLES}
        if who is not None and who.role in machines:
            machines[who.role] = in_order({*machines[who.role], who.name})
        keys = [
            DeviceKey(name, machine) for name, owner in OWNERS.items() for machine in machines[owner] or [""]
        ]
        devices = [
            self._told(key, OWNERS[key.name], self._overlays.effective(key, changed), kept.get(key), reading)
            for key in keys
        ]
        selves = {key.machine: key for key in kept if key.name.startswith(MACHINES)}
        return devices + [
            self._told(selves[name], Role.KIOSK, {}, kept[selves[name]], reading) for name in in_order(selves)
        ]

    def _told(self, key: DeviceKey, owner: Role, settings: Json, row: Row | None, reading: Reading) -> Json:
        seen = self._seen.get(str(key))
        answer: Json = {
            "name": key.name,
            "machine": key.machine or None,
            "owner": owner.value,
            "condition": "disconnected",
            "failure": FailureCode.DEVICE_SILENT.value,
            "warning": None,
            "facts": {},
            "since": None,
            "seen_at": None,
            "found": False,
            "settings": settings,
        }
        if row is not None:
            answer["facts"] = json.loads(row["facts"])
            answer["since"] = row["since"]
            answer["found"] = row["found_at"] is not None
            answer["seen_at"] = written(seen) if seen else row["seen_at"]
            if not self._is_silent(key, reading.now):
                answer.update({name: row[name] for name in ("condition", "failure", "warning")})
        return answer

    def machines(self, reading: Reading, name: str) -> list[str]:
        """The machines that have a device of this name."""
        return machines_of(OWNERS[name], kept_reports(reading))

    def present(self, reading: Reading, key: DeviceKey) -> bool:
        """Whether the device's owner is there: anything of that machine was heard of lately."""
        oldest = reading.now - timedelta(seconds=SILENT_SECONDS)
        return any(
            max(read(row["seen_at"]), self._seen.get(str(other)) or read(row["seen_at"])) >= oldest
            for other, row in kept_reports(reading).items()
            if other.machine == key.machine and owner_of(other.name) is OWNERS[key.name]
        )

    def tidy(self, transaction: Transaction) -> None:
        """Machines that are gone for good go. Of the devices' owners the last of each role stays."""
        old = written(transaction.now - timedelta(days=GONE_DAYS))
        kept = kept_reports(transaction)
        gone = {
            key
            for key, row in kept.items()
            if row["failure"] == FailureCode.DEVICE_SILENT and row["since"] < old
        }
        here = kept.keys() - gone
        leaving = [key for key in gone if key.name.startswith(MACHINES)]
        for role in OWNING_ROLES:
            staying = machines_of(role, here)
            leaving += [
                key for key in gone if OWNERS.get(key.name) is role and staying and key.machine not in staying
            ]
        forget_reports(transaction, leaving)


def machines_of(role: Role, keys: Iterable[DeviceKey]) -> list[str]:
    """The machines of a role among those that have reported anything."""
    return in_order({key.machine for key in keys if owner_of(key.name) is role})
