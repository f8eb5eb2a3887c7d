"""Moments as the centre writes them: ISO-8601 in UTC with milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The server's time, aware, in UTC. Clients' times are never used."""
    return datetime.now(UTC)


def written(moment: datetime) -> str:
    """``2026-11-22T01:02:03.456Z``; fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(text: str) -> datetime:
    """The moment that ``written`` wrote. Raises ``ValueError``."""
    return datetime.fromisoformat(text)
