"""The export of another system, line by line: CSV, TSV or JSON with a code, a state, a due date, a procedure.

Only these four columns are read. Whatever else stands in the file, names and telephone numbers above all, is
never taken over, and no remark repeats what a line says. The shapes are described in docs/dossiers.md.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.dossiers import words
from kiosk.dossiers.status import LONGEST_PROCEDURE, LONGEST_SOURCE, DossierStatus
from kiosk.procedures.dossier_code import DossierCode, DossierCodeError, parse
from kiosk.procedures.import_remarks import Kind, Remark

MOST_ROWS = 200_000
KINDS = (Kind.DOUBTED, Kind.DROPPED, Kind.UNREADABLE)
"""What can become of a line: nothing of one is changed."""
OLDEST_DAYS = 730
"""A dossier taken in before that is nobody's question at a kiosk any more."""
_LONGEST_CELL = 5_000
_HEADER_WITHIN = 15
"""Rows at the top in which the header is looked for, below the titles that systems put there."""
_FURTHEST = timedelta(days=5 * 366)
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_TIME = re.compile(r"\d{1,2}(:\d{2}){1,2}(\.\d+)?|[T\sZ,-]|\+\d{2}:\d{2}|SA|CH|AM|PM", re.IGNORECASE)
_PROCEDURE_CODE = re.compile(r"\d\.\d{6}(?:\.[0-9A-Z]+)*")
_PERSONS_NUMBER = re.compile(r"\d(?:[ .-]?\d){8,}")
"""As long as a telephone or identity number."""


class ExportError(Exception):
    """A file that cannot be used at all; its text says why, and nothing of what stands in it."""


@dataclass(frozen=True)
class Export:
    """What was read. ``lines``: those with anything in them; ``left_out``: columns that were not read."""

    statuses: tuple[DossierStatus, ...]
    remarks: tuple[Remark, ...]
    lines: int
    left_out: int


@dataclass(frozen=True)
class _Line:
    number: int
    cells: dict[str, str]


def read_export(content: bytes, source: str, as_of: datetime) -> Export:
    """The statuses in a file that ``source`` wrote; ``as_of``, with a time zone: when its data were true.

    Raises ``ExportError`` if nothing of it can be used.
    """
    source = _neat(source)
    if not source or len(source) > LONGEST_SOURCE:
        raise ExportError(f"the source needs a name of 1 to {LONGEST_SOURCE} letters")
    text = _decoded(content)
    shape = _json_lines if text.lstrip()[:1] in ("[", "{") else _table_lines
    remarks: list[Remark] = []
    lines, left_out = shape(text, remarks)
    statuses = _Reader(source, as_of, remarks).read(lines)
    if not statuses:
        raise ExportError(_nothing(remarks))
    remarks.sort(key=lambda remark: remark.line)
    numbers = {one.number for one in lines} | {remark.line for remark in remarks}
    return Export(tuple(statuses), tuple(remarks), len(numbers), left_out)


def _nothing(remarks: list[Remark]) -> str:
    if not remarks:
        return "no dossier stands in it"
    first = min(remarks, key=lambda remark: remark.line)
    return f"no line of it can be used; line {first.line}: {first.what}"


def _decoded(content: bytes) -> str:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ExportError("an Excel workbook; save it as “CSV UTF-8” first")
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportError(f"not UTF-8 at byte {error.start}; save it as “CSV UTF-8”") from error


# -- tables --------------------------------------------------------------------------------------------------


def _table_lines(text: str, remarks: list[Remark]) -> tuple[list[_Line], int]:
    for delimiter in sorted("\t;,", key=text[:20_000].count, reverse=True):
        rows = _Rows(text, delimiter)
        header = next((row for row in rows.first() if _is_header(row)), None)
        if header is not None:
            return _with_header(rows, header, remarks)
    raise ExportError(
        f"none of the first {_HEADER_WITHIN} lines names a column for the code (“Mã hồ sơ”) and one for "
        "the state (“Trạng thái”)"
    )


class _Rows:
    """The rows of a table with one delimiter, and the line each ends at."""

    def __init__(self, text: str, delimiter: str) -> None:
        plain = delimiter == "\t" and '"' not in text
        self._reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=delimiter,
            quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL,
        )

    @property
    def line(self) -> int:
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
        except csv.Error as error:
            raise ExportError(f"line {self.line} is no line of a table") from error

    def first(self) -> Iterator[list[str]]:
        for number, row in enumerate(self, 1):
            if number > _HEADER_WITHIN:
                return
            yield row


def _is_header(row: list[str]) -> bool:
    known = [words.column_of(cell) for cell in row]
    return {words.CODE, words.STATE} <= {one.holds for one in known if one is not None}


def _with_header(rows: _Rows, header: list[str], remarks: list[Remark]) -> tuple[list[_Line], int]:
    wanted = _wanted(header)
    lines: list[_Line] = []
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if len(lines) + len(remarks) >= MOST_ROWS:
            raise ExportError(f"more than {MOST_ROWS} rows")
        if not _fits(row, header, wanted):
            told = f"{len(row)} cells instead of {len(header)}"
            remarks.append(Remark(rows.line, Kind.UNREADABLE, told))
            continue
        lines.append(_Line(rows.line, {name: row[place] for place, name in wanted.items()}))
    return lines, len(header) - len(wanted)


def _fits(row: list[str], header: list[str], wanted: dict[int, str]) -> bool:
    """Whether a row has a cell for each column that is read, and nothing behind the last column."""
    return len(row) > max(wanted) and not any(cell.strip() for cell in row[len(header) :])


