"""Numbers that kiosks hold for when the centre cannot be reached, and the tickets they gave from them.

A kiosk has one live lease a day, and asks ahead for the one of the next day on which numbers are given: a
morning may begin without a link. It names the memory in which it keeps what it gave (``holder``): the same
memory gets the same lease again, another one fresh numbers, because nobody knows what the lost one gave. A
number that was leased is not given by anybody else on that day, used or not, and no closed door refuses what
a citizen already holds.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from typing import NamedTuple

from sqlalchemy import func, insert, select, update

from kiosk.centre import days, numbers, persons, tickets
from kiosk.centre.moments import written
from kiosk.centre.opening import open_periods
from kiosk.centre.plan import Plan
from kiosk.centre.problems import RefusalError
from kiosk.centre.queue_view import Json, Row
from kiosk.centre.store.schema import business_day, issue_key, ticket
from kiosk.centre.store.schema import lease as lease_table
from kiosk.centre.store.schema import lease_block as block_table
from kiosk.centre.store.store import Transaction
from kiosk.centre.ticket_record import life_of, life_values, recorded
from kiosk.failures import FailureCode
from kiosk.queueing.ticket import Actor, Life, Refused, Step, TicketEvent, TicketState, issued, step

_MARK_DIGITS = 16
_RANDOM_BYTES = 8
_LOOK_AHEAD_DAYS = 31
_SYSTEM = "centre"


@dataclass(frozen=True)
class Offered:
    """A number that a kiosk gave by itself. ``issued_at``: by its clock, corrected by the centre's."""

    series: str
    sequence: int
    service: str
    issued_at: datetime
    key: str
    wishes: tickets.Wishes = field(default_factory=tickets.Wishes)


class Taken(NamedTuple):
    """What became of an offered number: its ticket, or the ``reason`` why it is none.

    ``instead_of``: a ticket of the same visit that was cancelled for it. ``left_out``: wishes that mean
    nothing here any more.
    """

    row: Row | None
    new: bool = False
    reason: str | None = None
    instead_of: Row | None = None
    left_out: tuple[str, ...] = ()


def lease(
    transaction: Transaction, plan: Plan, kiosk: str, holder: str, *, ahead: bool = False
) -> tuple[Json, bool]:
    """The kiosk's lease of today as the API tells it, and whether it is new; ``ahead``: that of the next day
    on which numbers are given, from its midnight on.
    """
    day = days.today(transaction, plan)
    if ahead:
        day = next_day(plan, date.fromisoformat(day)).isoformat()
    mark = hashlib.sha256(holder.encode()).hexdigest()[:_MARK_DIGITS]
    live = _live(transaction, kiosk, day)
    if live is not None and live["id"].endswith(mark):
        return _told(transaction, plan, live), False
    if live is not None:
        _end(transaction, live, kiosk)
    ident = numbers.lease_prefix(date.fromisoformat(day)) + secrets.token_hex(_RANDOM_BYTES) + mark
    row = {
        "site": plan.site,
        "id": ident,
        "kiosk": kiosk,
        "day": day,
        "at": transaction.at,
        "until": written(_midnight(plan, day, 1)),
        "returned_at": None,
    }
    transaction.connection.execute(insert(lease_table), row)
    bands: dict[tuple[str, int], numbers.Band] = {}
    blocks = []
    for service in plan.services.values():
        cut = numbers.cut(transaction, day, service, plan.offline_block)
        if cut is None:
            continue
        block, band = cut
        bands[band.series, band.first] = band
        told = {"service": service.id, "series": service.series, **block._asdict()}
        transaction.connection.execute(insert(block_table), {"site": plan.site, "lease": ident, **told})
        blocks.append(told)
    said = {name: row[name] for name in ("id", "kiosk", "day", "until")}
    payload = {"lease": said, "blocks": blocks, "bands": [list(band) for band in bands.values()]}
    transaction.record("numbers.leased", kiosk, ident, payload)
    return _told(transaction, plan, row), True


def give_back(transaction: Transaction, kiosk: str, lease_id: str) -> Json:
    """End a lease: the kiosk gives nothing from it once it holds another.

    Its unused numbers rest for the day, so what the kiosk gives from it until then is accepted, too.

    Raises ``RefusalError``: ``NOT_FOUND``.
    """
    row = _of_kiosk(transaction, kiosk, lease_id)
    if row["returned_at"] is None:
        _end(transaction, row, kiosk)
    return {"lease": lease_id, "unused": sum(_unused(transaction, row))}


