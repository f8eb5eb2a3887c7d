"""What a ceiling display knows: the last calls, newest first, and how many wait. Pure; fed by the journal.

A call stays listed after its ticket has moved on: who looks up a moment late still finds the own number. A
call that the officer took back leaves the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

LINES = 8
"""Calls kept, the newest included."""

_CALLS = frozenset({"ticket.called", "ticket.recalled"})
_ENDS = frozenset({"ticket.cancelled", "ticket.expired"})
_MOVES = frozenset(
    {
        "ticket.issued",
        "ticket.called",
        "ticket.next_service",
        "ticket.parked",
        "ticket.returned",
        "ticket.transferred",
        "ticket.no_show",
        "ticket.rejoined",
        "ticket.undone",
    }
    | _ENDS
)
"""What may change who waits; the state before stands in ``was``."""


@dataclass(frozen=True)
class Call:
    """One call of a ticket to a counter: its journal number, and when it was heard of (UTC)."""

    call: int
    number: str
    counter: int
    at: datetime


@dataclass(frozen=True)
class Board:
    """The display's picture, true as of journal number ``head`` of ``epoch``."""

    centre: str
    head: int
    epoch: str
    calls: tuple[Call, ...] = ()
    waiting: int = 0


def after(
    board: Board, seq: int, kind: str, data: Mapping[str, Any], at: datetime
) -> tuple[Board, Call | None]:
    """The board after one journal entry, and the call in it, if it is one; entries seen before are void.

    ``data`` is the event's JSON; ``at`` is when the display heard of it. A kind that nobody knows changes
    nothing. Raises ``KeyError``, ``TypeError``, or ``ValueError`` when ``data`` is not what the centre
    promises.
    """
    if seq <= board.head:
        return board, None
    board = replace(board, head=seq)
    if not kind.startswith("ticket."):
        return board, None
    board = replace(board, waiting=max(0, board.waiting + _waiting_change(kind, data)))
    if kind in _CALLS:
        ticket = data["ticket"]
        call = Call(seq, str(ticket["number"]), int(ticket["counter"]["number"]), at)
        return replace(board, calls=(call, *_without(board, call.number))[:LINES]), call
    if kind == "ticket.undone" and data.get("undid") == "call":
        return replace(board, calls=_without(board, str(data["ticket"]["number"]))), None
    return board, None


def _without(board: Board, number: str) -> tuple[Call, ...]:
    return tuple(call for call in board.calls if call.number != number)


def _waiting_change(kind: str, data: Mapping[str, Any]) -> int:
    """How many more wait. ``was``: the ticket's state before, told where it changed."""
    if kind not in _MOVES:
        return 0
    ticket = data["ticket"]
    waits = int("state" not in ticket or ticket["state"] == "waiting")
    if kind == "ticket.issued":
        return waits
    if "was" in data:
        return waits - int(data["was"] == "waiting")
    if kind == "ticket.called":
        return -1
    return -1 if kind in _ENDS and ticket["called_at"] is None else 0


@dataclass(frozen=True)
class Display:
    """What is to be shown: the last known board, and since when nothing newer could be learned.

    ``board`` is ``None`` until the centre answered once; ``lost_at`` (UTC) is ``None`` while the link is up.
    """

    board: Board | None = None
    lost_at: datetime | None = None
