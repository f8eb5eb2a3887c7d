"""What a kiosk holds and gives without the centre, as values and as rows of its file."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

AFTER_MIDNIGHT = timedelta(seconds=2)
"""A day's numbers held since before it are given from then on: they mean nothing to a centre whose clock, a
little behind, has not begun that day.
"""


@dataclass(frozen=True)
class Block:
    """Numbers of one service, ``first`` to ``last``; ``open``: the day's periods (UTC), ``None``: all day."""

    service: str
    series: str
    first: int
    last: int
    open: tuple[tuple[datetime, datetime], ...] | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether numbers are given at ``now``."""
        return self.open is None or any(start <= now < until for start, until in self.open)

    def opens_at(self, now: datetime) -> datetime | None:
        """When numbers are given again today; ``None`` when they are, or not any more."""
        if self.open is None or self.is_open(now):
            return None
        return min((start for start, _ in self.open if start > now), default=None)


@dataclass(frozen=True)
class Lease:
    """Blocks of one day; nothing is given from them before ``begins`` (``None``: ``at``), nor at or after
    ``until`` (UTC, by the centre's clock).
    """

    id: str
    day: date
    at: datetime
    until: datetime
    blocks: tuple[Block, ...]
    begins: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether numbers may be given from it at ``now``."""
        if now >= self.until:
            return False
        return self.begins is None or self.begins <= self.at or now >= self.begins + AFTER_MIDNIGHT

    def block(self, service: str) -> Block | None:
        """The block of a service."""
        return next((block for block in self.blocks if block.service == service), None)


@dataclass(frozen=True)
class Given:
    """A number given without the centre. ``state``: ``waiting`` to be told, ``accepted`` or ``refused``.

    ``ticket``: its id at the centre once accepted. ``slip``: ``none``, ``pending``, ``printed``, ``failed``
    or ``unknown``; ``slip_told``: the centre knows that.
    """

    key: str
    lease: str
    series: str
    sequence: int
    service: str
    issued_at: datetime
    priority: str | None = None
    source: str | None = None
    person: str | None = None
    state: str = "waiting"
    ticket: str | None = None
    slip: str = "none"
    slip_code: str | None = None
    slip_told: bool = True


def given_of(row: sqlite3.Row) -> Given:
    """A number from its row."""
    return Given(
        key=row["key"],
        lease=row["lease"],
        series=row["series"],
        sequence=row["sequence"],
        service=row["service"],
        issued_at=moment(row["issued_at"]),
        priority=row["priority"],
        source=row["source"],
        person=row["person"],
        state=row["state"],
        ticket=row["ticket"],
        slip=row["slip"],
        slip_code=row["slip_code"],
        slip_told=bool(row["slip_told"]),
    )


def written(moment: datetime) -> str:
    """UTC to the microsecond in one length, so that text sorts as time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def moment(text: str) -> datetime:
    """A moment from its text."""
    return datetime.fromisoformat(text)


def periods_text(periods: tuple[tuple[datetime, datetime], ...] | None) -> str | None:
    """Periods as text."""
    if periods is None:
        return None
    return json.dumps([[start.isoformat(), until.isoformat()] for start, until in periods])


def read_periods(text: str | None) -> tuple[tuple[datetime, datetime], ...] | None:
    """Periods from their text."""
    if text is None:
        return None
    return tuple((moment(start), moment(until)) for start, until in json.loads(text))
