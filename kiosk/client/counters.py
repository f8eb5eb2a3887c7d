"""Counters and what an officer does there."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.client.connection import Connection, given, part
from kiosk.client.reading import Json, read_maybe
from kiosk.client.tickets import Ticket, read_ticket


@dataclass(frozen=True)
class OfficerName:
    """An officer as shown to others."""

    login: str
    name: str


@dataclass(frozen=True)
class Counter:
    """A counter and what it does now: ``closed``, ``open_idle``, ``calling`` or ``serving``."""

    id: str
    number: int
    name: str
    services: tuple[str, ...]
    state: str
    officer: OfficerName | None
    ticket: Ticket | None


@dataclass(frozen=True)
class CounterStep:
    """A counter and the ticket an officer's action was about (``None`` for open and close)."""

    counter: Counter
    ticket: Ticket | None


def read_counter(raw: Json) -> Counter:
    """Read one ``counter`` from JSON."""
    return Counter(
        id=raw["id"],
        number=raw["number"],
        name=raw["name"],
        services=tuple(raw["services"]),
        state=raw["state"],
        officer=read_maybe(lambda o: OfficerName(login=o["login"], name=o["name"]), raw["officer"]),
        ticket=read_maybe(read_ticket, raw["ticket"]),
    )


def read_counter_step(raw: Json) -> CounterStep:
    """Read one ``counter_step`` from JSON."""
    return CounterStep(counter=read_counter(raw["counter"]), ticket=read_maybe(read_ticket, raw["ticket"]))


class CounterCalls(Connection):
    """Calls an officer makes at a counter."""

    def counters(self) -> list[Counter]:
        """All counters, in the order of the configuration."""
        return self._read_list(read_counter, "GET", "/counters")

    def open_counter(self, counter: str) -> CounterStep:
        """Take a counter. Raises ``CentreError``: ``COUNTER_TAKEN``."""
        return self._step(counter, "open")

    def close_counter(self, counter: str) -> CounterStep:
        """Leave a counter. Raises ``CentreError``: ``COUNTER_BUSY`` while it has a ticket."""
        return self._step(counter, "close")

    def call_next(self, counter: str) -> Ticket | None:
        """Call the next citizen; ``None`` when nobody waits.

        Raises ``CentreError``: ``COUNTER_BUSY``, ``COUNTER_CLOSED``.
        """
        raw = self._call("POST", f"/counters/{part(counter)}/call-next")
        return None if raw is None else self._as_promised(read_ticket, raw)

    def call_ticket(self, counter: str, ticket_id: str) -> CounterStep:
        """Call a ticket chosen by hand: one waiting, parked, or missed a short while ago.

        Raises ``CentreError``: ``COUNTER_BUSY``, ``COUNTER_CLOSED``, ``TICKET_STATE_WRONG``,
        ``TICKET_ELSEWHERE``, ``REJOIN_TOO_LATE``.
        """
        return self._step(counter, f"call/{part(ticket_id)}")

    def recall(self, counter: str) -> CounterStep:
        """Call the same citizen once more."""
        return self._step(counter, "recall")

    def start(self, counter: str) -> CounterStep:
        """The citizen has come; serving begins."""
        return self._step(counter, "start")

    def complete(self, counter: str) -> CounterStep:
        """Serving is over."""
        return self._step(counter, "complete")

    def no_show(self, counter: str) -> CounterStep:
        """The citizen did not come."""
        return self._step(counter, "no-show")

    def park(self, counter: str, reason: str, minutes: int | None = None) -> CounterStep:
        """Set the ticket at this counter aside, till called again or for so many minutes."""
        return self._step(counter, "park", {"reason": reason, **given(minutes=minutes)})

    def transfer(
        self, counter: str, *, service: str | None = None, to_counter: str | None = None
    ) -> CounterStep:
        """Send the ticket at this counter to another service or counter; it keeps its place by arrival."""
        return self._step(counter, "transfer", given(service=service, counter=to_counter))

    def undo(self, counter: str) -> CounterStep:
        """Take the last step at this counter back. Raises ``CentreError``: ``UNDO_TOO_LATE``."""
        return self._step(counter, "undo")

    def add_service(self, counter: str, service: str) -> CounterStep:
        """One more service for the ticket at this counter, after this one."""
        return self._step(counter, "add-service", {"service": service})

    def _step(self, counter: str, action: str, body: Json | None = None) -> CounterStep:
        return self._read(read_counter_step, "POST", f"/counters/{part(counter)}/{action}", body)
