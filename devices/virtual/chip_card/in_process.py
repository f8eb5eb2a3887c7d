"""A virtual card without PC/SC in between: the same calls that the reader makes on a link to plastic."""

from __future__ import annotations

from devices.chip_card.errors import CardProblem
from devices.virtual.chip_card.slot import CardInSlot
from kiosk.failures import FailureCode


class InProcessLink:
    """Stands for ``devices.chip_card.pcsc.CardLink``. Counts what goes over it; ``last_answer``: bytes of the
    last answer.
    """

    def __init__(self, card: CardInSlot, reader: str = "in process") -> None:
        self.card = card
        self.reader = reader
        self.apdus = 0
        self.bytes = 0
        self.last_answer = 0
        self._removed = False
        card.reset()

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self.card.atr

    @property
    def elapsed(self) -> float:
        """Seconds that line and chip took, where the card counts them."""
        return float(getattr(self.card, "elapsed", 0.0))

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU. Raises ``CardProblem`` once the card was pulled out."""
        self.apdus += 1
        self.bytes += len(command)
        answer = None if self._removed else self.card.process(command)
        if answer is None:
            self._removed = True
            raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "transmit: no answer")
        self.bytes += len(answer)
        self.last_answer = len(answer)
        return answer

    def cold_reset(self) -> None:
        """Take the power away and give it again. Raises ``CardProblem`` once the card was pulled out."""
        if self._removed:
            raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "reset: no card")
        self.card.reset()

    def close(self) -> None:
        """Leave the card reset. Never raises."""
        self.card.reset()


def in_process_link(card: CardInSlot) -> InProcessLink:
    """A link to this card, freshly powered."""
    return InProcessLink(card)
