"""What an import says of lines of its file: tables of procedures and exports of dossiers alike. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What became of a line."""

    CHANGED = "changed"
    DOUBTED = "doubted"
    DROPPED = "dropped"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Remark:
    """One thing about one line, for staff. ``line`` counts from 1, the header included."""

    line: int
    kind: Kind
    what: str
