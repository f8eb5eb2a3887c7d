"""The ticket's life as a written table: state, event, guards, next state, who may.

``TABLE`` is the whole truth; ``step`` reads it. What is not in the table is refused and changes nothing. A
transfer is a move, not a place to stand: the ticket waits again, with its place by arrival. ``docs/queue.md``
shows the table.

Two things are the store's to see to, because they concern more than one ticket: a counter has one active
ticket (also after an undo), and a ticket that comes back within a day comes back to that day's queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class TicketState(StrEnum):
    """Where a ticket stands. Names are those of the API."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    PARKED = "parked"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class TicketEvent(StrEnum):
    """What can happen to a ticket after it was issued."""

    CALL = "call"
    RECALL = "recall"
    START = "start"
    COMPLETE = "complete"
    PARK = "park"
    RETURN = "return"
    TRANSFER = "transfer"
    NO_SHOW = "no_show"
    REJOIN = "rejoin"
    CANCEL = "cancel"
    EXPIRE = "expire"
    PRIORITISE = "prioritise"
    ADD_SERVICE = "add_service"
    RELEASE = "release"
    UNDO = "undo"


class Actor(StrEnum):
    """Who may cause an event."""

    OFFICER = "officer"
    CITIZEN = "citizen"
    SYSTEM = "system"


class Guard(StrEnum):
    """What must hold besides the state. The value is also the reason of the refusal."""

    AT_COUNTER = "at_counter"  # the officer sits at a counter
    NOT_ELSEWHERE = "not_elsewhere"  # the ticket is not reserved for another counter
    SAME_COUNTER = "same_counter"  # the officer's counter is the one the ticket was called to
    RECALL_GAP = "recall_gap"  # the last call is not heard any more
    TIME_IS_UP = "time_is_up"  # a parked ticket comes back by itself only when its time has come
    WITHIN_GRACE = "within_grace"  # not too long after the no-show
    REJOINS_LEFT = "rejoins_left"
    MORE_SERVICES = "more_services"
    NO_MORE_SERVICES = "no_more_services"
    HAS_TARGET = "has_target"  # a transfer names another service or a counter
    NOT_THERE_YET = "not_there_yet"  # a service is asked for once
    RESERVED = "reserved"  # for a counter, which has just closed
    WITHIN_UNDO = "within_undo"  # something was done a moment ago, at this counter


@dataclass(frozen=True)
class Rules:
    """What a centre configures. Times: seconds, minutes as named."""

    grace_minutes: float = 15
    rejoins: int = 1
    undo_seconds: float = 20
    recall_gap_seconds: float = 0


@dataclass(frozen=True)
class Life:
    """What of a ticket changes. Moments are aware; ``then`` are the services still to come in this visit.

    ``before`` is what an undo brings back, ``undoable`` the event it would take back, until ``undo_until``
    and at ``undo_counter``.
    """

    state: TicketState
    service: str
    then: tuple[str, ...] = ()
    counter: str | None = None
    reserved_counter: str | None = None
    call_count: int = 0
    called_at: datetime | None = None
    recalled_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    parked_until: datetime | None = None
    park_reason: str | None = None
    rejoins: int = 0
    priority: str | None = None
    priority_source: str | None = None
    before: Life | None = None
    undoable: TicketEvent | None = None
    undo_until: datetime | None = None
    undo_counter: str | None = None


@dataclass(frozen=True)
class Step:
    """One event with its particulars. ``counter`` is where the officer sits (``None`` for others).

    ``to_service``/``to_counter``: a transfer's target, an added service or the counter that calls is
    ``counter``.
    """

    event: TicketEvent
    who: Actor
    at: datetime
    counter: str | None = None
    to_service: str | None = None
    to_counter: str | None = None
    reason: str | None = None
    until: datetime | None = None
    priority: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Refused:
    """The event means nothing here; the ticket stays as it is.

    ``guard`` is the guard that did not hold, ``None`` if the table has no such line for this state and actor.
    """

    state: TicketState
    event: TicketEvent
    guard: Guard | None = None


