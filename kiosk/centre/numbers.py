"""Numbers of a day: taken one by one from the start of a service's band, cut in blocks from its end.

Blocks belong to kiosks for when they have no link. A number of a block is never given by anybody else on that
day, also when the kiosk says that it did not use it: its slip may be in somebody's hand.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select

from kiosk.centre.store.schema import lease_block, number_band
from kiosk.centre.store.store import Transaction
from kiosk.centre.store.upsert import upsert
from kiosk.queueing.number import BandExhaustedError, cut_block, free_in_band, next_in_band
from kiosk.queueing.service import Service

_SHARE = 10
_THIS = (
    (number_band.c.site == bindparam("in_site"))
    & (number_band.c.day == bindparam("in_day"))
    & (number_band.c.series == bindparam("in_series"))
    & (number_band.c.first == bindparam("in_first"))
)
_FRESH = upsert(number_band).values(
    site=bindparam("in_site"),
    day=bindparam("in_day"),
    series=bindparam("in_series"),
    first=bindparam("in_first"),
    taken=bindparam("in_taken"),
    reserved=bindparam("in_reserved"),
)
_COLUMNS = (number_band.c.taken, number_band.c.reserved)
_TAKE = _FRESH.on_conflict_do_update(
    index_elements=["site", "day", "series", "first"], set_={"taken": number_band.c.taken + 1}
).returning(*_COLUMNS)
_RESERVE = _FRESH.on_conflict_do_update(
    index_elements=["site", "day", "series", "first"], set_={"reserved": _FRESH.excluded.reserved}
)
_READ = select(*_COLUMNS).where(_THIS)
_BLOCKS = (
    select(lease_block.c.first, lease_block.c.last)
    .where(
        lease_block.c.site == bindparam("in_site"),
        lease_block.c.lease >= bindparam("in_today"),
        lease_block.c.lease < bindparam("in_tomorrow"),
        lease_block.c.series == bindparam("in_series"),
    )
    .order_by(lease_block.c.first)
)


def lease_prefix(day: date) -> str:
    """How ids of a day's leases begin: digits alone, which every collation sorts by time."""
    return f"{day:%Y%m%d}"


class Band(NamedTuple):
    """A band as the journal tells of it: its first number, how many are taken, how many cut off in blocks."""

    series: str
    first: int
    taken: int
    reserved: int


class Block(NamedTuple):
    """Numbers ``first`` … ``last`` that one kiosk holds."""

    first: int
    last: int


def take(transaction: Transaction, day: str, service: Service) -> tuple[int, Band]:
    """The service's next number of the day, within the day's lock, and the band after it.

    Raises ``BandExhaustedError``.
    """
    taken, reserved = transaction.connection.execute(
        _TAKE, {**_place(transaction, day, service), "in_taken": 1, "in_reserved": 0}
    ).one()
    sequence = next_in_band(service.first, service.last, taken - 1, reserved)
    if reserved:
        sequence = _past(_blocks(transaction, day, service.series), service.first, sequence)
    if sequence > service.last:
        raise BandExhaustedError(f"all numbers from {service.first} to {service.last} are given out")
    return sequence, Band(service.series, service.first, taken, reserved)


def cut(transaction: Transaction, day: str, service: Service, count: int) -> tuple[Block, Band] | None:
    """Cut a block of at most ``count`` numbers from the end of the band, within the day's lock; ``None`` if
    too few are left.

    A block takes at most a tenth of what is free, so that kiosks that hold numbers for later do not leave
    none for today.
    """
    place = _place(transaction, day, service)
    found = transaction.connection.execute(_READ, place).first()
    taken, reserved = (0, 0) if found is None else found
    blocks = _blocks(transaction, day, service.series)
    last = service.last
    for one in reversed(blocks):
        if one.first <= last <= one.last:
            last = one.first - 1
    lowest = _past(blocks, service.first, service.first + taken)
    lowest = max([lowest, *(one.last + 1 for one in blocks if one.last < last)])
    given, cut_off = lowest - service.first, service.last - last
    share = free_in_band(service.first, service.last, given, cut_off) // _SHARE
    block = cut_block(service.first, service.last, given, cut_off, min(count, share))
    if block is None:
        return None
    reserved += block[1] - block[0] + 1
    transaction.connection.execute(_RESERVE, {**place, "in_taken": taken, "in_reserved": reserved})
    return Block(*block), Band(service.series, service.first, taken, reserved)


def _past(blocks: list[Block], first: int, sequence: int) -> int:
    """``sequence`` moved past the blocks that lie before it in the band that begins with ``first``.

    Blocks lie at the end of a band, unless its end was moved by a change of the configuration during the day.
    """
    for block in blocks:
        if first <= block.first <= sequence:
            sequence += block.last - block.first + 1
    return sequence


def _place(transaction: Transaction, day: str, service: Service) -> dict[str, object]:
    return {
        "in_site": transaction.site,
        "in_day": day,
        "in_series": service.series,
        "in_first": service.first,
    }


def _blocks(transaction: Transaction, day: str, series: str) -> list[Block]:
    """Every block of the series cut today, by number; a lease's id begins with its day."""
    today = date.fromisoformat(day)
    asked = {
        "in_site": transaction.site,
        "in_today": lease_prefix(today),
        "in_tomorrow": lease_prefix(today + timedelta(days=1)),
        "in_series": series,
    }
    return [Block(*row) for row in transaction.connection.execute(_BLOCKS, asked)]
