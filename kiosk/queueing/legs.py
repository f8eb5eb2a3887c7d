"""What times are learnt from: stays at counters, finished ones and those of this moment."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from kiosk.queueing.discipline import Waiting

NO_SHOW = "no_show"


class Leg(NamedTuple):
    """One stay at a counter, as the centre keeps it. ``officers``: counters open at that time.

    ``outcome`` is ``completed``, ``next_service`` or ``no_show``. ``queued_at``: since when it waited for
    this call; ``None`` if that is not known, as for the second service of a visit.
    """

    service: str
    called_at: datetime
    started_at: datetime | None
    ended_at: datetime
    outcome: str
    officers: int
    day: date
    counter: str = ""
    queued_at: datetime | None = None

    @property
    def minutes(self) -> float:
        """From the call to the end."""
        return (self.ended_at - self.called_at).total_seconds() / 60

    @property
    def waited(self) -> float | None:
        """Minutes from queueing to the call, if that is known."""
        return None if self.queued_at is None else (self.called_at - self.queued_at).total_seconds() / 60


class Running(NamedTuple):
    """A ticket that is at a counter now. ``started_at`` is ``None`` while it is only called.

    ``ticket``: as it waited, where it has further services to go to.
    """

    service: str
    counter: str
    called_at: datetime
    started_at: datetime | None = None
    ticket: Waiting | None = None
