"""What opens a card's chip, made of what is printed on the card. Pure.

PACE takes the card access number (CAN, the last six digits of the 12-digit number) or the zone's information;
BAC takes the latter only (ICAO Doc 9303-11 §4.3 and §4.4). A card lets few wrong ones pass before it slows
down, so there are never more than two, and nothing here goes through possible ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from kiosk.identity import mrz
from kiosk.identity.card_qr import CardQr
from kiosk.identity.mrz import MachineReadableZone, MrzError
from kiosk.identity.number import card_access_number, is_card_access_number, is_number
from kiosk.identity.validity import expiry_candidates

_MOST_ZONES = 2
_NEVER_EXPIRES = "991231"  # assumed: no zone of a card without expiry has been seen
_INFORMATION = re.compile(r"([A-Z0-9][A-Z0-9<]{8,21}[0-9])([0-9<]{6}[0-9])([0-9<]{6}[0-9])")
_EIGHT = re.compile(r"[0-9]{8}")
_DATE_SEPARATOR = re.compile(r"[/.\-]")


class KeyProblem(StrEnum):
    """Which of the things that open a chip is wrong."""

    CAN = "can"
    NUMBER = "number"
    MRZ = "mrz"


class AccessKeyError(ValueError):
    """Nothing that could open a chip. The message names the field, never its content."""

    def __init__(self, problem: KeyProblem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


@dataclass(frozen=True)
class AccessKeys:
    """The keys of one card; ``repr`` shows nothing of them.

    ``mrz``: informations of the zone, most likely first, at most two. ``number``: the holder's 12 digits
    where they are known, and ``qr``, where the keys came from it, are compared with what the chip says.
    Raises ``AccessKeyError``.
    """

    can: str | None = field(default=None, repr=False)
    mrz: tuple[str, ...] = field(default=(), repr=False)
    number: str | None = field(default=None, repr=False)
    qr: CardQr | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.can is None and not self.mrz:
            raise AccessKeyError(KeyProblem.CAN, "neither CAN nor zone")
        if self.can is not None and not is_card_access_number(self.can):
            raise AccessKeyError(KeyProblem.CAN, "the CAN is not six digits")
        if len(self.mrz) > _MOST_ZONES or not all(_is_information(text) for text in self.mrz):
            raise AccessKeyError(KeyProblem.MRZ, "not the information of at most two zones")
        if self.number is not None and not is_number(self.number):
            raise AccessKeyError(KeyProblem.NUMBER, "the number is not twelve digits")

    @classmethod
    def from_can(cls, text: str) -> AccessKeys:
        """A typed CAN: six digits. Raises ``AccessKeyError``."""
        return cls(can=mrz.as_digits(text))

    @classmethod
    def from_number(cls, text: str) -> AccessKeys:
        """A typed 12-digit number. Raises ``AccessKeyError``."""
        number = mrz.as_digits(text)
        if not is_number(number):
            raise AccessKeyError(KeyProblem.NUMBER, "the number is not twelve digits")
        return cls(can=card_access_number(number), number=number)

    @classmethod
    def from_qr(cls, qr: CardQr, today: date | None = None) -> AccessKeys:
        """CAN and number, and where the QR tells a possible issue date up to two informations of the zone:
        its expiry date is computed (``validity``). A card that never expires counts as one, with 31/12/99 in
        its zone.
        """
        can = card_access_number(qr.number)
        issued = qr.issue_date
        if issued is None or issued < qr.birth_date or (today is not None and issued > today):
            return cls(can=can, number=qr.number, qr=qr)
        zones = tuple(
            mrz.information(
                qr.number[3:], f"{qr.birth_date:%y%m%d}", f"{day:%y%m%d}" if day else _NEVER_EXPIRES
            )
            for day in expiry_candidates(qr.birth_date, issued)
        )
        return cls(can=can, mrz=zones, number=qr.number, qr=qr)

    @classmethod
    def from_zone(cls, zone: MachineReadableZone) -> AccessKeys:
        """The information of a zone that has been read; of a Vietnamese card CAN and number as well."""
        can = card_access_number(zone.number) if zone.number else None
        return cls(can=can, mrz=(zone.information,), number=zone.number)

    @classmethod
    def from_mrz(cls, text: str) -> AccessKeys:
        """A scanned or typed zone, its information, or three values: document or 12-digit number, birth and
        expiry date, with spaces, commas, semicolons or line breaks between. Dates as ``YYMMDD`` or with four
        digits for the year. Raises ``AccessKeyError``.
        """
        try:
            values = [part for part in re.split(r"[\s,;]+", text.strip()) if part]
            if len(values) == 3 and max(map(len, values)) < 26:
                return cls._from_values(*values)
            written = "".join(text.split()).upper()
            if _is_information(written):
                return cls(mrz=(written,))
            return cls.from_zone(mrz.parse_typed(text))
        except MrzError as error:
            raise AccessKeyError(KeyProblem.MRZ, str(error)) from None

    @classmethod
    def _from_values(cls, document: str, birth: str, expiry: str) -> AccessKeys:
        dates = _zone_date(birth, "birth date"), _zone_date(expiry, "expiry date")
        written = re.sub(r"[.\-]", "", document.upper())
        if is_number(written):
            zone = mrz.information(written[3:], *dates)
            return cls(can=card_access_number(written), mrz=(zone,), number=written)
        return cls(mrz=(mrz.information(written, *dates),))


def _is_information(text: str) -> bool:
    """Whether the check digits of the three values are right."""
    match = _INFORMATION.fullmatch(text)
    return match is not None and all(mrz.check_digit(part[:-1]) == part[-1] for part in match.groups())


def _zone_date(text: str, name: str) -> str:
    """``YYMMDD`` of a date as people write it. Raises ``MrzError``.

    Eight digits may begin with the day or with the year, which is told by the century: 19, 20 or 21 is never
    a month. Six digits are the zone's own, never day first.
    """
    parts = _DATE_SEPARATOR.split(text)
    digits = (
        mrz.as_digits("".join(part.zfill(2) for part in parts)) if len(parts) == 3 else mrz.as_digits(text)
    )
    if len(parts) == 1 and mrz.is_date(digits):
        return digits
    if _EIGHT.fullmatch(digits):
        year_first = digits[:2] in ("19", "20", "21") and digits[4:6] <= "12"
        year, rest = (digits[:4], digits[4:]) if year_first else (digits[4:], digits[2:4] + digits[:2])
        six = year[2:] + rest
        if year[:2] in ("19", "20", "21") and mrz.is_date(six):
            return six
    raise MrzError(name, "not a date")
