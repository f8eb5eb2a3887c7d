"""Trouble on the way to a card's data, as one exception that carries the failure's code."""

from __future__ import annotations

from kiosk.failures import FailureCode


class CardProblem(Exception):  # noqa: N818 - it is a problem of the card, not an error of the program
    """Raised inside this package only; the reader turns it into a value.

    ``detail`` is for staff: technical, in English, never with anything of the person.
    """

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def unreadable(detail: str) -> CardProblem:
    """The card's data do not have the form the standards give them."""
    return CardProblem(FailureCode.CARD_DATA_UNREADABLE, detail)


def channel_broken(detail: str) -> CardProblem:
    """The secure channel can no longer be trusted; nothing that came through it may be used."""
    return CardProblem(FailureCode.CARD_CHANNEL_BROKEN, detail)
