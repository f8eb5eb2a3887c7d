"""*Check your answers*: every line with its source and *change*; nothing was sent before."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Message


@dataclass(frozen=True)
class AnswerLine:
    """One answer. ``change`` is None where a change is not for the kiosk; ``problem`` in the words of the
    question.
    """

    label: str
    value: str
    source: str
    change: Button | None
    problem: str = ""
    missing: bool = False


@dataclass(frozen=True)
class CheckAnswersView:
    """One page of at most seven lines. ``declaration`` and ``confirm`` stand on the last page only."""

    title: str
    section: str
    page: str
    lines: tuple[AnswerLine, ...]
    message: Message | None
    declaration: str
    confirm: Button | None
    next_page: Button | None
    back: Button
    leave: Button
    sending: bool = False
