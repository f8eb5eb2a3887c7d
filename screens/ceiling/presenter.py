"""The ceiling display as words: whose turn it is, the calls before, the time, whether it is up to date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from kiosk.board import Board, Call, Display
from screens.locale import Words, catalogue

FRESH_SECONDS = 20.0
"""So long a call stands out. It covers hearing one's number, looking up and reading it again."""
EARLIER_ROWS = 4
GRACE_SECONDS = 3.0
"""A link that is back within so long was a hiccup nobody needs to read about."""


@dataclass(frozen=True)
class CallLine:
    """One call. ``key`` is its journal number; ``fresh`` ones stand out."""

    key: int
    number: str
    counter: str
    fresh: bool


@dataclass(frozen=True)
class CeilingView:
    """What is on the screen; ``current`` is ``None`` in an idle lobby, ``notice`` empty when all is well."""

    centre: str
    clock: str
    date: str
    current: CallLine | None
    current_title: str
    earlier: tuple[CallLine, ...]
    number_column: str
    counter_column: str
    idle_title: str
    idle_hint: str
    waiting: str
    notice: str


def ceiling_view(
    display: Display, now: datetime, zone: tzinfo, centre: str = "", words: Words | None = None
) -> CeilingView:
    """The view-model at ``now`` (UTC) for a centre in ``zone``.

    Only today's calls are shown. ``centre`` is the name until the centre has told its own; ``words`` is
    Vietnamese unless given.
    """
    words = words or catalogue("ceiling")
    local = now.astimezone(zone)
    calls = _todays(display.board, local, zone)
    board = display.board
    waiting = ""
    if board is not None:
        kind = "some" if board.waiting else "none"
        waiting = words(f"waiting.{kind}", waiting=board.waiting)
    return CeilingView(
        centre=board.centre if board is not None else centre,
        clock=local.strftime(words("screen.clock")),
        date=local.strftime(words("screen.date")),
        current=_line(calls[0], now, words("call.counter", counter=calls[0].counter)) if calls else None,
        current_title=words("call.title"),
        earlier=tuple(_line(call, now, str(call.counter)) for call in calls[1 : 1 + EARLIER_ROWS]),
        number_column=words("call.number_column"),
        counter_column=words("call.counter_column"),
        idle_title=words("idle.title"),
        idle_hint=words("idle.hint"),
        waiting=waiting,
        notice=_notice(display, now, zone, words),
    )


def screen_name() -> str:
    """What the screen calls itself when maintenance staff ask which one it is."""
    return catalogue("ceiling")("screen.name")


def _todays(board: Board | None, local: datetime, zone: tzinfo) -> list[Call]:
    if board is None:
        return []
    return [call for call in board.calls if call.at.astimezone(zone).date() == local.date()]


def _line(call: Call, now: datetime, counter: str) -> CallLine:
    return CallLine(
        key=call.call,
        number=call.number,
        counter=counter,
        fresh=now - call.at < timedelta(seconds=FRESH_SECONDS),
    )


def _notice(display: Display, now: datetime, zone: tzinfo, words: Words) -> str:
    if display.lost_at is None or now - display.lost_at < timedelta(seconds=GRACE_SECONDS):
        return ""
    if display.board is None:
        return words("notice.starting")
    return words("notice.lost", time=display.lost_at.astimezone(zone).strftime(words("screen.clock")))
