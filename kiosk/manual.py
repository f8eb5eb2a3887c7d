"""Writes the generated pages of the manual: ``docs/failures.md``, ``settings.md`` and ``licences.md``.

``python -m kiosk.manual`` writes them; a test keeps the checked-in pages equal to what this writes.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from kiosk import failures, settings

DOCS = Path(__file__).resolve().parent.parent / "docs"


def failures_page() -> str:
    """The table of named failures as Markdown."""
    lines = [
        "# Failures",
        "",
        "Written by `python -m kiosk.manual` from `kiosk/failures.py` and `kiosk/failures.vi.toml`.",
        "A citizen reads *what happened* and *what to do*; staff read cause, remedy and consequence.",
    ]
    for code, words in failures.words().items():
        lines += ["", f"## {code.value}", ""]
        if words.citizen_what:
            lines += [f"- **Citizen reads:** {words.citizen_what} {words.citizen_do}"]
        lines += [f"- **Cause:** {words.staff_cause}", f"- **Remedy:** {words.staff_remedy}"]
        if words.consequence:
            lines += [f"- **Meanwhile:** {words.consequence}"]
    return "\n".join(lines) + "\n"


_FILES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("centre.toml", "", settings.CentreSettings),
    ("kiosk.toml", "", settings.KioskSettings),
    ("centre.toml", "[backup]", settings.BackupSettings),
    ("services.toml", "[[service]]", settings.ServiceSettings),
    ("counters.toml", "[[counter]]", settings.CounterSettings),
    ("queue.toml", "[rules]", settings.RulesSettings),
    ("queue.toml", "[discipline]", settings.DisciplineSettings),
    ("queue.toml", "[[priority]]", settings.PrioritySettings),
    ("queue.toml", "[numbers]", settings.NumbersSettings),
    ("calendar.toml", "", settings.CalendarSettings),
    ("calendar.toml", "[[exception]]", settings.ExceptionSettings),
    ("devices.toml", "[card_reader]", settings.CardReaderSettings),
    ("devices.toml", "[printer]", settings.PrinterSettings),
    ("devices.toml", "[scanner]", settings.ScannerSettings),
    ("devices.toml", "[speaker]", settings.SpeakerSettings),
    ("devices.toml", "[kiosk_screen] and [ceiling_screen]", settings.ScreenSettings),
)


def settings_page() -> str:
    """Every key of every configuration file as Markdown."""
    lines = [
        "# Settings",
        "",
        "Written by `python -m kiosk.manual` from `kiosk/settings.py`.",
        "`python main.py check` tells of every mistake in a folder.",
    ]
    for file, table, model in _FILES:
        lines += ["", f"## {file} {table}".rstrip(), "", (model.__doc__ or "").strip().split("\n\n")[0], ""]
        lines += ["| key | kind | when left out |", "|---|---|---|"]
        schema = model.model_json_schema()
        needed = set(schema.get("required", []))
        for key, part in schema["properties"].items():
            default = "required" if key in needed else f"`{part.get('default')!r}`"
            lines.append(f"| `{key}` | {_kind(part)} | {default} |")
    return "\n".join(lines) + "\n"


def _kind(part: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(_kind(option) for option in part["anyOf"])
    if "enum" in part:
        return "one of " + ", ".join(f"`{value}`" for value in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    if part.get("type") == "array":
        return "list of " + _kind(part.get("items", {}))
    names = {
        "integer": "whole number",
        "number": "number",
        "string": "text",
        "boolean": "true or false",
        "null": "nothing",
    }
    kind = str(names.get(part.get("type", "")) or part.get("$ref", "value").rsplit("/", 1)[-1])
    low, high = part.get("minimum"), part.get("maximum")
    if low is not None and high is not None:
        kind += f" {low}–{high}"
    elif low is not None:
        kind += f" from {low}"
    if part.get("format") == "time":
        kind = "time, HH:MM"
    return kind


def licences_page() -> str:
    """Every Python package of ``requirements.lock`` with its version and licence as Markdown."""
    lines = [
        "# Licences",
        "",
        "Một Cửa itself is under Apache-2.0 (`LICENSE`). Written by `python -m kiosk.manual` from the",
        "packages of `requirements.lock`. No GPL code is linked in: espeak-ng, ffmpeg and pcscd run",
        "as programs of their own.",
        "",
        "The fonts in `media/fonts` are under the SIL Open Font License 1.1, whose text stands beside them.",
        "",
        "| package | version | licence |",
        "|---|---|---|",
    ]
    for name in re.findall(
        r"^([A-Za-z0-9._-]+)==", (DOCS.parent / "requirements.lock").read_text(), re.MULTILINE
    ):
        facts = metadata.metadata(name)
        lines.append(f"| {name} | {facts['Version']} | {_licence(facts)} |")
    return "\n".join(lines) + "\n"


def _licence(facts: metadata.PackageMetadata) -> str:
    if "License-Expression" in facts:
        return facts["License-Expression"]
    if "License" in facts and len(facts["License"]) < 50:
        return facts["License"]
    marks = [mark for mark in facts.get_all("Classifier") or [] if mark.startswith("License ::")]
    return "; ".join(mark.rsplit(" :: ", 1)[-1] for mark in marks)


def main() -> None:
    """Write all pages."""
    DOCS.mkdir(exist_ok=True)
    (DOCS / "licences.md").write_text(licences_page(), encoding="utf-8")
    (DOCS / "failures.md").write_text(failures_page(), encoding="utf-8")
    (DOCS / "settings.md").write_text(settings_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
