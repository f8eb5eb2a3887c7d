"""From screen to screen: on, back, once more, done, and that somebody is still there."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.events.kinds import Intent


@dataclass(frozen=True)
class ScreenTouched(Intent):
    """Any touch, also beside every button: someone is there. Sent on each touch down before the tap's own
    intent.
    """


@dataclass(frozen=True)
class Continue(Intent):
    """The one main button of a screen that only goes on."""


@dataclass(frozen=True)
class Back(Intent):
    """One screen back. Never repeats an issue or a print."""


@dataclass(frozen=True)
class Skip(Intent):
    """Leave an optional question unanswered."""


@dataclass(frozen=True)
class Cancel(Intent):
    """Leave the form but keep the ticket; where there is no form, end the visit."""


@dataclass(frozen=True)
class Finish(Intent):
    """The citizen is done: everything is wiped and the start screen comes."""


@dataclass(frozen=True)
class Retry(Intent):
    """Try again what failed."""


@dataclass(frozen=True)
class PageTapped(Intent):
    """Another page of a list, or of *check your answers*."""

    page: int = 0


@dataclass(frozen=True)
class StayTapped(Intent):
    """*I am still here* of the idle warning."""
