"""The form is at the counter."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Message


@dataclass(frozen=True)
class FormDoneView:
    """``steps`` says what happens next, in order."""

    title: str
    number: str
    steps: tuple[str, ...]
    wiped: str
    card_reminder: Message | None
    another: Button
    finish: Button
