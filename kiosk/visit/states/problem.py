"""Something failed, and what may be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kiosk.failures import FailureCode
from kiosk.visit.states.card import Reading

if TYPE_CHECKING:
    from kiosk.visit.states.screens import Screen


class Again(StrEnum):
    """What *try again* does on the problem screen."""

    READING = "reading"
    SERVICES = "services"
    ISSUE = "issue"
    SEND = "send"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Problem:
    """Something failed. ``reading`` and ``service`` keep what *again* needs; ``resume`` is where one may go
    on.
    """

    code: FailureCode
    again: Again
    reading: Reading | None = None
    service: str | None = None
    resume: Screen | None = None
