"""The typed-in procedures: a parsed file of ``config/procedures`` to values, every mistake named. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from kiosk.procedures.procedure import Aspect, Channel, FeeKind, Method, Online, Procedure, is_code

_TEXTS = frozenset(
    [
        "code",
        "name",
        "field",
        "short",
        "level",
        "decision",
        "time",
        "fee",
        "exemptions",
        "place",
        "url",
        "service",
        "source",
        "stale",
    ]
)
_LISTS = frozenset({"bring", "notes", "everyday"})
_OTHERS = frozenset(
    {"fee_kind", "online", "in_person", "valid_from", "valid_to", "checked", "common", "method"}
)
_METHOD_KEYS = frozenset({"channel", "time", "fee", "fee_kind", "unit_known"})
_DEFAULTS = frozenset({"field", "level", "place", "service", "source"})
_Choice = TypeVar("_Choice", bound=StrEnum)


class ProcedureFileError(Exception):
    """A file of procedures that cannot be used; ``problems`` names every mistake."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_shipped(file: str, table: Mapping[str, Any]) -> tuple[Procedure, ...]:
    """The procedures of one parsed file. What stands above the first ``[[procedure]]`` holds for all of them.

    Raises ``ProcedureFileError`` with all mistakes of the file.
    """
    reader = _Reader(file, {key: value for key, value in table.items() if key != "procedure"})
    found = [reader.procedure(entry) for entry in _tables(table.get("procedure", []))]
    codes = [one.code for one in found]
    reader.problems += [
        f"{file}: {code} stands twice" for code in sorted(set(codes)) if codes.count(code) > 1
    ]
    if reader.problems:
        raise ProcedureFileError(tuple(reader.problems))
    return tuple(found)


def read_procedure(where: str, entry: Mapping[str, Any]) -> Procedure:
    """One procedure of a mapping with the keys of the files. Raises ``ProcedureFileError``."""
    reader = _Reader(where, {})
    found = reader.procedure(entry)
    if reader.problems:
        raise ProcedureFileError(tuple(reader.problems))
    return found


def as_mapping(procedure: Procedure) -> dict[str, Any]:
    """A mapping that ``read_procedure`` reads back to the same value; dates as ISO text."""
    entry: dict[str, Any] = {
        "code": procedure.code,
        "name": procedure.name,
        "field": procedure.field,
        "short": procedure.short,
        "level": procedure.level,
        "decision": procedure.decision,
        "time": procedure.time_text,
        "fee": procedure.fee_text,
        "fee_kind": procedure.fee_kind.value,
        "exemptions": procedure.exemptions,
        "place": procedure.place,
        "url": procedure.url,
        "source": procedure.source,
        "stale": procedure.stale,
        "bring": list(procedure.bring),
        "notes": list(procedure.notes),
        "everyday": list(procedure.everyday),
        "online": procedure.online.value,
        "checked": sorted(aspect.value for aspect in procedure.checked),
        "common": procedure.common,
        "method": [
            {
                "channel": method.channel.value,
                "time": method.time,
                "fee": method.fee,
                "fee_kind": method.fee_kind.value,
                "unit_known": method.unit_known,
            }
            for method in procedure.methods
        ],
    }
    if procedure.service is not None:
        entry["service"] = procedure.service
    if procedure.in_person is not None:
        entry["in_person"] = procedure.in_person
    for key, day in (("valid_from", procedure.valid_from), ("valid_to", procedure.valid_to)):
        if day is not None:
            entry[key] = day.isoformat()
    return entry


def _tables(value: Any) -> Iterator[Mapping[str, Any]]:
    for entry in value if isinstance(value, list) else [value]:
        yield entry if isinstance(entry, Mapping) else {}


