"""Numbers for when the centre cannot be reached: leased ahead, given, told, returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime

from kiosk.client.connection import CentreError, Connection, iso, part
from kiosk.client.reading import Json, read_maybe, read_time
from kiosk.client.tickets import PriorityClaim, Ticket, claim, read_ticket
from kiosk.failures import FailureCode


@dataclass(frozen=True)
class LeasedBlock:
    """Numbers of one service that a kiosk may give while the centre cannot be reached.

    ``open``: the day's periods (UTC, the end exclusive) in which numbers are given; ``None``: all day.
    """

    service: str
    series: str
    first: int
    last: int
    open: tuple[tuple[datetime, datetime], ...] | None = None


@dataclass(frozen=True)
class NumberLease:
    """Blocks of one day; nothing is given from them before ``begins`` (``None``: ``at``), nor at or after
    ``until``.
    """

    id: str
    day: date
    at: datetime
    until: datetime
    blocks: tuple[LeasedBlock, ...]
    begins: datetime | None = None


@dataclass(frozen=True)
class OfflineNumber:
    """A number that a kiosk gave without the centre. ``key``: that of the online attempt before it."""

    series: str
    sequence: int
    service: str
    issued_at: datetime
    key: str
    priority: PriorityClaim | None = None
    person: str | None = dataclass_field(default=None, repr=False)


@dataclass(frozen=True)
class OfflineAnswer:
    """What became of one number given offline.

    ``reason`` of a refusal: ``not_in_block``, ``number_taken`` or ``day_not_begun``. ``instead_of``: the
    number that the online attempt had made and that nobody holds; it was cancelled.
    """

    series: str
    sequence: int
    accepted: bool
    new: bool = False
    reason: str = ""
    instead_of: str | None = None
    ticket: Ticket | None = None


def read_lease(raw: Json) -> NumberLease:
    """Read one lease of numbers from JSON."""
    return NumberLease(
        id=raw["lease"],
        day=date.fromisoformat(raw["day"]),
        at=read_time(raw["at"]),
        until=read_time(raw["until"]),
        begins=read_maybe(read_time, raw.get("begins")),
        blocks=tuple(
            LeasedBlock(
                service=block["service"],
                series=block["series"],
                first=int(block["first"]),
                last=int(block["last"]),
                open=None
                if block.get("open") is None
                else tuple((read_time(start), read_time(until)) for start, until in block["open"]),
            )
            for block in raw["blocks"]
        ),
    )


def read_offline_answer(raw: Json) -> OfflineAnswer:
    """Read what became of one number given offline from JSON."""
    replaced = raw.get("instead_of")
    return OfflineAnswer(
        series=raw["series"],
        sequence=int(raw["sequence"]),
        accepted=bool(raw["accepted"]),
        new=bool(raw.get("new")),
        reason=raw.get("reason") or "",
        instead_of=None if replaced is None else replaced["number"],
        ticket=read_maybe(read_ticket, raw.get("ticket")),
    )


class LeaseCalls(Connection):
    """Calls about numbers held ahead."""

    def lease_numbers(self, holder: str, *, ahead: bool = False) -> NumberLease:
        """Blocks of numbers for when the centre cannot be reached; the same lease for the same ``holder`` and
        day. ``holder`` is random and kept where the numbers given are kept. ``ahead``: for the next day on
        which numbers are given, instead of today.
        """
        body: Json = {"holder": holder, "ahead": True} if ahead else {"holder": holder}
        return self._read(read_lease, "POST", "/number-leases", body)

    def return_numbers(self, lease: str) -> None:
        """Give back what was not used. Everything given must have been told before."""
        self._call("DELETE", f"/number-leases/{part(lease)}")

    def tell_offline_numbers(self, lease: str, numbers: Sequence[OfflineNumber]) -> list[OfflineAnswer]:
        """Tell what was given without the centre, at most 100; may be repeated until it is answered.

        Raises ``CentreError``: ``NOT_FOUND`` for a lease that is not this kiosk's.
        """
        told = [
            {
                "series": one.series,
                "sequence": one.sequence,
                "service": one.service,
                "issued_at": iso(one.issued_at),
                "key": one.key,
                **({} if one.priority is None else {"priority": claim(one.priority)}),
                **({} if one.person is None else {"person": one.person}),
            }
            for one in numbers
        ]
        answer = self._call("POST", "/tickets/offline", {"lease": lease, "tickets": told})
        answers = self._as_promised(lambda raw: [read_offline_answer(one) for one in raw["tickets"]], answer)
        if [(one.series, one.sequence) for one in answers] != [(one.series, one.sequence) for one in numbers]:
            raise CentreError(FailureCode.CENTRE_REFUSED, "the answer is about other numbers")
        return answers
