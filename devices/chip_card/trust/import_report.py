"""What became of a file that was imported, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What a part of a file is."""

    AUTHORITY = "CSCA"
    LINK = "link certificate"
    SIGNER = "document signer"
    REVOCATION_LIST = "revocation list"
    MASTER_LIST = "master list"
    OTHER = "other part"


class Outcome(StrEnum):
    """What became of it."""

    TAKEN = "taken"
    HELD = "already held"
    PASSED_OVER = "passed over"
    REFUSED = "refused"


@dataclass(frozen=True)
class Entry:
    """One line of a report. ``valid_until``: of a revocation list its next update. ``accept``: the SHA-256
    that, once accepted, would let a master list in.
    """

    outcome: Outcome
    kind: Kind
    subject: str = ""
    country: str | None = None
    sha256: str | None = None
    valid_until: date | None = None
    reason: str = ""
    accept: str | None = None


@dataclass(frozen=True)
class ImportReport:
    """What became of everything in a file. ``refusal``: why nothing of it could be looked at."""

    name: str
    entries: tuple[Entry, ...] = ()
    refusal: str | None = None

    def of(self, outcome: Outcome) -> list[Entry]:
        """The lines with that outcome."""
        return [entry for entry in self.entries if entry.outcome is outcome]

    @property
    def all_well(self) -> bool:
        """Something of it is held now, and nothing was refused but link certificates, of which every master
        list has some whose older key is nowhere.
        """
        useful = self.taken or self.of(Outcome.HELD) or not self.refused
        return self.refusal is None and bool(useful) and all(one.kind is Kind.LINK for one in self.refused)

    @property
    def taken(self) -> list[Entry]:
        """What is trusted from now on, or is a revocation list that counts from now on."""
        return self.of(Outcome.TAKEN)

    @property
    def refused(self) -> list[Entry]:
        """What did not verify or is of no use."""
        return self.of(Outcome.REFUSED)
