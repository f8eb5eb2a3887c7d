"""The number, big, with its QR: enough without any paper."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.failures import FailureCode
from kiosk.visit.comfort import TextSize
from kiosk.visit.events import (
    AddMatterTapped,
    AnotherService,
    Continue,
    Finish,
    GiveBackTapped,
    IssuedTicket,
    PrintResult,
)
from kiosk.visit.giving_back import can_go_back, may_give_back
from kiosk.visit.number import may_add_matter
from kiosk.visit.states import HeldTicket, TicketShown, VisitState
from screens.citizen.parts import Button, Message, wait_text
from screens.citizen.service_names import said_of
from screens.citizen.times import sentences
from screens.locale import Words

ONE_LINE = 30
"""Letters of the service's names that fit one line of the slip, in the largest letters too."""


@dataclass(frozen=True)
class TicketView:
    """Shown as it prints: the words stand in the order of the slip. ``number`` such as ``A015``; ``service``
    as the slip says it, ``service_said`` beneath it in the language of the screen, where that is another name
    and both are too long for one line; ``matters`` are what else will be done under it.

    ``follow_url`` is the text of the QR; ``qr_hint`` goes beside it. ``note``: this number was given without
    the centre. ``others`` are the quiet ways on: a further matter, a further number, give the number back,
    and done, where the lacquer button leads to the form.
    """

    title: str
    number: str
    service: str
    service_said: str
    matters: str
    ahead: str
    wait: str
    counters: str
    note: Message | None
    follow_url: str
    qr_hint: str
    printing: Message
    proceed: Button  # to the form when there is one, else done
    others: tuple[Button, ...]
    issued: str = ""
    card_reminder: Message | None = None
    spoken: tuple[str, ...] = ()


def ticket_view(state: VisitState, screen: TicketShown, words: Words) -> TicketView:
    """The number and what happens to its slip."""
    held = state.held(screen.service) or state.tickets[-1]
    ticket = held.ticket
    at = state.key
    form = state.form_for(screen.service) is not None
    title = words("ticket.held_title" if ticket.held else "ticket.title")
    ahead, wait, counters = _ahead(ticket, words), _wait(ticket, words), _counters(ticket, words)
    note = Message(words("ticket.offline"), "info") if ticket.offline else None
    printing = _printing(held, words)
    reminder = Message(words("frame.take_card"), "wait") if state.lobby.card and not form else None
    said = said_of(ticket.service_name, state, words)
    service, beneath = _names(ticket.service_name, said)
    others = "; ".join(said_of(name, state, words) for name in held.matters)
    matters = words("ticket.matters", services=others) if others else ""
    return TicketView(
        title=title,
        number=ticket.number,
        service=service,
        service_said=beneath,
        matters=matters,
        ahead=ahead,
        wait=wait,
        counters=counters,
        note=note,
        follow_url=ticket.follow_url,
        qr_hint=words("ticket.qr_hint") if ticket.follow_url else "",
        printing=printing,
        proceed=Button(words("ticket.form" if form else "ticket.done"), Continue(at)),
        others=_others(state, held, words, form=form),
        issued=_issued(ticket, state, words) if state.comfort.text_size is not TextSize.LARGEST else "",
        card_reminder=reminder,
        spoken=tuple(
            text
            for text in (
                sentences(f"{title}: {ticket.number}", said, matters),
                sentences(ahead, wait, counters),
                note.text if note else "",
                printing.text,
                reminder.text if reminder else "",
            )
            if text
        ),
    )


def _names(on_slip: str, said: str) -> tuple[str, str]:
    """The service as the slip says it, with its name in the language of the screen beside or beneath it."""
    if said == on_slip:
        return on_slip, ""
    both = f"{on_slip} ({said})"
    return (both, "") if len(both) <= ONE_LINE else (on_slip, said)


def _others(state: VisitState, held: HeldTicket, words: Words, *, form: bool) -> tuple[Button, ...]:
    at, service = state.key, held.ticket.service
    found = []
    if may_add_matter(state, service):
        found.append(Button(words("ticket.add_matter"), AddMatterTapped(at)))
    found.append(Button(words("ticket.another"), AnotherService(at)))
    if can_go_back(held):  # greyed while the slip is printed: no button moves under a finger afterwards
        found.append(Button(words("ticket.give_back"), GiveBackTapped(at), enabled=may_give_back(held)))
    if form:
        found.append(Button(words("ticket.done"), Finish(at)))
    return tuple(found)


def _issued(ticket: IssuedTicket, state: VisitState, words: Words) -> str:
    at = ticket.issued_at.astimezone(state.now.tzinfo)
    return words("ticket.issued", time=f"{at:%H:%M}", day=at.day, month=at.month, year=at.year)


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
            told = words.failures()[FailureCode.PRINTER_UNCONFIRMED]
            return Message(words("ticket.trouble", what=told.citizen_what, do=told.citizen_do), "wait")
        case PrintResult.FAILED:
            told = words.failures()[held.print_failure or FailureCode.PRINTER_ERROR]
            if not told.citizen_what:
                told = words.failures()[FailureCode.PRINTER_ERROR]
            return Message(words("ticket.trouble", what=told.citizen_what, do=told.citizen_do), "trouble")
