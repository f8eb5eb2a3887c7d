"""The six digits that open the chip."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.identity.number import CAN_DIGITS
from kiosk.visit.comfort import TextSize
from kiosk.visit.events import Back, Continue, StartWithoutCard
from kiosk.visit.states import EnterCan, VisitState
from screens.citizen.parts import Button, Keypad, Message, keypad
from screens.citizen.spoken import sentences, ways_on
from screens.locale import Words


@dataclass(frozen=True)
class EnterCanView:
    """``boxes`` always has six entries, empty where nothing is typed. ``notice`` are the lines about
    reading the card.
    """

    title: str
    hint: str
    scan_hint: str
    boxes: tuple[str, ...]
    keypad: Keypad
    message: Message | None
    notice: tuple[str, ...]
    proceed: Button
    without_card: Button
    back: Button
    spoken: tuple[str, ...] = ()


def enter_can_view(state: VisitState, screen: EnterCan, words: Words) -> EnterCanView:
    """The six boxes and what is to be done about them."""
    at = state.key
    boxes = (*screen.digits, *("" for _ in range(CAN_DIGITS - len(screen.digits))))
    message = _message(state, screen, words)
    told_enough = message is not None and (screen.failure is not None or state.comfort.text_size > 0)
    largest = state.comfort.text_size is TextSize.LARGEST
    no_scan = told_enough or largest or "scanner" in state.lobby.troubles
    without = "enter_can.without_card" if screen.resume is None else "enter_can.carry_on"
    proceed = Button(words("enter_can.proceed"), Continue(at), enabled=len(screen.digits) == CAN_DIGITS)
    another = Button(words(without), StartWithoutCard(at))
    back = Button(words("frame.back"), Back(at))
    typed = words("enter_can.typed", n=len(screen.digits)) if screen.digits else ""
    return EnterCanView(
        title=words("enter_can.title"),
        hint="" if told_enough else words("enter_can.hint"),
        scan_hint="" if no_scan else words("enter_can.scan_hint"),
        boxes=boxes,
        keypad=keypad(at, words),
        message=message,
        notice=_notice(state, words),
        proceed=proceed,
        without_card=another,
        back=back,
        spoken=(
            *sentences(words("enter_can.title"), message.text if message else words("enter_can.hint"), typed),
            words("enter_can.spoken", proceed=proceed.label),
            *ways_on(words, (another, back)),
        ),
    )


def _notice(state: VisitState, words: Words) -> tuple[str, ...]:
    centre = state.setup.centre_name
    if state.comfort.text_size:
        return (words("enter_can.notice_short", centre=centre),)
    return words.lines("enter_can.notice", centre=centre)


def _message(state: VisitState, screen: EnterCan, words: Words) -> Message | None:
    if screen.failure is not None:
        told = words.failures()[screen.failure]
        return Message(f"{told.citizen_what} {told.citizen_do}", "trouble")
    if screen.waiting:
        return Message(words("enter_can.lay_card"), "wait")
    if screen.unknown_code:
        return Message(words("enter_can.unknown_code"), "wait")
    if not state.lobby.card:
        return Message(words("enter_can.card_missing"), "info")
    return None
