"""Vietnamese public holidays for the calendar of ``kiosk.queueing``, from the package ``holidays``.

What that package knows, and what it cannot know (decisions of the Prime Minister that came after its
release), stands in ``docs/queue.md``. The centre's own exceptions go before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import cache
from types import MappingProxyType

import holidays

from kiosk.queueing.calendar import Calendar, DayException
from kiosk.queueing.service import WEEK_DAYS
from kiosk.settings import CalendarSettings

YEARS = range(2025, 2051)
_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


@dataclass(frozen=True)
class PublicHolidays:
    """``names``: days off with their Vietnamese names. ``worked``: days at a weekend worked instead of a day
    off, with the week day whose hours they have.
    """

    names: Mapping[date, str]
    worked: Mapping[date, str]


@cache
def vietnam() -> PublicHolidays:
    """Vietnam's public holidays of ``YEARS``, the lunar ones and those moved or swapped with them."""
    found = holidays.country_holidays("VN", years=YEARS, language="vi")
    names: dict[date, str] = {}
    worked: dict[date, str] = {}
    for day, name in sorted(found.items()):
        names[day] = name
        if name[:1].isdigit():  # "29 Tết": two days before the new year, which some years is the 28th
            names[day] = found[day + timedelta(days=2)]
        swapped = _DATE.search(name)
        if swapped:
            worked[date(*(int(part) for part in reversed(swapped.groups())))] = WEEK_DAYS[day.weekday()]
    return PublicHolidays(MappingProxyType(names), MappingProxyType(worked))


def calendar_of(settings: CalendarSettings, zone: tzinfo) -> Calendar:
    """The calendar that ``calendar.toml`` describes."""
    public = vietnam() if settings.holidays else PublicHolidays({}, {})
    return Calendar(
        zone=zone,
        holidays=public.names,
        worked=public.worked,
        exceptions={
            one.date: DayException(
                reason=one.reason,
                works_like=one.works_like,
                hours=tuple((period.start, period.until) for period in one.hours),
            )
            for one in settings.exception
        },
    )
