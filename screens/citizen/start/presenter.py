"""The start screen: nothing personal, the card or one of the doors."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.visit.comfort import TextSize
from kiosk.visit.events import (
    DossierTapped,
    FindTapped,
    FormsTapped,
    RateTapped,
    StartWithoutCard,
    WatchClips,
)
from kiosk.visit.hours import Giving, LobbyHours, lobby_hours
from kiosk.visit.states import VisitState
from screens.citizen.parts import Button, Message
from screens.citizen.times import opens_text, sentences, time_text
from screens.locale import Words


@dataclass(frozen=True)
class Door:
    """One of the large doors; ``sign`` names its icon, ``main`` is the one thing in lacquer."""

    button: Button
    sign: str
    main: bool = False


@dataclass(frozen=True)
class StartView:
    """``title`` greets, ``action`` says to lay the card on the reader (a moving hand goes with it).

    ``hours`` tells until when numbers are given today. ``messages`` holds what a citizen must know before
    beginning: closed, soon over, devices out of order. ``notices`` are the centre's own, ``privacy`` what
    becomes of what is read on the card.
    """

    title: str
    action: str
    action_hint: str
    hours: str
    privacy: str
    doors: tuple[Door, ...]
    messages: tuple[Message, ...] = ()
    notices: tuple[str, ...] = ()
    card_wanted: bool = True  # False: the picture of the card stays away
    card_left: bool = False  # True: a card still lies on the reader after a visit; `action` asks to take it
    spoken: tuple[str, ...] = ()


def start_view(state: VisitState, words: Words) -> StartView:
    """What the start screen says now."""
    lobby, hours = state.lobby, lobby_hours(state)
    reader_well = lobby.troubles.get("card_reader") is None
    giving = hours.giving not in (Giving.NOT_HERE, Giving.CLOSED)
    if lobby.card_left:
        action, hint = words("start.card_left"), words("start.card_left_hint")
    elif not giving:
        action, hint = _not_giving(state, hours, words)
    elif not reader_well:
        action, hint = words("start.action_no_reader"), ""
    else:
        action, hint = words("start.action"), words("start.action_hint")
    troubles = () if lobby.suspended else _troubles(state, words)
    messages = (*_hours_messages(hours, words), *troubles)
    doors = _doors(state, hours.giving, words)
    told = _until(hours, words)
    largest = state.comfort.text_size is TextSize.LARGEST
    return StartView(
        title="" if largest else words("start.title"),
        action=action,
        action_hint="" if largest and action == words("start.action") else hint,
        hours=told,
        privacy="" if largest or not (reader_well and giving) else words("start.notice"),
        doors=doors,
        messages=messages,
        notices=lobby.notices.said_in(words.language),
        card_wanted=(reader_well and giving) or lobby.card_left,
        card_left=lobby.card_left,
        spoken=(
            sentences(words("start.title"), action),
            *(text for text in (hint, told) if text),
            *(message.text for message in messages),
            *lobby.notices.said_in(words.language),
            *_spoken_doors(doors, words),
        ),
    )


def _not_giving(state: VisitState, hours: LobbyHours, words: Words) -> tuple[str, str]:
    """What stands large when there are no numbers, and what to do."""
    if hours.giving is Giving.NOT_HERE:
        counter = state.lobby.notices.spare_counter
        if counter is None:
            return words("start.not_here"), words("start.not_here_ask")
        return words("start.not_here"), words("start.not_here_counter", counter=counter)
    told = words("start.holiday", holiday=hours.holiday) if hours.holiday else words("start.closed")
    return told, sentences(hours.why, opens_text(hours.opens_at, state.now, words))


def _doors(state: VisitState, giving: Giving, words: Words) -> tuple[Door, ...]:
    """While it is closed the list of services tells why; only when nothing is known *a number* is shut.

    A machine out of service has no doors.
    """
    if state.lobby.suspended:
        return ()
    at, now = state.key, giving not in (Giving.NOT_HERE, Giving.CLOSED)
    take = Button(
        words("start.take_number"),
        StartWithoutCard(at),
        enabled=giving is not Giving.NOT_HERE,
        hint=words("start.take_number_hint") if now else "",
    )
    doors = [Door(take, "number", main=now)]
    if state.setup.forms:
        doors.append(Door(Button(words("start.forms"), FormsTapped(at)), "form"))
    doors.append(Door(Button(words("start.find"), FindTapped(at)), "find"))
    doors.append(Door(Button(words("start.dossier"), DossierTapped(at)), "dossier"))
    if state.setup.clips:
        doors.append(Door(Button(words("start.clips"), WatchClips(at)), "play"))
    doors.append(Door(Button(words("start.rate"), RateTapped(at)), "rate"))
    return tuple(doors)


def _spoken_doors(doors: tuple[Door, ...], words: Words) -> tuple[str, ...]:
    labels = ", ".join(one.button.label for one in doors)
    return (words("start.spoken_doors", doors=labels),) if doors else ()


def _until(hours: LobbyHours, words: Words) -> str:
    if hours.giving is not Giving.OPEN or hours.until is None:
        return ""
    until = time_text(hours.until, words)
    if hours.closes_at is None or hours.closes_at == hours.until:
        return words("start.until", time=until)
    return words("start.until_and_closes", time=until, closes=time_text(hours.closes_at, words))


def _hours_messages(hours: LobbyHours, words: Words) -> tuple[Message, ...]:
    if hours.giving is not Giving.SOON_OVER or hours.until is None:
        return ()
    return (Message(words("start.soon_over", time=time_text(hours.until, words)), "wait"),)


def _troubles(state: VisitState, words: Words) -> tuple[Message, ...]:
    told = words.failures()
    messages: list[Message] = []
    reader = state.lobby.troubles.get("card_reader")
    printer = state.lobby.troubles.get("printer")
    if reader is not None and told[reader].citizen_what:
        messages.append(Message(f"{told[reader].citizen_what} {told[reader].citizen_do}", "wait"))
    if printer is not None and told[printer].citizen_what:
        messages.append(Message(words("start.printer_trouble", what=told[printer].citizen_what), "wait"))
    return tuple(messages)
