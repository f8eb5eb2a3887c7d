"""The files of procedures: the typed-in ones of the configuration, and those that were imported."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.procedures.library import ProcedureLibrary
from kiosk.procedures.merging import merged
from kiosk.procedures.procedure import Procedure, bare_code
from kiosk.procedures.shipped import ProcedureFileError, as_mapping, read_procedure, read_shipped
from kiosk.procedures.tables import Rules, Table, TableError, read_rules, read_table
from kiosk.procedures.vocabulary import Vocabulary, read_vocabulary

IMPORTED = "imported.json"
WORDS, RULES = "words.toml", "import.toml"
_FORMAT = 1
_LARGEST = 64 * 1024 * 1024


@dataclass(frozen=True)
class ImportReport:
    """What an import did: the table, and how many procedures stand in the file now."""

    table: Table
    kept: int
    file: Path


def load_shipped(folder: Path) -> tuple[Procedure, ...]:
    """The procedures of all TOML files of ``config/procedures``. Raises ``ProcedureFileError``."""
    problems: list[str] = []
    found: dict[str, Procedure] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name in (WORDS, RULES):
            continue
        try:
            for one in read_shipped(file.name, _toml(file)):
                if one.code in found:
                    problems.append(f"{file.name}: {one.code} stands in another file too")
                found[one.code] = one
        except ProcedureFileError as error:
            problems += error.problems
    if problems:
        raise ProcedureFileError(tuple(problems))
    return tuple(found.values())


def load_vocabulary(folder: Path) -> Vocabulary:
    """The everyday words of ``words.toml``; an empty vocabulary if there is none. ``ProcedureFileError``."""
    if not (folder / WORDS).exists():
        return Vocabulary()
    try:
        return read_vocabulary(_toml(folder / WORDS))
    except ValueError as error:
        raise ProcedureFileError((str(error),)) from error


def load_rules(folder: Path) -> Rules:
    """How tables are judged: ``import.toml``. Raises ``ProcedureFileError``."""
    if not (folder / RULES).exists():
        return Rules()
    try:
        return read_rules(_toml(folder / RULES))
    except ValueError as error:
        raise ProcedureFileError((str(error),)) from error


def load_imported(folder: Path) -> tuple[Procedure, ...]:
    """What was imported into this folder; nothing if nothing ever was. Raises ``ProcedureFileError``."""
    file = folder / IMPORTED
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["format"] != _FORMAT:
            raise ProcedureFileError((f"{file}: written by another version; import the table again",))
        return tuple(read_procedure(IMPORTED, entry) for entry in content["procedures"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProcedureFileError((f"{file}: cannot be used ({error}); import the table again",)) from error


def load_library(folder: Path, imported: Path | None) -> ProcedureLibrary:
    """Typed-in and imported procedures together. Raises ``ProcedureFileError``."""
    others = load_imported(imported) if imported is not None else ()
    return ProcedureLibrary(merged(load_shipped(folder), others), load_vocabulary(folder))


def import_table(
    file: Path, config: Path, into: Path, *, now: datetime, all_levels: bool, add: bool, check: bool
) -> ImportReport:
    """Read a table and put it in place of what was imported before, or beside it (``add``).

    The file appears whole or not at all. ``check`` writes nothing. Raises ``TableError``,
    ``ProcedureFileError``, ``OSError``; what was there before then stays.
    """
    if file.stat().st_size > _LARGEST:
        raise TableError(f"larger than {_LARGEST // 1024 // 1024} MB")
    content = file.read_bytes()
    table = read_table(content, load_rules(config), all_levels=all_levels)
    procedures: Sequence[Procedure] = table.procedures
    if add:
        codes = {bare_code(one.code) for one in procedures}
        kept = (one for one in load_imported(into) if bare_code(one.code) not in codes)
        procedures = [*kept, *procedures]
    if not check:
        source = {
            "name": file.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "imported_at": now.isoformat(timespec="seconds"),
        }
        _write(into / IMPORTED, source, procedures)
    return ImportReport(table, len(procedures), into / IMPORTED)


def _write(file: Path, source: Mapping[str, str], procedures: Sequence[Procedure]) -> None:
    content = {"format": _FORMAT, "source": source, "procedures": [as_mapping(one) for one in procedures]}
    file.parent.mkdir(parents=True, exist_ok=True)
    for left in file.parent.glob(f"{file.name}.*.part"):  # of an import that was killed
        left.unlink(missing_ok=True)
    begun = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        with begun.open("w", encoding="utf-8") as out:
            json.dump(content, out, ensure_ascii=False, indent=0)
            out.flush()
            os.fsync(out.fileno())
        begun.replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        with suppress(OSError):
            begun.unlink(missing_ok=True)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProcedureFileError((f"{file.name}: {error}",)) from error
