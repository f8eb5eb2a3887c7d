"""What the start screen tells of the hours: numbers are given, only for a short while yet, or not now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk.visit.events import ServiceChoice
from kiosk.visit.states import VisitState

SOON = timedelta(minutes=30)
"""So long before the last number people are told that time is short."""


class Giving(StrEnum):
    """Whether this machine gives numbers. ``NOT_HERE``: it cannot, though a counter may by hand."""

    UNKNOWN = "unknown"
    OPEN = "open"
    SOON_OVER = "soon_over"
    CLOSED = "closed"
    NOT_HERE = "not_here"


@dataclass(frozen=True)
class LobbyHours:
    """Local times of all services together. ``until``: of the last number, ``closes_at``: of the hours under
    way; ``None`` where a service has no end. ``opens_at``: when the first of the closed ones opens again;
    ``why`` are the words of a holiday or of the head that are the same for all.
    """

    giving: Giving
    until: datetime | None = None
    closes_at: datetime | None = None
    opens_at: datetime | None = None
    holiday: str = ""
    why: str = ""


def lobby_hours(state: VisitState) -> LobbyHours:
    """The hours as the services tell them that were asked for last."""
    services = state.services
    if state.lobby.suspended:
        return LobbyHours(Giving.NOT_HERE)
    if services is None:
        return LobbyHours(Giving.NOT_HERE if state.lobby.centre_silent else Giving.UNKNOWN)
    open_now = [one for one in services if one.open]
    if not open_now:
        return _closed(services)
    until = _latest([one.last_ticket_at or one.closes_at for one in open_now])
    soon = until is not None and until - state.now <= SOON
    return LobbyHours(
        Giving.SOON_OVER if soon else Giving.OPEN,
        until=until,
        closes_at=_latest([one.closes_at for one in open_now]),
    )


def _closed(services: tuple[ServiceChoice, ...]) -> LobbyHours:
    if any(one.closed_reason == "used_up" for one in services):  # the centre is silent, its doors are open
        return LobbyHours(Giving.NOT_HERE)
    opening = [one.opens_at for one in services if one.opens_at is not None]
    told = {(one.closed_reason, one.closed_words) for one in services}
    reason, words = next(iter(told)) if len(told) == 1 else (None, "")
    return LobbyHours(
        Giving.CLOSED,
        opens_at=min(opening, default=None),
        holiday=words if reason == "holiday" else "",
        why=words if reason == "stopped" else "",
    )


def _latest(times: list[datetime | None]) -> datetime | None:
    known = [one for one in times if one is not None]
    return max(known) if known and len(known) == len(times) else None
