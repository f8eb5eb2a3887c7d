"""The lobby beyond the visit, and the start screen that waits in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.failures import FailureCode
from kiosk.visit.events import LobbyNotices


@dataclass(frozen=True)
class Start:
    """Waiting for a card or a touch. ``since_loaded``: seconds since the centre was asked what is open."""

    since_loaded: float = field(default=math.inf, compare=False)


@dataclass(frozen=True)
class Lobby:
    """What goes on beyond the visit.

    ``card_left``: a card lies there since the last visit and begins nothing. ``card_unchecked``: a card was
    laid down during a visit that already knows a person, and was not compared yet. ``centre_silent``: it did
    not answer when the start screen last asked. ``suspended``: staff took the machine out of service.
    """

    card: bool = False
    card_left: bool = False
    card_unchecked: bool = False
    troubles: Mapping[str, FailureCode] = field(default_factory=dict)
    notices: LobbyNotices = field(default_factory=LobbyNotices)
    centre_silent: bool = False
    suspended: bool = False
