"""What maintenance staff changed of the devices' settings, kept over the shipped ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from kiosk.centre.device_owners import DeviceKey
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json
from kiosk.centre.store.schema import device_setting
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode
from kiosk.settings import DeviceSettings

EVERY_MACHINE = ""
"""The machine of what was changed when all machines still shared their settings."""


class DeviceOverlays:
    """Per machine: the shipped settings, what was once changed for all machines, what was changed for it."""

    def __init__(self, shipped: DeviceSettings) -> None:
        self._shipped = shipped

    def read(self, reading: Reading) -> dict[DeviceKey, Json]:
        """What was changed, by device and machine."""
        query = select(device_setting.c.device, device_setting.c.machine, device_setting.c.settings).where(
            device_setting.c.site == reading.site
        )
        return {DeviceKey(*key): json.loads(text) for *key, text in reading.connection.execute(query)}

    def effective(self, key: DeviceKey, changed: Mapping[DeviceKey, Json]) -> Json:
        """The settings a device works with; keys that this version no longer takes are passed over."""
        shipped: BaseModel = getattr(self._shipped, key.name)
        overlay = {**changed.get(DeviceKey(key.name, EVERY_MACHINE), {}), **changed.get(key, {})}
        usable = {name: value for name, value in overlay.items() if name in type(shipped).model_fields}
        merged = {**shipped.model_dump(mode="json"), **usable}
        try:
            return type(shipped).model_validate(merged).model_dump(mode="json")
        except ValidationError:
            return shipped.model_dump(mode="json")

    def checked(self, reading: Reading, key: DeviceKey, changes: Mapping[str, Any]) -> Json:
        """``changes`` as they would be kept. Raises ``RefusalError``: ``DEVICE_SETTING_INVALID``."""
        shipped: BaseModel = getattr(self._shipped, key.name)
        current = self.effective(key, self.read(reading))
        try:
            whole = type(shipped).model_validate({**current, **changes}).model_dump(mode="json")
        except ValidationError as error:
            lines = [
                f"{'.'.join(map(str, item['loc']))}: {_reason(item, shipped)}" for item in error.errors()
            ]
            raise RefusalError(FailureCode.DEVICE_SETTING_INVALID, "; ".join(lines)) from error
        return {name: whole[name] for name in changes}

    def keep(self, transaction: Transaction, actor: str, key: DeviceKey, changes: Json) -> None:
        """Take ``changes`` over for this machine's device, and have the journal say so."""
        overlay = {**self.read(transaction).get(key, {}), **changes}
        row = {
            "settings": json.dumps(overlay, ensure_ascii=False),
            "changed_at": transaction.at,
            "changed_by": actor,
        }
        fresh = upsert(device_setting).values(
            site=transaction.site, device=key.name, machine=key.machine, **row
        )
        transaction.connection.execute(
            fresh.on_conflict_do_update(index_elements=["site", "device", "machine"], set_=row)
        )
        transaction.record("device.set", actor, key.name, {**key._asdict(), "settings": changes})


def _reason(item: Any, section: BaseModel) -> str:
    if item["type"] == "extra_forbidden":
        return f"is not a setting of this device; there are {', '.join(type(section).model_fields)}"
    return str(item["msg"])
