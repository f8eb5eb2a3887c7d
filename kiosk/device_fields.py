"""Which settings each device has and what may be entered, read from the typed settings themselves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from kiosk.settings import DeviceSettings


@dataclass(frozen=True)
class DeviceField:
    """One setting. ``kind``: switch, whole, number, choice or text; choices and limits where any.

    Choices are values of the setting, texts or numbers.
    """

    name: str
    kind: str
    choices: tuple[str | int, ...] = ()
    least: float | None = None
    most: float | None = None


@cache
def device_fields(device: str) -> tuple[DeviceField, ...]:
    """The settings of a device, in their order. Raises ``KeyError`` for an unknown device."""
    schema = DeviceSettings.model_json_schema()
    reference = schema["properties"][device]
    target = reference.get("$ref") or reference["allOf"][0]["$ref"]
    properties = schema["$defs"][target.rpartition("/")[2]]["properties"]
    return tuple(_field(name, entry) for name, entry in properties.items())


def _field(name: str, entry: dict[str, Any]) -> DeviceField:
    kind = {"boolean": "switch", "integer": "whole", "number": "number"}.get(entry.get("type", ""), "text")
    choices = tuple(entry.get("enum", ()))
    return DeviceField(
        name, "choice" if choices else kind, choices, entry.get("minimum"), entry.get("maximum")
    )
