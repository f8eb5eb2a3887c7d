"""The business day: the date at the centre, which never goes backwards."""

from __future__ import annotations

from datetime import date, datetime, tzinfo


def local_date(now: datetime, zone: tzinfo) -> date:
    """The date at the centre at ``now``. Raises ``ValueError`` if ``now`` has no time zone."""
    if now.tzinfo is None:
        raise ValueError("a moment without a time zone belongs to no day")
    return now.astimezone(zone).date()


def business_day(last: date | None, now: datetime, zone: tzinfo) -> date:
    """The day whose numbers are given at ``now``: the local date, or the last business day if that is later.

    A clock set back does not open a day again whose numbers were already given. The price: after a clock that
    jumped forward, that day holds until real time has caught up.
    """
    today = local_date(now, zone)
    return today if last is None else max(last, today)
