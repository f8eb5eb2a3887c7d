"""The citizen as the card tells it. Value types; no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Source(StrEnum):
    """Where a value came from; shown beside it to citizen and officer."""

    CHIP = "chip"
    CARD_QR = "card_qr"
    TYPED = "typed"
    CENTRE = "centre"
    COMPUTED = "computed"


class Sex(StrEnum):
    """As printed on the card."""

    MALE = "Nam"
    FEMALE = "Nữ"


@dataclass(frozen=True)
class Citizen:
    """What the card holds of a person, NFC text. Everything but number, name, birth date and sex may be
    missing.

    Religion and identifying marks stay on the card: no procedure of the lobby asks for them.

    ``repr`` shows nothing of the person, so that no log or traceback does.
    """

    number: str = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    nationality: str | None = field(default=None, repr=False)
    ethnicity: str | None = field(default=None, repr=False)
    hometown: str | None = field(default=None, repr=False)
    residence: str | None = field(default=None, repr=False)
    issue_date: date | None = field(default=None, repr=False)
    expiry_date: date | None = field(default=None, repr=False)
    source: Source = Source.CHIP
    father: str | None = field(default=None, repr=False)
    mother: str | None = field(default=None, repr=False)
    spouse: str | None = field(default=None, repr=False)
    former_number: str | None = field(default=None, repr=False)