@dataclass(frozen=True)
class Line:
    """One line of the table. ``to`` is ``None`` where the line leads back to whatever was before."""

    state: TicketState
    event: TicketEvent
    to: TicketState | None
    who: frozenset[Actor]
    guards: tuple[Guard, ...] = ()


ACTIVE = frozenset({TicketState.CALLED, TicketState.SERVING})
"""States in which a ticket occupies a counter."""

OPEN = frozenset({TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.PARKED})
"""States from which the ticket still has to get somewhere."""

FINAL = frozenset(TicketState) - OPEN
"""States that end a visit; only undo, and from no-show a rejoin, lead out of them."""

UNDOABLE = frozenset(TicketEvent) - {
    TicketEvent.RECALL,
    TicketEvent.EXPIRE,
    TicketEvent.RELEASE,
    TicketEvent.UNDO,
}
"""What an officer at a counter may take back: all but a call that was heard, and an undo."""

_S, _E, _G = TicketState, TicketEvent, Guard
_OFFICER = frozenset({Actor.OFFICER})
_CITIZEN = frozenset({Actor.CITIZEN})
_SYSTEM = frozenset({Actor.SYSTEM})
_ASKED = frozenset({Actor.OFFICER, Actor.CITIZEN})

TABLE: tuple[Line, ...] = (
    Line(_S.WAITING, _E.CALL, _S.CALLED, _OFFICER, (_G.AT_COUNTER, _G.NOT_ELSEWHERE)),
    Line(_S.WAITING, _E.TRANSFER, _S.WAITING, _OFFICER, (_G.HAS_TARGET,)),
    Line(_S.WAITING, _E.PRIORITISE, _S.WAITING, _OFFICER),
    Line(_S.WAITING, _E.ADD_SERVICE, _S.WAITING, _ASKED, (_G.NOT_THERE_YET,)),
    Line(_S.WAITING, _E.RELEASE, _S.WAITING, _SYSTEM, (_G.RESERVED,)),
    Line(_S.WAITING, _E.CANCEL, _S.CANCELLED, _ASKED),
    Line(_S.WAITING, _E.EXPIRE, _S.EXPIRED, _SYSTEM),
    Line(_S.CALLED, _E.RECALL, _S.CALLED, _OFFICER, (_G.SAME_COUNTER, _G.RECALL_GAP)),
    Line(_S.CALLED, _E.START, _S.SERVING, _OFFICER, (_G.SAME_COUNTER,)),
    Line(_S.CALLED, _E.NO_SHOW, _S.NO_SHOW, _OFFICER, (_G.SAME_COUNTER,)),
    Line(_S.CALLED, _E.PARK, _S.PARKED, _OFFICER, (_G.SAME_COUNTER,)),
    Line(_S.CALLED, _E.TRANSFER, _S.WAITING, _OFFICER, (_G.SAME_COUNTER, _G.HAS_TARGET)),
    Line(_S.CALLED, _E.EXPIRE, _S.EXPIRED, _SYSTEM),
    Line(_S.SERVING, _E.COMPLETE, _S.WAITING, _OFFICER, (_G.SAME_COUNTER, _G.MORE_SERVICES)),
    Line(_S.SERVING, _E.COMPLETE, _S.COMPLETED, _OFFICER, (_G.SAME_COUNTER, _G.NO_MORE_SERVICES)),
    Line(_S.SERVING, _E.ADD_SERVICE, _S.SERVING, _OFFICER, (_G.SAME_COUNTER, _G.NOT_THERE_YET)),
    Line(_S.SERVING, _E.PARK, _S.PARKED, _OFFICER, (_G.SAME_COUNTER,)),
    Line(_S.SERVING, _E.TRANSFER, _S.WAITING, _OFFICER, (_G.SAME_COUNTER, _G.HAS_TARGET)),
    Line(_S.PARKED, _E.CALL, _S.CALLED, _OFFICER, (_G.AT_COUNTER,)),
    Line(_S.PARKED, _E.RETURN, _S.WAITING, _OFFICER),
    Line(_S.PARKED, _E.RETURN, _S.WAITING, _SYSTEM, (_G.TIME_IS_UP,)),
    Line(_S.PARKED, _E.CANCEL, _S.CANCELLED, _ASKED),
    Line(_S.PARKED, _E.EXPIRE, _S.EXPIRED, _SYSTEM),
    Line(_S.NO_SHOW, _E.REJOIN, _S.WAITING, _ASKED, (_G.WITHIN_GRACE, _G.REJOINS_LEFT)),
    Line(_S.NO_SHOW, _E.CALL, _S.CALLED, _OFFICER, (_G.AT_COUNTER, _G.WITHIN_GRACE)),
    *(Line(state, _E.UNDO, None, _OFFICER, (_G.WITHIN_UNDO,)) for state in _S if state is not _S.EXPIRED),
)
"""The whole life."""

