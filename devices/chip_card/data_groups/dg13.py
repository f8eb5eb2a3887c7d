"""DG13 of the Vietnamese card: the printed data with diacritics, as numbered fields.

``6D { SEQUENCE { INTEGER 1, OID 1.0.10646.1.0.8 (UTF-8), SET { SEQUENCE { INTEGER n, value } … } } }``; no
public standard describes it, so it is read by field number, whatever the order, and whatever is missing,
unknown or unusable leaves the rest readable. A value is a UTF8String, or a SEQUENCE of them (13 the parents,
14 the spouse).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import data_group

_SEQUENCE, _SET, _INTEGER = 0x30, 0x31, 0x02
_TEXTS = (0x0C, 0x13, 0x04)  # UTF8String; PrintableString and OCTET STRING have been reported
_LONGEST = 400


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
    """Texts by field number, NFC. ``dropped`` names the fields that were there but unusable."""

    texts: Mapping[int, tuple[str, ...]] = field(repr=False)
    dropped: tuple[int, ...] = ()

    def text(self, number: Field) -> str | None:
        """The field's only or first text; ``None`` when missing or empty."""
        values = self.texts.get(number, ())
        return values[0] or None if values else None


def parse(data: bytes) -> PrintedData:
    """Read the data group. Raises ``CardProblem`` (data unreadable) when it is no such structure at all."""
    try:
        body = tlv.single(tlv.single(data, data_group(13).tag).value, _SEQUENCE).children()
        sets = [item for item in body if item.tag == _SET]
        if len(sets) != 1:
            raise unreadable("DG13: no set of fields")
        fields = sets[0].children()
    except tlv.TlvError as error:
        raise unreadable(f"DG13: {error}") from None
    texts: dict[int, tuple[str, ...]] = {}
    dropped: set[int] = set()
    for item in fields:
        number = _field_number(item)
        if number is None:
            continue
        if number in texts or number in dropped:
            texts.pop(number, None)
            dropped.add(number)
            continue
        try:
            texts[number] = _texts(item)
        except ValueError:
            dropped.add(number)
    return PrintedData(texts, tuple(sorted(dropped)))


def _field_number(item: tlv.Tlv) -> int | None:
    try:
        parts = item.children() if item.tag == _SEQUENCE else []
    except tlv.TlvError:
        return None
    if not parts or parts[0].tag != _INTEGER or len(parts[0].value) != 1:
        return None
    return parts[0].value[0]


def _texts(item: tlv.Tlv) -> tuple[str, ...]:
    """The texts of a field. Raises ``ValueError`` for what is no clean text."""
    values = item.children()[1:]
    if len(values) == 1 and values[0].tag == _SEQUENCE:
        values = values[0].children()
    return tuple(_clean(value) for value in values)


def _clean(value: tlv.Tlv) -> str:
    if value.tag not in _TEXTS or len(value.value) > _LONGEST:
        raise ValueError("not a text of reasonable length")
    text = unicodedata.normalize("NFC", value.value.decode("utf-8", errors="strict")).strip()
    if any(unicodedata.category(char).startswith("C") for char in text):
        raise ValueError("control or direction characters")
    return text
