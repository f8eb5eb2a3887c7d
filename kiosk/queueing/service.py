"""A service: one queue citizens can choose, and the hours of its week. ``calendar`` opens and closes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

from kiosk.translations import Translations

WEEK_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class OpenPeriod:
    """A period of some week days in local time; ``until`` is exclusive and 00:00 is the day's end."""

    days: frozenset[str]
    start: time
    until: time


@dataclass(frozen=True)
class Service:
    """A service as configured. ``minutes_each`` is the usual length of one service in minutes.

    ``name_in`` and ``hint_in``: the same by language, other than Vietnamese.
    """

    id: str
    name: str
    hint: str
    series: str
    first: int
    last: int
    minutes_each: float
    form: str | None
    hours: tuple[OpenPeriod, ...]
    name_in: Translations = field(default_factory=dict, hash=False)
    hint_in: Translations = field(default_factory=dict, hash=False)
