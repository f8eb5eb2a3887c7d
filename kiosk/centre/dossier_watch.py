"""Whether the morning's import of dossiers was forgotten, as the head and maintenance staff are told."""

from __future__ import annotations

from datetime import date, datetime, time

from kiosk.centre.dossiers import FILE, FOLDER, LONGEST_TOLD, Imported
from kiosk.centre.keeping.keeper import Warned
from kiosk.centre.moments import written
from kiosk.centre.plan import Plan
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import local_date
from kiosk.queueing.service import WEEK_DAYS, OpenPeriod

_OFFICE_WEEK = (OpenPeriod(frozenset(WEEK_DAYS[:5]), time(0), time(0)),)
"""Where no service has hours: the days on which the provincial system is worked with."""


def warned(imported: Imported | None, plan: Plan, by: time, now: datetime) -> Warned | None:
    """What staff must know of the dossiers at ``now``; nothing where none were ever imported.

    On a day on which the centre opens, the data are to be of that day from ``by`` on, in the centre's time.
    ``since`` of the answer: the moment they are of.
    """
    if imported is None:
        return None
    if imported.fault is not None:
        return Warned(FailureCode.DOSSIERS_UNREADABLE, None, f"{FOLDER}/{FILE}: {imported.fault}")
    as_of, today = imported.as_of, local_date(now, plan.zone)
    due = _due(plan, by, today)
    if due is None or now < due or (as_of is not None and local_date(as_of, plan.zone) >= today):
        return None
    if as_of is None:
        return Warned(FailureCode.DOSSIERS_TOO_OLD, None, "")
    told = now - as_of <= LONGEST_TOLD
    code = FailureCode.DOSSIERS_OUTDATED if told else FailureCode.DOSSIERS_TOO_OLD
    return Warned(code, written(as_of), "")


def _due(plan: Plan, by: time, day: date) -> datetime | None:
    """From when on a day's data are missed: not before the doors open; ``None`` on a closed day."""
    weeks = [service.hours for service in plan.services.values() if service.hours] or [_OFFICE_WEEK]
    opening = [span.start for week in weeks for span in plan.calendar.open_on(week, day)]
    return max(min(opening), datetime.combine(day, by, plan.zone)) if opening else None
