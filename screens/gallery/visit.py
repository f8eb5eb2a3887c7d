"""The visit from the card to the form, and what may go wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kiosk.failures import FailureCode
from kiosk.identity.card_proof import Access, AccessProtocol, CardProof, GroupHash, Password, Signature
from kiosk.identity.citizen import Citizen
from kiosk.visit.drafts import InputKind, input_kind
from kiosk.visit.effects import IssueTicket, LoadServices, PrintSlip, ReadCard, SendForm
from kiosk.visit.events import (
    CardFailed,
    CardInserted,
    CardProgress,
    CardRead,
    ChangeTapped,
    ChoiceTapped,
    ClearTapped,
    Confirmed,
    Continue,
    DeviceChanged,
    DigitTapped,
    Event,
    FormFailed,
    FormSent,
    IssuedTicket,
    KeyTapped,
    OfferAccepted,
    PageTapped,
    PrintResult,
    PriorityChosen,
    PriorityTapped,
    ReadingStep,
    ServiceChoice,
    ServicesFailed,
    ServicesLoaded,
    ServiceTapped,
    SlipPrinted,
    StartWithoutCard,
    Tick,
    TicketIssued,
)
from kiosk.visit.states import CheckAnswers, Question, Setup
from screens.citizen.question.presenter import QuestionView
from screens.citizen.screens import present
from screens.gallery.told import closed_of, priorities_of, told, wait_of
from screens.gallery.walk import NOW, Walk
from screens.locale import catalogue

FEW_LETTERS = 2
"""After so many letters of a name or a place the keyboard may offer it."""


def start(walk: Walk) -> None:
    walk.keep("start")
    walk.do(
        DeviceChanged("card_reader", FailureCode.READER_NOT_FOUND),
        DeviceChanged("printer", FailureCode.PRINTER_PAPER_OUT),
    )
    walk.keep("start_trouble")
    walk.do(DeviceChanged("card_reader", None), DeviceChanged("printer", None))


def card(walk: Walk, citizen: Citizen) -> None:
    walk.do(CardInserted())
    walk.do(*(DigitTapped(digit=digit) for digit in citizen.number[-6:-3]))
    walk.keep("enter_can")
    walk.do(*(DigitTapped(digit=digit) for digit in citizen.number[-3:]))
    walk.do(Continue())
    reading = walk.asked(ReadCard)
    walk.do(CardFailed(reading.visit, reading.attempt, FailureCode.CARD_CAN_WRONG))
    walk.keep("enter_can_wrong")
    walk.do(*(DigitTapped(digit=digit) for digit in citizen.number[-6:]))
    walk.do(Continue())
    reading = walk.asked(ReadCard)
    walk.do(CardProgress(reading.visit, reading.attempt, ReadingStep.READING))
    walk.keep("reading")
    proof = CardProof(
        Access(AccessProtocol.PACE, Password.CAN),
        Signature.VALID,
        {1: GroupHash.MATCH, 13: GroupHash.MATCH},
    )
    walk.do(CardRead(reading.visit, reading.attempt, citizen, proof))


def services_and_ticket(walk: Walk, services: tuple[ServiceChoice, ...]) -> None:
    walk.keep("services_loading")
    walk.do(ServicesLoaded(walk.asked(LoadServices).visit, services))
    walk.keep("services")
    walk.do(ServiceTapped(service="xac-nhan-hon-nhan"))
    walk.keep("services_issuing")
    issue = walk.asked(IssueTicket)
    ticket = IssuedTicket(
        id="1",
        number="B015",
        service=issue.service,
        service_name=next(service.name for service in services if service.id == issue.service),
        ahead=3,
        counters=(1,),
        issued_at=NOW,
        follow_url="http://192.168.1.10:8080/follow/Zk3v9QmX2pLr7TnB5wYc8A",
        wait=wait_of([20, 30]),
    )
    asked = walk.state
    for name, other in {
        "ticket_held": replace(ticket, held=True),
        "ticket_held_called": replace(ticket, held=True, state="called", called_to=1),
        "ticket_offline": replace(ticket, number="B990", offline=True, follow_url="", wait=None),
    }.items():
        walk.do(TicketIssued(issue.visit, issue.key, other))
        walk.do(SlipPrinted(issue.visit, ticket.id, PrintResult.PRINTED))
        walk.keep(name)
        walk.state = asked
    walk.do(TicketIssued(issue.visit, issue.key, ticket))
    walk.keep("ticket_printing")
    before = walk.state
    slip = walk.asked(PrintSlip)
    walk.do(SlipPrinted(slip.visit, ticket.id, PrintResult.FAILED, FailureCode.PRINTER_PAPER_OUT))
    walk.keep("ticket_not_printed")
    walk.state = before
    walk.do(SlipPrinted(slip.visit, ticket.id, PrintResult.PRINTED))
    walk.keep("ticket")
    walk.do(Continue())
    walk.keep("offer_form")
    walk.do(OfferAccepted())


def form(walk: Walk, typed: dict[str, str]) -> None:
    while isinstance(walk.state.screen, Question):
        name = walk.state.screen.field
        walk.keep(f"question_{name}")
        if input_kind(_field(walk, name)) is InputKind.CHOICE:
            walk.do(ChoiceTapped(value=_wanted_option(walk, name)))
        else:
            _type(walk, name, typed)
        walk.keep(f"question_{name}_answered")
        walk.do(Continue())
        if walk.state.screen == Question(name) or getattr(walk.state.screen, "problem", None):
            raise AssertionError(f"the gallery's answer to {name} is refused")
    if not isinstance(walk.state.screen, CheckAnswers):
        raise AssertionError("the gallery's visit does not reach the check page")
    _idle(walk)
    page = 0
    while True:
        walk.keep(f"check_answers_{page + 1}")
        walk.do(PageTapped(page=page + 1))
        if not isinstance(walk.state.screen, CheckAnswers) or walk.state.screen.page == page:
            break
        page += 1
    walk.do(Confirmed())
    walk.keep("check_answers_problem")  # the same number was given for two people
    wrong = walk.state.screen.problems[0].field
    walk.do(ChangeTapped(field=wrong), ClearTapped())
    walk.do(*(KeyTapped(key=digit) for digit in typed["other_number"]))
    walk.do(Continue(), PageTapped(page=page), Confirmed())
    walk.keep("check_answers_sending")
    sending = walk.asked(SendForm)
    before = walk.state
    walk.do(FormFailed(sending.visit, sending.ticket, FailureCode.CENTRE_UNREACHABLE))
    walk.keep("problem_with_number")
    walk.state = before
    walk.do(FormSent(sending.visit, sending.ticket))
    walk.keep("form_done")


def _type(walk: Walk, name: str, typed: dict[str, str]) -> None:
    """All that is typed there; after some letters the keyboard offers what it may become."""
    kept = f"question_suggested_{_field(walk, name).type.value}"
    for event in _typing(walk, name, typed):
        walk.do(event)
        if kept not in walk.views and _offers(walk):
            walk.keep(kept)


def _offers(walk: Walk) -> bool:
    if not isinstance(walk.state.screen, Question) or len(walk.state.screen.draft) < FEW_LETTERS:
        return False
    shown = present(walk.state, catalogue("citizen")).screen
    return isinstance(shown, QuestionView) and shown.keyboard is not None and bool(shown.keyboard.suggestions)


def _field(walk: Walk, name: str) -> Any:
    return walk.state.form.form.field(name) if walk.state.form is not None else None


def _wanted_option(walk: Walk, name: str) -> str:
    """For somebody else and divorced, so that the visit has many questions."""
    values = [option.value for option in _field(walk, name).options]
    return next((value for value in ("con", "da-ly-hon") if value in values), values[0])


def _typing(walk: Walk, name: str, typed: dict[str, str]) -> Iterator[Event]:
    field = _field(walk, name)
    kind = input_kind(field)
    if kind in (InputKind.DIGITS, InputKind.DATE):
        digits = typed["date"] if kind is InputKind.DATE else typed.get(field.type.value, typed["digits"])
        return (DigitTapped(digit=digit) for digit in digits)
    words = typed.get(field.type.value, typed["text"])
    return (KeyTapped(key="space" if sign == " " else sign.lower()) for sign in words)


def _idle(walk: Walk) -> None:
    before = walk.state
    walk.do(Tick(NOW, 66.0))
    walk.keep("idle_warning")
    walk.state = before


def troubles(walk: Walk, setup: Setup, services: tuple[ServiceChoice, ...]) -> None:
    other = Walk(setup)
    other.do(StartWithoutCard())
    other.do(ServicesLoaded(other.asked(LoadServices).visit, services))
    other.keep("services_without_card")
    visit = other.asked(LoadServices).visit
    other.do(Tick(NOW.replace(hour=11, minute=45), 0.0))
    closed = tuple(
        replace(service, open=False, closed_reason=why, closed_words=words, opens_at=opens)
        for service, (why, words, opens) in zip(services, closed_of(), strict=False)
    )
    other.do(ServicesLoaded(visit, closed))
    other.keep("services_closed")
    other.do(ServicesLoaded(visit, services, offline=True))
    other.keep("services_offline")
    other.do(ServicesLoaded(visit, services, priorities_of(told())))
    other.keep("services_priority")
    other.do(PriorityTapped())
    other.keep("ask_priority")
    other.do(PriorityChosen(priority=priorities_of(told())[-1].id))
    other.keep("services_priority_noted")
    failing = Walk(setup)
    failing.do(StartWithoutCard())
    failing.do(ServicesFailed(failing.asked(LoadServices).visit, FailureCode.CENTRE_UNREACHABLE))
    failing.keep("problem")
    walk.views |= other.views | failing.views
