"""Who stands there, and the screens that learn it: the digits on the card, the chip being read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen
from kiosk.visit.events import ReadingStep

if TYPE_CHECKING:
    from kiosk.visit.states.screens import Screen


@dataclass(frozen=True)
class EnterCan:
    """``digits`` typed so far. ``waiting``: they are complete and the card is missing from the reader."""

    digits: str = field(default="", repr=False)
    failure: FailureCode | None = None
    waiting: bool = False
    unknown_code: bool = False
    resume: Screen | None = None


@dataclass(frozen=True)
class Reading:
    """The chip is being read. ``attempt`` tells one reading from another."""

    keys: AccessKeys = field(repr=False)
    attempt: int
    step: ReadingStep = ReadingStep.OPENING
    resume: Screen | None = None

    @property
    def expected(self) -> str | None:
        """The number that the chip must hold, where it is known."""
        return self.keys.number


@dataclass(frozen=True)
class Person:
    """Who stands there. ``proof`` is None when only the printed QR was read: nothing is proven then."""

    citizen: Citizen
    proof: CardProof | None
    read_at: datetime
