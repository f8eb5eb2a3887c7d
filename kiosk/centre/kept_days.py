"""Days as the database keeps them, for learning: who came, who was at which counter, who left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import RowMapping, bindparam, select

from kiosk.centre.moments import read
from kiosk.centre.store.schema import leg, ticket
from kiosk.centre.store.store import Reading
from kiosk.centre.ticket_record import waiting_of
from kiosk.queueing.legs import Leg
from kiosk.queueing.replay import Past
from kiosk.queueing.ticket import TicketState

_DAYS = (
    select(leg.c.day)
    .where(
        leg.c.site == bindparam("in_site"),
        leg.c.day >= bindparam("in_first"),
        leg.c.day < bindparam("in_day"),
    )
    .distinct()
    .order_by(leg.c.day)
)
_LEGS = (
    select(leg)
    .where(leg.c.site == bindparam("in_site"), leg.c.day == bindparam("in_day"))
    .where(leg.c.ended_at > bindparam("in_after"), leg.c.ended_at <= bindparam("in_until"))
    .order_by(leg.c.ended_at)
)
_TICKETS = (
    select(ticket)
    .where(ticket.c.site == bindparam("in_site"), ticket.c.day == bindparam("in_day"))
    .order_by(ticket.c.queued_at, ticket.c.arrival)
)
_CANCELLED = (
    _TICKETS.where(ticket.c.state == TicketState.CANCELLED.value, ticket.c.call_count == 0)
    .where(ticket.c.ended_at > bindparam("in_after"), ticket.c.ended_at <= bindparam("in_until"))
    .order_by(None)
    .order_by(ticket.c.ended_at)
)


@dataclass(frozen=True)
class Day:
    """One day. ``cancelled_after``: minutes after which those left who were never called."""

    tickets: Sequence[Past]
    legs: Sequence[Leg]
    cancelled_after: Sequence[float]


def days(reading: Reading, *, site: str, first: date, before: date) -> list[str]:
    """Days on which somebody was served."""
    asked = {"in_site": site, "in_first": first.isoformat(), "in_day": before.isoformat()}
    return list(reading.connection.execute(_DAYS, asked).scalars())


def day(reading: Reading, *, site: str, day: str) -> Day:
    """All of one day."""
    asked = {"in_site": site, "in_day": day}
    of_day = legs(reading, site=site, day=day)
    first: dict[str, Leg] = {}
    for name, one in of_day:
        if name not in first or one.called_at < first[name].called_at:
            first[name] = one
    rows = reading.connection.execute(_TICKETS, asked).mappings()
    tickets = [_past(row, first.get(row["id"])) for row in rows]
    left = cancelled(reading, site=site, day=day)
    return Day(tickets, [one for _, one in of_day], [waited for _, waited, _ in left])


def legs(
    reading: Reading, *, site: str, day: str, after: str = "", until: str = "~"
) -> list[tuple[str, Leg]]:
    """Ticket and stay of those that ended in this time of a day, as moments are written."""
    asked = {"in_site": site, "in_day": day, "in_after": after, "in_until": until}
    return [(row["ticket"], _leg(row)) for row in reading.connection.execute(_LEGS, asked).mappings()]


def cancelled(
    reading: Reading, *, site: str, day: str, after: str = "", until: str = "~"
) -> list[tuple[str, float, str]]:
    """Those who cancelled in this time of a day before being called: ticket, minutes waited, and when."""
    asked = {"in_site": site, "in_day": day, "in_after": after, "in_until": until}
    return [
        (row["id"], (read(row["ended_at"]) - read(row["queued_at"])).total_seconds() / 60, row["ended_at"])
        for row in reading.connection.execute(_CANCELLED, asked).mappings()
    ]


def _past(row: RowMapping, first: Leg | None) -> Past:
    """A ticket as it came: the row tells of the last service, and of what happened while it waited."""
    left_at = None if row["ended_at"] is None else read(row["ended_at"])
    service = row["service"] if first is None else first.service
    came = replace(waiting_of(row), service=service, overtaken=0, reserved_counter=None)
    return Past(came, None if first is None else first.called_at, left_at)


def _leg(row: RowMapping) -> Leg:
    return Leg(
        service=row["service"],
        called_at=read(row["called_at"]),
        started_at=None if row["started_at"] is None else read(row["started_at"]),
        ended_at=read(row["ended_at"]),
        outcome=row["outcome"],
        officers=row["officers"],
        day=date.fromisoformat(row["day"]),
        counter=row["counter"],
        queued_at=read(row["queued_at"]) if row["n"] == 1 else None,  # later ones did not wait since then
    )
