"""Choose a service: one touch gives a number, or adds a matter to the number in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.identity.card_proof import Verdict
from kiosk.identity.citizen import Sex
from kiosk.visit.events import Back, FindTapped, Finish, PriorityTapped, ServiceChoice, ServiceTapped
from kiosk.visit.greeting import name_to_call
from kiosk.visit.hours import SOON
from kiosk.visit.number import can_be_matter
from kiosk.visit.offers import fitting, offered
from kiosk.visit.priority import named, to_ask
from kiosk.visit.states import HeldTicket, Person, Services, VisitState
from screens.citizen.paging import Pages, paged
from screens.citizen.parts import Button, Message, wait_text
from screens.citizen.service_names import covers, name_said
from screens.citizen.times import opens_text, sentences, time_text
from screens.locale import Words

LUNCH = timedelta(hours=2)
"""A break that lies within so long before and after noon is lunch."""
CARDS = (6, 4, 3)
"""How many services fit one page, by the size of the letters."""
CARDS_LOW = (4, 3, 2)
"""The same where everything stands low."""


@dataclass(frozen=True)
class ServiceCard:
    """One service. ``button.label`` is its name, ``button.hint`` what it covers; ``button.enabled`` False
    when closed.

    ``waiting`` and ``counters`` are ready sentences; ``badge`` says that a number was already taken, that it
    is closed, or soon will be; ``fits`` that it is meant for who stands there. ``busy`` is True while a
    number for it is being issued.
    """

    button: Button
    waiting: str
    counters: str
    badge: str = ""
    fits: str = ""
    busy: bool = False
    form: bool = False


@dataclass(frozen=True)
class ServicesView:
    """``greeting`` is empty without a card. ``proven`` says what was proven of the card and no more.

    ``find`` leads to the search by need, ``priority`` to where one says that one goes first; ``pages`` turns
    a list that does not fit.
    """

    title: str
    greeting: str
    proven: Message | None
    cards: tuple[ServiceCard, ...]
    loading: str  # not empty while the services are being fetched and there is nothing to show yet
    message: Message | None
    find: Button | None
    priority: Button | None
    pages: Pages | None
    back: Button | None
    finish: Button | None
    spoken: tuple[str, ...] = ()


def services_view(state: VisitState, screen: Services, words: Words) -> ServicesView:
    """The services as they are now, for this person."""
    at = state.key
    held = state.held(screen.matter_of) if screen.matter_of is not None else None
    choices = offered(state)
    size = (CARDS_LOW if state.comfort.low else CARDS)[state.comfort.text_size]
    shown, pages = paged(choices, screen.page, size, at, words, enabled=not state.waiting)
    cards = tuple(_card(state, screen, held, choice, words) for choice in shown)
    title = words("services.title")
    if held is not None:
        title = words("services.matter_title", number=held.ticket.number)
    find = Button(words("services.find"), FindTapped(at), enabled=not state.waiting)
    some_open = any(one.open for one in state.services or ())
    asks = some_open and not state.tickets and screen.page == 0 and bool(to_ask(state))
    priority = Button(words("services.priority"), PriorityTapped(at), enabled=not state.waiting)
    greeted = greeting(state.person, words)
    message = _message(state, screen, words)
    return ServicesView(
        title=title,
        greeting="" if held is not None else greeted,
        proven=None if held is not None else proven(state.person, words),
        cards=cards,
        loading=words("services.loading") if state.services is None else "",
        message=message,
        find=None if held is not None else find,
        priority=priority if asks else None,
        pages=pages,
        back=_back(state, held, words),
        finish=Button(words("frame.finish"), Finish(at), enabled=not state.waiting)
        if (state.tickets or state.person is not None) and held is None
        else None,
        spoken=(
            sentences("" if held is not None else greeted, title),
            *((message.text,) if message is not None else ()),
            *((words("services.spoken_priority"),) if asks and named(state) is None else ()),
            *(card_spoken(card) for card in cards),
        ),
    )


def card_spoken(card: ServiceCard) -> str:
    """What is said of one service."""
    return sentences(card.button.label, card.badge, card.waiting, card.counters)


def _back(state: VisitState, held: HeldTicket | None, words: Words) -> Button | None:
    """To the number in hand; who has neither number nor card goes back to the start."""
    enabled = not state.waiting
    if held is not None:
        return Button(words("frame.back"), Back(state.key), enabled=enabled)
    if state.tickets:
        return Button(words("services.back_to_ticket"), Back(state.key), enabled=enabled)
    return Button(words("frame.back"), Back(state.key), enabled=enabled) if state.person is None else None


def _message(state: VisitState, screen: Services, words: Words) -> Message | None:
    if screen.failure is not None:
        told = words.failures()[screen.failure]
        return Message(f"{told.citizen_what} {told.citizen_do}", "wait")
    if screen.given_back:
        return Message(words("services.given_back", number=screen.given_back), "done")
    if state.services == ():
        return Message(words("services.none"), "wait")
    if state.offline:
        return Message(words("services.offline"), "info")
    return _message_to_person(state, screen, words)


def _message_to_person(state: VisitState, screen: Services, words: Words) -> Message | None:
    if screen.matter_of is None and named(state) is not None:  # which class is nobody else's business
        return Message(words("services.priority_noted"), "done")
    if state.person is not None and state.person.proof is None:
        return Message(words("services.lay_card"), "info")
    return None


def greeting(person: Person | None, words: Words) -> str:
    """The greeting by name; empty when nobody is known."""
    if person is None:
        return ""
    address = words("frame.madam" if person.citizen.sex is Sex.FEMALE else "frame.mister")
    return words("services.greeting", address=address, name=name_to_call(person.citizen.full_name))


def proven(person: Person | None, words: Words) -> Message | None:
    """What was proven of the card, and no more."""
    if person is None:
        return None
    proof = person.proof
    if proof is None:
        return Message(words("services.proven_nothing"), "wait")
    if proof.verdict is Verdict.DO_NOT_RELY:
        return Message(words("services.proven_read"), "wait")
    told = {
        Verdict.GENUINE: "services.proven_genuine",
        Verdict.DATA_GENUINE: "services.proven_chain",
        Verdict.ISSUER_UNKNOWN: "services.proven_intact",
    }
    return Message(words(told[proof.verdict]), "done")


def _card(
    state: VisitState, screen: Services, matter_of: HeldTicket | None, choice: ServiceChoice, words: Words
) -> ServiceCard:
    held = state.held(choice.id)
    numbers = f" {words('services.or')} ".join(str(counter) for counter in choice.counters)
    if matter_of is None:
        enabled, badge, waiting = choice.open or held is not None, "", ""
        if choice.open:
            waiting = _waiting(state, choice, words)
    else:
        enabled, waiting = choice.open and can_be_matter(state, matter_of, choice), ""
        badge = words("services.matter_there") if choice.name in matter_of.matters else ""
    if held is not None:
        badge = words("services.taken", number=held.ticket.number)
    elif not choice.open:
        badge = closed_words(choice, state.now, words)
    elif not badge:
        badge = _soon(choice, state.now, words)
    if screen.issuing == choice.id:
        waiting = words("services.issuing")
    fits = choice.id in fitting((choice,), state.person, state.centre_day or state.now.date())
    return ServiceCard(
        button=Button(
            name_said(choice, words),
            ServiceTapped(state.key, choice.id),
            enabled=screen.issuing is None and enabled,
            hint=covers(choice, words),
        ),
        waiting=waiting,
        counters=words("services.counter", counters=numbers) if numbers and choice.open else "",
        badge=badge,
        fits=words("services.fits") if fits and choice.open and held is None and matter_of is None else "",
        busy=screen.issuing == choice.id,
        form=choice.form in state.setup.forms,
    )


def _waiting(state: VisitState, choice: ServiceChoice, words: Words) -> str:
    if state.offline:
        return ""
    if choice.waiting == 0:
        return words("services.nobody")
    wait = wait_text(choice.wait, words)
    if not wait:
        return words("services.waiting", n=choice.waiting)
    return words("services.waiting_time", n=choice.waiting, wait=wait)


def _soon(choice: ServiceChoice, now: datetime, words: Words) -> str:
    until = choice.last_ticket_at or choice.closes_at
    if until is None or until - now > SOON:
        return ""
    return words("services.soon_over", time=time_text(until, words))


def closed_words(choice: ServiceChoice, now: datetime, words: Words) -> str:
    """Why it is closed, and until when: “Nghỉ trưa. Mở lại lúc 13 giờ 30”."""
    parts = (_why_closed(choice, now, words), opens_text(choice.opens_at, now, words))
    return ". ".join(part.rstrip(". ") for part in parts if part)


def _why_closed(choice: ServiceChoice, now: datetime, words: Words) -> str:
    if choice.closed_reason == "holiday" and choice.closed_words:
        return words("services.closed_holiday", holiday=choice.closed_words)
    if choice.closed_reason == "stopped" and choice.closed_words:
        return choice.closed_words
    if choice.closed_reason in _WHY_CLOSED:
        return words(_WHY_CLOSED[choice.closed_reason])
    opens = choice.opens_at
    if opens is None:
        return words("services.closed")
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    lunch = opens.date() == now.date() and abs(now - noon) <= LUNCH and abs(opens - noon) <= LUNCH
    return words("services.closed_lunch") if lunch else ""


_WHY_CLOSED = {
    "last_ticket": "services.closed_last_ticket",
    "full": "services.closed_full",
    "stopped": "services.closed_stopped",
    "used_up": "services.closed_used_up",
}
