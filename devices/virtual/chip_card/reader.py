"""The virtual reader: a private ``pcscd``, and cards of invented people laid on it by name."""

from __future__ import annotations

from pathlib import Path

from devices.virtual.chip_card.card import Chip, VirtualCard
from devices.virtual.chip_card.citizens import DemoCitizen, demo_citizens
from devices.virtual.chip_card.issuer import demo_issuer
from devices.virtual.chip_card.pcscd import PrivatePcscd
from devices.virtual.chip_card.personalisation import personalise
from devices.virtual.chip_card.profile import CardFaults
from devices.virtual.chip_card.slot import CardInSlot, Slot

SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"


class VirtualCardReader:
    """Starts with ``start()`` and lives in ``folder``. Programs that have ``environment`` in theirs use it
    through PC/SC like any other reader; it must be there before their first PC/SC context.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pcscd = PrivatePcscd(folder)
        self._slot: Slot | None = None
        self._chips: dict[str, Chip] = {}
        self._inserted: str | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a client's environment needs."""
        return {SOCKET_VARIABLE: str(self._pcscd.socket)}

    @property
    def inserted(self) -> str | None:
        """Short id of the person whose card lies on the reader; ``None`` also after it was pulled by a
        fault.
        """
        return self._inserted if self._slot is not None and self._slot.card is not None else None

    @property
    def pid(self) -> int | None:
        """Process id of the private ``pcscd``; it changes when the daemon was started anew."""
        return self._pcscd.pid

    @staticmethod
    def citizens() -> dict[str, DemoCitizen]:
        """The people whose cards can be laid, by short id."""
        return demo_citizens()

    def start(self) -> None:
        """Start the daemon and wait until it answers. Raises ``PcscdError``."""
        self._issuer = demo_issuer(self._folder / "issuer")
        self._pcscd.start()
        self._slot = Slot(self._pcscd.connect)

    def insert(self, name: str, faults: CardFaults | None = None) -> VirtualCard:
        """Lay this person's card on the reader, in place of any other. Raises ``KeyError`` for an unknown
        name.
        """
        citizen = demo_citizens()[name]
        if name not in self._chips:
            self._chips[name] = personalise(citizen, self._issuer)
        return self.insert_chip(self._chips[name], faults, name)

    def insert_chip(self, chip: Chip, faults: CardFaults | None = None, name: str = "") -> VirtualCard:
        """Lay a card with any files on the reader."""
        card = VirtualCard(chip, faults)
        self.insert_card(card, name)
        return card

    def insert_card(self, card: CardInSlot, name: str = "") -> None:
        """Lay anything on the reader that answers commands."""
        if self._slot is None:
            raise RuntimeError("the virtual reader is not started")
        self._slot.insert(card)
        self._inserted = name

    def wait_until_seen(self, timeout: float = 5.0) -> bool:
        """Wait until ``pcscd`` has noticed the card that was laid (it looks every 0.4 s); ``False`` when it
        has not within ``timeout`` seconds.
        """
        return self._slot is not None and self._slot.wait_until_seen(timeout)

    def remove(self) -> None:
        """Take the card off; nothing happens when none lies there."""
        self._inserted = None
        if self._slot is not None:
            self._slot.remove()

    @property
    def service_stopped(self) -> bool:
        """Whether that fault is on."""
        return self._pcscd.paused

    def stop_service(self) -> None:
        """Fault switch: ``pcscd`` goes down and stays down."""
        self._pcscd.pause()

    def restore_service(self) -> None:
        """End of that fault."""
        self._pcscd.resume()

    def stop(self) -> None:
        """End everything."""
        if self._slot is not None:
            self._slot.close()
            self._slot = None
        self._pcscd.stop()
