"""The doors of the start screen, and what is behind those for forms, dossiers and ratings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk.failures import FailureCode
from kiosk.visit.effects import AskDossier, IssueTicket, LoadServices, PrintSlip, SendRating
from kiosk.visit.events import (
    AddMatterTapped,
    Aspect,
    AspectChosen,
    CardInserted,
    CardRemoved,
    Confirmed,
    Continue,
    DossierTapped,
    DossierTold,
    FaceChosen,
    FormsTapped,
    GiveBackFailed,
    GiveBackTapped,
    IssuedTicket,
    KeyTapped,
    LobbyNotices,
    MachineSuspended,
    MatterAdded,
    NoticesChanged,
    PageTapped,
    PrintResult,
    RateTapped,
    RatingFailed,
    RatingSent,
    ServiceChoice,
    ServicesFailed,
    ServicesLoaded,
    ServiceTapped,
    SlipPrinted,
    StartWithoutCard,
    Tick,
    TicketGivenBack,
    TicketIssued,
    WriteTapped,
)
from kiosk.visit.moves import wiped
from kiosk.visit.states import Setup
from screens.gallery.told import closed_of, priorities_of, statuses_of, told, wait_of
from screens.gallery.walk import NOW, Walk


def doors(walk: Walk, setup: Setup, services: tuple[ServiceChoice, ...]) -> None:
    """The start screen's moods, and every screen behind its doors."""
    for part in (_start, _numbers, _forms, _dossier, _rating):
        other = Walk(setup)
        part(other, services)
        walk.views |= other.views


def _start(walk: Walk, services: tuple[ServiceChoice, ...]) -> None:
    walk.do(Tick(NOW, 0.0))
    visit = walk.asked(LoadServices).visit
    noon = NOW.replace(hour=11, minute=30)
    morning = tuple(
        replace(one, closes_at=noon, last_ticket_at=noon - timedelta(minutes=15)) for one in services
    )
    walk.do(ServicesLoaded(visit, morning), NoticesChanged(LobbyNotices(tuple(told()["notices"]), 1)))
    walk.keep("start_open")
    walk.do(Tick(noon - timedelta(minutes=20), 0.5))
    walk.keep("start_soon_over")
    why, words, opens = closed_of()[0]
    closed = tuple(
        replace(one, open=False, closed_reason=why, closed_words=words, opens_at=opens) for one in services
    )
    walk.do(ServicesLoaded(visit, closed))
    walk.keep("start_closed")
    walk.do(NoticesChanged(LobbyNotices((), 1)), ServicesFailed(visit, FailureCode.CENTRE_UNREACHABLE))
    walk.keep("start_not_here")
    walk.do(MachineSuspended(True))
    walk.keep("start_suspended")
    walk.do(MachineSuspended(False), Tick(NOW, 0.0))
    walk.do(ServicesLoaded(walk.asked(LoadServices).visit, services), CardInserted())
    walk.state, _ = wiped(walk.state)
    walk.keep("start_card_left")
    walk.do(CardRemoved())


