"""What becomes of paper: the slip of a number, the sheet of a procedure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.failures import FailureCode
from kiosk.visit.events.kinds import Answer, Intent


class PrintResult(StrEnum):
    """What is known of a slip after printing was tried."""

    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PrintSheetTapped(Intent):
    """Print what to prepare for the procedure shown."""


@dataclass(frozen=True)
class SlipPrinted(Answer):
    """How printing of this ticket's slip went."""

    ticket: str
    result: PrintResult
    code: FailureCode | None = None


@dataclass(frozen=True)
class SheetPrinted(Answer):
    """How printing of a procedure's sheet went."""

    procedure: str
    result: PrintResult
    code: FailureCode | None = None


@dataclass(frozen=True)
class SlipPrintedLater:
    """A copy of this ticket came out after the printer was well again."""

    ticket: str
