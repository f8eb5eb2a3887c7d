"""Which fields each device's settings form has, read from the typed settings themselves."""

from __future__ import annotations

from typing import Any

from kiosk.settings import DeviceSettings


def fields_by_device() -> dict[str, list[dict[str, Any]]]:
    """Device name → fields ``{name, kind: switch|whole|number|choice|text, least, most, choices}``."""
    forms: dict[str, list[dict[str, Any]]] = {}
    schema = DeviceSettings.model_json_schema()
    for device, reference in schema["properties"].items():
        target = reference.get("$ref") or reference["allOf"][0]["$ref"]
        properties = schema["$defs"][target.rsplit("/", 1)[1]]["properties"]
        forms[device] = [_field(name, entry) for name, entry in properties.items()]
    return forms


def _field(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    kind = {"boolean": "switch", "integer": "whole", "number": "number"}.get(entry.get("type", ""), "text")
    if "enum" in entry:
        kind = "choice"
    field = {
        "name": name,
        "kind": kind,
        "least": entry.get("minimum"),
        "most": entry.get("maximum"),
        "choices": entry.get("enum"),
    }
    return {key: value for key, value in field.items() if value is not None}
