"""Moves that every part of the flow uses: go to a screen, wipe, start a reading."""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.visit.comfort import Comfort
from kiosk.visit.effects import Effect, LoadServices, ReadCard, Wipe
from kiosk.visit.states import (
    Again,
    EnterCan,
    Person,
    Problem,
    Reading,
    Screen,
    Services,
    Start,
    TicketShown,
    VisitState,
)

Result = tuple[VisitState, tuple[Effect, ...]]


def stay(state: VisitState) -> Result:
    """Nothing happens."""
    return state, ()


def to(state: VisitState, screen: Screen, *effects: Effect) -> Result:
    """Another screen, with the full idle time."""
    return replace(state, screen=screen, quiet=0.0, waited=0.0), effects


def same(state: VisitState, screen: Screen, *effects: Effect) -> Result:
    """The same screen with other contents."""
    return replace(state, screen=screen), effects


def mistaken(state: VisitState) -> VisitState:
    """Once more something did not work; what is told of it is heard again, though it stands there already."""
    return replace(state, mistakes=state.mistakes + 1)


def wiped(state: VisitState, screen: Screen | None = None, comfort: Comfort | None = None) -> Result:
    """The visit is over: a new value that holds nothing of it, and the order to forget.

    A card that still lies on the reader is one that was left; it begins nothing by itself. ``comfort``: how
    the screens are from now on, where it is not what the centre set up.
    """
    lobby = replace(state.lobby, card_left=state.lobby.card and screen is None, card_unchecked=False)
    fresh = VisitState(
        setup=state.setup,
        number=state.number + 1,
        screen=screen or Start(),
        lobby=lobby,
        comfort=comfort or state.setup.comfort,
        readings=state.readings,
        now=state.now,
    )
    return fresh, (Wipe(state.visit),)


def to_services(state: VisitState) -> Result:
    """Choose a service; the list is asked for anew."""
    return to(state, Services(), LoadServices(state.visit))


def go_on(state: VisitState, resume: Screen | None) -> Result:
    """Back to where the card interrupted, else to the services."""
    return to_services(state) if resume is None else to(state, resume)


def to_last_ticket(state: VisitState) -> Result:
    """The number in hand; without one the visit ends.

    Of somebody whom the machine does not know the letters stay large: they only went back to the start.
    """
    if state.tickets:
        return to(state, TicketShown(state.tickets[-1].ticket.service))
    return wiped(state, comfort=state.comfort if state.person is None else None)


def home(state: VisitState) -> Result:
    """Back from a door: to the number in hand, to the services of who is known, else to the start."""
    return to_services(state) if state.person is not None and not state.tickets else to_last_ticket(state)


def read(state: VisitState, keys: AccessKeys, resume: Screen | None) -> Result:
    """Read the chip on the reader; without a card ask for it."""
    if not state.lobby.card:
        return to(mistaken(state), EnterCan(digits=keys.can or "", waiting=True, resume=resume))
    attempt = state.readings + 1
    lobby = replace(state.lobby, card_left=False, card_unchecked=False)
    return to(
        replace(state, readings=attempt, lobby=lobby),
        Reading(keys=keys, attempt=attempt, resume=resume),
        ReadCard(state.visit, attempt, keys),
    )


def compare_card(state: VisitState, person: Person) -> Result:
    """A card was laid down again: is it the one of the person who stands here?"""
    return read(state, AccessKeys.from_number(person.citizen.number), state.screen)


def failed(
    state: VisitState,
    code: FailureCode,
    again: Again = Again.NOTHING,
    *,
    reading: Reading | None = None,
    service: str | None = None,
    resume: Screen | None = None,
) -> Result:
    """The one door to the problem screen."""
    return to(mistaken(state), Problem(code, again, reading, service, resume))
