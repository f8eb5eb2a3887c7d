"""The files of procedures: the shipped ones of the configuration, and those that were imported."""

from __future__ import annotations

import tomllib
from pathlib import Path

from kiosk.procedures.procedure import Procedure
from kiosk.procedures.shipped import ProcedureFileError, read_shipped

_WORDS = "words.toml"


def load_shipped(folder: Path) -> tuple[Procedure, ...]:
    """The procedures of all TOML files of ``config/procedures``. Raises ``ProcedureFileError``."""
    problems: list[str] = []
    found: dict[str, Procedure] = {}
    for file in sorted(folder.glob("*.toml")):
        if file.name == _WORDS:
            continue
        try:
            for one in read_shipped(file.name, tomllib.loads(file.read_text(encoding="utf-8"))):
                if one.code in found:
                    problems.append(f"{file.name}: {one.code} stands in another file too")
                found[one.code] = one
        except ProcedureFileError as error:
            problems += error.problems
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            problems.append(f"{file.name}: {error}")
    if problems:
        raise ProcedureFileError(tuple(problems))
    return tuple(found.values())