_LINES: Mapping[tuple[TicketState, TicketEvent], tuple[Line, ...]] = MappingProxyType(
    {
        (state, event): tuple(line for line in TABLE if (line.state, line.event) == (state, event))
        for state in TicketState
        for event in TicketEvent
    }
)


def issued(
    service: str, then: tuple[str, ...] = (), *, priority: str | None = None, source: str | None = None
) -> Life:
    """The life of a number just issued: a walk-in waits at once. A service is in ``then`` once."""
    after = tuple(one for one in dict.fromkeys(then) if one != service)
    return Life(TicketState.WAITING, service, after, priority=priority, priority_source=source)


def step(life: Life, step: Step, rules: Rules) -> Life | Refused:
    """What ``step`` makes of ``life``. Answers every state, event and actor."""
    failed: Guard | None = None
    for line in _LINES[life.state, step.event]:
        if step.who not in line.who:
            continue
        guard = next((one for one in line.guards if not _GUARDS[one](life, step, rules)), None)
        if guard is None:
            return _after(life, step, line, rules)
        failed = failed or guard
    return Refused(life.state, step.event, failed)


def rejoin_until(life: Life, rules: Rules) -> datetime | None:
    """Until when a citizen who was missed may come back; ``None`` if not at all."""
    if life.state is not TicketState.NO_SHOW or life.ended_at is None or life.rejoins >= rules.rejoins:
        return None
    return _grace_end(life.ended_at, rules)


def _grace_end(missed_at: datetime, rules: Rules) -> datetime:
    return missed_at + timedelta(minutes=rules.grace_minutes)


def _call_died_away(life: Life, step: Step, rules: Rules) -> bool:
    last = life.recalled_at or life.called_at
    # A clock that was set back must not silence an officer, so only a gap that lies ahead counts.
    return last is None or not last <= step.at < last + timedelta(seconds=rules.recall_gap_seconds)


def _may_undo(life: Life, step: Step, rules: Rules) -> bool:
    return (
        life.before is not None
        and life.undo_until is not None
        and step.at <= life.undo_until
        and step.counter is not None
        and step.counter == life.undo_counter
    )


_GUARDS: Mapping[Guard, Callable[[Life, Step, Rules], bool]] = MappingProxyType(
    {
        Guard.AT_COUNTER: lambda life, step, rules: step.counter is not None,
        Guard.NOT_ELSEWHERE: lambda life, step, rules: life.reserved_counter in (None, step.counter),
        Guard.SAME_COUNTER: lambda life, step, rules: (
            step.counter is not None and step.counter == life.counter
        ),
        Guard.RECALL_GAP: _call_died_away,
        Guard.TIME_IS_UP: lambda life, step, rules: (
            life.parked_until is not None and life.parked_until <= step.at
        ),
        Guard.WITHIN_GRACE: lambda life, step, rules: (
            life.ended_at is not None and step.at <= _grace_end(life.ended_at, rules)
        ),
        Guard.REJOINS_LEFT: lambda life, step, rules: life.rejoins < rules.rejoins,
        Guard.MORE_SERVICES: lambda life, step, rules: bool(life.then),
        Guard.NO_MORE_SERVICES: lambda life, step, rules: not life.then,
        Guard.HAS_TARGET: lambda life, step, rules: (
            step.to_counter is not None or step.to_service not in (None, life.service)
        ),
        Guard.NOT_THERE_YET: lambda life, step, rules: (
            step.to_service is not None and step.to_service not in (life.service, *life.then)
        ),
        Guard.RESERVED: lambda life, step, rules: life.reserved_counter is not None,
        Guard.WITHIN_UNDO: _may_undo,
    }
)