def _wanted(header: list[str]) -> dict[int, str]:
    """Which place holds what; of several that could, the one with the plainest name.

    Raises ``ExportError`` where two columns are called the same.
    """
    places: dict[str, list[tuple[int, int]]] = {}
    for place, cell in enumerate(header):
        if (known := words.column_of(cell)) is not None:
            places.setdefault(known.holds, []).append((known.rank, place))
    for name, ranked in places.items():
        if len({rank for rank, _ in ranked}) < len(ranked):
            raise ExportError(f"two columns for the {name} are called the same; leave one of them out")
    return {min(ranked)[1]: name for name, ranked in places.items()}


# -- JSON ----------------------------------------------------------------------------------------------------


def _json_lines(text: str, remarks: list[Remark]) -> tuple[list[_Line], int]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ExportError("not JSON") from error
    entries = value.get("dossiers") if isinstance(value, dict) else value
    if not isinstance(entries, list) or len(entries) > MOST_ROWS:
        raise ExportError(f'a list, or {{"dossiers": […]}}, of at most {MOST_ROWS} objects is wanted')
    lines: list[_Line] = []
    left_out: set[str] = set()
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict):
            remarks.append(Remark(number, Kind.UNREADABLE, "not an object"))
            continue
        keys = list(entry)
        wanted = {keys[place]: name for place, name in _wanted(keys).items()}
        left_out |= set(keys) - set(wanted)
        cells = {name: entry[key] for key, name in wanted.items() if entry[key] is not None}
        if not all(isinstance(cell, str) for cell in cells.values()):
            remarks.append(Remark(number, Kind.UNREADABLE, "a value is no text"))
            continue
        lines.append(_Line(number, cells))
    return lines, len(left_out)


# -- one line ------------------------------------------------------------------------------------------------


class _Reader:
    """Makes statuses of lines and gathers what there is to tell."""

    def __init__(self, source: str, as_of: datetime, remarks: list[Remark]) -> None:
        self._source, self._as_of, self._remarks = source, as_of, remarks
        self._line = 0

    def read(self, lines: list[_Line]) -> list[DossierStatus]:
        """Those that can be used. Two that disagree about one dossier are both left out."""
        found: dict[str, tuple[int, DossierStatus]] = {}
        disagreeing: set[str] = set()
        for line in lines:
            self._line = line.number
            status = self._status(line.cells)
            if status is None:
                continue
            first, before = found.setdefault(status.code, (line.number, status))
            if first == line.number:
                continue
            if before == status:
                self._say(Kind.DROPPED, f"says the same as line {first}")
            else:
                disagreeing.add(status.code)
                told = f"lines {first} and {line.number} disagree about one dossier; neither is taken"
                self._say(Kind.UNREADABLE, told)
        return [status for code, (_, status) in found.items() if code not in disagreeing]

    def _say(self, kind: Kind, what: str) -> None:
        self._remarks.append(Remark(self._line, kind, what))

    def _status(self, cells: dict[str, str]) -> DossierStatus | None:
        if any(len(cell) > _LONGEST_CELL for cell in cells.values()):
            self._say(Kind.UNREADABLE, f"a cell of more than {_LONGEST_CELL} letters")
            return None
        neat = {name: _neat(cell) for name, cell in cells.items()}
        try:
            code = parse(neat.get(words.CODE, ""))
        except DossierCodeError:
            self._say(Kind.UNREADABLE, "no dossier code like 000.00.01.H26-260930-0012")
            return None
        today = self._as_of.date()
        if code.received < today - timedelta(days=OLDEST_DAYS):
            self._say(Kind.DROPPED, f"taken in more than {OLDEST_DAYS} days ago")
            return None
        if code.received > today + timedelta(days=1):
            self._say(Kind.UNREADABLE, "by its code, taken in after the moment the data are of")
            return None
        named = neat.get(words.STATE, "")
        state = words.state_of(named)
        if state is None:
            told = "the state does not say whether the result was handed over"
            self._say(Kind.UNREADABLE, told if words.is_unclear(named) else "a state that is not known")
            return None
        due = self._due(neat.get(words.DUE, ""), code)
        procedure = self._procedure(neat.get(words.PROCEDURE, ""))
        return DossierStatus(str(code), state, due, procedure, self._as_of, self._source)

    def _due(self, text: str, code: DossierCode) -> date | None:
        if not text:
            return None
        due = _date(text)
        if due is None:
            self._say(Kind.DOUBTED, "the due date cannot be read; the state is told without it")
            return None
        if not code.received <= due <= code.received + _FURTHEST:
            self._say(
                Kind.DOUBTED, "the due date does not fit the day in the code; the state is told without it"
            )
            return None
        return due

    def _procedure(self, text: str) -> str:
        if len(text) > LONGEST_PROCEDURE:
            self._say(Kind.DOUBTED, f"a procedure of more than {LONGEST_PROCEDURE} letters was left out")
            return ""
        if _PERSONS_NUMBER.search(_PROCEDURE_CODE.sub(" ", text)):
            self._say(Kind.DOUBTED, "the procedure holds what may be a person's number and was left out")
            return ""
        return text


def _date(text: str) -> date | None:
    """A day, with or without a time of day beside it."""
    found, order = _YEAR_FIRST.search(text), (1, 2, 3)
    if found is None:
        found, order = _DAY_FIRST.search(text), (3, 2, 1)
    if found is None or _TIME.sub("", text[: found.start()] + text[found.end() :]):
        return None
    try:
        return date(*(int(found[place]) for place in order))
    except ValueError:
        return None


def _neat(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(
        sign for sign in composed if sign in "\t\r\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
    )
    return re.sub(r"\s+", " ", visible).strip()
