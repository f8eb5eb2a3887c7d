"""DG13 of an invented person: the details that the machine-readable zone has no room for."""

from __future__ import annotations

import dataclasses
import hashlib
import unicodedata

from devices.chip_card import tlv
from devices.virtual.chip_card.citizens import DemoCitizen
from devices.virtual.chip_card.profile import Details

_UTF8_OID = bytes.fromhex("28d316010008")
_RELIGION, _HOMETOWN, _MARKS = 7, 8, 10


def dg13(citizen: DemoCitizen) -> bytes:
    """The numbered fields; a field without value is left out, the spouse of a single person is an empty
    sequence.
    """
    return _file(sorted(_fields(citizen).items()))


def details(citizen: DemoCitizen, kind: Details) -> bytes:
    """The content of DG13 as this profile has it; ``MISSING`` has none."""
    if kind is Details.OPAQUE:
        return hashlib.shake_256(citizen.name.encode()).digest(640)
    if kind is Details.OTHER_NUMBER:
        other = f"{citizen.number[:6]}{(int(citizen.number[6:]) + 1) % 1_000_000:06}"
        return dg13(dataclasses.replace(citizen, number=other))
    if kind is Details.ODD_TEXT:
        fields = sorted(_fields(citizen).items())
        odd = {
            _HOMETOWN: tlv.encode(0x0C, b"Su\xe1\xbb i L\xc3\xa0nh\xff"),
            _MARKS: _text("S\u1eb9o \u202eehc c\u0007h\u1ea5m\u200b"),
        }
        fields = [(number, odd.get(number, value)) for number, value in fields]
        return _file([*fields, (_RELIGION, _text("Hai"))])
    return dg13(citizen)


def _fields(citizen: DemoCitizen) -> dict[int, bytes]:
    expiry = f"{citizen.expiry_date:%d/%m/%Y}" if citizen.expiry_date else "Không thời hạn"
    texts = {
        1: citizen.number, 2: citizen.full_name, 3: f"{citizen.birth_date:%d/%m/%Y}", 4: citizen.sex.value,
        5: citizen.nationality, 6: citizen.ethnicity, 7: citizen.religion, 8: citizen.hometown,
        9: citizen.residence, 10: citizen.marks, 11: f"{citizen.issue_date:%d/%m/%Y}", 12: expiry,
    }  # fmt: skip
    fields = {number: _text(text) for number, text in texts.items()}
    fields[13] = tlv.encode(0x30, _text(citizen.father) + _text(citizen.mother))
    fields[14] = tlv.encode(0x30, _text(citizen.spouse) if citizen.spouse else b"")
    if citizen.former_number:
        fields[15] = _text(citizen.former_number)
    return fields


def _file(fields: list[tuple[int, bytes]]) -> bytes:
    items = b"".join(tlv.encode(0x30, bytes((2, 1, number)) + value) for number, value in fields)
    return tlv.encode(0x30, bytes((2, 1, 1)) + tlv.encode(0x06, _UTF8_OID) + tlv.encode(0x31, items))


def _text(text: str) -> bytes:
    return tlv.encode(0x0C, unicodedata.normalize("NFC", text).encode("utf-8"))
