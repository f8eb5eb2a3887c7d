"""One waiting number for each person and service, without knowing who the person is.

A kiosk sends the card's number as HMAC-SHA256 under the day's key. The key lives in a file of its own, is
given to kiosks only and is destroyed when the day is over; the hashes stand in one table for as long and
nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import bindparam, delete, select

from kiosk.centre.day_keys import DayKeys
from kiosk.centre.queue_view import Row
from kiosk.centre.store.schema import person_today, ticket
from kiosk.centre.store.store import Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.centre.ticket_record import services_of
from kiosk.queueing.ticket import TicketState

_HOLDS = (TicketState.WAITING.value, TicketState.CALLED.value, TicketState.PARKED.value)
_HELD = (
    select(ticket)
    .join(person_today, (person_today.c.site == ticket.c.site) & (person_today.c.ticket == ticket.c.id))
    .where(
        person_today.c.site == bindparam("in_site"),
        person_today.c.person == bindparam("in_person"),
        person_today.c.service == bindparam("in_service"),
        ticket.c.day == bindparam("in_day"),
        ticket.c.state.in_(_HOLDS),
    )
)
_KEEP = upsert(person_today).values(
    site=bindparam("in_site"),
    person=bindparam("in_person"),
    service=bindparam("in_service"),
    day=bindparam("in_day"),
    ticket=bindparam("in_ticket"),
)
_REMEMBER = _KEEP.on_conflict_do_update(
    index_elements=["site", "person", "service"],
    set_={"day": _KEEP.excluded.day, "ticket": _KEEP.excluded.ticket},
)


class PersonKeys:
    """The key of each business day under which kiosks hash cards' numbers."""

    def __init__(self, folder: Path) -> None:
        self._keys = DayKeys(folder)

    def key(self, day: str) -> str:
        """The key of a business day (``YYYY-MM-DD``) in hexadecimal, made when first asked for.

        Raises ``OSError``.
        """
        return self._keys.read_or_make(date.fromisoformat(day)).hex()

    def destroy_before(self, day: str) -> None:
        """Destroy the keys of days that are over. Raises ``OSError``."""
        self._keys.destroy_before(date.fromisoformat(day))


def held(transaction: Transaction, day: str, person: str, service: str) -> Row | None:
    """The ticket with which this person waits for the service, or will later in the same visit."""
    asked = {"in_site": transaction.site, "in_day": day, "in_person": person, "in_service": service}
    row = transaction.connection.execute(_HELD, asked).mappings().first()
    return row if row is not None and service in (row["service"], *services_of(row)) else None


def of_ticket(transaction: Transaction, day: str, ticket_id: str) -> str | None:
    """The hash of the person who took this ticket with a card."""
    query = select(person_today.c.person).where(
        person_today.c.site == transaction.site, person_today.c.day == day, person_today.c.ticket == ticket_id
    )
    return transaction.connection.execute(query.limit(1)).scalar()


def remember(
    transaction: Transaction, day: str, person: str, services: Sequence[str], ticket_id: str
) -> None:
    """Keep for the day that this person holds this ticket."""
    for service in services:
        row = {
            "in_site": transaction.site,
            "in_day": day,
            "in_person": person,
            "in_service": service,
            "in_ticket": ticket_id,
        }
        transaction.connection.execute(_REMEMBER, row)


def forget_other_days(transaction: Transaction, day: str) -> None:
    """Delete who held what on other days; for the turn of the day's page."""
    others = delete(person_today).where(person_today.c.site == transaction.site, person_today.c.day != day)
    transaction.connection.execute(others)
