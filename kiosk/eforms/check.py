"""The lines of *check your answers*, and which question comes next."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping
from dataclasses import dataclass

from kiosk.eforms.answers import Answer, holds, label_of, shown
from kiosk.eforms.definition import Field, FormDefinition
from kiosk.identity.citizen import Source


@dataclass(frozen=True)
class CheckLine:
    """One line: label, the value as people read it (empty when open), its source, and whether it can be
    changed.

    ``if_missing`` tells who will add a missing value.
    """

    field: str
    label: str
    shown: str = dataclasses.field(repr=False, kw_only=True)
    source: Source | None
    change: bool
    if_missing: str = ""


@dataclass(frozen=True)
class CheckSection:
    """The lines of one section."""

    title: str
    lines: tuple[CheckLine, ...]


def check_sections(form: FormDefinition, answers: Mapping[str, Answer]) -> tuple[CheckSection, ...]:
    """What stands on the check page, section by section; the declaration is not a line."""
    made: list[CheckSection] = []
    for section in form.sections:
        repeats = bool(section.repeats_when) and holds(section.repeats_when, answers)
        lines = tuple(
            _line(item, answers)
            for item in section.fields
            if item.check
            and item.id != form.declaration.field
            and holds(item.when, answers)
            and (item.ask or item.if_missing or not _empty(item, answers))
            and not (repeats and _repeats(item, answers))
        )
        if lines:
            made.append(CheckSection(section.title, lines))
    return tuple(made)


def questions(
    form: FormDefinition, answers: Mapping[str, Answer], asked: Container[str]
) -> tuple[Field, ...]:
    """The questions of this visit in order: those answered or left open by hand (``asked``), and those to
    come.

    A field that may yet be filled in, once an earlier question is answered, is not counted before.
    """
    return tuple(
        item
        for item in form.fields()
        if item.ask
        and holds(item.when, answers)
        and (item.id in asked or (_empty(item, answers) and not _may_be_filled(item, answers)))
    )


def next_question(form: FormDefinition, answers: Mapping[str, Answer], asked: Container[str]) -> Field | None:
    """The first question without an answer that was not asked yet; None when all were."""
    return next((item for item in questions(form, answers, asked) if item.id not in asked), None)


def previous_question(
    form: FormDefinition, answers: Mapping[str, Answer], asked: Container[str], current: str
) -> Field | None:
    """The question before this one; None before the first."""
    before: Field | None = None
    for item in questions(form, answers, asked):
        if item.id == current:
            return before
        before = item
    return None


def _empty(item: Field, answers: Mapping[str, Answer]) -> bool:
    answer = answers.get(item.id)
    return answer is None or answer.empty


def _may_be_filled(item: Field, answers: Mapping[str, Answer]) -> bool:
    return any(answers.get(condition.field) is None for condition in item.derive_when)


def _repeats(item: Field, answers: Mapping[str, Answer]) -> bool:
    """The value of another field, standing there already."""
    return item.copy is not None and answers.get(item.id) == answers.get(item.copy)


def _line(item: Field, answers: Mapping[str, Answer]) -> CheckLine:
    answer = answers.get(item.id)
    empty = answer is None or answer.empty
    return CheckLine(
        field=item.id,
        label=label_of(item, answers),
        shown="" if answer is None else shown(item, answer.value),
        source=None if answer is None or empty else answer.source,
        change=item.change and item.ask,
        if_missing=item.if_missing if empty else "",
    )
