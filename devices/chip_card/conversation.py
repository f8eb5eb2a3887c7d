"""Commands to one chip and its answers, protected as soon as there is a channel."""

from __future__ import annotations

from typing import Protocol

from devices.chip_card.access.secure_messaging import SecureChannel
from devices.chip_card.apdu import Command, Response
from devices.chip_card.errors import channel_broken


class Link(Protocol):
    """What carries the bytes: ``pcsc.CardLink``, or anything else that reaches a chip."""

    @property
    def atr(self) -> bytes:
        """Answer to reset."""

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU. Raises ``CardProblem``."""

    def cold_reset(self) -> None:
        """Take the power away and give it again. Raises ``CardProblem``."""


class Conversation:
    """Both ends stay in step: setting a ``channel`` protects every command after it; a reset ends it."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.channel: SecureChannel | None = None

    def transmit(self, command: Command) -> Response:
        """Exchange one command. Raises ``CardProblem``: the link's, or ``CARD_CHANNEL_BROKEN``."""
        if self.channel is None:
            return self._exchange(command)
        return self.channel.unprotect(self._exchange(self.channel.protect(command)))

    def reset(self) -> None:
        """Start from the beginning. Raises ``CardProblem``."""
        self.channel = None
        self._link.cold_reset()

    def _exchange(self, command: Command) -> Response:
        try:
            return Response.decode(self._link.transmit(command.encode()))
        except ValueError as error:
            raise channel_broken(str(error)) from None
