"""The invented people whose cards can be laid on the virtual reader (``citizens.toml``)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from kiosk.identity.citizen import Sex
from kiosk.identity.number import card_access_number

_FILE = Path(__file__).with_name("citizens.toml")


@dataclass(frozen=True)
class DemoCitizen:
    """One invented person with a card. ``name`` is the short id; ``altered``: ``""``, ``dg13`` or
    ``signature``.
    """

    name: str
    label: str
    number: str = field(repr=False)
    full_name: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    ethnicity: str = field(repr=False)
    religion: str = field(repr=False)
    hometown: str = field(repr=False)
    residence: str = field(repr=False)
    marks: str = field(repr=False)
    issue_date: date = field(repr=False)
    father: str = field(repr=False)
    mother: str = field(repr=False)
    expiry_date: date | None = field(default=None, repr=False)
    spouse: str | None = field(default=None, repr=False)
    former_number: str | None = field(default=None, repr=False)
    altered: str = ""
    nationality: str = "Việt Nam"

    @property
    def can(self) -> str:
        """The number that opens the chip."""
        return card_access_number(self.number)

    @property
    def qr(self) -> str:
        """The text of the QR printed on the card, layout of 2021."""
        return "|".join((
            self.number, self.former_number or "", self.full_name, f"{self.birth_date:%d%m%Y}",
            self.sex.value, self.residence, f"{self.issue_date:%d%m%Y}",
        ))  # fmt: skip


@cache
def demo_citizens() -> dict[str, DemoCitizen]:
    """All of them by their short id, in the file's order."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {
        name: DemoCitizen(name=name, **{**entry, "sex": Sex(entry["sex"])}) for name, entry in table.items()
    }
