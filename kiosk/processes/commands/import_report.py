"""What the commands that import a file share: their options, and the report on its lines."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.processes.commands.options import CommandError

if TYPE_CHECKING:
    from kiosk.procedures.import_remarks import Kind, Remark


def add_import_options(parser: argparse.ArgumentParser) -> None:
    """``FILE``, ``--check``, ``--json`` and ``--quiet``."""
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true", help="only tell what would be done")
    parser.add_argument("--json", action="store_true", help="the report as JSON")
    parser.add_argument("--quiet", action="store_true", help="only the sums and what could not be read")


@contextmanager
def unchanged_on_error(file: Path, unusable: type[Exception]) -> Iterator[None]:
    """Inside, an import that writes all or nothing. ``unusable``: what it raises when ``file`` is none.

    Raises ``CommandError`` for that and for ``OSError``.
    """
    try:
        yield
    except unusable as error:
        raise CommandError(f"{file} cannot be used, nothing was changed: {error}") from error
    except OSError as error:
        raise CommandError(f"{error.filename or file}: {error.strerror}; nothing was changed") from error


def lines_by_kind(remarks: Sequence[Remark], kinds: Sequence[Kind]) -> dict[str, int]:
    """How many lines each kind of remark is about."""
    return {kind.value: len({one.line for one in remarks if one.kind is kind}) for kind in kinds}


def told(lines: Mapping[str, int]) -> str:
    """``lines_by_kind`` in words."""
    return ", ".join(f"{count} {kind}" for kind, count in lines.items())


def unreadable(remark: Remark) -> bool:
    """Whether nothing could be made of the line; one such line makes the command's code 1."""
    from kiosk.procedures.import_remarks import Kind

    return remark.kind is Kind.UNREADABLE
