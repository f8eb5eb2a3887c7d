"""What a form consists of: sections, fields, conditions, rules, notice. Frozen; ``definition`` reads them.

Field ids of civil-status forms follow the exchange vocabulary of the provincial systems.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class FieldType(StrEnum):
    """What an answer is; decides how it is typed, checked and shown."""

    NAME = "name"
    DATE = "date"
    ID12 = "id12"
    IDNO = "idno"
    ENUM = "enum"
    TEXT = "text"
    ADDR = "addr"
    ORG = "org"
    PHONE = "phone"
    BOOL = "bool"
    INT = "int"


class RuleKind(StrEnum):
    """Rules between fields."""

    BEFORE = "before"
    DIFFER = "differ"
    EQUAL = "equal"
    AT_LEAST_ONE = "at_least_one"


@dataclass(frozen=True)
class Option:
    """One answer of an enumeration."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class Condition:
    """Holds when the named field's value is one of ``values`` (or none of them, when ``negated``)."""

    field: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class Wording:
    """Other words of a field when its conditions hold."""

    when: tuple[Condition, ...]
    label: str = ""
    question: str = ""
    hint: str = ""


@dataclass(frozen=True)
class DateRow:
    """``value`` holds for dates before ``until`` (None: for all later ones)."""

    value: str
    until: date | None = None


@dataclass(frozen=True)
class ByDate:
    """A value looked up in a table by the date in another field."""

    field: str
    rows: tuple[DateRow, ...]


@dataclass(frozen=True)
class Field:
    """One answer of the form.

    ``when``: the field applies only then, and is empty otherwise. ``prefill`` and ``copy`` fill it when
    ``derive_when`` holds; ``by_date`` and ``default`` whenever nothing else does. ``ask`` False: never a
    question of its own. ``change`` False: the kiosk offers no *change* for it. ``check`` False: no line of
    the check page.
    """

    id: str
    label: str
    type: FieldType
    question: str = ""
    hint: str = ""
    required: bool = False
    ask: bool = True
    change: bool = True
    check: bool = True
    options: tuple[Option, ...] = ()
    when: tuple[Condition, ...] = ()
    prefill: str | None = None
    copy: str | None = None
    derive_when: tuple[Condition, ...] = ()
    by_date: ByDate | None = None
    default: str | None = None
    min: int | None = None
    max: int | None = None
    not_after_today: bool = False
    must_be_true: bool = False
    if_missing: str = ""
    wording: tuple[Wording, ...] = ()


@dataclass(frozen=True)
class Section:
    """Fields that belong together.

    While ``repeats_when`` holds the check page leaves out what only repeats another field.
    """

    id: str
    title: str
    fields: tuple[Field, ...]
    repeats_when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A rule between fields; ``fields`` in the order in which the kind reads (``before``: first < second)."""

    kind: RuleKind
    fields: tuple[str, ...]
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class NoticeLine:
    """One line of the notice about personal data. ``{centre}`` and ``{hotline}`` are filled in when shown."""

    heading: str
    text: str


@dataclass(frozen=True)
class Consent:
    """What is agreed to before anything is filled in. ``version`` is kept with the consent as evidence."""

    version: str
    statement: str
    notice: tuple[NoticeLine, ...]


@dataclass(frozen=True)
class Declaration:
    """The sentence declared on the check page, and the field that records it."""

    field: str
    text: str


@dataclass(frozen=True)
class FormDefinition:
    """A form of one procedure.

    ``effective_until`` is the last day on which it may be used. ``authority`` is whom it is addressed to,
    with ``{commune}`` for the commune's name. ``in_languages``: the same form as read in other languages;
    what is stored, sent and declared is this one.
    """

    id: str
    version: str
    title: str
    lead: str
    authority: str
    effective_from: date
    effective_until: date | None
    consent: Consent
    declaration: Declaration
    sections: tuple[Section, ...]
    rules: tuple[Rule, ...] = ()
    in_languages: Mapping[str, FormDefinition] = field(default_factory=dict, repr=False, compare=False)

    def said_in(self, language: str) -> FormDefinition:
        """The form to be read in this language, each text Vietnamese that has no translation."""
        return self.in_languages.get(language, self)

    def fields(self) -> Iterator[Field]:
        """Every field in order."""
        for section in self.sections:
            yield from section.fields

    def field(self, field_id: str) -> Field:
        """The field with this id. Raises ``KeyError``."""
        for candidate in self.fields():
            if candidate.id == field_id:
                return candidate
        raise KeyError(field_id)

    def in_force(self, day: date) -> bool:
        """Whether the form may be used on this day."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)
