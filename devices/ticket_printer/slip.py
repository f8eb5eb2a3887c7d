"""What stands on a piece of paper: value types without personal data. ``drawing`` makes the picture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.queueing.wait import WaitRange

MOST_URL = 300
"""Longest address a ticket's QR takes, in characters; more would not fit 58 mm paper at a readable size."""


@dataclass(frozen=True)
class TicketSlip:
    """A queue ticket. It never names the citizen.

    ``counters`` are the numbers of the counters that serve; ``ahead`` counts the people before this one;
    ``issued_at`` is aware and shown in ``timezone`` (IANA name); ``follow_url`` becomes the QR, none when
    empty; ``copy`` marks a ticket that was printed before. ``offline``: it was given without the centre, so
    nobody knows yet how many come first; ``ahead`` and ``wait`` are not printed then.

    Raises ``ValueError`` for a naive time, an empty number or an address longer than ``MOST_URL``.
    """

    centre: str
    number: str
    service: str
    counters: tuple[int, ...]
    ahead: int
    issued_at: datetime
    follow_url: str
    copy: bool = False
    timezone: str = "Asia/Ho_Chi_Minh"
    wait: WaitRange | None = None
    offline: bool = False

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None:
            raise ValueError("the time of issue needs its time zone")
        if not self.number.strip():
            raise ValueError("a ticket needs a number")
        if len(self.follow_url) > MOST_URL:
            raise ValueError(f"the follow address has more than {MOST_URL} characters")


@dataclass(frozen=True)
class Section:
    """A heading and its lines; ``to_tick``: each line has a box to tick at home."""

    heading: str
    lines: tuple[str, ...]
    to_tick: bool = False


@dataclass(frozen=True)
class PreparationSheet:
    """What to bring for a procedure and what to know of it. It names no citizen and is no official paper.

    ``url`` becomes a QR, none when empty. Raises ``ValueError`` for a naive time, a sheet without a title,
    or an address longer than ``MOST_URL``.
    """

    centre: str
    title: str
    code: str
    sections: tuple[Section, ...]
    url: str
    printed_at: datetime
    timezone: str = "Asia/Ho_Chi_Minh"

    def __post_init__(self) -> None:
        if self.printed_at.tzinfo is None:
            raise ValueError("the time of printing needs its time zone")
        if not self.title.strip():
            raise ValueError("a sheet needs a title")
        if len(self.url) > MOST_URL:
            raise ValueError(f"the address has more than {MOST_URL} characters")


@dataclass(frozen=True)
class TestSlip:
    """A slip that shows whether the printer prints well: width, every Vietnamese letter, fine lines, a QR."""

    __test__ = False  # not a pytest class

    printer: str
    printed_at: datetime
    code: str
    timezone: str = "Asia/Ho_Chi_Minh"

    def __post_init__(self) -> None:
        if self.printed_at.tzinfo is None:
            raise ValueError("the time of printing needs its time zone")


Slip = TicketSlip | TestSlip | PreparationSheet
