"""DG13 of the Vietnamese card: the printed data with diacritics, as numbered fields.

``6D { SEQUENCE { INTEGER 1, OID 1.0.10646.1.0.8 (UTF-8), SET { SEQUENCE { INTEGER n, value } … } } }``; no
public standard describes it, so it is read by field number, whatever the order, and whatever is missing,
unknown or unusable leaves the rest readable. A value is a UTF8String, or a SEQUENCE of them (13 the parents,
14 the spouse). Cards of 2024 may hold part of it in a form of their own (Circular 16/2024/TT-BCA art. 6).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import data_group
from kiosk.identity.agreement import Statement
from kiosk.identity.citizen import Sex
from kiosk.identity.number import is_number

_SEQUENCE, _SET, _INTEGER = 0x30, 0x31, 0x02
_TEXTS = (0x0C, 0x13, 0x04)  # UTF8String; PrintableString and OCTET STRING have been reported
_LONGEST = 1000  # bytes of one text
_MOST_FIELDS = 64
_MOST_TEXTS = 8  # in one field
_LINE_BREAKS = re.compile(r"[\t\r\n]+")
_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
_YEAR = re.compile(r"(?:[0-9]{2}/[0-9]{2}/)?([0-9]{4})")


class Field(IntEnum):
    """Field numbers as several readers agree on them."""

    NUMBER = 1
    FULL_NAME = 2
    BIRTH_DATE = 3
    SEX = 4
    NATIONALITY = 5
    ETHNICITY = 6
    RELIGION = 7
    HOMETOWN = 8
    RESIDENCE = 9
    IDENTIFYING_MARKS = 10
    ISSUE_DATE = 11
    EXPIRY_DATE = 12
    PARENTS = 13
    SPOUSE = 14
    FORMER_NUMBER = 15
    CHIP_CODE = 16


@dataclass(frozen=True)
class PrintedData:
    """Texts by field number, NFC. ``dropped`` names the fields that were there but unusable; ``opaque``: the
    content, or its rest from some place on, is not of this structure.
    """

    texts: Mapping[int, tuple[str, ...]] = field(repr=False)
    dropped: tuple[int, ...] = ()
    opaque: bool = False

    def text(self, number: Field) -> str | None:
        """The field's only or first text; ``None`` when missing or empty."""
        values = self.texts.get(number, ())
        return values[0] or None if values else None

    def day(self, number: Field) -> date | None:
        """A field ``dd/mm/yyyy``; anything else, such as the words for "no expiry", is no date."""
        match = _DATE.fullmatch(self.text(number) or "")
        if match is None:
            return None
        try:
            return date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            return None

    @property
    def statement(self) -> Statement:
        """For the comparison with the card's other sources."""
        number, sex = self.text(Field.NUMBER), self.text(Field.SEX)
        year = _YEAR.fullmatch(self.text(Field.BIRTH_DATE) or "")
        return Statement(
            number=number if number and is_number(number) else None,
            full_name=self.text(Field.FULL_NAME),
            birth_date=self.day(Field.BIRTH_DATE),
            birth_year=int(year[1]) if year else None,
            sex=Sex(sex) if sex in (Sex.MALE, Sex.FEMALE) else None,
            expiry_date=self.day(Field.EXPIRY_DATE),
            issue_date=self.day(Field.ISSUE_DATE),
            residence=self.text(Field.RESIDENCE),
        )


def parse(data: bytes) -> PrintedData:
    """Read the data group. Raises ``CardProblem`` (data unreadable) only when it is not one object of DG13's
    tag.
    """
    try:
        content = tlv.single(data, data_group(13).tag).value
    except tlv.TlvError as error:
        raise unreadable(f"DG13: {error}") from None
    texts: dict[int, tuple[str, ...]] = {}
    dropped: set[int] = set()
    fields = _fields(content)
    if fields is None:
        return PrintedData({}, opaque=bool(content))
    items, broken = _objects(fields, _MOST_FIELDS)
    for item in items:
        number = _field_number(item)
        if number is None:
            broken = True
        elif number in texts or number in dropped:
            texts.pop(number, None)
            dropped.add(number)
        else:
            try:
                texts[number] = _texts(item)
            except ValueError:
                dropped.add(number)
    return PrintedData(texts, tuple(sorted(dropped)), opaque=broken)


def _fields(content: bytes) -> bytes | None:
    """The bytes of the set of fields; ``None`` when the content is something else."""
    try:
        sets = [item for item in tlv.single(content, _SEQUENCE).children() if item.tag == _SET]
    except tlv.TlvError:
        return None
    return sets[0].value if len(sets) == 1 else None


def _objects(data: bytes, most: int) -> tuple[list[tlv.Tlv], bool]:
    """The objects that stand one after the other, and whether something follows that is none or too many."""
    found: list[tlv.Tlv] = []
    try:
        for item in _each(data):
            if len(found) == most:
                return found, True
            found.append(item)
    except tlv.TlvError:
        return found, True
    return found, False


def _each(data: bytes) -> Iterator[tlv.Tlv]:
    offset = 0
    while offset < len(data):
        _, header_length, length = tlv.header(data, offset)
        end = offset + header_length + length
        yield from tlv.parse(data[offset:end])
        offset = end


def _field_number(item: tlv.Tlv) -> int | None:
    try:
        parts = item.children() if item.tag == _SEQUENCE else []
    except tlv.TlvError:
        # the number may be readable where the value is not
        return item.value[2] if len(item.value) > 2 and item.value[:2] == b"\x02\x01" else None
    if not parts or parts[0].tag != _INTEGER or len(parts[0].value) not in (1, 2):
        return None
    return int.from_bytes(parts[0].value)


def _texts(item: tlv.Tlv) -> tuple[str, ...]:
    """The texts of a field. Raises ``ValueError`` for what is no clean text."""
    values = item.children()[1:]
    if len(values) == 1 and values[0].tag == _SEQUENCE:
        values = values[0].children()
    if len(values) > _MOST_TEXTS:
        raise ValueError("more texts than a field has")
    return tuple(_clean(value) for value in values)


def _clean(value: tlv.Tlv) -> str:
    """Raises ``ValueError``; ``UnicodeDecodeError`` is one."""
    if value.tag not in _TEXTS or len(value.value) > _LONGEST:
        raise ValueError("not a text of reasonable length")
    text = unicodedata.normalize("NFC", value.value.decode("utf-8", errors="strict"))
    text = _LINE_BREAKS.sub(" ", text).strip()
    if any(unicodedata.category(char).startswith("C") for char in text):
        raise ValueError("control or direction characters")
    return text
