"""The slot of the virtual reader: carries APDUs between the ``vpcd`` driver inside ``pcscd`` and a card.

A card that lies in the slot is a TCP link to the driver; closing it takes the card out. A message is its
length in two bytes, big-endian, and its payload. A payload of one byte is a control: ``00`` power off,
``01`` power on, ``02`` reset (none of them is answered) and ``04`` get ATR, by which the driver also sees,
every 0.4 s, whether the card is still there. Everything else is a command APDU and is answered by the
response APDU. A card that came back between two such looks would not be noticed as another one, so the slot
stays empty for at least that long.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Protocol

_LOG = logging.getLogger(__name__)

POWER_OFF, POWER_ON, RESET, GET_ATR = 0, 1, 2, 4
_AGAIN_SECONDS = 0.1
_EMPTY_SECONDS = 0.8


class CardInSlot(Protocol):
    """What a slot asks of the card that lies in it."""

    @property
    def atr(self) -> bytes:
        """Answer to reset."""

    def reset(self) -> None:
        """Forget every selection and key, as at power-on."""

    def process(self, command: bytes) -> bytes | None:
        """Answer one command APDU; ``None`` when the card is pulled out before it can answer."""


class Slot:
    """Holds at most one card and keeps it linked to the driver, also when ``pcscd`` is started anew.

    ``connect`` opens a link to the driver and raises ``OSError`` while the driver is not there.
    """

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._changed = threading.Condition()
        self._card: CardInSlot | None = None
        self._link: socket.socket | None = None
        self._closed = False
        self._unlinked_at = -_EMPTY_SECONDS
        self._powered = False
        self._seen: CardInSlot | None = None
        self._thread = threading.Thread(target=self._serve, name="virtual card slot", daemon=True)
        self._thread.start()

    @property
    def card(self) -> CardInSlot | None:
        """The card that lies in the slot."""
        return self._card

    def insert(self, card: CardInSlot) -> None:
        """Lay a card into the slot. A card that is there already leaves first, and the driver notices."""
        self.remove()
        with self._changed:
            card.reset()
            self._card = card
            self._changed.notify_all()

    def remove(self) -> None:
        """Take the card out at once, in the middle of an exchange if there is one."""
        with self._changed:
            self._card = self._seen = None
            self._hang_up()
            self._changed.notify_all()

    def wait_until_seen(self, timeout: float) -> bool:
        """Wait until ``pcscd`` has powered the card that lies here, or until none lies here any more;
        seconds.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._seen is self._card, timeout)

    def close(self) -> None:
        """Take the card out and stop for good."""
        self._closed = True
        self.remove()
        self._thread.join(timeout=3)

    def _hang_up(self) -> None:
        if self._link is not None:
            with contextlib.suppress(OSError):  # the driver was faster
                self._link.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while not self._closed:
            with self._changed:
                self._changed.wait_for(lambda: self._card is not None or self._closed)
                card = self._card
                pause = self._unlinked_at + _EMPTY_SECONDS - time.monotonic()
                if pause > 0:
                    self._changed.wait(pause)
                    continue
            if card is None:
                continue
            try:
                link = self._connect()
            except OSError:
                with self._changed:
                    self._changed.wait(_AGAIN_SECONDS)
                continue
            with link:
                self._answer_until_gone(link, card)

    def _answer_until_gone(self, link: socket.socket, card: CardInSlot) -> None:
        with self._changed:
            if self._card is not card:
                return
            self._link = link
            self._powered = False
        try:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self._exchange(link, card):
                pass
        except OSError:
            pass  # driver or card has left
        except Exception:
            _LOG.exception("the virtual card has failed and is taken off")
            self.remove()
        finally:
            with self._changed:
                self._link = None
                self._unlinked_at = time.monotonic()

    def _exchange(self, link: socket.socket, card: CardInSlot) -> bool:
        header = _receive(link, 2)
        if header is None:
            return False
        message = _receive(link, struct.unpack(">H", header)[0])
        if message is None or self._card is not card:
            return False
        if len(message) == 1:
            if message[0] != GET_ATR:
                card.reset()
                self._powered = message[0] == POWER_ON
                return True
            answer: bytes | None = card.atr
        else:
            answer = card.process(message)
        if answer is None:
            with self._changed:
                if self._card is card:
                    self._card = self._seen = None
            return False
        if self._card is not card:
            return False
        link.sendall(struct.pack(">H", len(answer)) + answer)
        if self._powered and self._seen is not card:
            with self._changed:
                self._seen = card
                self._changed.notify_all()
        return True


def _receive(link: socket.socket, count: int) -> bytes | None:
    """Exactly ``count`` bytes, or ``None`` at the end.

    The driver writes length and payload separately; without an immediate acknowledgement of the first the
    second waits 40 ms for it (Nagle's algorithm against delayed acknowledgement), hence quick ACK before each
    read.
    """
    parts = bytearray()
    while len(parts) < count:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = link.recv(count - len(parts))
        if not part:
            return None
        parts += part
    return bytes(parts)
