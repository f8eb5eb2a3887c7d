"""Whether the sources on one card speak of one person: zone, printed data, and the QR or typed number. Pure.

A card whose files belong to another than the one whose QR was shown, or whose number was typed, is stopped
here; nothing of two sources is ever merged. Only names of fields come out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import combinations

from kiosk.identity.card_proof import Agreement
from kiosk.identity.card_qr import CardQr
from kiosk.identity.citizen import Sex

_SHORTEST_NUMBER = 6  # a CAN; less says nothing
_WITHOUT_DECOMPOSITION = str.maketrans("ĐÐƀɃ", "DDBB")


class IdentityField(StrEnum):
    """A field that more than one source has."""

    NUMBER = "number"
    BIRTH_DATE = "birth_date"
    SEX = "sex"
    FULL_NAME = "full_name"
    EXPIRY_DATE = "expiry_date"
    ISSUE_DATE = "issue_date"
    RESIDENCE = "residence"


_DECISIVE = frozenset((IdentityField.NUMBER, IdentityField.BIRTH_DATE, IdentityField.SEX))


@dataclass(frozen=True)
class Statement:
    """What one source says; ``None`` for what it does not. ``repr`` shows nothing of the person.

    ``number``: twelve digits, or the last of them (a CAN, the zone's document number). ``birth_year``: where
    the day is not known. ``name_cut``: the name may be shortened.
    """

    number: str | None = field(default=None, repr=False)
    full_name: str | None = field(default=None, repr=False)
    name_cut: bool = False
    birth_date: date | None = field(default=None, repr=False)
    birth_year: int | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    expiry_date: date | None = field(default=None, repr=False)
    issue_date: date | None = field(default=None, repr=False)
    residence: str | None = field(default=None, repr=False)

    @classmethod
    def of_qr(cls, qr: CardQr) -> Statement:
        """What the printed QR says."""
        return cls(
            number=qr.number, full_name=qr.full_name, birth_date=qr.birth_date, sex=qr.sex,
            issue_date=qr.issue_date, residence=qr.residence,
        )  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """``agreement`` by number, birth date and sex. ``differing``: every field that is not the same
    everywhere, of which name, expiry, issue and residence are for staff to look at and stop nobody.
    """

    agreement: Agreement
    differing: frozenset[IdentityField] = frozenset()


def compare(*statements: Statement | None) -> Comparison:
    """Compare every source with every other; a field counts where two of them have it."""
    pairs = list(combinations([each for each in statements if each is not None], 2))
    results = {name: [same(one, other) for one, other in pairs] for name, same in _COMPARISONS.items()}
    differing = frozenset(name for name, found in results.items() if False in found)
    if differing & _DECISIVE:
        return Comparison(Agreement.DIFFER, differing)
    compared = any(result is not None for name in _DECISIVE for result in results[name])
    return Comparison(Agreement.AGREE if compared else Agreement.NOT_COMPARED, differing)


def folded(text: str) -> str:
    """Capitals without diacritics, as the zone writes names; anything but letters and digits is a space."""
    plain = unicodedata.normalize("NFD", text.upper().translate(_WITHOUT_DECOMPOSITION))
    letters = (char for char in plain if unicodedata.category(char) != "Mn")
    return " ".join("".join(char if char.isalnum() else " " for char in letters).split())


def _same_number(one: Statement, other: Statement) -> bool | None:
    if one.number is None or other.number is None:
        return None
    shorter, longer = sorted((one.number, other.number), key=len)
    return len(shorter) >= _SHORTEST_NUMBER and longer.endswith(shorter)


def _same_birth(one: Statement, other: Statement) -> bool | None:
    if one.birth_date and other.birth_date:
        return one.birth_date == other.birth_date
    years = [each.birth_date.year if each.birth_date else each.birth_year for each in (one, other)]
    return None if None in years else years[0] == years[1]


def _same_name(one: Statement, other: Statement) -> bool | None:
    """A shortened name holds words, or beginnings of words, of the whole one in their order (ICAO Doc 9303-3
    §4.6). Apostrophes and spaces do not count.
    """
    if not one.full_name or not other.full_name:
        return None
    words, others = folded(one.full_name).split(), folded(other.full_name).split()
    if "".join(words) == "".join(others):
        return True
    return (one.name_cut and _shortens(words, others)) or (other.name_cut and _shortens(others, words))


def _shortens(words: list[str], whole: list[str]) -> bool:
    left = iter(whole)
    return bool(words) and all(any(full.startswith(word) for full in left) for word in words)


def _same_residence(one: Statement, other: Statement) -> bool | None:
    if not one.residence or not other.residence:
        return None
    return folded(one.residence) == folded(other.residence)


def _same(name: str) -> Callable[[Statement, Statement], bool | None]:
    def same(one: Statement, other: Statement) -> bool | None:
        values = getattr(one, name), getattr(other, name)
        return None if None in values else values[0] == values[1]

    return same


_COMPARISONS: dict[IdentityField, Callable[[Statement, Statement], bool | None]] = {
    IdentityField.NUMBER: _same_number,
    IdentityField.BIRTH_DATE: _same_birth,
    IdentityField.SEX: _same("sex"),
    IdentityField.FULL_NAME: _same_name,
    IdentityField.EXPIRY_DATE: _same("expiry_date"),
    IdentityField.ISSUE_DATE: _same("issue_date"),
    IdentityField.RESIDENCE: _same_residence,
}
