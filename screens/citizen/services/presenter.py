"""Choose a service: one touch gives a number."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Message


@dataclass(frozen=True)
class ServiceCard:
    """One service. ``button.label`` is its name, ``button.hint`` what it covers; ``button.enabled`` False
    when closed.

    ``waiting`` and ``counters`` are ready sentences; ``badge`` says that a number was already taken, or
    that it is closed.
    ``busy`` is True while a number for it is being issued.
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
