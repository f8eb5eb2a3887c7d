"""One kiosk and one counter at work on the product's own store, without the network."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kiosk.centre import tickets
from kiosk.centre.counters import CounterDesk
from kiosk.centre.plan import Plan
from kiosk.centre.store.store import Store, Transaction

SERVICE = "chung-thuc"
COUNTER = "quay-2"
MOMENT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, 09:00 in Vietnam


@dataclass
class Told:
    """What was acknowledged, in this order: (event, ticket)."""

    events: list[tuple[str, str]] = field(default_factory=list)

    def of(self, event: str) -> list[str]:
        """The tickets of one event."""
        return [ticket for kind, ticket in self.events if kind == event]


class Clock:
    """Each look is a moment later."""

    def __init__(self) -> None:
        self._moment = MOMENT

    def __call__(self) -> datetime:
        self._moment += timedelta(milliseconds=700)
        return self._moment


class Lobby:
    """Steps through issue, call, start and complete in a random order; notes what was acknowledged.

    With ``too_early`` it notes before the transaction is committed (a seeded mistake).
    """

    def __init__(
        self,
        store: Store,
        plan: Plan,
        dice: random.Random,
        *,
        too_early: bool = False,
        first_key: int = 0,
    ) -> None:
        self._store = store
        self._plan = plan
        self._dice = dice
        self._too_early = too_early
        self._keys = itertools.count(first_key)
        self._waiting = 0
        self._at_counter: str | None = None
        self.told = Told()

    def open_counter(self) -> None:
        """The officer sits down."""
        self._store.submit_write(lambda transaction: self._desk(transaction).open()).result()

    def step(self) -> None:
        """One transaction of somebody."""
        if self._at_counter is not None and self._dice.random() < 0.6:
            event, action = self._at_counter, getattr(CounterDesk, self._at_counter)
            self._write(event, lambda transaction: action(self._desk(transaction))["id"])
            self._at_counter = "complete" if event == "start" else None
        elif self._at_counter is None and self._waiting and self._dice.random() < 0.6:
            self._write("call", lambda transaction: self._desk(transaction).call_next()["id"])  # type: ignore[index]
            self._waiting -= 1
            self._at_counter = "start"
        else:
            self.issue()

    def issue(self) -> None:
        """A citizen takes a number."""
        self._write("issue", self._issue)
        self._waiting += 1

    def _issue(self, transaction: Transaction) -> str:
        key = f"k{next(self._keys)}-" + "x" * self._dice.randrange(100)
        row, *_ = tickets.issue(transaction, self._plan, "kiosk:1", SERVICE, key)
        if self._dice.random() < 0.3:
            words = {"words": "y" * self._dice.randrange(10, 3000)}
            transaction.record("device.changed", "centre", "printer", words)
        return str(row["id"])

    def _write(self, event: str, change: object) -> None:
        def transact(transaction: Transaction) -> str:
            ticket = str(change(transaction))  # type: ignore[operator]
            if self._too_early:
                self.told.events.append((event, ticket))
            return ticket

        ticket = self._store.submit_write(transact).result()
        if not self._too_early:
            self.told.events.append((event, ticket))

    def _desk(self, transaction: Transaction) -> CounterDesk:
        return CounterDesk(transaction, self._plan, COUNTER, "lan", "officer:lan")
