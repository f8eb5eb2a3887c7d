"""*Rate us*, part by part."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.eforms.vietnamese_input import InputMethod
from kiosk.failures import FailureCode
from kiosk.visit.events import Aspect


class RatingStep(StrEnum):
    """The parts of *rate us*, each left out at will but the first."""

    FACE = "face"
    ASPECT = "aspect"
    WORDS = "words"
    THANKS = "thanks"


@dataclass(frozen=True)
class Rate:
    """How it was. ``face`` is 1 (very bad) to 5 (very good), ``words`` what the citizen wants to add."""

    step: RatingStep = RatingStep.FACE
    face: int | None = None
    aspect: Aspect | None = None
    words: str = field(default="", repr=False)
    shift: bool = False
    method: InputMethod = InputMethod.DIRECT
    sending: bool = False
    failure: FailureCode | None = None
