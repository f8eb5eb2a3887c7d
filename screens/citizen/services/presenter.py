"""Choose a service: one touch gives a number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.failures import words as failure_words
from kiosk.identity.card_proof import Verdict
from kiosk.identity.citizen import Sex
from kiosk.visit.events import Back, Finish, ServiceChoice, ServiceTapped
from kiosk.visit.greeting import name_to_call
from kiosk.visit.states import Person, Services, VisitState
from screens.citizen.parts import Button, Message, wait_text
from screens.locale import Words

LUNCH = timedelta(hours=2)
"""A break that lies within so long before and after noon is lunch."""


@dataclass(frozen=True)
class ServiceCard:
    """One service. ``button.label`` is its name, ``button.hint`` what it covers; ``button.enabled`` False
    when closed.

    ``waiting`` and ``counters`` are ready sentences; ``badge`` says that a number was already taken, or
    that it is closed. ``busy`` is True while a number for it is being issued.
    """

    button: Button
    waiting: str
    counters: str
    badge: str = ""
    busy: bool = False
    form: bool = False


@dataclass(frozen=True)
class ServicesView:
    """``greeting`` is empty without a card. ``proven`` says what was proven of the card and no more."""

    title: str
    greeting: str
    proven: Message | None
    cards: tuple[ServiceCard, ...]
    loading: str  # not empty while the services are being fetched and there is nothing to show yet
    message: Message | None
    finish: Button
    back_to_ticket: Button | None = None


def services_view(state: VisitState, screen: Services, words: Words) -> ServicesView:
    """The services as they are now, for this person."""
    at = state.key
    message = None
    if screen.failure is not None:
        told = failure_words(words.language)[screen.failure]
        message = Message(f"{told.citizen_what} {told.citizen_do}", "wait")
    elif state.services == ():
        message = Message(words("services.none"), "wait")
    elif state.offline:
        message = Message(words("services.offline"), "info")
    elif state.person is not None and state.person.proof is None:
        message = Message(words("services.lay_card"), "info")
    back = Button(words("services.back_to_ticket"), Back(at)) if state.tickets else None
    return ServicesView(
        title=words("services.title"),
        greeting=greeting(state.person, words),
        proven=proven(state.person, words),
        cards=tuple(_card(state, screen, choice, words) for choice in state.services or ()),
        loading=words("services.loading") if state.services is None else "",
        message=message,
        finish=Button(words("frame.finish"), Finish(at), enabled=not state.waiting),
        back_to_ticket=back,
    )


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


def _card(state: VisitState, screen: Services, choice: ServiceChoice, words: Words) -> ServiceCard:
    held = state.held(choice.id)
    badge = ""
    if held is not None:
        badge = words("services.taken", number=held.ticket.number)
    elif not choice.open:
        badge = _closed(choice, state.now, words)
    counters = f" {words('services.or')} ".join(str(counter) for counter in choice.counters)
    return ServiceCard(
        button=Button(
            choice.name,
            ServiceTapped(state.key, choice.id),
            enabled=screen.issuing is None and (choice.open or held is not None),
            hint=choice.hint,
        ),
        waiting=_waiting(state, choice, words) if choice.open else "",
        counters=words("services.counter", counters=counters) if counters and choice.open else "",
        badge=badge,
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


def _closed(choice: ServiceChoice, now: datetime, words: Words) -> str:
    """Why, and until when: “Nghỉ trưa. Mở lại lúc 13 giờ 30”."""
    parts = (_why_closed(choice, now, words), _opens(choice, now, words))
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


def _opens(choice: ServiceChoice, now: datetime, words: Words) -> str:
    opens = choice.opens_at
    if opens is None:
        return ""
    time = (
        words("services.time", hour=opens.hour, minute=f"{opens.minute:02d}")
        if opens.minute
        else words("services.time_full_hour", hour=opens.hour)
    )
    if opens.date() == now.date():
        return words("services.opens_today", time=time)
    if opens.date() - now.date() > timedelta(days=6):
        return words("services.opens_on", date=f"{opens.day}/{opens.month}", time=time)
    return words("services.opens_later", day=words.lines("services.days")[opens.weekday()], time=time)