class _Reader:
    """Reads entries of one file and gathers what is wrong with them."""

    def __init__(self, file: str, defaults: Mapping[str, Any]) -> None:
        self.problems: list[str] = []
        self._file = file
        self._where = file
        self._defaults = defaults
        self._unknown(defaults, _DEFAULTS)

    def procedure(self, entry: Mapping[str, Any]) -> Procedure:
        values = {**self._defaults, **entry}
        code = self._text(values, "code")
        self._where = f"{self._file}: {code or 'procedure without code'}"
        self._unknown(entry, _TEXTS | _LISTS | _OTHERS)
        if not is_code(code):
            self._wrong("code", code, "a code like 1.001193")
        name, field = self._text(values, "name"), self._text(values, "field")
        if not name or not field:
            self.problems.append(f"{self._where}: name and field are needed")
        valid_from, valid_to = self._day(values, "valid_from"), self._day(values, "valid_to")
        if valid_from and valid_to and valid_to < valid_from:
            self.problems.append(f"{self._where}: valid_to is before valid_from")
        return Procedure(
            code=code,
            name=name,
            field=field,
            short=self._text(values, "short"),
            level=self._text(values, "level"),
            decision=self._text(values, "decision"),
            methods=tuple(self._method(one) for one in _tables(values.get("method", []))),
            bring=self._list(values, "bring"),
            time_text=self._text(values, "time"),
            fee_text=self._text(values, "fee"),
            fee_kind=self._choice(values, "fee_kind", FeeKind, FeeKind.UNKNOWN),
            exemptions=self._text(values, "exemptions"),
            notes=self._list(values, "notes"),
            online=self._choice(values, "online", Online, Online.UNKNOWN),
            in_person=self._truth(values, "in_person"),
            place=self._text(values, "place"),
            url=self._url(values),
            valid_from=valid_from,
            valid_to=valid_to,
            service=self._text(values, "service") or None,
            everyday=self._list(values, "everyday"),
            source=self._text(values, "source"),
            checked=self._checked(values.get("checked", [])),
            stale=self._text(values, "stale"),
            common=bool(self._truth(values, "common")),
        )

    def _method(self, entry: Mapping[str, Any]) -> Method:
        self._unknown(entry, _METHOD_KEYS)
        return Method(
            self._choice(entry, "channel", Channel, Channel.DIRECT),
            self._text(entry, "time"),
            self._text(entry, "fee"),
            self._choice(entry, "fee_kind", FeeKind, FeeKind.UNKNOWN),
            self._truth(entry, "unit_known") is not False,
        )

    def _checked(self, value: Any) -> frozenset[Aspect]:
        if isinstance(value, bool):
            return frozenset(Aspect) if value else frozenset()
        names = {aspect.value for aspect in Aspect}
        if not isinstance(value, list) or not all(isinstance(one, str) and one in names for one in value):
            self._wrong("checked", value, f"true, false or some of {', '.join(sorted(names))}")
            return frozenset()
        return frozenset(Aspect(one) for one in value)

    def _text(self, values: Mapping[str, Any], key: str) -> str:
        value = values.get(key, "")
        if not isinstance(value, str):
            self._wrong(key, value, "a text")
            return ""
        return unicodedata.normalize("NFC", value).strip()

    def _url(self, values: Mapping[str, Any]) -> str:
        url = self._text(values, "url")
        if url and not url.startswith("https://"):
            self._wrong("url", url, "an address that begins with https://")
            return ""
        return url

    def _list(self, values: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
            self._wrong(key, value, "a list of texts")
            return ()
        return tuple(unicodedata.normalize("NFC", one).strip() for one in value)

    def _choice(
        self, values: Mapping[str, Any], key: str, choices: type[_Choice], default: _Choice
    ) -> _Choice:
        value = values.get(key, default.value)
        if isinstance(value, str) and value in {one.value for one in choices}:
            return choices(value)
        self._wrong(key, value, f"one of {', '.join(one.value for one in choices)}")
        return default

    def _truth(self, values: Mapping[str, Any], key: str) -> bool | None:
        value = values.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong(key, value, "true or false")
        return None

    def _day(self, values: Mapping[str, Any], key: str) -> date | None:
        value = values.get(key)
        if value is None or (isinstance(value, date) and type(value) is date):
            return value
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self._wrong(key, value, "a day like 2026-11-22")
            return None

    def _unknown(self, entry: Mapping[str, Any], known: frozenset[str]) -> None:
        for key in sorted(set(entry) - known):
            self.problems.append(f"{self._where}: {key} is not known")

    def _wrong(self, key: str, value: Any, wanted: str) -> None:
        self.problems.append(f"{self._where}: {key} = {str(value)[:60]!r}; {wanted} is wanted")
