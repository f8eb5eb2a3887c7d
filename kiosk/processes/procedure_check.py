"""Checks the files of procedures entry by entry: every mistake with its file and line, not only the first."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.procedures.procedure import Procedure
from kiosk.procedures.shipped import ProcedureFileError, read_procedure, read_shipped
from kiosk.processes.procedure_files import IMPORTED, RULES, WORDS, load_imported, load_rules, load_vocabulary

_HEADER = re.compile(r"\s*\[\[\s*procedure\s*\]\]")
_SERVICE = re.compile(r"\s*service\s*=")
_IMPORTED_CODE = re.compile(r'\s*"code"\s*:')


@dataclass
class ProcedureFindings:
    """``problems`` keep something from being shown or from leading anywhere; ``notes`` only should be known.
    ``typed_in`` and ``imported``: so many entries can be used.
    """

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    typed_in: int = 0
    imported: int = 0


@dataclass(frozen=True)
class _Entry:
    """One entry and where it stands, ``FILE:LINE``."""

    where: str
    procedure: Procedure


def check_procedures(
    config: Path, imported: Path, services: Mapping[str, Sequence[str]], today: date
) -> ProcedureFindings:
    """Everything wrong with the typed-in files of ``config`` and the imported one in ``imported``.

    ``services``: the ids of services.toml with the codes that each names. Raises nothing for bad files.
    """
    found = ProcedureFindings()
    entries: list[_Entry] = []
    for file in sorted(config.glob("*.toml")):
        if file.name not in (WORDS, RULES):
            entries += _typed_in(file, services, found)
    _note_twice(entries, found)
    _try(lambda: load_vocabulary(config), found)
    _try(lambda: load_rules(config), found)
    found.typed_in = len(entries)
    table = list(_imported(imported / IMPORTED, found))
    found.imported = len(table)
    for one in (*entries, *table):
        _check_dates(one, today, found)
    for one in table:
        if one.procedure.service is not None:
            _check_service(f"{one.where}: {one.procedure.code}", one.procedure.service, services, found)
    known = {one.procedure.code[:8] for one in (*entries, *table)}
    found.notes += [
        f"services.toml: “{service}” names procedure {code}, which is not there"
        for service, codes in services.items()
        for code in codes
        if code[:8] not in known
    ]
    return found


def _typed_in(file: Path, services: Collection[str], found: ProcedureFindings) -> Iterator[_Entry]:
    try:
        text = file.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        found.problems.append(f"{file.name}: {error}")
        return
    lines = text.splitlines()
    headers = [number for number, line in enumerate(lines, 1) if _HEADER.match(line)]
    entries = table.get("procedure", [])
    shared = {key: value for key, value in table.items() if key != "procedure"}
    _try(lambda: read_shipped(file.name, {**shared, "procedure": []}), found)
    if isinstance(shared.get("service"), str):
        above = lines[: headers[0] - 1] if headers else lines
        at = next((number for number, line in enumerate(above, 1) if _SERVICE.match(line)), 1)
        _check_service(f"{file.name}:{at}", shared["service"], services, found)
    shared = {key: value for key, value in shared.items() if key in ("field", "level", "place", "source")}
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        where = f"{file.name}:{headers[number]}" if len(headers) == len(entries) else file.name
        read = _read(where, {**shared, **entry} if isinstance(entry, dict) else {}, found)
        if read is not None:
            yield read
            if read.procedure.service is not None:
                _check_service(f"{where}: {read.procedure.code}", read.procedure.service, services, found)


def _imported(file: Path, found: ProcedureFindings) -> Iterator[_Entry]:
    if not file.exists():
        return
    try:
        text = file.read_text(encoding="utf-8")
        entries = json.loads(text)["procedures"]
        if not isinstance(entries, list):
            raise TypeError("no list of procedures")
    except (OSError, ValueError, KeyError, TypeError) as error:
        found.problems.append(f"{file.name}: cannot be used ({error}); import the table again")
        return
    before = len(found.problems)
    codes = [number for number, line in enumerate(text.splitlines(), 1) if _IMPORTED_CODE.match(line)]
    for number, entry in enumerate(entries):
        where = f"{file.name}:{codes[number]}" if len(codes) == len(entries) else file.name
        read = _read(where, entry if isinstance(entry, dict) else {}, found)
        if read is not None:
            yield read
    if len(found.problems) == before:  # what concerns the whole file, such as its version
        _try(lambda: load_imported(file.parent), found)


def _read(where: str, entry: Mapping[str, Any], found: ProcedureFindings) -> _Entry | None:
    try:
        return _Entry(where, read_procedure(where, entry))
    except ProcedureFileError as error:
        found.problems += error.problems
        return None


def _try(read: Callable[[], object], found: ProcedureFindings) -> None:
    try:
        read()
    except ProcedureFileError as error:
        found.problems += error.problems


def _note_twice(entries: Sequence[_Entry], found: ProcedureFindings) -> None:
    first: dict[str, str] = {}
    for one in entries:
        code = one.procedure.code
        if code in first:
            found.problems.append(f"{one.where}: {code} stands at {first[code]}, too")
        first.setdefault(code, one.where)


def _check_service(where: str, service: str, services: Collection[str], found: ProcedureFindings) -> None:
    if service not in services:
        near = difflib.get_close_matches(service, services, n=1)
        hint = f"; did you mean “{near[0]}”?" if near else ""
        found.problems.append(f"{where}: service “{service}” is not in services.toml{hint}")


def _check_dates(one: _Entry, today: date, found: ProcedureFindings) -> None:
    begins, ends = one.procedure.valid_from, one.procedure.valid_to
    if ends is not None and ends < today:
        found.notes.append(f"{one.where}: {one.procedure.code} is not found any more since its end on {ends}")
    elif begins is not None and begins > today:
        found.notes.append(f"{one.where}: {one.procedure.code} is not found before {begins}")
