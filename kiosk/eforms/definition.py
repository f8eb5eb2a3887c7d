"""Reading a form from its TOML file; every mistake of a file is named at once, with file and key.

``kiosk.eforms.grammar`` says which keys there are. A form that is also written in other languages is read
once for each of them.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from kiosk.eforms import grammar
from kiosk.eforms.fields import (
    ByDate,
    Condition,
    Consent,
    DateRow,
    Declaration,
    Field,
    FieldType,
    FormDefinition,
    NoticeLine,
    Option,
    Rule,
    RuleKind,
    Section,
    Wording,
)
from kiosk.eforms.references import check_references
from kiosk.translations import SUFFIX, faults, in_language, languages_of

__all__ = [
    "ByDate",
    "Condition",
    "Consent",
    "DateRow",
    "Declaration",
    "Field",
    "FieldType",
    "FormDefinition",
    "FormDefinitionError",
    "NoticeLine",
    "Option",
    "Rule",
    "RuleKind",
    "Section",
    "Wording",
    "load_form",
    "load_forms",
    "parse_form",
]

PREFILL_PATHS = frozenset(
    {
        "citizen.number",
        "citizen.full_name",
        "citizen.birth_date",
        "citizen.sex",
        "citizen.nationality",
        "citizen.ethnicity",
        "citizen.hometown",
        "citizen.residence",
        "citizen.issue_date",
        "citizen.expiry_date",
        "base.authority",
    }
)


class FormDefinitionError(ValueError):
    """A form file is wrong; ``problems`` holds one line for each mistake, with file and key."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load_form(path: Path) -> FormDefinition:
    """Read one form file. Raises ``FormDefinitionError`` with every mistake; ``OSError`` when it cannot be
    read.
    """
    return parse_form(path.read_bytes(), path.name)


def load_forms(folder: Path) -> dict[str, FormDefinition]:
    """Every ``*.toml`` of a folder by form id. Raises ``FormDefinitionError`` with the mistakes of all
    files.
    """
    forms: dict[str, FormDefinition] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            form = load_form(path)
        except FormDefinitionError as error:
            problems += error.problems
            continue
        if form.id in forms:
            problems.append(f"{path.name}: id: “{form.id}” is the id of another file too")
        forms[form.id] = form
    if problems:
        raise FormDefinitionError(problems)
    return forms


