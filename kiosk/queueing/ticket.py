"""The ticket's life as a total table: every state answers every event, with the next state or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class TicketState(StrEnum):
    """Where a ticket stands. Names are those of the API."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class TicketEvent(StrEnum):
    """What can happen to a ticket after it was issued."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    CANCEL = "cancel"
    EXPIRE = "expire"


class Actor(StrEnum):
    """Who may cause an event."""

    OFFICER = "officer"
    CITIZEN = "citizen"
    SYSTEM = "system"


@dataclass(frozen=True)
class Move:
    """One allowed transition: the state it leads to and who may make it."""

    to: TicketState
    who: frozenset[Actor]


@dataclass(frozen=True)
class Refused:
    """The event means nothing in this state; the ticket stays as it is."""

    state: TicketState
    event: TicketEvent


ACTIVE = frozenset({TicketState.CALLED, TicketState.SERVING})
"""States in which a ticket occupies a counter."""

FINAL = frozenset({TicketState.DONE, TicketState.NO_SHOW, TicketState.CANCELLED, TicketState.EXPIRED})
"""States that nothing leaves."""

_OFFICER = frozenset({Actor.OFFICER})
_SYSTEM = frozenset({Actor.SYSTEM})
_ANYONE_ASKED = frozenset({Actor.OFFICER, Actor.CITIZEN})

MOVES: Mapping[tuple[TicketState, TicketEvent], Move] = MappingProxyType(
    {
        (TicketState.WAITING, TicketEvent.CALL): Move(TicketState.CALLED, _OFFICER),
        (TicketState.WAITING, TicketEvent.CANCEL): Move(TicketState.CANCELLED, _ANYONE_ASKED),
        (TicketState.WAITING, TicketEvent.EXPIRE): Move(TicketState.EXPIRED, _SYSTEM),
        (TicketState.CALLED, TicketEvent.RECALL): Move(TicketState.CALLED, _OFFICER),
        (TicketState.CALLED, TicketEvent.START): Move(TicketState.SERVING, _OFFICER),
        (TicketState.CALLED, TicketEvent.NO_SHOW): Move(TicketState.NO_SHOW, _OFFICER),
        (TicketState.CALLED, TicketEvent.EXPIRE): Move(TicketState.EXPIRED, _SYSTEM),
        (TicketState.SERVING, TicketEvent.COMPLETE): Move(TicketState.DONE, _OFFICER),
    }
)


def after(state: TicketState, event: TicketEvent) -> Move | Refused:
    """What ``event`` does to a ticket in ``state``. Answers every pair."""
    return MOVES.get((state, event)) or Refused(state, event)
