"""The 12-digit personal identification number (Decree 137/2015/ND-CP art. 13, Circular 59/2021/TT-BCA).

Three digits for the place of birth registration, one for century and sex, two for the year of birth, six at
random. There is no check digit. Current law promises only the twelve digits, so what they say of a person is
a soft cross-check: a disagreement is told to staff and stops nobody.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from kiosk.identity.citizen import Sex

CAN_DIGITS = 6
_NUMBER = re.compile(r"[0-9]{12}")
_CAN = re.compile(rf"[0-9]{{{CAN_DIGITS}}}")
# fmt: off
_PROVINCES = frozenset((
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33,
    34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66,
    67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
))
# fmt: on


class NumberDoubt(StrEnum):
    """What in a number does not go with the rest of the card."""

    PLACE = "place"
    SEX = "sex"
    BIRTH_YEAR = "birth_year"


def is_number(text: str) -> bool:
    """True for exactly twelve ASCII digits."""
    return _NUMBER.fullmatch(text) is not None


def _fourth(number: str) -> int:
    if not is_number(number):
        raise ValueError("not a 12-digit number")
    return int(number[3])


def century(number: str) -> int:
    """First year of the century of birth: 1900 for fourth digit 0 or 1, 2000 for 2 or 3, up to 2300.

    Raises ``ValueError`` unless ``number`` is twelve digits.
    """
    return 1900 + 100 * (_fourth(number) // 2)


def sex(number: str) -> Sex:
    """The sex registered at birth: even fourth digit for male. Raises ``ValueError``."""
    return Sex.FEMALE if _fourth(number) % 2 else Sex.MALE


def birth_year(number: str) -> int:
    """The year of birth, four digits. Raises ``ValueError``."""
    return century(number) + int(number[4:6])


def card_access_number(number: str) -> str:
    """The card access number (CAN) that opens the chip: the last six digits. Raises ``ValueError``."""
    if not is_number(number):
        raise ValueError("not a 12-digit number")
    return number[6:]


def is_card_access_number(text: str) -> bool:
    """True for exactly six ASCII digits."""
    return _CAN.fullmatch(text) is not None


def doubts(number: str, card_sex: Sex, birth_date: date) -> frozenset[NumberDoubt]:
    """Soft disagreements of a number with the sex and birth date beside it. Raises ``ValueError``.

    A place above 096 is a country code of births registered abroad and is not judged.
    """
    place = int(number[:3])
    found = set()
    if place < 100 and place not in _PROVINCES:
        found.add(NumberDoubt.PLACE)
    if sex(number) is not card_sex:
        found.add(NumberDoubt.SEX)
    if birth_year(number) != birth_date.year:
        found.add(NumberDoubt.BIRTH_YEAR)
    return frozenset(found)
