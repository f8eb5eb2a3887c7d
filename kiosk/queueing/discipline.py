"""Who is called next.

One rule so far: among the services of the counter, the oldest ticket first. A ticket's rank is its
``order_key``; priority and appointments will rank in there, so that calling and the count of people ahead
always agree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar


class Waiting(Protocol):
    """What the discipline needs to know of a waiting ticket. ``arrival`` grows by each ticket of a day."""

    @property
    def id(self) -> str:
        """The ticket."""

    @property
    def service(self) -> str:
        """Its service's id."""

    @property
    def arrival(self) -> int:
        """Its place in the order of arrival, across all services."""


W = TypeVar("W", bound=Waiting)


@dataclass(frozen=True)
class WaitingTicket:
    """A waiting ticket, reduced to what decides its turn."""

    id: str
    service: str
    arrival: int


def order_key(ticket: Waiting) -> tuple[int]:
    """Tickets with smaller keys are called first."""
    return (ticket.arrival,)


def next_ticket(waiting: Iterable[W], counter_services: Collection[str]) -> W | None:
    """The ticket a counter with these services calls; ``None`` only if nobody it serves waits."""
    eligible = (ticket for ticket in waiting if ticket.service in counter_services)
    return min(eligible, key=order_key, default=None)


def services_before(service: str, counters: Iterable[Collection[str]]) -> frozenset[str]:
    """Services whose earlier tickets are certain to be called before one of ``service``.

    A ticket goes before another if every counter that could call the other would call it first: these are the
    services common to all counters that serve ``service``. ``counters`` are the counters' services.
    """
    serving = [frozenset(services) for services in counters if service in services]
    return frozenset({service}).union(frozenset.intersection(*serving) if serving else ())


def ahead(ticket: Waiting, waiting: Iterable[Waiting], before: Collection[str]) -> int:
    """How many waiting tickets of the services ``before`` come before ``ticket``."""
    key = order_key(ticket)
    return sum(1 for other in waiting if other.service in before and order_key(other) < key)
