"""The machine-readable zone: TD1 (3×30), TD2 (2×36) and TD3 (2×44 characters). Pure.

Check digits and characters by ICAO Doc 9303-3 §4, the layouts by Doc 9303-5 §4.2 (TD1), -6 §4.2 (TD2) and
-4 §4.2 (TD3). A Vietnamese TD1 zone repeats the whole 12-digit number in line 1's optional data, with a check
digit of its own at the line's end; its document number is the last nine of these digits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import cycle

from kiosk.identity.citizen import Sex
from kiosk.identity.number import century, is_number

VIETNAM = "VNM"
_VALUES = {**{str(n): n for n in range(10)}, **{chr(65 + n): 10 + n for n in range(26)}, "<": 0}
_CHARACTERS = re.compile(r"[A-Z0-9<]*")
_DOCUMENT_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9<]*")
_DATE = re.compile(r"[0-9]{6}")
_PARTIAL_DATE = re.compile(r"(?:[0-9]{2}|<<){3}")
_SEXES = {"M": Sex.MALE, "F": Sex.FEMALE, "<": None, "X": None}
_LONGEST_TYPED = 400
_LOOKS_LIKE_DIGIT = str.maketrans("OQDILZSGB", "000112568")
_LOOKS_LIKE_LETTER = str.maketrans("012568", "OIZSGB")


class MrzError(ValueError):
    """The text is no machine-readable zone. The message names the field, never its content."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.part = part
        self.reason = reason


class MrzFormat(StrEnum):
    """Size of the document, which gives the zone's layout."""

    TD1 = "TD1"
    TD2 = "TD2"
    TD3 = "TD3"


@dataclass(frozen=True)
class _Layout:
    """Where the fields stand in the lines put together; the check digit of a field follows it."""

    lines: int
    width: int
    name_line: int
    name: slice
    document: slice
    birth: slice
    expiry: slice
    nationality: slice
    optional: slice
    composite: tuple[slice, ...]
    composite_digit: int


_LAYOUTS = {
    MrzFormat.TD1: _Layout(
        3, 30, 2, slice(60, 90), slice(5, 14), slice(30, 36), slice(38, 44), slice(45, 48), slice(15, 30),
        (slice(5, 37), slice(38, 45), slice(48, 59)), 59,
    ),
    MrzFormat.TD2: _Layout(
        2, 36, 0, slice(5, 36), slice(36, 45), slice(49, 55), slice(57, 63), slice(46, 49), slice(64, 71),
        (slice(36, 46), slice(49, 56), slice(57, 71)), 71,
    ),
    MrzFormat.TD3: _Layout(
        2, 44, 0, slice(5, 44), slice(44, 53), slice(57, 63), slice(65, 71), slice(54, 57), slice(72, 86),
        (slice(44, 54), slice(57, 64), slice(65, 87)), 87,
    ),
}  # fmt: skip
_FORMATS = {layout.lines * layout.width: name for name, layout in _LAYOUTS.items()}
_ISSUER = slice(2, 5)
_NUMBER = slice(15, 27)
_NUMBER_DIGIT = 29


@dataclass(frozen=True)
class MachineReadableZone:
    """What the lines say; every check digit was right. ``repr`` shows nothing of the person.

    ``number``: the full 12 digits of a Vietnamese card. ``birth`` and ``expiry``: six characters each as they
    stand in the zone, ``<<`` for an unknown part. ``sex`` is ``None`` when unspecified. ``name_cut``: the
    name fills its field and may go on.
    """

    format: MrzFormat
    issuer: str
    nationality: str
    document_code: str
    document_number: str = field(repr=False)
    number: str | None = field(repr=False)
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    name_cut: bool = field(repr=False)
    birth: str = field(repr=False)
    sex: Sex | None = field(repr=False)
    expiry: str = field(repr=False)

    @property
    def country(self) -> str:
        """The issuer as three letters of ISO 3166-1; the zone has ``D`` for Germany (Doc 9303-3 §5)."""
        return "DEU" if self.issuer == "D" else self.issuer

    @property
    def full_name(self) -> str:
        """Family name first, capitals without diacritics."""
        return f"{self.surname} {self.given_names}".strip()

    @property
    def birth_date(self) -> date | None:
        """The birth date where the 12-digit number gives the century; ``None`` without that, or when a part
        is unknown.
        """
        return self._date(century(self.number), self.birth) if self.number else None

    def birth_date_before(self, today: date) -> date | None:
        """As ``birth_date``; where no number gives the century, the latest possible day up to ``today``."""
        if self.number:
            return self.birth_date
        found = [day for start in (1900, 2000, 2100) if (day := self._date(start, self.birth))]
        return max((day for day in found if day <= today), default=None)

    @property
    def expiry_date(self) -> date | None:
        """Always in this century, since documents with a chip began in 2004; ``None`` when not given."""
        return self._date(2000, self.expiry)

    @property
    def information(self) -> str:
        """The text that BAC and PACE make keys of."""
        return information(self.document_number, self.birth, self.expiry)

    def _date(self, start: int, six: str) -> date | None:
        if not _DATE.fullmatch(six):
            return None
        try:
            return date(start + int(six[:2]), int(six[2:4]), int(six[4:]))
        except ValueError:  # 29 February of another century
            return None


