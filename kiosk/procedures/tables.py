"""Tables of procedures from elsewhere, line by line: the portal's TSV, and a CSV and a JSON of our own. Pure.

Every line that was changed, doubted or dropped is told; nothing is guessed. The shapes are described in
docs/procedures.md.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiosk.procedures.folding import words
from kiosk.procedures.import_remarks import Kind, Remark
from kiosk.procedures.portal_text import fee_of_words, kind_together, take_apart, together
from kiosk.procedures.procedure import Online, Procedure, bare_code, is_code
from kiosk.procedures.shipped import ProcedureFileError, read_procedure

MOST_ROWS = 20_000
_LONGEST_CELL = 20_000
_NEEDED = ("code", "name", "field")
_PORTAL = (*_NEEDED, "level", "decision", "method_time_fee_raw", "url")
_OWN_TEXTS = ("short", "level", "decision", "time", "fee", "exemptions", "place", "url", "service", "source")
_OWN_LISTS = ("bring", "everyday", "notes")
_OWN_OTHERS = ("fee_kind", "online", "in_person", "valid_from", "valid_to")
_OWN = (*_NEEDED, *_OWN_TEXTS, *_OWN_LISTS, *_OWN_OTHERS)
_TRUTHS = {
    "yes": True,
    "có": True,
    "true": True,
    "1": True,
    "no": False,
    "không": False,
    "false": False,
    "0": False,
}
_DECISION = re.compile(r"\d+/(?:QĐ|NQ)-[A-ZĐ]+(?:-[A-Z0-9]+)?")
_OTHER_NAME = 3
_TOLD = 20


class TableError(Exception):
    """A table that cannot be used at all; its text says why."""


@dataclass(frozen=True)
class ProcedureRemark(Remark):
    """A remark with the procedure's code; empty where the line has none."""

    code: str


@dataclass(frozen=True)
class Rules:
    """How tables are judged: ``import.toml``."""

    levels: tuple[str, ...] = ("Cấp xã",)
    no_names: tuple[str, ...] = ()
    stale_codes: frozenset[str] = frozenset()
    stale_words: tuple[str, ...] = ()
    stale_says: str = ""
    services: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """What was read: the procedures that can be used, and what was done to the lines."""

    procedures: tuple[Procedure, ...]
    remarks: tuple[ProcedureRemark, ...]
    lines: int


def read_rules(table: Mapping[str, Any]) -> Rules:
    """The rules of a parsed ``import.toml``. Raises ``ValueError`` naming what is wrong."""
    known = {"levels", "no_names", "stale_codes", "stale_words", "stale_says", "services"}
    if set(table) - known:
        raise ValueError(f"import.toml: {', '.join(sorted(set(table) - known))} is not known")
    for key in ("levels", "no_names", "stale_codes", "stale_words"):
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ValueError(f"import.toml: {key} must be a list of texts")
    services = table.get("services", {})
    if not isinstance(services, Mapping) or not all(isinstance(one, str) for one in services.values()):
        raise ValueError("import.toml: services must be a table of texts")
    return Rules(
        tuple(table.get("levels", ())),
        tuple(table.get("no_names", ())),
        frozenset(table.get("stale_codes", ())),
        tuple(table.get("stale_words", ())),
        str(table.get("stale_says", "")),
        {" ".join(words(name)): service for name, service in services.items()},
    )


