"""``calendar.toml``: public holidays, and days that are not like their week day."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from pydantic import ConfigDict, Field

from kiosk.settings.section import Section


class ExceptionHours(Section):
    """One period of a day in the centre's local time; ``until`` is exclusive, 00:00 is midnight."""

    start: time = Field(alias="from")
    until: time

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class ExceptionSettings(Section):
    """``[[exception]]``: a day that is not like its week day; it goes before the public holidays. With only a
    ``reason`` the house is closed. ``works_like``: each service has that week day's hours (a Saturday worked
    instead of a Monday). ``hours``: all services have these; with ``works_like``, that week day's within
    them.
    """

    date: date
    reason: str = ""
    works_like: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = None
    hours: list[ExceptionHours] = []


class CalendarSettings(Section):
    """``calendar.toml``: days off. ``holidays``: Vietnamese public holidays, the lunar ones with them. The
    file may be missing.
    """

    holidays: bool = True
    exception: list[ExceptionSettings] = []
