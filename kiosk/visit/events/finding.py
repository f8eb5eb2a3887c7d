"""The search for procedures."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.procedures.procedure import Procedure
from kiosk.visit.events.kinds import Answer, Intent


@dataclass(frozen=True)
class FoundProcedure:
    """A procedure that a search found. ``service``: the queue it leads to, where one is known."""

    procedure: Procedure
    service: str | None = None


@dataclass(frozen=True)
class FindTapped(Intent):
    """Open the search for procedures."""


@dataclass(frozen=True)
class ProcedureChosen(Intent):
    """Show this procedure of the results."""

    code: str = ""


@dataclass(frozen=True)
class Found(Answer):
    """The procedures that fit ``text``, best first; none when nothing fits. ``elsewhere``: what to say when
    it is known to be done at another place, in Vietnamese.
    """

    text: str = field(repr=False)
    hits: tuple[FoundProcedure, ...] = ()
    elsewhere: str = field(default="", repr=False)
