"""A number that was a mistake goes back, so that nobody is called who does not come."""

from __future__ import annotations

from dataclasses import replace

from kiosk.visit.effects import GiveBackTicket
from kiosk.visit.events import (
    Back,
    Cancel,
    Confirmed,
    GiveBackFailed,
    Intent,
    PrintResult,
    TicketGivenBack,
)
from kiosk.visit.moves import Result, stay, to, to_services
from kiosk.visit.states import FormState, GiveBack, HeldTicket, TicketShown, VisitState


def may_give_back(held: HeldTicket) -> bool:
    """Whether the number can go back: it waits, the centre knows it, and no form stands with it."""
    ticket = held.ticket
    return (
        not ticket.offline
        and ticket.state == "waiting"
        and held.printed is not None
        and held.form is not FormState.SENT
        and held.printed is not PrintResult.UNKNOWN
    )


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


def on_given_back(state: VisitState, answer: TicketGivenBack | GiveBackFailed) -> Result:
    """The number is gone, or it still holds and that is said."""
    screen = state.screen
    if isinstance(answer, GiveBackFailed):
        if isinstance(screen, GiveBack) and screen.sending:
            return to(state, replace(screen, sending=False, failure=answer.code))
        return stay(state)
    left = tuple(held for held in state.tickets if held.ticket.id != answer.ticket)
    state = replace(state, tickets=left, given_back=state.given_back + 1)
    return to_services(state) if isinstance(screen, GiveBack | TicketShown) else stay(state)
