"""The start screen: nothing personal, one thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Message


@dataclass(frozen=True)
class StartView:
    """``title`` greets, ``action`` says to lay the card on the reader (an arrow or picture goes with it).

    ``messages`` holds what a citizen must know before beginning (reader or printer out of order, card left
    behind).
    ``notice`` is the short notice about reading the card.
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