def _numbers(walk: Walk, services: tuple[ServiceChoice, ...]) -> None:
    walk.do(StartWithoutCard())
    visit = walk.asked(LoadServices).visit
    more = tuple(replace(one, id=f"{one.id}-2", name=f"{one.name} (2)") for one in services[:4])
    walk.do(ServicesLoaded(visit, (*services, *more), priorities_of(told())))
    walk.keep("services_many")
    walk.do(PageTapped(page=1))
    walk.keep("services_many_2")
    walk.do(ServicesLoaded(visit, services), PageTapped(page=0), ServiceTapped(service=services[0].id))
    issue = walk.asked(IssueTicket)
    ticket = IssuedTicket(
        id="7",
        number="A007",
        service=services[0].id,
        service_name=services[0].name,
        ahead=3,
        counters=services[0].counters,
        issued_at=NOW,
        follow_url="http://192.168.1.10:8080/follow/Zk3v9QmX2pLr7TnB5wYc8A",
        wait=wait_of([20, 30]),
    )
    walk.do(TicketIssued(issue.visit, issue.key, ticket))
    walk.do(SlipPrinted(walk.asked(PrintSlip).visit, ticket.id, PrintResult.PRINTED))
    walk.keep("ticket_without_form")
    walk.do(AddMatterTapped(), ServicesLoaded(visit, services))
    walk.keep("services_matter")
    for added in services[2:4]:
        walk.do(ServiceTapped(service=added.id), MatterAdded(visit, ticket.id, added.id), AddMatterTapped())
    walk.do(ServicesLoaded(visit, services))
    walk.keep("services_matter_added")
    walk.do(ServiceTapped(service=services[4].id), MatterAdded(visit, ticket.id, services[4].id))
    walk.keep("ticket_matters")
    walk.do(GiveBackTapped())
    walk.keep("give_back")
    walk.do(Confirmed())
    walk.keep("give_back_sending")
    walk.do(GiveBackFailed(visit, ticket.id, FailureCode.CENTRE_UNREACHABLE))
    walk.keep("give_back_failed")
    walk.do(Confirmed(), TicketGivenBack(visit, ticket.id), ServicesLoaded(visit, services))
    walk.keep("services_given_back")


def _forms(walk: Walk, services: tuple[ServiceChoice, ...]) -> None:
    walk.do(FormsTapped())
    walk.keep("my_forms_loading")
    visit = walk.asked(LoadServices).visit
    walk.do(ServicesFailed(visit, FailureCode.CENTRE_UNREACHABLE))
    walk.keep("my_forms_silent")
    walk.do(ServicesLoaded(visit, services))
    walk.keep("my_forms")
    why, words, opens = closed_of()[0]
    closed = tuple(
        replace(one, open=False, closed_reason=why, closed_words=words, opens_at=opens) for one in services
    )
    walk.do(ServicesLoaded(visit, closed))
    walk.keep("my_forms_closed")


def _dossier(walk: Walk, services: tuple[ServiceChoice, ...]) -> None:
    walk.do(DossierTapped())
    walk.keep("my_dossier")
    code = told()["typed"]["dossier"]
    walk.do(*(KeyTapped(key=sign) for sign in code[:-1]), KeyTapped(key="letters"))
    walk.keep("my_dossier_letters")
    walk.do(KeyTapped(key="letters"), Continue())
    walk.keep("my_dossier_wrong")
    walk.do(KeyTapped(key=code[-1]), Continue())
    walk.do(ServicesLoaded(walk.asked(LoadServices).visit, services))
    walk.keep("my_dossier_asked")
    asked = walk.asked(AskDossier)
    for name, status in statuses_of(asked.code).items():
        walk.do(DossierTold(asked.visit, asked.code, status))
        walk.keep(f"my_dossier_{name}")
    walk.do(DossierTold(asked.visit, asked.code, None))
    walk.keep("my_dossier_found")
    page = 1
    walk.do(PageTapped(page=page))
    walk.keep(f"my_dossier_states_{page}")
    while getattr(walk.views[f"my_dossier_states_{page}"].screen, "more", None) is not None:
        page += 1
        walk.do(PageTapped(page=page))
        walk.keep(f"my_dossier_states_{page}")


def _rating(walk: Walk, _services: tuple[ServiceChoice, ...]) -> None:
    walk.do(RateTapped())
    walk.keep("rate")
    walk.do(FaceChosen(face=2), AspectChosen(aspect=Aspect.ACCESS))
    walk.keep("rate_aspect")
    walk.do(WriteTapped())
    walk.keep("rate_words")
    words = told()["typed"]["words"]
    walk.do(*(KeyTapped(key="space" if sign == " " else sign) for sign in words))
    walk.keep("rate_words_typed")
    walk.do(Continue())
    walk.keep("rate_sending")
    visit = walk.asked(SendRating).visit
    walk.do(RatingFailed(visit, FailureCode.CENTRE_UNREACHABLE))
    walk.keep("rate_failed")
    walk.do(Continue(), RatingSent(visit))
    walk.keep("rate_thanks")