def parse_form(text: str | bytes, name: str) -> FormDefinition:
    """Parse a form. ``name`` stands in the messages. Raises ``FormDefinitionError`` with every mistake."""
    try:
        raw = tomllib.loads(text.decode("utf-8") if isinstance(text, bytes) else text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormDefinitionError([f"{name}: not a TOML file: {error}"]) from error
    reader = _Reader(name)
    form = reader.form(raw)
    if not reader.problems:
        check_references(form, reader.problem)
    if reader.problems:
        raise FormDefinitionError(reader.problems)
    said = {tag: _Reader(name).form(in_language(raw, tag)) for tag in languages_of(raw)}
    return replace(form, in_languages=said)


_E = TypeVar("_E", bound=StrEnum)


class _Table:
    """A table under reading: its values by key, with the place to name in messages."""

    def __init__(self, where: str, values: Mapping[str, object]) -> None:
        self.where = where
        self.values = values

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""

    def optional_text(self, key: str) -> str | None:
        return self.text(key) or None

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        return value if isinstance(value, bool) else default

    def number(self, key: str) -> int | None:
        value = self.values.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def day(self, key: str) -> date | None:
        value = self.values.get(key)
        return value if isinstance(value, date) else None

    def items(self, key: str) -> list[object]:
        value = self.values.get(key, [])
        return value if isinstance(value, list) else []

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(item for item in self.items(key) if isinstance(item, str))


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[str] = []

    def problem(self, where: str, text: str) -> None:
        self.problems.append(f"{self.name}: {where}: {text}" if where else f"{self.name}: {text}")

    def table(self, where: str, raw: object, keys: Mapping[str, type], required: tuple[str, ...]) -> _Table:
        if not isinstance(raw, dict):
            self.problem(where, "must be a table")
            return _Table(where, {})
        good: dict[str, object] = {}
        for key, value in raw.items():
            place = f"{where}.{key}" if where else key
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                hint = f"did you mean “{near[0]}”?" if near else f"known keys: {', '.join(keys)}"
                self.problem(place, f"unknown key; {hint}")
            elif not _is(value, keys[key]):
                self.problem(place, f"must be {grammar.TYPE_NAMES[keys[key]]}")
            else:
                good[key] = value
                self.translations(place, raw.get(key.removesuffix(SUFFIX)), key, value)
        for key in required:
            if key not in raw:
                self.problem(f"{where}.{key}" if where else key, "is missing")
            elif good.get(key) in ("", []):
                self.problem(f"{where}.{key}" if where else key, "is empty")
        return _Table(where, good)

    def translations(self, place: str, beside: object, key: str, value: object) -> None:
        if not key.endswith(SUFFIX) or not isinstance(value, dict):
            return
        if not beside:
            self.problem(place, f"translates “{key.removesuffix(SUFFIX)}”, which is not there")
        for tag, fault in faults(beside, value):
            self.problem(f"{place}.{tag}", fault)

    def form(self, raw: Mapping[str, object]) -> FormDefinition:
        top = self.table(
            "",
            raw,
            grammar.FORM_KEYS,
            ("id", "version", "title", "effective_from", "consent", "declaration", "section"),
        )
        consent = self.table(
            "consent", top.values.get("consent", {}), grammar.CONSENT_KEYS, ("version", "statement", "notice")
        )
        notice = [
            self.table(f"consent.notice[{n}]", item, grammar.NOTICE_KEYS, ("heading", "text"))
            for n, item in enumerate(consent.items("notice"), 1)
        ]
        declaration = self.table(
            "declaration", top.values.get("declaration", {}), grammar.DECLARATION_KEYS, ("field", "text")
        )
        return FormDefinition(
            id=top.text("id"),
            version=top.text("version"),
            title=top.text("title"),
            lead=top.text("lead"),
            authority=top.text("authority"),
            effective_from=top.day("effective_from") or date.min,
            effective_until=top.day("effective_until"),
            consent=Consent(
                consent.text("version"),
                consent.text("statement"),
                tuple(NoticeLine(line.text("heading"), line.text("text")) for line in notice),
            ),
            declaration=Declaration(declaration.text("field"), declaration.text("text")),
            sections=tuple(self.section(n, item) for n, item in enumerate(top.items("section"), 1)),
            rules=tuple(
                rule
                for n, item in enumerate(top.items("rule"), 1)
                if (rule := self.rule(n, item)) is not None
            ),
        )

    def section(self, number: int, raw: object) -> Section:
        where = f"section[{number}]"
        table = self.table(where, raw, grammar.SECTION_KEYS, ("id", "title", "field"))
        fields = tuple(
            made
            for n, item in enumerate(table.items("field"), 1)
            if (made := self.field(f"{where}.field[{n}]", item)) is not None
        )
        return Section(table.text("id"), table.text("title"), fields, self.conditions(table, "repeats_when"))

    def field(self, where: str, raw: object) -> Field | None:
        if isinstance(raw, dict) and isinstance(raw.get("id"), str):
            where = str(raw["id"])
        table = self.table(where, raw, grammar.FIELD_KEYS, ("id", "label", "type"))
        kind = self.one_of(FieldType, table, "type")
        if kind is None:
            return None
        options = tuple(
            Option(option.text("value"), option.text("label"), option.text("hint"))
            for n, item in enumerate(table.items("options"), 1)
            for option in (
                self.table(f"{where}.options[{n}]", item, grammar.OPTION_KEYS, ("value", "label")),
            )
        )
        wording = tuple(
            Wording(
                self.conditions(words, "when"),
                words.text("label"),
                words.text("question"),
                words.text("hint"),
            )
            for n, item in enumerate(table.items("wording"), 1)
            for words in (self.table(f"{where}.wording[{n}]", item, grammar.WORDING_KEYS, ("when",)),)
        )
        made = Field(
            id=table.text("id"),
            label=table.text("label"),
            type=kind,
            question=table.text("question"),
            hint=table.text("hint"),
            required=table.flag("required", False),
            ask=table.flag("ask", True),
            change=table.flag("change", True),
            check=table.flag("check", True),
            options=options,
            when=self.conditions(table, "when"),
            prefill=table.optional_text("prefill"),
            copy=table.optional_text("copy"),
            derive_when=self.conditions(table, "derive_when"),
            by_date=self.by_date(table),
            default=table.optional_text("default"),
            min=table.number("min"),
            max=table.number("max"),
            not_after_today=table.flag("not_after_today", False),
            must_be_true=table.flag("must_be_true", False),
            if_missing=table.text("if_missing"),
            wording=wording,
        )
        self.agreement(where, made)
        return made

    def agreement(self, where: str, made: Field) -> None:
        if made.type is FieldType.ENUM and not made.options:
            self.problem(f"{where}.options", "an enum needs options")
        if made.type not in (FieldType.ENUM, FieldType.BOOL) and made.options:
            self.problem(f"{where}.options", f"only enum and bool have options, not {made.type.value}")
        values = [option.value for option in made.options]
        if made.type is FieldType.BOOL and (values or made.ask) and set(values) != {"true", "false"}:
            self.problem(f"{where}.options", "a bool that is asked needs the options “true” and “false”")
        for twice in sorted({value for value in values if values.count(value) > 1}):
            self.problem(f"{where}.options", f"“{twice}” stands twice")
        if made.options and made.default is not None and made.default not in values:
            self.problem(f"{where}.default", f"“{made.default}” is no option")
        if (made.min is not None or made.max is not None) and made.type is not FieldType.INT:
            self.problem(f"{where}.min", "min and max are for int")
        if made.min is not None and made.max is not None and made.min > made.max:
            self.problem(f"{where}.min", "is greater than max")
        if made.not_after_today and made.type is not FieldType.DATE:
            self.problem(f"{where}.not_after_today", "is for dates")
        if made.must_be_true and made.type is not FieldType.BOOL:
            self.problem(f"{where}.must_be_true", "is for bool")
        if made.prefill is not None and made.prefill not in PREFILL_PATHS:
            near = difflib.get_close_matches(made.prefill, PREFILL_PATHS, n=1)
            hint = f"; did you mean “{near[0]}”?" if near else f"; known: {', '.join(sorted(PREFILL_PATHS))}"
            self.problem(f"{where}.prefill", f"“{made.prefill}” is no source{hint}")
        if made.ask and not made.question:
            self.problem(f"{where}.question", "is missing; a field that is never asked says ask = false")

    def by_date(self, table: _Table) -> ByDate | None:
        if "by_date" not in table.values:
            return None
        where = f"{table.where}.by_date"
        inner = self.table(where, table.values["by_date"], grammar.BY_DATE_KEYS, ("field", "rows"))
        rows = [
            self.table(f"{where}.rows[{n}]", item, grammar.ROW_KEYS, ("value",))
            for n, item in enumerate(inner.items("rows"), 1)
        ]
        return ByDate(
            inner.text("field"), tuple(DateRow(row.text("value"), row.day("until")) for row in rows)
        )

    def conditions(self, table: _Table, key: str) -> tuple[Condition, ...]:
        made: list[Condition] = []
        for n, item in enumerate(table.items(key), 1):
            where = f"{table.where}.{key}[{n}]"
            inner = self.table(where, item, grammar.CONDITION_KEYS, ("field",))
            given = [name for name in ("is", "not") if name in inner.values]
            if len(given) != 1:
                self.problem(where, "needs either “is” or “not”")
                continue
            values = inner.texts(given[0])
            if len(values) != len(inner.items(given[0])) or not values:
                self.problem(f"{where}.{given[0]}", "must be a list of texts")
            made.append(Condition(inner.text("field"), values, given[0] == "not"))
        return tuple(made)

    def rule(self, number: int, raw: object) -> Rule | None:
        where = f"rule[{number}]"
        table = self.table(where, raw, grammar.RULE_KEYS, ("kind", "fields"))
        kind = self.one_of(RuleKind, table, "kind")
        if kind is None:
            return None
        fields = table.texts("fields")
        if len(fields) != len(table.items("fields")) or len(fields) < 2:
            self.problem(f"{where}.fields", "must name at least two fields")
        if kind is RuleKind.BEFORE and len(fields) > 2:
            self.problem(f"{where}.fields", "“before” compares two dates")
        return Rule(kind, fields, self.conditions(table, "when"))

    def one_of(self, kinds: type[_E], table: _Table, key: str) -> _E | None:
        text = table.text(key)
        try:
            return kinds(text)
        except ValueError:
            if text:
                names = [kind.value for kind in kinds]
                near = difflib.get_close_matches(text, names, n=1)
                hint = f"did you mean “{near[0]}”?" if near else f"known: {', '.join(names)}"
                self.problem(f"{table.where}.{key}", f"“{text}” is unknown; {hint}")
            return None


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is date:
        return type(value) is date
    return isinstance(value, kind)
