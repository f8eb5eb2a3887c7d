"""A counter: who sits there, whom it may call, and what it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.queueing.ticket import TicketState


class CounterState(StrEnum):
    """What a counter is doing. Names are those of the API."""

    CLOSED = "closed"
    OPEN_IDLE = "open_idle"
    CALLING = "calling"
    SERVING = "serving"


@dataclass(frozen=True)
class Counter:
    """A counter as configured. ``services`` are the ids of the queues it calls from."""

    id: str
    number: int
    name: str
    services: tuple[str, ...]


def counter_state(*, held: bool, ticket: TicketState | None) -> CounterState:
    """The state that follows from whether an officer holds the counter and from its active ticket.

    Raises ``ValueError`` for a ticket state that does not occupy a counter.
    """
    if ticket is TicketState.CALLED:
        return CounterState.CALLING
    if ticket is TicketState.SERVING:
        return CounterState.SERVING
    if ticket is not None:
        raise ValueError(f"a ticket that is {ticket} occupies no counter")
    return CounterState.OPEN_IDLE if held else CounterState.CLOSED
