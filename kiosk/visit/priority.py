"""Who goes before others: by the age on the chip, else by the citizen's own word before the number."""

from __future__ import annotations

from dataclasses import replace

from kiosk.identity.age import is_elderly
from kiosk.visit.effects import IssueTicket, PriorityClaim
from kiosk.visit.events import Back, Cancel, Intent, PriorityChosen, PriorityClass
from kiosk.visit.moves import Result, stay, to
from kiosk.visit.states import Person, Services, VisitState


def by_age(state: VisitState) -> PriorityClass | None:
    """The class that the chip's birth date gives, the one of the oldest where there are several."""
    person = _proven(state)
    if person is None:
        return None
    given = [
        one
        for one in state.priorities
        if one.by_chip and one.from_age is not None and _has_age(state, person, one.from_age)
    ]
    return max(given, key=lambda one: one.from_age or 0, default=None)


def to_ask(state: VisitState) -> tuple[PriorityClass, ...]:
    """The classes that the citizen may name; none when the age gave one.

    A class by age is not offered to somebody whose chip tells the age.
    """
    if by_age(state) is not None:
        return ()
    age_is_known = _proven(state) is not None
    return tuple(one for one in state.priorities if one.by_self and not (one.from_age and age_is_known))


def named(state: VisitState) -> PriorityClass | None:
    """The class that the citizen has named, as long as it counts."""
    return next((one for one in to_ask(state) if one.id == state.declared), None)


def claim(state: VisitState) -> PriorityClaim | None:
    """What goes to the centre with the number."""
    aged = by_age(state)
    if aged is not None:
        return PriorityClaim(aged.id, "chip")
    chosen = named(state)
    return PriorityClaim(chosen.id, "self") if chosen is not None else None


def take(state: VisitState, service: str) -> Result:
    """Ask for the number with what is known of the person; asking again asks with the same key."""
    person = _proven(state)
    card = person.citizen.number if person else None
    effect = IssueTicket(state.visit, service, state.issue_key(service), claim(state), card)
    return to(state, Services(issuing=service), effect)


def on_ask_priority(state: VisitState, intent: Intent) -> Result:
    """One touch answers; then a service is chosen."""
    match intent:
        case PriorityChosen(priority=chosen) if chosen == "" or chosen in {one.id for one in to_ask(state)}:
            return to(replace(state, declared=chosen), Services())
        case Back() | Cancel():
            return to(state, Services())
        case _:
            return stay(state)


def _proven(state: VisitState) -> Person | None:
    """The person of a chip that was read; a printed code proves nobody."""
    return state.person if state.person is not None and state.person.proof is not None else None


def _has_age(state: VisitState, person: Person, years: int) -> bool:
    return is_elderly(person.citizen.birth_date, state.centre_day or state.now.date(), years)
