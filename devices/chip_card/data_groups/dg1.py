"""DG1: the machine-readable zone of an identity card, format TD1 (ICAO Doc 9303-5, Doc 9303-10 §4.7.1).

A Vietnamese card repeats the whole 12-digit number in line 1's optional data and gives it a check digit of
its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle

from devices.chip_card import tlv
from devices.chip_card.errors import unreadable
from devices.chip_card.lds import data_group
from kiosk.identity.citizen import Sex
from kiosk.identity.number import century

_MRZ = 0x5F1F
_LINE = 30
_TD1 = re.compile(r"[A-Z0-9<]{90}")
_VALUES = {**{str(n): n for n in range(10)}, **{chr(65 + n): 10 + n for n in range(26)}, "<": 0}
_NUMBER = re.compile(r"\d{12}")


@dataclass(frozen=True)
class MachineReadableZone:
    """What the three lines say. ``number``: the full 12 digits; ``expiry_date`` is ``None`` when the lines
    give none.
    """

    number: str = field(repr=False)
    document_number: str = field(repr=False)
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    expiry_date: date | None = field(repr=False)
    issuer: str
    nationality: str

    @property
    def full_name(self) -> str:
        """Family name first, capitals without diacritics."""
        return f"{self.surname} {self.given_names}".strip()


def check_digit(text: str) -> str:
    """Weights 7, 3, 1; modulo 10 (ICAO Doc 9303-3 §4.9). Raises ``KeyError`` for characters outside the
    MRZ's.
    """
    return str(sum(_VALUES[char] * weight for char, weight in zip(text, cycle((7, 3, 1)), strict=False)) % 10)


def parse(data: bytes) -> MachineReadableZone:
    """Read the data group. Raises ``CardProblem``: wrong form or any check digit wrong (data unreadable)."""
    try:
        content = tlv.single(tlv.single(data, data_group(1).tag).value, _MRZ).value
        return parse_lines(content.decode("ascii"))
    except (tlv.TlvError, UnicodeDecodeError) as error:
        raise unreadable(f"DG1: {type(error).__name__}") from None


def parse_lines(text: str) -> MachineReadableZone:
    """Read the 90 characters of a TD1 zone. Raises ``CardProblem`` as ``parse`` does; messages name fields,
    not values.
    """
    if not _TD1.fullmatch(text):
        raise unreadable("DG1: not a TD1 zone of 90 characters")
    one, two, three = text[:_LINE], text[_LINE : 2 * _LINE], text[2 * _LINE :]
    for name, covered, digit in (
        ("document number", one[5:14], one[14]),
        ("12-digit number", one[15:27], one[29]),
        ("birth date", two[:6], two[6]),
        ("expiry date", two[8:14], two[14]),
        ("composite", one[5:30] + two[:7] + two[8:15] + two[18:29], two[29]),
    ):
        if check_digit(covered) != digit:
            raise unreadable(f"DG1: the check digit of the {name} is wrong")
    number = one[15:27]
    if not _NUMBER.fullmatch(number):
        raise unreadable("DG1: no 12-digit number in the optional data")
    if number[3:] != one[5:14]:
        raise unreadable("DG1: the document number is not the end of the 12-digit number")
    surname, _, given = three.partition("<<")
    return MachineReadableZone(
        number=number,
        document_number=one[5:14],
        surname=_words(surname),
        given_names=_words(given),
        birth_date=_birth_date(two[:6], number),
        sex=_sex(two[7]),
        expiry_date=_expiry_date(two[8:14]),
        issuer=one[2:5].rstrip("<"),
        nationality=two[15:18].rstrip("<"),
    )


def _words(part: str) -> str:
    return " ".join(part.replace("<", " ").split())


def _sex(letter: str) -> Sex:
    if letter == "M":
        return Sex.MALE
    if letter == "F":
        return Sex.FEMALE
    raise unreadable("DG1: the sex is neither M nor F")


def _birth_date(digits: str, number: str) -> date:
    """The century stands in the fourth digit of the number, since the zone has two digits for the year."""
    return _date(century(number) + int(digits[:2]) if digits[:2].isdigit() else 0, digits, "birth date")


def _expiry_date(digits: str) -> date | None:
    if not digits.isdigit():
        return None
    return _date(2000 + int(digits[:2]), digits, "expiry date")


def _date(year: int, digits: str, name: str) -> date:
    try:
        return date(year, int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise unreadable(f"DG1: the {name} is not a date") from None
