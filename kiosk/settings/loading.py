"""Reads a configuration folder and tells of every mistake in any of its files."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kiosk.settings.calendar import CalendarSettings
from kiosk.settings.centre import CentreSettings
from kiosk.settings.devices import DeviceSettings
from kiosk.settings.disagreements import disagreements
from kiosk.settings.folder import Settings
from kiosk.settings.kiosk import KioskSettings
from kiosk.settings.queue import QueueSettings
from kiosk.settings.services import CounterSettings, ServiceSettings


class SettingsError(ValueError):
    """One or more settings are wrong; ``problems`` holds one readable line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


M = TypeVar("M", bound=BaseModel)


def load(folder: Path) -> Settings:
    """Read ``centre.toml``, ``kiosk.toml``, ``services.toml``, ``counters.toml`` and ``devices.toml``, and
    where they are there ``queue.toml`` and ``calendar.toml``.

    Raises ``SettingsError`` with every problem found in any of them.
    """
    problems: list[str] = []
    single: dict[str, type[BaseModel]] = {
        "centre": CentreSettings,
        "kiosk": KioskSettings,
        "devices": DeviceSettings,
        "queue": QueueSettings,
        "calendar": CalendarSettings,
    }
    raw = {
        name: _read(folder / f"{name}.toml", problems)
        for name in ("centre", "kiosk", "services", "counters", "devices")
    }
    raw |= {
        name: _read(folder / f"{name}.toml", problems) if (folder / f"{name}.toml").exists() else {}
        for name in ("queue", "calendar")
    }
    if problems:
        raise SettingsError(problems)
    parts: dict[str, object] = {"folder": folder}
    for name, model in single.items():
        parts[name] = _checked(f"{name}.toml", model, raw[name], problems)
    parts["services"] = _entries("services.toml", "service", ServiceSettings, raw["services"], problems)
    parts["counters"] = _entries("counters.toml", "counter", CounterSettings, raw["counters"], problems)
    if problems:
        raise SettingsError(problems)
    settings = Settings.model_validate(parts)
    problems = disagreements(settings)
    if problems:
        raise SettingsError(problems)
    return settings


def _read(path: Path, problems: list[str]) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: the file is missing in {path.parent}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: not a TOML file: {error}")
    return {}


def _checked(where: str, model: type[M], raw: object, problems: list[str]) -> M | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        for item in error.errors():
            key = ".".join(str(part) for part in item["loc"])
            if item["type"] == "extra_forbidden":
                problems.append(f"{where}: unknown key “{key}”{_did_you_mean(model, item['loc'])}")
            else:
                problems.append(f"{where}: {key}: {item['msg']}")
    return None


def _entries(file: str, key: str, model: type[M], raw: dict[str, object], problems: list[str]) -> list[M]:
    problems += [
        f"{file}: unknown key “{extra}”; entries stand under [[{key}]]" for extra in raw if extra != key
    ]
    entries = raw.get(key, [])
    if not isinstance(entries, list):
        problems.append(f"{file}: entries stand under [[{key}]], with double brackets")
        return []
    checked = [
        _checked(f"{file}, [[{key}]] {number}", model, entry, problems)
        for number, entry in enumerate(entries, 1)
    ]
    return [entry for entry in checked if entry is not None]


def _did_you_mean(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    for part in location[:-1]:
        field = model.model_fields.get(str(part))
        if field is None or not (
            isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        ):
            return ""
        model = field.annotation
    names = [field.alias or name for name, field in model.model_fields.items()]
    near = difflib.get_close_matches(str(location[-1]), names, n=1)
    return f"; did you mean “{near[0]}”?" if near else f"; known keys: {', '.join(names)}"
