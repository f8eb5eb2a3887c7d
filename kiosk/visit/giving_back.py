"""A number that was a mistake goes back, so that nobody is called who does not come."""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.visit.effects import GiveBackTicket, LoadServices
from kiosk.visit.events import (
    Back,
    Cancel,
    Confirmed,
    GiveBackFailed,
    Intent,
    TicketGivenBack,
)
from kiosk.visit.moves import Result, mistaken, stay, to, to_services
from kiosk.visit.states import (
    FormDone,
    FormState,
    GiveBack,
    HeldTicket,
    OfferForm,
    Services,
    TicketShown,
    VisitState,
)


def may_give_back(held: HeldTicket) -> bool:
    """Whether the number can go back now: it can at all, and its slip is not being printed."""
    return can_go_back(held) and held.printed is not None


def can_go_back(held: HeldTicket) -> bool:
    """Whether the number can go back once its slip is printed: it waits, the centre knows it, and no form
    stands with it.
    """
    ticket = held.ticket
    return not ticket.offline and ticket.state == "waiting" and held.form is not FormState.SENT


def on_give_back(state: VisitState, screen: GiveBack, intent: Intent) -> Result:
    """Really? Yes tells the centre, no leads back to the number."""
    held = state.held(screen.service)
    match intent:
        case _ if held is None:
            return to_services(state)
        case Confirmed() if not screen.sending and may_give_back(held):
            effect = GiveBackTicket(state.visit, held.ticket.id)
            return to(state, GiveBack(screen.service, sending=True), effect)
        case Back() | Cancel() if not screen.sending:
            return to(state, TicketShown(screen.service))
        case _:
            return stay(state)


def not_given_back(state: VisitState, screen: GiveBack, code: FailureCode) -> Result:
    """The number still holds."""
    return to(mistaken(state), replace(screen, sending=False, failure=code))


def on_given_back(state: VisitState, answer: TicketGivenBack | GiveBackFailed) -> Result:
    """The number is gone, or it still holds and that is said.

    An answer that comes late takes the number away, too; where it is shown the services follow.
    """
    screen = state.screen
    held = next((one for one in state.tickets if one.ticket.id == answer.ticket), None)
    if held is None:
        return stay(state)
    service = held.ticket.service
    if isinstance(answer, GiveBackFailed):
        if isinstance(screen, GiveBack) and screen.sending and screen.service == service:
            return not_given_back(state, screen, answer.code)
        return stay(state)
    state = replace(
        state,
        tickets=tuple(one for one in state.tickets if one is not held),
        given_back=(*state.given_back, service),
        form=None if state.form is not None and state.form.service == service else state.form,
    )
    if isinstance(screen, GiveBack | TicketShown | OfferForm | FormDone) and screen.service == service:
        return to(state, Services(given_back=held.ticket.number), LoadServices(state.visit))
    return stay(state)
