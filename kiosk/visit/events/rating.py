"""*Rate us*: a face, what it was about, one's own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.failures import FailureCode
from kiosk.visit.events.kinds import Answer, Intent


class Aspect(StrEnum):
    """What a rating is about: the five aspects of the satisfaction index SIPAS."""

    ACCESS = "access"
    PROCEDURE = "procedure"
    STAFF = "staff"
    RESULT = "result"
    FEEDBACK = "feedback"


@dataclass(frozen=True)
class RateTapped(Intent):
    """Open *rate us*."""


@dataclass(frozen=True)
class WriteTapped(Intent):
    """Write in one's own words."""


@dataclass(frozen=True)
class FaceChosen(Intent):
    """How it was, 1 (very bad) to 5 (very good)."""

    face: int = 0


@dataclass(frozen=True)
class AspectChosen(Intent):
    """What the face was about."""

    aspect: Aspect = Aspect.ACCESS


@dataclass(frozen=True)
class RatingSent(Answer):
    """The rating is kept."""


@dataclass(frozen=True)
class RatingFailed(Answer):
    """The rating is not kept."""

    code: FailureCode
