"""The six digits that open the chip."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Keypad, Message


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
