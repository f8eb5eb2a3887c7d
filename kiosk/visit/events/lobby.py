"""The lobby around the visit: devices, notices, the machine itself, time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.failures import FailureCode
from kiosk.translations import Translations


@dataclass(frozen=True)
class LobbyNotices:
    """What the centre wants to be read at the start screen. ``spare_counter`` gives numbers by hand.

    ``texts_in``: for each of ``texts`` the same by language.
    """

    texts: tuple[str, ...] = ()
    spare_counter: int | None = None
    texts_in: tuple[Translations, ...] = field(default=(), hash=False)

    def said_in(self, language: str) -> tuple[str, ...]:
        """The texts in this language, Vietnamese where there is no translation."""
        others = (*self.texts_in, *({} for _ in self.texts))
        return tuple(more.get(language, one) for one, more in zip(self.texts, others, strict=False))


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