def check_digit(text: str) -> str:
    """Weights 7, 3, 1; modulo 10 (ICAO Doc 9303-3 §4.9). Raises ``KeyError`` for characters outside the
    zone's.
    """
    return str(sum(_VALUES[char] * weight for char, weight in zip(text, cycle((7, 3, 1)), strict=False)) % 10)


def is_date(six: str) -> bool:
    """Whether six characters are a day of some century, ``<<`` for unknown parts (Doc 9303-3 §4.8)."""
    if not _PARTIAL_DATE.fullmatch(six):
        return False
    # a leap year stands for an unknown one, day and month for themselves
    year, month, day = (
        part if part != "<<" else unknown
        for part, unknown in zip((six[:2], six[2:4], six[4:]), ("00", "01", "01"), strict=True)
    )
    try:
        date(2000 + int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def information(document_number: str, birth: str, expiry: str) -> str:
    """Document number, birth and expiry date (``YYMMDD``), each followed by its check digit: the key text of
    BAC and PACE (ICAO Doc 9303-11 §9.7.2 and appendix D.2). A number below nine characters is filled up.

    Raises ``MrzError``.
    """
    number = document_number.ljust(9, "<")
    if not _DOCUMENT_NUMBER.fullmatch(number) or len(number) > 22:
        raise MrzError("document number", "not a document number")
    for name, six in (("birth date", birth), ("expiry date", expiry)):
        if not is_date(six):
            raise MrzError(name, "not a date")
    return "".join(part + check_digit(part) for part in (number, birth, expiry))


def parse(text: str) -> MachineReadableZone:
    """Read the 90, 72 or 88 characters of a zone, lines put together. Raises ``MrzError``: another form, or
    any check digit wrong.
    """
    name = _FORMATS.get(len(text))
    if name is None or not _CHARACTERS.fullmatch(text):
        raise MrzError("zone", "not the characters of a TD1, TD2 or TD3 zone")
    layout = _LAYOUTS[name]
    document = _document_number(text, name, layout)
    for part, place in (("birth date", layout.birth), ("expiry date", layout.expiry)):
        _check(part, text[place], text[place.stop])
        if not is_date(text[place]):
            raise MrzError(part, "not a date")
    if name is MrzFormat.TD3:
        _check("optional data", text[layout.optional], text[layout.optional.stop])
    _check("composite", "".join(text[place] for place in layout.composite), text[layout.composite_digit])
    issuer = text[_ISSUER].rstrip("<")
    vietnamese_card = name is MrzFormat.TD1 and issuer == VIETNAM
    sex = text[layout.birth.stop + 1]
    if sex not in _SEXES:
        raise MrzError("sex", "none of M, F, X and <")
    surname, _, given = text[layout.name].partition("<<")
    zone = MachineReadableZone(
        format=name,
        issuer=issuer,
        nationality=text[layout.nationality].rstrip("<"),
        document_code=text[:2].rstrip("<"),
        document_number=document,
        number=_vietnamese_number(text, document) if vietnamese_card else None,
        surname=_words(surname),
        given_names=_words(given),
        name_cut=not text[layout.name].endswith("<"),
        birth=text[layout.birth],
        sex=_SEXES[sex],
        expiry=text[layout.expiry],
    )
    if zone.number and _DATE.fullmatch(zone.birth) and zone.birth_date is None:
        raise MrzError("birth date", "not a date")
    return zone


def parse_typed(text: str) -> MachineReadableZone:
    """Read a zone as a scanner gives it or a person types it: see ``clean``. Raises ``MrzError``."""
    return parse(clean(text))


def clean(text: str) -> str:
    """The zone's characters out of typed or scanned text, lines put together.

    Spaces and line breaks go, letters become capitals, lost fillers at the end of the name line come back.
    A letter where only a digit can stand becomes the digit it looks like, and the other way round; document
    numbers other than Vietnamese ones may hold both and stay as they are. Raises ``MrzError`` for text of no
    zone's length.
    """
    if len(text) > _LONGEST_TYPED:
        raise MrzError("zone", "too long")
    plain = unicodedata.normalize("NFKC", text).upper().replace("‹", "<")
    lines = [line for line in ("".join(line.split()) for line in plain.splitlines()) if line]
    for layout in _LAYOUTS.values():
        if len(lines) == layout.lines and all(
            len(line) == layout.width or (number == layout.name_line and 5 < len(line) < layout.width)
            for number, line in enumerate(lines)
        ):
            lines = [line.ljust(layout.width, "<") for line in lines]
    joined = "".join(lines)
    if len(joined) not in _FORMATS:
        raise MrzError("zone", "not as many characters as a TD1, TD2 or TD3 zone has")
    return _without_slips(joined, _FORMATS[len(joined)])


def as_digits(text: str) -> str:
    """Typed or scanned text where only digits can stand: without spaces, dots and dashes, look-alike letters
    as digits; empty for more text than anybody types.
    """
    if len(text) > _LONGEST_TYPED:  # normalizing takes the square of its length
        return ""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_LOOKS_LIKE_DIGIT)
    return re.sub(r"[\s.\-]", "", plain)


