"""The start screen: nothing personal, one thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.failures import words as failure_words
from kiosk.visit.events import StartWithoutCard, WatchClips
from kiosk.visit.states import VisitState
from screens.citizen.parts import Button, Message
from screens.locale import Words


@dataclass(frozen=True)
class StartView:
    """``title`` greets, ``action`` says to lay the card on the reader (an arrow or picture goes with it).

    ``messages`` holds what a citizen must know before beginning (reader or printer out of order, card left
    behind). ``notice`` is the short notice about reading the card.
    """

    title: str
    action: str
    action_hint: str
    notice: str
    without_card: Button
    clips: Button | None
    messages: tuple[Message, ...] = ()
    card_wanted: bool = True  # False: the reader is out of order, the picture of the card stays away
    card_left: bool = False  # True: a card still lies on the reader after a visit; `action` asks to take it


def start_view(state: VisitState, words: Words) -> StartView:
    """What the start screen says now."""
    lobby = state.lobby
    reader = lobby.troubles.get("card_reader")
    printer = lobby.troubles.get("printer")
    messages: list[Message] = []
    if reader is not None and (told := failure_words(words.language)[reader]).citizen_what:
        messages.append(Message(f"{told.citizen_what} {told.citizen_do}", "wait"))
    if printer is not None and (told := failure_words(words.language)[printer]).citizen_what:
        messages.append(Message(words("start.printer_trouble", what=told.citizen_what), "wait"))
    if lobby.card_left:
        action, hint = words("start.card_left"), words("start.card_left_hint")
    elif reader is not None:
        action, hint = words("start.action_no_reader"), ""
    else:
        action, hint = words("start.action"), words("start.action_hint")
    clips = Button(words("start.clips"), WatchClips(state.key)) if state.setup.clips else None
    return StartView(
        title=words("start.title"),
        action=action,
        action_hint=hint,
        notice=words("start.notice"),
        without_card=Button(words("start.without_card"), StartWithoutCard(state.key)),
        clips=clips,
        messages=tuple(messages),
        card_wanted=reader is None,
        card_left=lobby.card_left,
    )
