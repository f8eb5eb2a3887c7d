"""The shapes of answers about help, ratings and notices, for the API's OpenAPI description."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from kiosk.centre.routes.answers import CounterNameAnswer
from kiosk.dossiers.status import State


class HelpCallAnswer(BaseModel):
    """A call for help. ``answered_by``: the counter of who goes, ``null`` if that one sits at none."""

    id: str
    kiosk: str
    screen: str
    language: str | None
    at: str
    state: Literal["open", "answered", "expired"]
    answered_at: str | None
    answered_by: CounterNameAnswer | None


class HelpTimesAnswer(BaseModel):
    """How soon officers went to those who called, in seconds."""

    from_: str = Field(alias="from")
    to: str
    calls: int
    answered: int
    median_seconds: float | None
    longest_seconds: float | None


class RatingAnswer(BaseModel):
    """A kept rating."""

    id: str
    face: int
    aspect: str | None
    has_words: bool


class AspectFacesAnswer(BaseModel):
    """How many chose each face, from 1 to 5, and named this aspect."""

    aspect: str
    faces: list[int]


class DayFacesAnswer(BaseModel):
    """How many chose each face, from 1 to 5, on a day."""

    day: str
    faces: list[int]


class WrittenAnswer(BaseModel):
    """What somebody wrote. ``hidden``: a contact or a long number is told on ``/ratings/{id}/open`` only."""

    id: str
    day: str
    face: int
    aspect: str | None
    service_name: str | None
    procedure: str | None
    words: str
    hidden: bool


class RatingsAnswer(BaseModel):
    """What citizens say of the service."""

    from_: str = Field(alias="from")
    to: str
    total: int
    faces: list[int]
    aspects: list[AspectFacesAnswer]
    days: list[DayFacesAnswer]
    words: list[WrittenAnswer]
    words_kept_days: int


class RatingTextAnswer(BaseModel):
    """What somebody wrote, whole, and how to answer."""

    id: str
    words: str
    contact: str


class NoticeAnswer(BaseModel):
    """A notice of the centre, and until when it is shown. ``text_in``: the text by language."""

    text: str
    text_in: dict[str, str]
    from_: str | None = Field(alias="from")
    until: str | None


class LobbyNoticesAnswer(BaseModel):
    """The notices that are shown now, and the counter that gives numbers when the machine does not."""

    notices: list[NoticeAnswer]
    spare_counter: CounterNameAnswer | None


class DossierAnswer(BaseModel):
    """What ``source`` said of a dossier; true as of ``as_of``. ``due``: the day promised, ``YYYY-MM-DD``."""

    code: str
    state: State
    due: str | None
    procedure: str
    as_of: str
    source: str