def _after(life: Life, step: Step, line: Line, rules: Rules) -> Life:
    if line.to is None:
        assert life.before is not None  # noqa: S101 - the guard saw it
        return _no_undo(life.before)
    fresh = replace(_no_undo(_CHANGES[step.event](life, step)), state=line.to)
    if step.who is Actor.OFFICER and step.counter is not None and step.event in UNDOABLE:
        return replace(
            fresh,
            before=_no_undo(life),
            undoable=step.event,
            undo_until=step.at + timedelta(seconds=rules.undo_seconds),
            undo_counter=step.counter,
        )
    return fresh


def _no_undo(life: Life) -> Life:
    return replace(life, before=None, undoable=None, undo_until=None, undo_counter=None)


def _nowhere(life: Life) -> Life:
    """The ticket as one that was not called and is not reserved; its place by arrival is its row's."""
    return replace(
        life,
        counter=None,
        reserved_counter=None,
        call_count=0,
        called_at=None,
        recalled_at=None,
        started_at=None,
        ended_at=None,
        parked_until=None,
        park_reason=None,
    )


def _called(life: Life, step: Step) -> Life:
    back = life.state is TicketState.NO_SHOW
    return replace(
        _nowhere(life),
        counter=step.counter,
        called_at=step.at,
        call_count=1,
        rejoins=life.rejoins + 1 if back else life.rejoins,
    )


def _ended(life: Life, step: Step) -> Life:
    return replace(life, ended_at=step.at, reserved_counter=None, parked_until=None, park_reason=None)


def _completed(life: Life, step: Step) -> Life:
    if life.then:
        return replace(_nowhere(life), service=life.then[0], then=life.then[1:])
    return _ended(life, step)


def _transferred(life: Life, step: Step) -> Life:
    service = step.to_service or life.service
    then = tuple(one for one in life.then if one != service)
    return replace(_nowhere(life), service=service, then=then, reserved_counter=step.to_counter)


_CHANGES: Mapping[TicketEvent, Callable[[Life, Step], Life]] = MappingProxyType(
    {
        TicketEvent.CALL: _called,
        TicketEvent.RECALL: lambda life, step: replace(
            life, call_count=life.call_count + 1, recalled_at=step.at
        ),
        TicketEvent.START: lambda life, step: replace(life, started_at=step.at),
        TicketEvent.COMPLETE: _completed,
        TicketEvent.PARK: lambda life, step: replace(life, parked_until=step.until, park_reason=step.reason),
        TicketEvent.RETURN: lambda life, step: _nowhere(life),
        TicketEvent.TRANSFER: _transferred,
        TicketEvent.NO_SHOW: _ended,
        TicketEvent.REJOIN: lambda life, step: replace(_nowhere(life), rejoins=life.rejoins + 1),
        TicketEvent.CANCEL: _ended,
        TicketEvent.EXPIRE: _ended,
        TicketEvent.PRIORITISE: lambda life, step: replace(
            life, priority=step.priority, priority_source=step.source
        ),
        TicketEvent.ADD_SERVICE: lambda life, step: replace(life, then=(*life.then, step.to_service or "")),
        TicketEvent.RELEASE: lambda life, step: replace(life, reserved_counter=None),
    }
)
