"""The chip card: laid down, read, taken away."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.failures import FailureCode
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen
from kiosk.visit.events.kinds import Answer


class ReadingStep(StrEnum):
    """What the chip is doing, in steps a person can follow."""

    OPENING = "opening"
    READING = "reading"
    CHECKING = "checking"


@dataclass(frozen=True)
class CardInserted:
    """A chip card lies on the reader."""


@dataclass(frozen=True)
class CardRefused:
    """What lies on the reader cannot be an ID card, or is more than one: a bank card, a phone …"""

    code: FailureCode


@dataclass(frozen=True)
class CardRemoved:
    """The reader is empty."""


@dataclass(frozen=True)
class CardProgress(Answer):
    """The chip got so far."""

    attempt: int
    step: ReadingStep


@dataclass(frozen=True)
class CardRead(Answer):
    """The chip was read; ``proof`` says what was checked."""

    attempt: int
    citizen: Citizen = field(repr=False)
    proof: CardProof


@dataclass(frozen=True)
class CardFailed(Answer):
    """The chip was not read."""

    attempt: int
    code: FailureCode
