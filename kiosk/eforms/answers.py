"""Answers of a form: immutable, each with its source and the time it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from kiosk.eforms.definition import Condition, Field, FieldType, FormDefinition
from kiosk.identity.citizen import Source

Value = str | bool | None


@dataclass(frozen=True)
class Answer:
    """``value``: text, an ISO date, an option's value, a bool, or None when the question was left open.

    ``repr`` shows the source only.
    """

    value: Value = field(repr=False)
    source: Source
    read_at: datetime | None = None

    @property
    def empty(self) -> bool:
        """True when there is no value."""
        return self.value is None or self.value == ""


class Answers(Mapping[str, Answer]):
    """An immutable set of answers by field id. ``repr`` shows field ids only."""

    __slots__ = ("_answers",)

    def __init__(self, answers: Mapping[str, Answer] | None = None) -> None:
        self._answers: dict[str, Answer] = dict(answers or {})

    def __getitem__(self, field_id: str) -> Answer:
        return self._answers[field_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def __hash__(self) -> int:
        return hash(frozenset(self._answers.items()))

    def __repr__(self) -> str:
        return f"Answers({', '.join(self._answers)})"

    def with_answer(self, field_id: str, answer: Answer) -> Answers:
        """The same answers with this one set."""
        return Answers({**self._answers, field_id: answer})

    def typed(self, field_id: str, value: Value, at: datetime | None = None) -> Answers:
        """The same answers with this one typed by hand: its source is ``typed`` from now on."""
        return self.with_answer(field_id, Answer(value, Source.TYPED, at))

    def value(self, field_id: str) -> Value:
        """The value of a field, None when there is none."""
        answer = self._answers.get(field_id)
        return None if answer is None or answer.empty else answer.value


def holds(conditions: Iterable[Condition], answers: Mapping[str, Answer]) -> bool:
    """Whether all conditions hold. A field without a value fails ``is`` and passes ``not``."""
    for condition in conditions:
        answer = answers.get(condition.field)
        value = None if answer is None or answer.empty else answer.value
        text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else value
        if (text in condition.values) is condition.negated:
            return False
    return True


def label_of(made: Field, answers: Mapping[str, Answer]) -> str:
    """The field's label in the words that fit the other answers."""
    return next((w.label for w in made.wording if w.label and holds(w.when, answers)), made.label)


def question_of(made: Field, answers: Mapping[str, Answer]) -> tuple[str, str]:
    """Question and hint in the words that fit the other answers."""
    question = next(
        (w.question for w in made.wording if w.question and holds(w.when, answers)), made.question
    )
    hint = next((w.hint for w in made.wording if w.hint and holds(w.when, answers)), made.hint)
    return question, hint


def shown(made: Field, value: Value) -> str:
    """The value as people read it.

    Dates as dd/MM/yyyy, options by their label, numbers in groups.
    """
    if value is None or value == "":
        return ""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else value
    match made.type:
        case FieldType.DATE:
            text = _shown_date(text)
        case FieldType.ENUM | FieldType.BOOL:
            text = next((option.label for option in made.options if option.value == text), text)
        case FieldType.ID12 if len(text) == 12:
            text = " ".join(text[at : at + 3] for at in range(0, 12, 3))
        case FieldType.PHONE if len(text) == 10:
            text = f"{text[:4]} {text[4:7]} {text[7:]}"
        case _:
            pass
    return text


def _shown_date(text: str) -> str:
    try:
        day = date.fromisoformat(text)
        return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
    except ValueError:
        return text


def to_wire(form: FormDefinition, answers: Mapping[str, Answer]) -> list[dict[str, str | bool | None]]:
    """Answers in the form's order as the centre takes them: ``field, value, source, read_at`` (UTC, ISO
    8601).
    """
    return [
        {
            "field": made.id,
            "value": answer.value,
            "source": answer.source.value,
            "read_at": None
            if answer.read_at is None
            else answer.read_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        for made in form.fields()
        if (answer := answers.get(made.id)) is not None and not answer.empty
    ]


def from_wire(entries: Iterable[Mapping[str, object]]) -> Answers:
    """The answers of :func:`to_wire`. Raises ``ValueError`` for an entry of another shape or a field given
    twice.
    """
    answers: dict[str, Answer] = {}
    for entry in entries:
        field_id, value, read_at = entry.get("field"), entry.get("value"), entry.get("read_at")
        if not isinstance(field_id, str) or not (value is None or isinstance(value, str | bool)):
            raise ValueError("an answer needs a field and a value that is text, true, false or null")
        if field_id in answers:
            raise ValueError(f"two answers for “{field_id}”")
        moment = datetime.fromisoformat(read_at) if isinstance(read_at, str) else None
        answers[field_id] = Answer(value, Source(str(entry.get("source"))), moment)
    return Answers(answers)
