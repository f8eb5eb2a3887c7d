"""The questions of the files beside this one, and a library as large as a province's to ask them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kiosk.procedures.library import ProcedureLibrary
from kiosk.processes.procedure_files import load_shipped, load_vocabulary
from tests.unit.procedures.many import distractors

CONFIG = Path(__file__).parents[3] / "config" / "procedures"
ENTRIES = 2500


@dataclass(frozen=True)
class Question:
    """What is typed, and the codes that are right answers; none if nothing here fits."""

    text: str
    right: frozenset[str]
    kind: str


@cache
def questions(part: str) -> tuple[Question, ...]:
    """``tuning``, ``held_out``, ``later``, ``another_hand`` or ``another_hand_held_out``."""
    file = "questions_another_hand.toml" if part.startswith("another_hand") else "questions.toml"
    table = tomllib.loads(Path(__file__).with_name(file).read_text(encoding="utf-8"))
    return tuple(Question(text, frozenset(codes.split()), kind) for text, codes, kind in table[part])


@cache
def large_library() -> ProcedureLibrary:
    """The typed-in procedures among made-up ones, 2,500 together."""
    typed_in = load_shipped(CONFIG)
    others = distractors(ENTRIES - len(typed_in), {one.code for one in typed_in})
    return ProcedureLibrary([*typed_in, *others], load_vocabulary(CONFIG))


def rates(part: str) -> tuple[float, float, list[str]]:
    """Share with a right procedure first, and among the first three; the questions that failed the first."""
    first = three = 0
    failed = []
    for question in questions(part):
        hits = [hit.code for hit in large_library().search(question.text, 3)]
        is_first = hits[0] in question.right if hits else not question.right
        first += is_first
        three += bool(question.right.intersection(hits)) if question.right else not hits
        if not is_first:
            failed.append(f"{question.text} → {hits}, not {sorted(question.right)}")
    count = len(questions(part))
    return first / count, three / count, failed
