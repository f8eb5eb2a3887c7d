"""Why a service gives no numbers now, until when it gives them, and the head's word that stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from sqlalchemy import bindparam, delete, func, select

from kiosk.centre.moments import written
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json
from kiosk.centre.store.schema import leg, ticket
from kiosk.centre.store.schema import stop as stop_table
from kiosk.centre.store.store import Reading, Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.failures import FailureCode
from kiosk.queueing.business_day import local_date
from kiosk.queueing.calendar import ClosedReason
from kiosk.queueing.service import Service

WHOLE_HOUSE = "*"
Reason = Literal["hours", "holiday", "last_ticket", "full", "stopped"]
NewcomersWait = Callable[[str], float | None]
"""The minutes that nine in ten who take a number of this service now would wait at most."""

_BY_CALENDAR: dict[ClosedReason, Reason] = {
    ClosedReason.HOURS: "hours",
    ClosedReason.HOLIDAY: "holiday",
    ClosedReason.LAST_TICKET: "last_ticket",
}
_STOPS = select(stop_table.c.service, stop_table.c.message, stop_table.c.at).where(
    stop_table.c.site == bindparam("in_site")
)
_OF_DAY = select(func.count()).where(
    ticket.c.site == bindparam("in_site"), ticket.c.day == bindparam("in_day")
)
_GIVEN = _OF_DAY.where(
    ticket.c.series == bindparam("in_series"),
    ticket.c.sequence.between(bindparam("in_first"), bindparam("in_last")),
)
_HOUSE_GIVEN = _OF_DAY.where(
    (ticket.c.service == bindparam("in_service"))
    | select(leg.c.n)
    .where(leg.c.site == ticket.c.site, leg.c.ticket == ticket.c.id, leg.c.service == bindparam("in_service"))
    .exists()
)
_REFUSALS: dict[Reason, tuple[FailureCode, str]] = {
    "hours": (FailureCode.SERVICE_CLOSED, "The service gives no numbers at this hour."),
    "holiday": (FailureCode.SERVICE_CLOSED, "The service gives no numbers on this day."),
    "last_ticket": (FailureCode.LAST_TICKET_GONE, "The last ticket before closing is given."),
    "full": (FailureCode.SERVICE_FULL, "The service takes no more people today."),
    "stopped": (FailureCode.SERVICE_STOPPED, "The head of the centre has stopped the service."),
}


@dataclass(frozen=True)
class Opening:
    """Whether a service gives numbers: ``reason`` is ``None`` if it does.

    ``words``: the holiday's name or the head's message. ``opens_at``: when it will again, if the calendar
    says so.
    """

    reason: Reason | None = None
    opens_at: datetime | None = None
    words: str = ""

    def told(self) -> Json:
        """As the API tells it."""
        return {
            "open": self.reason is None,
            "closed_reason": self.reason,
            "closed_words": self.words,
            "opens_at": None if self.opens_at is None else written(self.opens_at),
        }


@dataclass(frozen=True)
class Stop:
    """The head's word that stops a service, and since when."""

    message: str
    at: str


class Doors:
    """The services' doors as one reading (or transaction) sees them."""

    def __init__(self, reading: Reading, plan: Plan, day: str, newcomers_wait: NewcomersWait) -> None:
        self._reading = reading
        self._plan = plan
        self._day = day
        self._newcomers_wait = newcomers_wait
        self._stops: dict[str, Stop] | None = None

    def of(self, service: Service) -> Opening:
        """Whether numbers of this service are given now, and if not, the reason that holds longest."""
        opening = self._by_word_and_calendar(service)
        if opening.reason is not None or not self._is_full(service):
            return opening
        return Opening("full", _another_day(self._plan, service, self._reading.now))

    def told(self) -> dict[str, Json]:
        """Every service's door as the API tells it, by id."""
        return {
            service.id: {
                **self.of(service).told(),
                "stop": self._stop_of(service.id),
                **hours_left(self._plan, service, self._reading.now),
            }
            for service in self._plan.services.values()
        }

    def admit(self, service_id: str) -> None:
        """Refuse a new number where none is given.

        Raises ``RefusalError``: ``SERVICE_CLOSED``, ``SERVICE_STOPPED``, ``SERVICE_FULL``,
        ``LAST_TICKET_GONE``.
        """
        _refuse(self.of(self._plan.services[service_id]))

    def admit_later(self, service_id: str) -> None:
        """The same for a service that comes later in a visit: it must not be closed or stopped."""
        _refuse(self._by_word_and_calendar(self._plan.services[service_id]))

    def _by_word_and_calendar(self, service: Service) -> Opening:
        stops = self._stopped()
        stop = stops.get(WHOLE_HOUSE, stops.get(service.id))
        if stop is not None:
            return Opening("stopped", words=stop.message)
        return _by_calendar(self._plan, service, self._reading.now)

    def _stop_of(self, service_id: str) -> Json | None:
        """The head's word that holds for a service: the one for the whole house goes before its own."""
        stops = self._stopped()
        stop = stops.get(WHOLE_HOUSE, stops.get(service_id))
        if stop is None:
            return None
        return {"message": stop.message, "at": stop.at, "house": WHOLE_HOUSE in stops}

    def _stopped(self) -> dict[str, Stop]:
        if self._stops is None:
            rows = self._reading.connection.execute(_STOPS, {"in_site": self._plan.site})
            self._stops = {row.service: Stop(row.message, row.at) for row in rows}
        return self._stops

    def _is_full(self, service: Service) -> bool:
        limits = self._plan.limits[service.id]
        if limits.daily_cap is not None and self._given(service) >= limits.daily_cap:
            return True
        if not limits.stop_when_full:
            return False
        closes_at = self._plan.calendar.closes_at(service.hours, self._reading.now)
        minutes = None if closes_at is None else self._newcomers_wait(service.id)
        if closes_at is None or minutes is None:
            return False
        served = self._reading.now + timedelta(minutes=minutes + service.minutes_each)
        return served > closes_at

    def _given(self, service: Service) -> int:
        """Numbers of the service given today, offline ones with them.

        Where the whole house shares one sequence, a number tells no service: there, tickets count that are
        with this service or were served by it.
        """
        asked = {"in_site": self._plan.site, "in_day": self._day}
        if self._plan.house_numbers:
            given = self._reading.connection.execute(_HOUSE_GIVEN, asked | {"in_service": service.id})
        else:
            band = {"in_series": service.series, "in_first": service.first, "in_last": service.last}
            given = self._reading.connection.execute(_GIVEN, asked | band)
        return int(given.scalar_one())


