"""Filling a form in: what the card and the centre know, what follows from other answers, what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.eforms.answers import Answer, Answers, holds
from kiosk.eforms.definition import Field, FormDefinition
from kiosk.identity.citizen import Citizen, Source


@dataclass(frozen=True)
class Known:
    """What may be filled in without asking. ``base`` holds settings of the centre, such as ``authority``."""

    citizen: Citizen | None = field(default=None, repr=False)
    read_at: datetime | None = None
    base: Mapping[str, str] = field(default_factory=dict)


def filled(form: FormDefinition, typed: Mapping[str, Answer], known: Known) -> Answers:
    """All answers: typed ones first, then copies, then what is known, then what follows, then defaults.

    Fields that do not apply are left out, also when something was typed there before. Nothing is remembered
    from one call to the next, so a changed answer changes everything that follows from it.
    """
    answers: dict[str, Answer] = {}
    for made in form.fields():
        if not holds(made.when, answers):
            continue
        answer = typed.get(made.id) or _derived(made, answers, known)
        if answer is not None:
            answers[made.id] = answer
    return Answers(answers)


def _derived(made: Field, answers: Mapping[str, Answer], known: Known) -> Answer | None:
    if holds(made.derive_when, answers):
        if made.copy is not None and (original := answers.get(made.copy)) and not original.empty:
            return original
        if made.prefill is not None and (answer := _known(made.prefill, known)) is not None:
            return answer
    if made.by_date is not None:
        day = answers.get(made.by_date.field)
        if day is not None and isinstance(day.value, str) and (moment := _date(day.value)) is not None:
            for row in made.by_date.rows:
                if row.until is None or moment < row.until:
                    return Answer(row.value, Source.COMPUTED)
    if made.default is not None:
        return Answer(made.default, Source.COMPUTED)
    return None


def _known(path: str, known: Known) -> Answer | None:
    root, _, name = path.partition(".")
    if root == "base":
        text = known.base.get(name)
        return Answer(text, Source.CENTRE) if text else None
    if known.citizen is None:
        return None
    value = getattr(known.citizen, name)
    if value is None or value == "":
        return None
    text = value.isoformat() if isinstance(value, date) else str(value)
    return Answer(text, known.citizen.source, known.read_at)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