def accept(
    transaction: Transaction, plan: Plan, kiosk: str, lease_id: str, offered: Sequence[Offered]
) -> list[Taken]:
    """Make tickets of the numbers that the kiosk gave, in the order of issue; once, however often it tells.

    Those of a day that is over, or of a day that was closed, have expired; those of a day that has not begun
    are refused (the kiosk's clock is wrong). Raises ``RefusalError``: ``NOT_FOUND``.
    """
    today = days.today(transaction, plan)
    row = _of_kiosk(transaction, kiosk, lease_id)
    closed = select(business_day.c.closed_at).where(business_day.c.site == plan.site)
    if row["day"] > today:
        return [Taken(None, reason="day_not_begun") for _ in offered]
    over = row["day"] < today or transaction.connection.execute(closed).scalar() is not None
    desk = _Desk(transaction, plan, row, over=over)
    order = sorted(
        range(len(offered)), key=lambda place: (desk.moment(offered[place]), offered[place].sequence)
    )
    answers = {place: desk.take(offered[place]) for place in order}
    return [answers[place] for place in range(len(offered))]


class _Desk:
    """Takes in the numbers of one lease."""

    def __init__(self, transaction: Transaction, plan: Plan, lease: Row, *, over: bool) -> None:
        self._transaction = transaction
        self._plan = plan
        self._kiosk = str(lease["kiosk"])
        self._lease = lease
        self._began = max(str(lease["at"]), written(_midnight(plan, lease["day"])))
        self._blocks = _blocks(transaction, lease["id"])
        self._over = over

    def moment(self, one: Offered) -> str:
        """When it was issued, within the time in which that can have been."""
        latest = min(written(one.issued_at), self._transaction.at, str(self._lease["until"]))
        return max(self._began, latest)

    def take(self, one: Offered) -> Taken:
        """Make a ticket of it, or find the one made of it before."""
        holds = (
            block["service"] == one.service
            and block["series"] == one.series
            and block["first"] <= one.sequence <= block["last"]
            for block in self._blocks
        )
        if not any(holds):
            return Taken(None, reason="not_in_block")
        keys = (
            tickets.hashed_key(one.key),
            tickets.hashed_key(
                f"{one.series}{one.sequence} of {one.key}"
            ),  # where the visit's key is used up
        )
        before = self._with_number(one)
        if before is not None:
            known = before["key"] in keys
            return Taken(before if known else None, reason=None if known else "number_taken")
        return self._new(one, keys)

    def _with_number(self, one: Offered) -> Row | None:
        query = (
            select(ticket, issue_key.c.key)
            .join(
                issue_key,
                (issue_key.c.site == ticket.c.site) & (issue_key.c.ticket == ticket.c.id),
                isouter=True,
            )
            .where(
                ticket.c.site == self._plan.site,
                ticket.c.day == self._lease["day"],
                ticket.c.series == one.series,
                ticket.c.sequence == one.sequence,
            )
        )
        return self._transaction.connection.execute(query).mappings().first()

    def _new(self, one: Offered, keys: tuple[str, str]) -> Taken:
        life, left_out = self._life(one)
        if self._over:
            expired = step(
                life, Step(TicketEvent.EXPIRE, Actor.SYSTEM, self._transaction.now), self._plan.rules
            )
            assert isinstance(expired, Life)  # noqa: S101 - the table lets every waiting ticket expire
            life = expired
        moment = queued_at = self.moment(one)
        first = tickets.of_key(self._transaction, keys[0])
        instead_of = None if first is None else self._without_slip(first)
        if instead_of is not None:
            queued_at = min(moment, instead_of["queued_at"])
        row = tickets.new_row(
            self._transaction,
            self._plan,
            self._kiosk,
            life,
            day=self._lease["day"],
            series=one.series,
            sequence=one.sequence,
            queued_at=queued_at,
            issued_at=moment,
            offline=True,
        )
        body = tickets.hashed_body(one.key, {"service": one.service, "number": f"{one.series}{one.sequence}"})
        tickets.keep(self._transaction, self._kiosk, row, keys[0] if first is None else keys[1], body)
        person = one.wishes.person
        if person is not None and not self._over:
            free = [
                service
                for service in (one.service, *life.then)
                if not persons.held(self._transaction, row["day"], person, service)
            ]
            persons.remember(self._transaction, row["day"], person, free, row["id"])
        return Taken(row, new=True, instead_of=instead_of, left_out=left_out)

    def _life(self, one: Offered) -> tuple[Life, tuple[str, ...]]:
        wishes = one.wishes
        then = tuple(
            service
            for service in dict.fromkeys(wishes.then)
            if service in self._plan.services and service != one.service
        )
        left_out = [] if then == wishes.then else ["then"]
        priority, source = wishes.priority, wishes.source
        if priority is not None and not self._plan.priority_holds(priority, source, tickets.KIOSK_SOURCES):
            priority = source = None
            left_out.append("priority")
        return issued(one.service, then, priority=priority, source=source), tuple(left_out)

    def _without_slip(self, row: Row) -> Row | None:
        """The ticket that the visit's call to the centre made while its answer was lost, now cancelled.

        Nobody holds its slip, and its citizen has another one.
        """
        if (
            row["issued_by"] != self._kiosk
            or row["offline"]
            or row["print_state"] != "none"
            or row["state"] != TicketState.WAITING
        ):
            return None
        told = Step(TicketEvent.CANCEL, Actor.CITIZEN, self._transaction.now)
        life = step(life_of(row), told, self._plan.rules)
        if isinstance(life, Refused):
            return None
        change = (
            update(ticket)
            .where(ticket.c.site == self._plan.site, ticket.c.id == row["id"])
            .values(**life_values(life))
            .returning(ticket)
        )
        after: Row = self._transaction.connection.execute(change).mappings().one()
        self._transaction.record("ticket.cancelled", self._kiosk, after["id"], {"ticket": recorded(after)})
        return after


