"""All procedures of a centre, found in the words in which people ask for them. Pure; safe in any thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kiosk.procedures.folding import fold, words
from kiosk.procedures.procedure import Procedure


@dataclass(frozen=True)
class Hit:
    """One procedure that may be meant. ``score`` from 0 to 1: how well it fits, not a probability."""

    code: str
    name: str
    score: float


class ProcedureLibrary:
    """The procedures by code, by field and by what is typed."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._all = {one.code: one for one in procedures}
        self._words = {
            one.code: {fold(word) for text in (one.name, *one.everyday) for word in words(text)}
            for one in self._all.values()
        }

    def search(self, text: str, limit: int = 8, on: date | None = None) -> tuple[Hit, ...]:
        """What fits best first; empty when nothing does. ``on`` leaves out what is not in force that day."""
        typed = [fold(word) for word in words(text)]
        hits = []
        for code, known in self._words.items():
            found = sum(any(word.startswith(part) for word in known) for part in typed)
            if typed and found == len(typed) and (on is None or self._all[code].is_valid(on)):
                hits.append(Hit(code, self._all[code].shown, found / max(len(known), found)))
        return tuple(sorted(hits, key=lambda hit: (-hit.score, hit.name))[:limit])

    def get(self, code: str) -> Procedure | None:
        """The procedure with this code."""
        return self._all.get(code)

    def fields(self) -> tuple[str, ...]:
        """All fields, by name."""
        return tuple(sorted({one.field for one in self._all.values()}))

    def of_field(self, field: str) -> tuple[Procedure, ...]:
        """The procedures of a field, by name."""
        return tuple(sorted((one for one in self._all.values() if one.field == field), key=lambda p: p.name))

    def __len__(self) -> int:
        return len(self._all)
