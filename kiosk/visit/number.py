"""Services and tickets: one number per service and visit, whatever is tapped how often."""

from __future__ import annotations

from dataclasses import replace

from kiosk.failures import FailureCode
from kiosk.visit.effects import AddMatter, LoadServices, PrintSlip
from kiosk.visit.events import (
    AddMatterTapped,
    AnotherService,
    Back,
    Cancel,
    Continue,
    FindTapped,
    GiveBackTapped,
    Intent,
    MatterAdded,
    MatterRefused,
    PageTapped,
    PrintResult,
    PriorityTapped,
    ServiceChoice,
    ServicesFailed,
    ServicesLoaded,
    ServiceTapped,
    SlipPrinted,
    TicketIssued,
    TicketRefused,
)
from kiosk.visit.giving_back import may_give_back
from kiosk.visit.moves import Result, failed, mistaken, same, stay, to, to_last_ticket, to_services, wiped
from kiosk.visit.priority import take, to_ask
from kiosk.visit.states import (
    Again,
    AskPriority,
    FindProcedure,
    GiveBack,
    HeldTicket,
    OfferForm,
    Problem,
    Services,
    Start,
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
    """One touch issues a number, or adds a matter to the one in hand."""
    match intent:
        case ServiceTapped(service=service) if screen.matter_of is not None and screen.issuing is None:
            return _add_matter(state, screen.matter_of, service)
        case PageTapped(page=page) if page >= 0 and screen.issuing is None:
            return to(state, replace(screen, page=page))
        case Back() | Cancel() if screen.matter_of is not None and screen.issuing is None:
            return to(state, TicketShown(screen.matter_of))
        case FindTapped() if screen.issuing is None and screen.matter_of is None:
            return to(state, FindProcedure(from_services=True))
        case PriorityTapped() if screen.issuing is None and not state.tickets and to_ask(state):
            return to(state, AskPriority())
        case ServiceTapped(service=service) if screen.issuing is None:
            if state.held(service) is not None:
                return to(state, TicketShown(service))
            if any(choice.id == service and choice.open for choice in state.services or ()):
                return take(state, service)
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
        case AddMatterTapped() if may_add_matter(state, screen.service):
            return to(state, Services(matter_of=screen.service), LoadServices(state.visit))
        case GiveBackTapped() if (held := state.held(screen.service)) is not None and may_give_back(held):
            return to(state, GiveBack(screen.service))
        case Back() | Cancel():
            return wiped(state)
        case _:
            return stay(state)


def may_add_matter(state: VisitState, service: str) -> bool:
    """Whether a further matter can stand with this number: it waits, and the centre knows it."""
    held = state.held(service)
    return held is not None and held.ticket.state == "waiting" and not held.ticket.offline


def can_be_matter(state: VisitState, held: HeldTicket, choice: ServiceChoice) -> bool:
    """Whether this service can still be added to a number: it is neither there nor under another number."""
    return state.held(choice.id) is None and choice.name not in held.matters


def _add_matter(state: VisitState, number: str, service: str) -> Result:
    held = state.held(number)
    chosen = next((one for one in state.services or () if one.id == service and one.open), None)
    if held is None or chosen is None or not can_be_matter(state, held, chosen):
        return stay(state)
    effect = AddMatter(state.visit, held.ticket.id, service)
    return to(state, Services(issuing=service, matter_of=number), effect)


def on_matter(state: VisitState, answer: MatterAdded | MatterRefused) -> Result:
    """The number has a further matter, or the citizen is told that it has not."""
    screen = state.screen
    held = next((one for one in state.tickets if one.ticket.id == answer.ticket), None)
    if held is None:
        return stay(state)
    if isinstance(answer, MatterAdded):
        name = next((one.name for one in state.services or () if one.id == answer.service), answer.service)
        more = held if name in held.matters else replace(held, matters=(*held.matters, name))
        state = replace(state, tickets=tuple(more if one is held else one for one in state.tickets))
    if not isinstance(screen, Services) or screen.matter_of is None:
        return stay(state)
    shown = TicketShown(held.ticket.service)
    return to(state, shown) if isinstance(answer, MatterAdded) else failed(state, answer.code, resume=shown)


def on_services_loaded(state: VisitState, answer: ServicesLoaded) -> Result:
    """The list came."""
    state = replace(
        state,
        services=answer.services,
        priorities=answer.priorities,
        offline=answer.offline,
        centre_day=answer.day,
        lobby=replace(state.lobby, centre_silent=answer.offline),
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
    state = replace(state, lobby=replace(state.lobby, centre_silent=True))
    if isinstance(state.screen, Services) and state.services is None:
        return failed(state, answer.code, Again.SERVICES)
    if isinstance(state.screen, Start):
        return replace(state, services=None), ()
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
        return to(mistaken(state), Services(failure=answer.code), LoadServices(state.visit))
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