def _live(transaction: Transaction, kiosk: str, day: str) -> Row | None:
    query = select(lease_table).where(
        lease_table.c.site == transaction.site,
        lease_table.c.kiosk == kiosk,
        lease_table.c.day == day,
        lease_table.c.returned_at.is_(None),
    )
    return transaction.connection.execute(query).mappings().first()


def _of_kiosk(transaction: Transaction, kiosk: str, lease_id: str) -> Row:
    query = select(lease_table).where(
        lease_table.c.site == transaction.site, lease_table.c.id == lease_id, lease_table.c.kiosk == kiosk
    )
    row = transaction.connection.execute(query).mappings().first()
    if row is None:
        raise RefusalError(FailureCode.NOT_FOUND, "This kiosk holds no such lease.")
    return row


def _blocks(transaction: Transaction, lease_id: str) -> list[Row]:
    query = select(block_table).where(block_table.c.site == transaction.site, block_table.c.lease == lease_id)
    return list(transaction.connection.execute(query).mappings())


def _unused(transaction: Transaction, lease: Row) -> list[int]:
    """How many numbers of each block no ticket was made of."""
    answer = []
    for block in _blocks(transaction, lease["id"]):
        used = select(func.count()).where(
            ticket.c.site == transaction.site,
            ticket.c.day == lease["day"],
            ticket.c.series == block["series"],
            ticket.c.sequence.between(block["first"], block["last"]),
        )
        size = block["last"] - block["first"] + 1
        answer.append(size - int(transaction.connection.execute(used).scalar_one()))
    return answer


def _end(transaction: Transaction, lease: Row, actor: str) -> None:
    change = update(lease_table).where(
        lease_table.c.site == transaction.site, lease_table.c.id == lease["id"]
    )
    transaction.connection.execute(change.values(returned_at=transaction.at))
    payload = {"lease": lease["id"], "bands": [], "unused": sum(_unused(transaction, lease))}
    transaction.record("numbers.returned", actor, lease["id"], payload)


def _told(transaction: Transaction, plan: Plan, row: Row) -> Json:
    order = {service: place for place, service in enumerate(plan.services)}
    blocks = sorted(
        _blocks(transaction, row["id"]),
        key=lambda block: (order.get(block["service"], len(order)), block["first"]),
    )
    day = date.fromisoformat(row["day"])
    return {
        "lease": row["id"],
        "day": row["day"],
        "at": row["at"],
        "begins": written(_midnight(plan, row["day"])),
        "until": row["until"],
        "blocks": [
            {
                "service": block["service"],
                "series": block["series"],
                "first": block["first"],
                "last": block["last"],
                "open": [
                    [written(start), written(until)]
                    for start, until in open_periods(plan, block["service"], day)
                ],
            }
            for block in blocks
        ],
    }


def next_day(plan: Plan, today: date) -> date:
    """The first day after ``today`` on which a service gives numbers by the calendar of now; tomorrow, if
    there is none in a month.
    """
    following = (today + timedelta(days=number) for number in range(1, _LOOK_AHEAD_DAYS + 1))
    opened = (day for day in following if any(open_periods(plan, service, day) for service in plan.services))
    return next(opened, today + timedelta(days=1))


def _midnight(plan: Plan, day: str, later: int = 0) -> datetime:
    """When a day begins at the centre, or one so many days later."""
    begun = date.fromisoformat(day) + timedelta(days=later)
    return datetime.combine(begun, time_of_day(0), tzinfo=plan.zone)
