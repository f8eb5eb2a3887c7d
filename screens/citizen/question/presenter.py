"""One question a screen."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Keyboard, Keypad, Message


@dataclass(frozen=True)
class Option:
    """One answer to choose; ``chosen`` shows it marked."""

    button: Button
    chosen: bool = False


@dataclass(frozen=True)
class QuestionView:
    """``kind`` is ``choice`` (``options``), ``digits`` or ``date`` (``keypad``), or ``text`` (``keyboard``).

    ``entry`` is what was typed so far, ready to show (a date as ``12 / 03 / ____``); ``entry_hint`` stands
    in an empty box.
    ``progress`` such as "Câu 2 trong 7". ``message`` is the problem with the answer, in the words of the
    question.
    """

    title: str
    hint: str
    progress: str
    kind: str
    options: tuple[Option, ...]
    more: Button | None  # further options on another page
    entry: str
    entry_hint: str
    keypad: Keypad | None
    keyboard: Keyboard | None
    message: Message | None
    proceed: Button
    skip: Button | None
    back: Button
    leave: Button
