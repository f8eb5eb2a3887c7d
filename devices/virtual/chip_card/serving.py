"""One card on somebody else's ``vpcd``: the driver listens, the card connects (messages: see ``slot``)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

from devices.virtual.chip_card.slot import CardInSlot, Slot

DRIVER_PORT = 35963
_CONNECT_SECONDS = 5.0


class ServedCard:
    """A card that lies in the slot of the driver at ``host`` and ``port``, from ``start`` to ``stop``.

    While nobody listens there it tries again; ``waiting`` is called once when that begins.
    """

    def __init__(
        self, card: CardInSlot, host: str, port: int = DRIVER_PORT, waiting: Callable[[], None] | None = None
    ) -> None:
        self._card = card
        self._address = (host, port)
        self._waiting = waiting
        self._slot: Slot | None = None
        self._told = threading.Event()

    def start(self) -> None:
        """Lay the card."""
        self._slot = Slot(self._connect)
        self._slot.insert(self._card)

    def wait_until_seen(self, timeout: float) -> bool:
        """Whether the reader has powered the card within so many seconds."""
        return self._slot is not None and self._slot.wait_until_seen(timeout)

    @property
    def lies_there(self) -> bool:
        """``False`` once the card was pulled by its own fault."""
        return self._slot is not None and self._slot.card is not None

    def stop(self) -> None:
        """Take the card off."""
        if self._slot is not None:
            self._slot.close()
            self._slot = None

    def _connect(self) -> socket.socket:
        try:
            link = socket.create_connection(self._address, timeout=_CONNECT_SECONDS)
        except OSError:
            if self._waiting is not None and not self._told.is_set():
                self._waiting()
            self._told.set()
            raise
        self._told.clear()
        link.settimeout(None)
        return link