def _without_slips(text: str, name: MrzFormat) -> str:
    layout = _LAYOUTS[name]
    characters = list(text)

    def replace(place: slice, table: dict[int, int]) -> None:
        characters[place] = "".join(characters[place]).translate(table)

    for place in (slice(0, 1), _ISSUER, layout.nationality, layout.name):
        replace(place, _LOOKS_LIKE_LETTER)
    for place in (layout.birth, layout.expiry):
        replace(slice(place.start, place.stop + 1), _LOOKS_LIKE_DIGIT)
    replace(slice(layout.document.stop, layout.document.stop + 1), _LOOKS_LIKE_DIGIT)
    replace(slice(layout.composite_digit, layout.composite_digit + 1), _LOOKS_LIKE_DIGIT)
    if name is MrzFormat.TD1 and "".join(characters[_ISSUER]) == VIETNAM:
        replace(slice(layout.document.start, layout.optional.stop), _LOOKS_LIKE_DIGIT)
    return "".join(characters)


def _document_number(text: str, name: MrzFormat, layout: _Layout) -> str:
    """Without fillers at its end. A number of more than nine characters goes on in the optional data, its
    check digit after it and a filler in the digit's usual place (Doc 9303-5 §4.2, -6 §4.2).
    """
    number, digit = text[layout.document], text[layout.document.stop]
    if digit == "<" and name is not MrzFormat.TD3 and not number.endswith("<"):
        rest, filler, _ = text[layout.optional].partition("<")
        if len(rest) < 2 or not filler:
            raise MrzError("document number", "goes on in the optional data, where its end is missing")
        number, digit = number + rest[:-1], rest[-1]
    if check_digit(number) != digit:
        raise MrzError("document number", "wrong check digit")
    if not _DOCUMENT_NUMBER.fullmatch(number):
        raise MrzError("document number", "empty, or begins with a filler")
    return number.rstrip("<")


def _vietnamese_number(text: str, document: str) -> str | None:
    """The 12 digits; ``None`` when the optional data hold nothing."""
    number, digit = text[_NUMBER], text[_NUMBER_DIGIT]
    if not number.strip("<"):
        return None
    if not is_number(number):
        raise MrzError("12-digit number", "not twelve digits")
    if digit not in (check_digit(number), "<"):
        raise MrzError("12-digit number", "wrong check digit")
    if number[3:] != document:
        raise MrzError("12-digit number", "does not end in the document number")
    return number


def _check(part: str, covered: str, digit: str) -> None:
    """An empty field may have a filler for its check digit."""
    if digit != check_digit(covered) and not (digit == "<" and not covered.strip("<")):
        raise MrzError(part, "wrong check digit")


def _words(part: str) -> str:
    return " ".join(part.replace("<", " ").split())
