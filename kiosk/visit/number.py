"""Services and tickets: one number per service and visit, whatever is tapped how often."""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.visit.effects import LoadServices, PrintSlip
from kiosk.visit.events import (
    AnotherService,
    Back,
    Cancel,
    Continue,
    Intent,
    PrintResult,
    ServicesFailed,
    ServicesLoaded,
    ServiceTapped,
    SlipPrinted,
    TicketIssued,
    TicketRefused,
)
from kiosk.visit.moves import Result, failed, same, stay, to, to_last_ticket, to_services, wiped
from kiosk.visit.priority import choose
from kiosk.visit.states import (
    Again,
    AskPriority,
    HeldTicket,
    OfferForm,
    Problem,
    Services,
    TicketShown,
    VisitState,
)

CLOSED = frozenset(
    {
        FailureCode.SERVICE_CLOSED,
        FailureCode.LAST_TICKET_GONE,
        FailureCode.SERVICE_FULL,
        FailureCode.SERVICE_STOPPED,
    }
)
"""The service gives no numbers now; the list, asked for anew, says why and until when."""


def on_services(state: VisitState, screen: Services, intent: Intent) -> Result:
    """One touch issues a number."""
    match intent:
        case ServiceTapped(service=service) if screen.issuing is None:
            if state.held(service) is not None:
                return to(state, TicketShown(service))
            if any(choice.id == service and choice.open for choice in state.services or ()):
                return choose(state, service)
            return stay(state)
        case Back() | Cancel() if screen.issuing is None:
            return to_last_ticket(state)
        case _:
            return stay(state)


def on_ticket(state: VisitState, screen: TicketShown, intent: Intent) -> Result:
    """The number is shown."""
    match intent:
        case Continue():
            if state.form_for(screen.service) is not None:
                return to(state, OfferForm(screen.service))
            return wiped(state)
        case AnotherService():
            return to_services(state)
        case Back() | Cancel():
            return wiped(state)
        case _:
            return stay(state)


def on_services_loaded(state: VisitState, answer: ServicesLoaded) -> Result:
    """The list came."""
    state = replace(
        state,
        services=answer.services,
        priorities=answer.priorities,
        offline=answer.offline,
        centre_day=answer.day,
    )
    match state.screen:
        case Services() as screen:
            return same(state, replace(screen, since_loaded=0.0))
        case Problem(again=Again.SERVICES):
            return to(state, Services())
        case _:
            return stay(state)


def on_services_failed(state: VisitState, answer: ServicesFailed) -> Result:
    """The list did not come; one that was shown before stays."""
    if isinstance(state.screen, Services) and state.services is None:
        return failed(state, answer.code, Again.SERVICES)
    return stay(state)


def on_ticket_issued(state: VisitState, answer: TicketIssued) -> Result:
    """The number is in the database: show it and print it, once."""
    ticket = answer.ticket
    if answer.key != state.issue_key(ticket.service) or state.held(ticket.service) is not None:
        return stay(state)
    form_id = next((choice.form for choice in state.services or () if choice.id == ticket.service), None)
    if ticket.offline or ticket.state == "called":  # the centre does not know it yet; or there is no time
        form_id = None
    state = replace(state, tickets=(*state.tickets, HeldTicket(ticket, form_id)))
    effect = PrintSlip(state.visit, ticket, copy=ticket.held)
    if isinstance(state.screen, Services | Problem | AskPriority):
        return to(state, TicketShown(ticket.service), effect)
    return state, (effect,)


def on_ticket_refused(state: VisitState, answer: TicketRefused) -> Result:
    """No number; or it is unknown whether there is one, and *try again* asks with the same key."""
    screen = state.screen
    if not isinstance(screen, Services) or screen.issuing is None:
        return stay(state)
    if answer.key != state.issue_key(screen.issuing):
        return stay(state)
    if answer.code in CLOSED:
        return to(state, Services(failure=answer.code), LoadServices(state.visit))
    return failed(state, answer.code, Again.ISSUE, service=screen.issuing)


def on_slip(state: VisitState, ticket: str, result: PrintResult, code: FailureCode | None) -> Result:
    """How the slip of a ticket went; once printed stays printed."""
    tickets = tuple(
        replace(held, printed=result, print_failure=code)
        if held.ticket.id == ticket and held.printed is not PrintResult.PRINTED
        else held
        for held in state.tickets
    )
    return replace(state, tickets=tickets), ()


def on_slip_printed(state: VisitState, answer: SlipPrinted) -> Result:
    """Answer of :class:`PrintSlip`."""
    return on_slip(state, answer.ticket, answer.result, answer.code)
