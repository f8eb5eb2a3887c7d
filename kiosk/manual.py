"""Writes the generated pages of the manual: ``docs/failures.md``, ``settings.md`` and ``licences.md``, and
the table in ``docs/queue.md``.

``python -m kiosk.manual`` writes them; a test keeps the checked-in pages equal to what this writes.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from kiosk import failures, settings
from kiosk.queueing.ticket import TABLE, Actor, Guard, TicketState

DOCS = Path(__file__).resolve().parent.parent / "docs"


def failures_page() -> str:
    """The table of named failures as Markdown."""
    lines = [
        "# Failures",
        "",
        "Written by `python -m kiosk.manual` from `kiosk/failures.py` and `kiosk/failures.vi.toml`.",
        "A citizen reads *what happened* and *what to do*; staff read cause, remedy and consequence;",
        "officers and the head of the centre read of what anybody in the lobby can mend.",
    ]
    for code, words in failures.words().items():
        lines += ["", f"## {code.value}", ""]
        if words.citizen_what:
            lines += [f"- **Citizen reads:** {words.citizen_what} {words.citizen_do}"]
        lines += [f"- **Cause:** {words.staff_cause}", f"- **Remedy:** {words.staff_remedy}"]
        if words.consequence:
            lines += [f"- **Meanwhile:** {words.consequence}"]
        if words.lobby_do:
            lines += [f"- **Officer reads:** {words.lobby_what} {words.lobby_do}"]
    return "\n".join(lines) + "\n"


_FILES: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("centre.toml", "", settings.CentreSettings),
    ("kiosk.toml", "", settings.KioskSettings),
    ("kiosk.toml", "[voice]", settings.KioskVoiceSettings),
    ("centre.toml", "[backup]", settings.BackupSettings),
    ("centre.toml", "[[notice]]", settings.NoticeSettings),
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
        "Written by `python -m kiosk.manual` from `kiosk/settings`.",
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
    if "prefixItems" in part:
        return "[" + ", ".join(_kind(item) for item in part["prefixItems"]) + "]"
    if part.get("type") == "array":
        return "list of " + _kind(part.get("items", {}))
    names = {
        "integer": "whole number",
        "number": "number",
        "string": "text",
        "boolean": "true or false",
        "null": "nothing",
        "object": "text by language, such as `en`",
    }
    kind = str(names.get(part.get("type", "")) or part.get("$ref", "value").rsplit("/", 1)[-1])
    low, high = part.get("minimum"), part.get("maximum")
    if low is not None and high is not None:
        kind += f" {low}–{high}"
    elif low is not None:
        kind += f" from {low}"
    formats = {"time": "time, HH:MM", "date": "day, YYYY-MM-DD", "date-time": "moment, YYYY-MM-DDTHH:MM:SS"}
    return formats.get(part.get("format", ""), kind)


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


_IF = {
    Guard.AT_COUNTER: "the officer sits at a counter",
    Guard.NOT_ELSEWHERE: "it is not reserved for another counter",
    Guard.SAME_COUNTER: "it was called to this counter",
    Guard.RECALL_GAP: "`recall_gap_seconds` have passed since the last call",
    Guard.TIME_IS_UP: "its time to come back has come",
    Guard.WITHIN_GRACE: "at most `grace_minutes` have passed",
    Guard.REJOINS_LEFT: "it came back fewer than `rejoins` times",
    Guard.MORE_SERVICES: "a service is still to come",
    Guard.NO_MORE_SERVICES: "no service is to come",
    Guard.HAS_TARGET: "a counter or another service is named",
    Guard.NOT_THERE_YET: "the visit does not have that service yet",
    Guard.RESERVED: "it is reserved for a counter that closes",
    Guard.WITHIN_UNDO: "the last step was made at this counter, at most `undo_seconds` ago",
}
_LIFE = ("<!-- the life of a ticket, written by kiosk.manual -->\n", "<!-- end -->\n")


def life_table() -> str:
    """The life of a ticket as a Markdown table, state by state."""
    rows = ["| a ticket that is | event | by | becomes | if |", "|---|---|---|---|---|"]
    for state in TicketState:
        for line in TABLE:
            if line.state is state:
                who = ", ".join(actor.value for actor in Actor if actor in line.who)
                to = "what it was" if line.to is None else line.to.value
                conditions = "; ".join(_IF[guard] for guard in line.guards)
                rows.append(f"| {state.value} | {line.event.value} | {who} | {to} | {conditions} |")
    return "\n".join(rows) + "\n"


def queue_page() -> str:
    """``docs/queue.md`` with its table as it must be now."""
    begin, end = _LIFE
    before, _, rest = (DOCS / "queue.md").read_text(encoding="utf-8").partition(begin)
    return before + begin + "\n" + life_table() + "\n" + end + rest.partition(end)[2]


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
    (DOCS / "queue.md").write_text(queue_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
