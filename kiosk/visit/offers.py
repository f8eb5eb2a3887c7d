"""What is offered first to a person whose card was read: a help to find one's matter, never a privilege."""

from __future__ import annotations

from datetime import date

from kiosk.identity.age import age_on
from kiosk.visit.events import ServiceChoice
from kiosk.visit.states import Person, VisitState


def fitting(services: tuple[ServiceChoice, ...], person: Person | None, day: date) -> frozenset[str]:
    """Ids of the services that are meant for the person's age on ``day``; none without a card."""
    if person is None or day < person.citizen.birth_date:
        return frozenset()
    age = age_on(person.citizen.birth_date, day)
    return frozenset(
        one.id for one in services if one.for_ages is not None and one.for_ages[0] <= age <= one.for_ages[1]
    )


def offered(state: VisitState) -> tuple[ServiceChoice, ...]:
    """The services in the centre's order, those that fit the person before the others."""
    services = state.services or ()
    first = fitting(services, state.person, state.centre_day or state.now.date())
    return tuple(sorted(services, key=lambda one: one.id not in first))
