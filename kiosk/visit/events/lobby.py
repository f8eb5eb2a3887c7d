"""The lobby around the visit: devices, notices, the machine itself, time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.failures import FailureCode


@dataclass(frozen=True)
class LobbyNotices:
    """What the centre wants to be read at the start screen. ``spare_counter`` gives numbers by hand."""

    texts: tuple[str, ...] = ()
    spare_counter: int | None = None


@dataclass(frozen=True)
class DeviceChanged:
    """A device the citizen should know about is well (``failure`` None) or not."""

    device: str
    failure: FailureCode | None


@dataclass(frozen=True)
class NoticesChanged:
    """What the centre wants to be read."""

    notices: LobbyNotices


@dataclass(frozen=True)
class MachineSuspended:
    """Staff took this machine out of service, or put it back."""

    suspended: bool


@dataclass(frozen=True)
class Tick:
    """Time passes. ``now`` is aware wall time for what is written down; ``seconds`` is monotonic time since
    the last tick.
    """

    now: datetime
    seconds: float
