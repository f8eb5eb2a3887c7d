"""The number, big, with its QR: enough without any paper."""

from __future__ import annotations

from dataclasses import dataclass

from screens.citizen.parts import Button, Message


@dataclass(frozen=True)
class TicketView:
    """``number`` such as ``A015``; ``follow_url`` is the text of the QR; ``qr_hint`` goes beside it."""

    title: str
    number: str
    service: str
    ahead: str
    counters: str
    follow_url: str
    qr_hint: str
    printing: Message
    proceed: Button  # to the form when there is one, else done
    another: Button
    finish: Button | None  # besides `proceed` when that leads to the form
    card_reminder: Message | None = None
