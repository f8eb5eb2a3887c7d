"""The QR printed on the card: unsigned text, good for opening the chip and for pre-filling, never a proof.

2021 card (front), seven fields separated by ``|``: number, former number, name, birth date ``ddmmyyyy``, sex,
place of residence, issue date ``ddmmyyyy``. 2024 card (back): the same and then cancelled number, father,
mother. Further fields are kept as they are.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from kiosk.identity.citizen import Citizen, Sex, Source
from kiosk.identity.number import card_access_number, is_number

_SEPARATOR = "|"
_FEWEST_FIELDS = 7
_LONGEST = 1000
_BYTE_ORDER_MARK = "\ufeff"  # some scanners begin with it
_DATE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")


class CardQrError(ValueError):
    """The text is not the QR of a chip ID card. The message names the field, never its content."""


@dataclass(frozen=True)
class CardQr:
    """What the QR says, NFC. ``repr`` shows nothing of the person."""

    number: str = field(repr=False)
    former_number: str | None = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    residence: str | None = field(repr=False)
    issue_date: date | None = field(repr=False)
    cancelled_number: str | None = field(default=None, repr=False)
    father: str | None = field(default=None, repr=False)
    mother: str | None = field(default=None, repr=False)
    extra: tuple[str, ...] = field(default=(), repr=False)

    @property
    def can(self) -> str:
        """The number that opens the chip by PACE."""
        return card_access_number(self.number)

    def citizen(self) -> Citizen:
        """The person as far as the QR tells, every value marked as coming from it."""
        return Citizen(
            number=self.number, full_name=self.full_name, birth_date=self.birth_date, sex=self.sex,
            residence=self.residence, issue_date=self.issue_date, father=self.father, mother=self.mother,
            former_number=self.former_number, source=Source.CARD_QR,
        )  # fmt: skip


def parse(text: str) -> CardQr:
    """Read the text of a scan. Raises ``CardQrError`` for any other text.

    Number, name, birth date and sex must be right; residence and issue date may be missing.
    """
    if len(text) > _LONGEST:
        raise CardQrError("too long for a card's QR")
    text = text.removeprefix(_BYTE_ORDER_MARK).strip()
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") for char in text):
        raise CardQrError("control or direction characters")
    parts = [unicodedata.normalize("NFC", part).strip() for part in text.split(_SEPARATOR)]
    if len(parts) < _FEWEST_FIELDS:
        raise CardQrError("fewer than seven fields")
    number, former, name, born, sex, residence, issued = parts[:_FEWEST_FIELDS]
    if not is_number(number):
        raise CardQrError("the number is not twelve digits")
    if not name or any(char.isdigit() for char in name):
        raise CardQrError("the name is missing or has digits")
    birth_date = _date(born)
    if birth_date is None:
        raise CardQrError("the birth date is not a date")
    if sex not in (Sex.MALE, Sex.FEMALE):
        raise CardQrError("the sex is neither Nam nor Nữ")
    further = [part or None for part in parts[_FEWEST_FIELDS:10]] + [None] * 3
    return CardQr(
        number=number,
        former_number=former or None,
        full_name=name,
        birth_date=birth_date,
        sex=Sex(sex),
        residence=residence or None,
        issue_date=_date(issued),
        cancelled_number=further[0],
        father=further[1],
        mother=further[2],
        extra=tuple(parts[10:]),
    )


def _date(digits: str) -> date | None:
    match = _DATE.fullmatch(digits)
    if match is None:
        return None
    day, month, year = (int(group) for group in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
