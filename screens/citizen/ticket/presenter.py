"""The number, big, with its QR: enough without any paper."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.failures import FailureCode
from kiosk.failures import words as failure_words
from kiosk.visit.events import AnotherService, Continue, Finish, IssuedTicket, PrintResult
from kiosk.visit.states import HeldTicket, TicketShown, VisitState
from screens.citizen.parts import Button, Message, wait_text
from screens.locale import Words


@dataclass(frozen=True)
class TicketView:
    """``number`` such as ``A015``; ``follow_url`` is the text of the QR; ``qr_hint`` goes beside it, or
    instead of it where there is none. ``note``: this number was given without the centre.
    """

    title: str
    number: str
    service: str
    ahead: str
    wait: str
    counters: str
    note: Message | None
    follow_url: str
    qr_hint: str
    printing: Message
    proceed: Button  # to the form when there is one, else done
    another: Button
    finish: Button | None  # besides `proceed` when that leads to the form
    card_reminder: Message | None = None


def ticket_view(state: VisitState, screen: TicketShown, words: Words) -> TicketView:
    """The number and what happens to its slip."""
    held = state.held(screen.service) or state.tickets[-1]
    ticket = held.ticket
    at = state.key
    form = state.form_for(screen.service) is not None
    return TicketView(
        title=words("ticket.held_title" if ticket.held else "ticket.title"),
        number=ticket.number,
        service=ticket.service_name,
        ahead=_ahead(ticket, words),
        wait=_wait(ticket, words),
        counters=_counters(ticket, words),
        note=Message(words("ticket.offline"), "info") if ticket.offline else None,
        follow_url=ticket.follow_url,
        qr_hint=words("ticket.qr_hint") if ticket.follow_url else "",
        printing=_printing(held, words),
        proceed=Button(words("ticket.form" if form else "ticket.done"), Continue(at)),
        another=Button(words("ticket.another"), AnotherService(at)),
        finish=Button(words("ticket.done"), Finish(at)) if form else None,
        card_reminder=Message(words("frame.take_card"), "wait") if state.lobby.card and not form else None,
    )


def _ahead(ticket: IssuedTicket, words: Words) -> str:
    if ticket.offline:
        return words("ticket.place_unknown")
    if ticket.state == "called":
        return (
            words("ticket.called_to", counter=ticket.called_to)
            if ticket.called_to
            else words("ticket.called")
        )
    if ticket.state == "parked":
        return words("ticket.parked")
    return words("ticket.ahead", n=ticket.ahead) if ticket.ahead else words("ticket.next")


def _wait(ticket: IssuedTicket, words: Words) -> str:
    wait = wait_text(ticket.wait, words)
    if not wait or not ticket.ahead or ticket.offline or ticket.state != "waiting":
        return ""
    return words("ticket.wait", wait=wait)


def _counters(ticket: IssuedTicket, words: Words) -> str:
    if not ticket.counters or ticket.state == "called":
        return ""
    counters = f" {words('services.or')} ".join(str(counter) for counter in ticket.counters)
    return words("ticket.counters", counters=counters)


def _printing(held: HeldTicket, words: Words) -> Message:
    again = held.ticket.held
    match held.printed:
        case None:
            return Message(words("ticket.printing_again" if again else "ticket.printing"), "wait")
        case PrintResult.PRINTED:
            return Message(words("ticket.printed_again" if again else "ticket.printed"), "done")
        case PrintResult.UNCONFIRMED:
            return Message(words("ticket.unconfirmed"), "wait")
        case PrintResult.UNKNOWN:
            told = failure_words(words.language)[FailureCode.PRINTER_UNCONFIRMED]
            return Message(words("ticket.trouble", what=told.citizen_what, do=told.citizen_do), "wait")
        case PrintResult.FAILED:
            told = failure_words(words.language)[held.print_failure or FailureCode.PRINTER_ERROR]
            if not told.citizen_what:
                told = failure_words(words.language)[FailureCode.PRINTER_ERROR]
            return Message(words("ticket.trouble", what=told.citizen_what, do=told.citizen_do), "trouble")
