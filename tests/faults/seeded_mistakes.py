"""Mistakes put into the product on purpose, to see whether the tests find them."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any
from unittest import mock

from sqlalchemy import update

from kiosk.centre import counters, days, persons, steps, tickets, upkeep
from kiosk.centre.store.schema import ticket
from kiosk.centre.store.store import Transaction
from kiosk.queueing import business_day, discipline
from kiosk.queueing import ticket as life
from kiosk.queueing.ticket import Guard, TicketEvent


@contextlib.contextmanager
def _no_key_is_known() -> Iterator[None]:
    """Each request is a new number."""
    with (
        mock.patch.object(tickets, "of_key", lambda transaction, hashed: None),
        mock.patch.object(tickets, "hashed_key", lambda key: secrets.token_hex(16)),
    ):
        yield


@contextlib.contextmanager
def _day_by_utc() -> Iterator[None]:
    """The page is turned at seven in the morning."""

    def wrong(last: Any, now: Any, _zone: Any) -> Any:
        return business_day.business_day(last, now, UTC)

    with mock.patch.object(days, "business_day", wrong):
        yield


@contextlib.contextmanager
def _day_goes_back() -> Iterator[None]:
    """A clock set back opens a day again."""
    with mock.patch.object(days, "business_day", lambda last, now, zone: business_day.local_date(now, zone)):
        yield


@contextlib.contextmanager
def _overtaken_without_bound() -> Iterator[None]:
    """Priority goes first for ever."""
    real = discipline._Ranked.forward

    def forward(self: Any, waiting: Any, counter: Any, now: Any) -> Any:
        return real(replace(self, overtaken_at_most=10**6), waiting, counter, now)

    with mock.patch.object(discipline._Ranked, "forward", forward):
        yield


@contextlib.contextmanager
def _overtaken_stays_after_undo() -> Iterator[None]:
    """A call taken back still counts for those it passed."""
    real = steps.Steps.overtake

    def overtake(self: Any, passed: Sequence[str], by: int = 1) -> None:
        if by > 0:
            real(self, passed, by)

    with mock.patch.object(steps.Steps, "overtake", overtake):
        yield


@contextlib.contextmanager
def _back_at_the_end() -> Iterator[None]:
    """Who was missed loses the old place."""
    real = steps.Steps.do

    def do(self: Any, row: Any, asked: Any, **told: Any) -> Any:
        done = real(self, row, asked, **told)
        if asked.event is TicketEvent.REJOIN:
            moved = update(ticket).where(ticket.c.id == row["id"])
            self.transaction.connection.execute(moved.values(queued_at=days.queue_moment(self.transaction)))
        return done

    with mock.patch.object(steps.Steps, "do", do):
        yield


@contextlib.contextmanager
def _reservation_outlives_the_counter() -> Iterator[None]:
    """Whoever waits for a counter that closed waits for ever."""
    with mock.patch.object(upkeep, "release_reserved", lambda transaction, plan: None):
        yield


@contextlib.contextmanager
def _parked_for_ever() -> Iterator[None]:
    """Nobody fetches the parked ones back."""
    with mock.patch.object(upkeep, "return_parked", lambda transaction, plan: None):
        yield


@contextlib.contextmanager
def _journal_is_silent() -> Iterator[None]:
    """A step is done, and the journal says nothing of it."""
    real = Transaction.record

    def record(self: Any, kind: str, *rest: Any) -> None:
        if kind != "ticket.started":
            real(self, kind, *rest)

    with mock.patch.object(Transaction, "record", record):
        yield


@contextlib.contextmanager
def _a_person_may_hoard() -> Iterator[None]:
    """One card, many numbers."""
    with mock.patch.object(persons, "held", lambda transaction, day, person, service: None):
        yield


@contextlib.contextmanager
def _busy_counter_calls_on() -> Iterator[None]:
    """A counter calls another before it is done with the first."""
    with mock.patch.object(counters.CounterDesk, "_must_be_free", lambda self: self._must_hold()):
        yield


@contextlib.contextmanager
def _guard_asleep(guard: Guard) -> Iterator[None]:
    """One guard of the ticket's life lets everything pass."""
    with mock.patch.object(life, "_GUARDS", {**life._GUARDS, guard: lambda *_: True}):
        yield


@contextlib.contextmanager
def _then_is_lost() -> Iterator[None]:
    """A visit ends after its first service."""
    changed = {**life._CHANGES, TicketEvent.COMPLETE: life._ended}
    lines = {
        key: tuple(line for line in found if Guard.MORE_SERVICES not in line.guards)
        if key[1] is TicketEvent.COMPLETE
        else found
        for key, found in life._LINES.items()
    }
    with (
        mock.patch.object(life, "_CHANGES", changed),
        mock.patch.object(life, "_LINES", lines),
        _guard_asleep(Guard.NO_MORE_SERVICES),
    ):
        yield


MISTAKES: dict[str, tuple[Callable[[], contextlib.AbstractContextManager[None]], tuple[str, ...]]] = {
    "each request is a new number": (_no_key_is_known, ("issue", "repeat")),
    "the day is UTC's": (_day_by_utc, ("the_clock_is_wrong",)),
    "the day goes back with the clock": (_day_goes_back, ("the_clock_is_wrong",)),
    "overtaking has no bound": (_overtaken_without_bound, ("one_waits_and_four_with_priority_come",)),
    "an undone call still counts as overtaking": (
        _overtaken_stays_after_undo,
        ("priority_goes_first_and_back",),
    ),
    "who rejoins goes to the end": (_back_at_the_end, ("issue", "missed_and_back")),
    "a reservation outlives its counter": (
        _reservation_outlives_the_counter,
        ("issue", "sent_to_one_who_leaves"),
    ),
    "parked tickets never come back": (_parked_for_ever, ("issue", "set_aside_for_a_minute")),
    "the journal is silent about a step": (_journal_is_silent, ("issue", "serve")),
    "one person holds many numbers": (_a_person_may_hoard, ("the_same_card_again",)),
    "a busy counter calls another": (_busy_counter_calls_on, ("a_rush", "pressed_twice")),
    "a missed citizen may rejoin any time": (
        lambda: _guard_asleep(Guard.WITHIN_GRACE),
        ("issue", "missed_and_back"),
    ),
    "the second service is lost": (_then_is_lost, ("two_services_in_one_visit",)),
}
"""Each mistake with the rules of the machine of which some must show it."""
