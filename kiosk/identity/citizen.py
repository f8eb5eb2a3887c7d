"""The citizen as the card tells it, and what was proven of the card. Value types; no I/O."""

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


class Check(StrEnum):
    """Result of one check of the card. ``NOT_DONE`` is said aloud and never counts as passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_DONE = "not_done"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True)
class CardProof:
    """Separate results, never one flag (ICAO Doc 9303-11 §5 and §6; Doc 9303-12 §3).

    ``data_groups`` maps the number of each data group read to the comparison of its hash with the SOD.
    ``chain``, ``chip_authentication`` and ``active_authentication`` stay ``NOT_DONE`` until they are carried
    out.
    """

    access: str
    sod_signature: Check = Check.NOT_DONE
    data_groups: dict[int, Check] = field(default_factory=dict)
    chain: Check = Check.NOT_DONE
    chip_authentication: Check = Check.NOT_DONE
    active_authentication: Check = Check.NOT_DONE

    @property
    def data_intact(self) -> bool:
        """True when the signature over the SOD verifies and every data group read matches it."""
        return (
            self.sod_signature is Check.PASSED
            and bool(self.data_groups)
            and all(result is Check.PASSED for result in self.data_groups.values())
        )


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