def read_table(content: bytes, rules: Rules, *, all_levels: bool = False) -> Table:
    """The procedures of a file; its first line tells which shape it has. Raises ``TableError``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        told = f"not UTF-8 at byte {error.start}; save it as “CSV UTF-8” (Excel: Save as, file type)"
        raise TableError(told) from error
    if text.lstrip()[:1] in ("[", "{"):
        reader = _Lines(rules, all_levels)
        return reader.finish(_json_entries(text, reader))
    head = text.partition("\n")[0]
    delimiter = max("\t;,", key=head.count)
    if delimiter not in head:
        raise TableError("neither a table with a header line nor JSON")
    reader = _Lines(rules, all_levels)
    return reader.finish(_rows(text, delimiter, reader))


def _rows(text: str, delimiter: str, reader: _Lines) -> list[tuple[int, dict[str, str]]]:
    plain = delimiter == "\t"
    source = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
        strict=not plain,
    )
    found: list[tuple[int, dict[str, str]]] = []
    try:
        header = [name.strip().lower() for name in next(source)]
        _check_header(header)
        for cells in source:
            if len(found) >= MOST_ROWS:
                raise TableError(f"more than {MOST_ROWS} rows")
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                told = f"{len(cells)} cells instead of {len(header)}"
                reader.tell(source.line_num, cells[0][:30].strip(), Kind.UNREADABLE, told)
                continue
            found.append((source.line_num, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        raise TableError(f"line {source.line_num}: {error}") from error
    return found


def _check_header(header: list[str]) -> None:
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        said = ", ".join(name for name in header if name)[:60]
        raise TableError(f"the header line lacks {', '.join(missing)}; the first line says “{said}”")
    unknown = [name for name in header if name not in {*_PORTAL, *_OWN}]
    if unknown:
        raise TableError(f"columns that are not known: {', '.join(unknown)[:200]}")
    if len(set(header)) != len(header):
        raise TableError("a column stands twice in the header line")


def _json_entries(text: str, reader: _Lines) -> list[tuple[int, dict[str, Any]]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TableError(f"not JSON: {str(error)[:200]}") from error
    entries = value.get("procedures") if isinstance(value, dict) else value
    if not isinstance(entries, list) or len(entries) > MOST_ROWS:
        raise TableError(f'a list, or {{"procedures": […]}}, of at most {MOST_ROWS} objects is wanted')
    found = []
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            reader.tell(number, "", Kind.UNREADABLE, "not an object")
        elif not _is_text(json.dumps(entry, ensure_ascii=False)):
            reader.tell(number, "", Kind.UNREADABLE, "half of a letter (\\ud800 to \\udfff)")
        else:
            found.append((number, entry))
    return found


def _is_text(text: str) -> bool:
    """Whether it can be written to a file; JSON can spell letters that are none."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class _Lines:
    """Makes procedures of lines and gathers what there is to tell."""

    def __init__(self, rules: Rules, all_levels: bool) -> None:
        self._rules = rules
        self._all_levels = all_levels
        self._levels = [" ".join(words(level)) for level in rules.levels]
        self._remarks: list[ProcedureRemark] = []
        self._line, self._code = 0, ""

    def tell(self, line: int, code: str, kind: Kind, what: str) -> None:
        self._remarks.append(ProcedureRemark(line, kind, what, code))

    def finish(self, entries: list[tuple[int, dict[str, Any]]]) -> Table:
        """Read all lines. Raises ``TableError`` if none of them can be used."""
        made: dict[str, tuple[int, Procedure]] = {}
        for line, entry in entries:
            one = self._procedure(line, entry)
            if one is None:
                continue
            own = bare_code(one.code) or one.code  # a province's suffix makes no other procedure
            if own in made:
                self._say(Kind.DROPPED, f"this code stands in line {made[own][0]} already")
            else:
                made[own] = (line, one)
        kept = self._without_shared_names(list(made.values()))
        remarks = sorted(self._remarks, key=lambda remark: remark.line)
        if not kept:
            raise TableError(_none_used(remarks))
        return Table(tuple(kept), tuple(remarks), len(entries))

    def _say(self, kind: Kind, what: str) -> None:
        self.tell(self._line, self._code, kind, what)

    def _procedure(self, line: int, entry: dict[str, Any]) -> Procedure | None:
        self._line = line
        code = entry.get("code", "")
        self._code = code.strip()[:40] if isinstance(code, str) else ""
        if not is_code(self._code):
            self._say(Kind.UNREADABLE, "no procedure code like 1.001193")
            return None
        if any(isinstance(one, str) and len(one) > _LONGEST_CELL for one in entry.values()):
            self._say(Kind.UNREADABLE, f"a cell of more than {_LONGEST_CELL} letters")
            return None
        wrong = [key for key in _texts_of(entry) if not isinstance(entry.get(key, ""), str)]
        if wrong:
            self._say(Kind.UNREADABLE, f"{', '.join(wrong)}: a text is wanted")
            return None
        cells = {key: self._cleaned(key, one) for key, one in entry.items()}
        cells["code"] = self._code
        if not self._right_level(cells):
            return None
        name = self._name(cells.get("name", ""))
        if name is None:
            return None
        portal = "method_time_fee_raw" in cells
        made = self._portal(cells, name) if portal else self._own(cells, name)
        return None if made is None else self._judged(made, cells)

    def _cleaned(self, key: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        composed = unicodedata.normalize("NFC", value)
        if composed != value:
            self._say(Kind.CHANGED, f"{key}: letters composed (NFC)")
        if key == "method_time_fee_raw":
            return value  # its length says whether it was cut
        visible = "".join(
            sign for sign in composed if sign in "\t\n" or unicodedata.category(sign) not in ("Cc", "Cf")
        )
        neat = re.sub(r"\s+", " ", visible).strip()
        if neat != composed.strip():
            self._say(Kind.CHANGED, f"{key}: spaces or invisible signs removed")
        return neat

    def _right_level(self, cells: dict[str, Any]) -> bool:
        level = cells.get("level")
        if self._all_levels or not isinstance(level, str) or not level:
            return True
        folded = " ".join(words(level))
        if any(one in folded for one in self._levels):
            return True
        self._say(Kind.DROPPED, f"level is {level[:60]}")
        return False

    def _name(self, name: str) -> str | None:
        if any(name.startswith(start) for start in self._rules.no_names):
            self._say(Kind.DROPPED, "the name is the title of a publication, not of a procedure")
            return None
        neat = re.sub(r"\s*\(\d\.\d{6}\)", "", name)
        neat = re.sub(r"^Thủ tục:?\s+", "", neat).rstrip(" .;,:")
        neat = neat[:1].upper() + neat[1:]
        if not neat:
            self._say(Kind.UNREADABLE, "no name")
            return None
        if neat != name:
            self._say(Kind.CHANGED, "name: “Thủ tục” in front, the code or the sign at the end removed")
        return neat

    def _portal(self, cells: dict[str, Any], name: str) -> Procedure | None:
        if not cells.get("field"):
            self._say(Kind.UNREADABLE, "no field")
            return None
        taken = take_apart(cells["method_time_fee_raw"])
        for doubt in taken.doubts:
            self._say(Kind.DOUBTED, doubt)
        decision = cells.get("decision", "")
        if decision and not _DECISION.fullmatch(decision):
            self._say(Kind.DOUBTED, f"decision “{decision[:30]}” has an odd form and was left out")
            decision = ""
        return Procedure(
            code=cells["code"],
            name=name,
            field=cells["field"],
            level=cells.get("level", ""),
            decision=decision,
            methods=taken.methods,
            time_text=together(taken.methods, [one.time if one.unit_known else "" for one in taken.methods]),
            fee_text=together(taken.methods, [one.fee for one in taken.methods]),
            fee_kind=kind_together(taken.methods),
            online=_online(name),
            url=self._url(cells.get("url", "")),
        )

    def _own(self, cells: dict[str, Any], name: str) -> Procedure | None:
        entry: dict[str, Any] = {key: one for key, one in cells.items() if one not in ("", None)}
        entry["name"] = name
        for key in _OWN_LISTS:
            if isinstance(entry.get(key), str):
                entry[key] = [one.strip() for one in entry[key].split("|") if one.strip()]
        if isinstance(entry.get("in_person"), str):
            entry["in_person"] = _TRUTHS.get(entry["in_person"].lower(), entry["in_person"])
        if "fee_kind" not in entry and isinstance(entry.get("fee"), str):
            entry["fee_kind"] = fee_of_words(entry["fee"]).value
        try:
            return read_procedure("", entry)
        except ProcedureFileError as error:
            for problem in error.problems:
                self._say(Kind.UNREADABLE, problem.removeprefix(f": {self._code}: "))
            return None

    def _url(self, url: str) -> str:
        if url and not url.startswith("https://"):
            self._say(Kind.DOUBTED, "the address does not begin with https:// and was left out")
            return ""
        return url

    def _judged(self, one: Procedure, cells: dict[str, Any]) -> Procedure:
        """With its service, and marked if its text is older than today's communes."""
        if one.service is None:
            one = replace(one, service=self._rules.services.get(" ".join(words(one.field))))
        text = f"{one.name} {cells.get('method_time_fee_raw', '')}".lower()
        old = [word for word in self._rules.stale_words if word.lower() in text]
        if one.code[:8] in self._rules.stale_codes:
            self._say(Kind.DOUBTED, "known to describe what is no longer so")
        elif old:
            self._say(Kind.DOUBTED, f"older than the communes of today: it says “{old[0]}”")
        else:
            return one
        return replace(one, stale=one.stale or self._rules.stale_says)

    def _without_shared_names(self, made: list[tuple[int, Procedure]]) -> list[Procedure]:
        counts = Counter(" ".join(words(one.name)) for _, one in made)
        kept = []
        for line, one in made:
            sharing = counts[" ".join(words(one.name))]
            if sharing >= _OTHER_NAME:
                self.tell(line, one.code, Kind.DROPPED, f"{sharing} codes share this name; it says nothing")
                continue
            if sharing > 1:
                self.tell(line, one.code, Kind.DOUBTED, "another code has the same name")
            kept.append(one)
        return kept


def _texts_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys that must be texts before anything is made of the entry; others are judged when it is."""
    return _PORTAL if "method_time_fee_raw" in entry else ("name",)


def _none_used(remarks: list[ProcedureRemark]) -> str:
    """Why nothing can be used, with what was wrong in the first lines."""
    why = [one for one in remarks if one.kind in (Kind.UNREADABLE, Kind.DROPPED)]
    first = "".join(f"\n  line {one.line} {one.code or '-'}: {one.what}" for one in why[:_TOLD])
    more = f"\n  and {len(why) - _TOLD} more" if len(why) > _TOLD else ""
    return f"no line of it can be used{first}{more}"


def _online(name: str) -> Online:
    if "toàn trình" in name:
        return Online.FULL
    return Online.PARTIAL if "một phần" in name else Online.UNKNOWN
