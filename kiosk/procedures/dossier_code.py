"""The code of a dossier, as it stands on the receipt that a reception officer gives.

Two forms are in use: that of Circular TT 01/2018/TT-VPCP art. 19 (``000.00.01.H26-260930-0012``) and a newer
one that begins with the province's letter (``H26.12-260930-0012``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(
    r"(?P<unit>\d{3}(?:\.\d{2}){2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3})"
    r"-(?P<day>\d{6})-(?P<number>\d{4,5})"
)
_WITHIN = re.compile(rf"(?<![0-9A-Z.-]){_FORM.pattern}(?![0-9A-Z.-])", re.ASCII)
LONGEST = 30
"""More signs than any code has."""
_LONGEST_SCANNED = 500
"""What is longer is the code of something else."""


class DossierCodeError(ValueError):
    """The text is no dossier's code."""


@dataclass(frozen=True)
class DossierCode:
    """``unit`` took the dossier in on ``received``; ``number`` counts that day's."""

    unit: str
    received: date
    number: str

    def __str__(self) -> str:
        return f"{self.unit}-{self.received:%y%m%d}-{self.number}"


def parse(text: str) -> DossierCode:
    """The code that ``text`` is; small letters and spaces are forgiven.

    Raises ``DossierCodeError`` for any other text, also for one whose six digits are no day.
    """
    found = _FORM.fullmatch("".join(text.split()).upper()) if text.isascii() else None
    if found is None:
        raise DossierCodeError("not the code of a dossier")
    day = found["day"]
    try:
        received = date(2000 + int(day[:2]), int(day[2:4]), int(day[4:]))
    except ValueError as error:
        raise DossierCodeError("the six digits in the middle are no day") from error
    return DossierCode(found["unit"], received, found["number"])


def found_in(scanned: str) -> DossierCode:
    """The one code in what a scanner read: alone, or within an address such as a receipt's QR holds.

    Raises ``DossierCodeError`` where there is none, or more than one.
    """
    text = scanned.upper()
    if len(text) > _LONGEST_SCANNED:
        raise DossierCodeError("too long for the code of a dossier")
    found = {part[0] for part in _WITHIN.finditer(text)} or {text}
    if len(found) > 1:
        raise DossierCodeError("more than one code")
    return parse(found.pop())