def stop(transaction: Transaction, plan: Plan, actor: str, service_id: str, message: str) -> None:
    """Give no more numbers of a service (``*``: of the whole house) until ``resume``.

    Citizens read ``message``; who waits is served. Raises ``RefusalError``: ``NOT_FOUND``.
    """
    _known(plan, service_id)
    now = _message(transaction, service_id)
    if now == message:
        return
    said = {"message": message, "stopped_by": actor, "at": transaction.at}
    row = upsert(stop_table).values(site=plan.site, service=service_id, **said)
    transaction.connection.execute(row.on_conflict_do_update(index_elements=["site", "service"], set_=said))
    transaction.record("service.stopped", actor, service_id, {"service": service_id, "message": message})


def resume(transaction: Transaction, plan: Plan, actor: str, service_id: str) -> None:
    """Take a stop back. Raises ``RefusalError``: ``NOT_FOUND``."""
    if _message(transaction, service_id) is None:
        _known(plan, service_id)
        return
    this = (stop_table.c.site == plan.site) & (stop_table.c.service == service_id)
    transaction.connection.execute(delete(stop_table).where(this))
    transaction.record("service.resumed", actor, service_id, {"service": service_id})


def stops(reading: Reading) -> dict[str, str]:
    """The messages of all stops, by service."""
    rows = reading.connection.execute(_STOPS, {"in_site": reading.site})
    return {row.service: row.message for row in rows}


def _by_calendar(plan: Plan, service: Service, now: datetime) -> Opening:
    closed = plan.calendar.closed(service.hours, now, plan.limits[service.id].last_ticket_minutes)
    if closed is None:
        return Opening()
    return Opening(_BY_CALENDAR[closed.reason], closed.opens_at, closed.words)


def _another_day(plan: Plan, service: Service, now: datetime) -> datetime | None:
    """When numbers are given next after today."""
    tomorrow = local_date(now, plan.zone) + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(0), tzinfo=plan.zone)
    last_minutes = plan.limits[service.id].last_ticket_minutes
    if plan.calendar.closed(service.hours, midnight, last_minutes) is None:
        return midnight
    return plan.calendar.opens_at(service.hours, midnight, last_minutes)


def open_periods(plan: Plan, service_id: str, day: date) -> list[tuple[datetime, datetime]]:
    """From when until when numbers of a service are given on a day by the calendar."""
    service = plan.services.get(service_id)
    if service is None:
        return []
    midnight = datetime.combine(day, time(0), tzinfo=plan.zone)
    last = plan.calendar.last_ticket_at(service.hours, midnight, plan.limits[service_id].last_ticket_minutes)
    spans = plan.calendar.open_on(service.hours, day)
    ends = [(start, until if last is None else min(until, last)) for start, until in spans]
    return [(start, until) for start, until in ends if start < until]


def hours_left(plan: Plan, service: Service, now: datetime) -> Json:
    """When the hours under way end, or the next ones today, and until when numbers are given in them."""
    day = local_date(now, plan.zone)
    span = next((one for one in plan.calendar.open_on(service.hours, day) if now < one.until), None)
    if span is None or plan.calendar.closes_at(service.hours, now) is None:
        return {"closes_at": None, "last_ticket_at": None}
    last = plan.calendar.last_ticket_at(service.hours, now, plan.limits[service.id].last_ticket_minutes)
    until = span.until if last is None else min(span.until, last)
    return {"closes_at": written(span.until), "last_ticket_at": written(until)}


def _message(transaction: Transaction, service_id: str) -> str | None:
    return stops(transaction).get(service_id)


def _known(plan: Plan, service_id: str) -> None:
    if service_id != WHOLE_HOUSE and service_id not in plan.services:
        raise RefusalError(FailureCode.NOT_FOUND, "There is no such service.")


def _refuse(opening: Opening) -> None:
    if opening.reason is not None:
        raise RefusalError(*_REFUSALS[opening.reason])
