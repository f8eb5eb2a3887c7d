"""Reading a form from its TOML file; every mistake of a file is named at once, with file and key.

The key tables below (``_FORM_KEYS`` … ``_RULE_KEYS``) are the whole grammar.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

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
        _check_references(form, reader)
    if reader.problems:
        raise FormDefinitionError(reader.problems)
    return form


# -- the grammar ---------------------------------------------------------------------------------------------

_FORM_KEYS: dict[str, type] = {
    "id": str,
    "version": str,
    "title": str,
    "lead": str,
    "authority": str,
    "effective_from": date,
    "effective_until": date,
    "consent": dict,
    "declaration": dict,
    "section": list,
    "rule": list,
}
_CONSENT_KEYS: dict[str, type] = {"version": str, "statement": str, "notice": list}
_NOTICE_KEYS: dict[str, type] = {"heading": str, "text": str}
_DECLARATION_KEYS: dict[str, type] = {"field": str, "text": str}
_SECTION_KEYS: dict[str, type] = {"id": str, "title": str, "field": list, "repeats_when": list}
_FIELD_KEYS: dict[str, type] = {
    "id": str,
    "label": str,
    "type": str,
    "question": str,
    "hint": str,
    "required": bool,
    "ask": bool,
    "change": bool,
    "check": bool,
    "options": list,
    "when": list,
    "prefill": str,
    "copy": str,
    "derive_when": list,
    "by_date": dict,
    "default": str,
    "min": int,
    "max": int,
    "not_after_today": bool,
    "must_be_true": bool,
    "if_missing": str,
    "wording": list,
}
_OPTION_KEYS: dict[str, type] = {"value": str, "label": str, "hint": str}
_CONDITION_KEYS: dict[str, type] = {"field": str, "is": list, "not": list}
_BY_DATE_KEYS: dict[str, type] = {"field": str, "rows": list}
_ROW_KEYS: dict[str, type] = {"value": str, "until": date}
_WORDING_KEYS: dict[str, type] = {"when": list, "label": str, "question": str, "hint": str}
_RULE_KEYS: dict[str, type] = {"kind": str, "fields": list, "when": list}

_TYPE_NAMES: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    date: "a date",
    list: "a list",
    dict: "a table",
}


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
                self.problem(place, f"must be {_TYPE_NAMES[keys[key]]}")
            else:
                good[key] = value
        for key in required:
            if key not in raw:
                self.problem(f"{where}.{key}" if where else key, "is missing")
            elif good.get(key) in ("", []):
                self.problem(f"{where}.{key}" if where else key, "is empty")
        return _Table(where, good)

    def form(self, raw: Mapping[str, object]) -> FormDefinition:
        top = self.table(
            "",
            raw,
            _FORM_KEYS,
            ("id", "version", "title", "effective_from", "consent", "declaration", "section"),
        )
        consent = self.table(
            "consent", top.values.get("consent", {}), _CONSENT_KEYS, ("version", "statement", "notice")
        )
        notice = [
            self.table(f"consent.notice[{n}]", item, _NOTICE_KEYS, ("heading", "text"))
            for n, item in enumerate(consent.items("notice"), 1)
        ]
        declaration = self.table(
            "declaration", top.values.get("declaration", {}), _DECLARATION_KEYS, ("field", "text")
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
        table = self.table(where, raw, _SECTION_KEYS, ("id", "title", "field"))
        fields = tuple(
            made
            for n, item in enumerate(table.items("field"), 1)
            if (made := self.field(f"{where}.field[{n}]", item)) is not None
        )
        return Section(table.text("id"), table.text("title"), fields, self.conditions(table, "repeats_when"))

    def field(self, where: str, raw: object) -> Field | None:
        if isinstance(raw, dict) and isinstance(raw.get("id"), str):
            where = str(raw["id"])
        table = self.table(where, raw, _FIELD_KEYS, ("id", "label", "type"))
        kind = self.one_of(FieldType, table, "type")
        if kind is None:
            return None
        options = tuple(
            Option(option.text("value"), option.text("label"), option.text("hint"))
            for n, item in enumerate(table.items("options"), 1)
            for option in (self.table(f"{where}.options[{n}]", item, _OPTION_KEYS, ("value", "label")),)
        )
        wording = tuple(
            Wording(
                self.conditions(words, "when"),
                words.text("label"),
                words.text("question"),
                words.text("hint"),
            )
            for n, item in enumerate(table.items("wording"), 1)
            for words in (self.table(f"{where}.wording[{n}]", item, _WORDING_KEYS, ("when",)),)
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
        inner = self.table(where, table.values["by_date"], _BY_DATE_KEYS, ("field", "rows"))
        rows = [
            self.table(f"{where}.rows[{n}]", item, _ROW_KEYS, ("value",))
            for n, item in enumerate(inner.items("rows"), 1)
        ]
        return ByDate(
            inner.text("field"), tuple(DateRow(row.text("value"), row.day("until")) for row in rows)
        )

    def conditions(self, table: _Table, key: str) -> tuple[Condition, ...]:
        made: list[Condition] = []
        for n, item in enumerate(table.items(key), 1):
            where = f"{table.where}.{key}[{n}]"
            inner = self.table(where, item, _CONDITION_KEYS, ("field",))
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
        table = self.table(where, raw, _RULE_KEYS, ("kind", "fields"))
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


def _check_references(form: FormDefinition, reader: _Reader) -> None:
    """Every field that is named exists, and what a field depends on stands before it."""
    ids = [made.id for made in form.fields()]
    for twice in sorted({i for i in ids if ids.count(i) > 1}):
        reader.problem(twice, "stands twice")
    if form.effective_until is not None and form.effective_until < form.effective_from:
        reader.problem("effective_until", "is before effective_from")
    references = _References(form, reader)
    before: set[str] = set()
    for made in form.fields():
        references.field(made, before)
        before.add(made.id)
    for n, section in enumerate(form.sections, 1):
        for condition in section.repeats_when:
            references.condition(f"section[{n}].repeats_when", condition)
    for n, rule in enumerate(form.rules, 1):
        for name in rule.fields:
            references.exists(f"rule[{n}].fields", name, date_wanted=rule.kind is RuleKind.BEFORE)
        for condition in rule.when:
            references.condition(f"rule[{n}].when", condition)
    if references.exists("declaration.field", form.declaration.field):
        declared = form.field(form.declaration.field)
        if not declared.must_be_true:
            reader.problem("declaration.field", f"“{declared.id}” must be a bool with must_be_true = true")


class _References:
    def __init__(self, form: FormDefinition, reader: _Reader) -> None:
        self.known = {made.id: made for made in form.fields()}
        self.problem = reader.problem

    def exists(self, where: str, name: str, *, date_wanted: bool = False) -> bool:
        made = self.known.get(name)
        if made is None:
            near = difflib.get_close_matches(name, self.known, n=1)
            self.problem(where, f"no field “{name}”" + (f"; did you mean “{near[0]}”?" if near else ""))
            return False
        if date_wanted and made.type is not FieldType.DATE:
            self.problem(where, f"“{name}” is no date")
        return True

    def condition(self, where: str, condition: Condition) -> None:
        if self.exists(where, condition.field) and (options := self.known[condition.field].options):
            known = {option.value for option in options}
            for value in condition.values:
                if value not in known:
                    self.problem(where, f"“{value}” is no option of “{condition.field}”")

    def field(self, made: Field, before: set[str]) -> None:
        for key, conditions in (
            ("when", made.when),
            ("derive_when", made.derive_when),
            ("wording", tuple(c for words in made.wording for c in words.when)),
        ):
            for condition in conditions:
                self.condition(f"{made.id}.{key}", condition)
                self.earlier(f"{made.id}.{key}", condition.field, before)
        if made.copy is not None and self.exists(f"{made.id}.copy", made.copy):
            self.earlier(f"{made.id}.copy", made.copy, before)
        if made.by_date is not None and self.exists(
            f"{made.id}.by_date", made.by_date.field, date_wanted=True
        ):
            self.earlier(f"{made.id}.by_date", made.by_date.field, before)

    def earlier(self, where: str, name: str, before: set[str]) -> None:
        if name in self.known and name not in before:
            self.problem(where, f"“{name}” must stand before it")
