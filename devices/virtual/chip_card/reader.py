"""The virtual reader: a private ``pcscd``, and cards of invented people laid on it by name."""

from __future__ import annotations

from pathlib import Path

from devices.virtual.chip_card.card import Chip, VirtualCard
from devices.virtual.chip_card.citizens import DemoCitizen, demo_citizens
from devices.virtual.chip_card.deck import Deck
from devices.virtual.chip_card.foreign_cards import ForeignCard, foreign_card
from devices.virtual.chip_card.issuer import DemoIssuer, demo_issuer
from devices.virtual.chip_card.pcscd import PrivatePcscd
from devices.virtual.chip_card.presets import Preset
from devices.virtual.chip_card.profile import CardFaults, CardProfile, Document, LinkTiming
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
        self._deck: Deck | None = None
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

    @property
    def issuer(self) -> DemoIssuer:
        """Who signs the cards. Raises ``RuntimeError`` before ``start``."""
        if self._deck is None:
            raise RuntimeError("the virtual reader is not started")
        return self._deck.issuer

    @staticmethod
    def citizens() -> dict[str, DemoCitizen]:
        """The people whose cards can be laid, by short id."""
        return demo_citizens()

    def start(self) -> None:
        """Start the daemon and wait until it answers. Raises ``PcscdError``."""
        self._deck = Deck(demo_issuer(self._folder / "issuer"))
        self._pcscd.start()
        self._slot = Slot(self._pcscd.connect)

    def insert(
        self,
        name: str,
        faults: CardFaults | None = None,
        profile: CardProfile | Preset | str | None = None,
        timing: LinkTiming | None = None,
    ) -> VirtualCard:
        """Lay this person's card on the reader, in place of any other. ``profile`` may be a preset or its
        name. Raises ``KeyError`` for an unknown name and ``ValueError`` for an impossible profile.
        """
        if self._deck is None:
            raise RuntimeError("the virtual reader is not started")
        card = self._deck.card(name, profile, faults, timing)
        if profile is None:
            self._chips[name] = card.chip
        self.insert_card(card, name)
        return card

    def insert_chip(self, chip: Chip, faults: CardFaults | None = None, name: str = "") -> VirtualCard:
        """Lay a card with any files on the reader."""
        card = VirtualCard(chip, faults)
        self.insert_card(card, name)
        return card

    def lay_foreign(self, kind: str) -> CardInSlot:
        """Lay a card of another kind on the reader: ``bank``, ``transport``, ``phone``, ``mute`` and others
        (``foreign_cards.KINDS``), or the presets ``passport`` and ``foreign-card``. Raises ``ValueError``.
        """
        if kind in (Document.PASSPORT, Document.FOREIGN_CARD):
            return self.insert(next(iter(demo_citizens())), profile=str(kind))
        card = foreign_card(kind)
        self.insert_card(card, kind)
        return card

    def insert_card(self, card: CardInSlot, name: str = "") -> None:
        """Lay anything on the reader that answers commands."""
        if self._slot is None:
            raise RuntimeError("the virtual reader is not started")
        self._release()
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
            self._release()
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
            self._release()
            self._slot.close()
            self._slot = None
        self._pcscd.stop()

    def _release(self) -> None:
        """A card that keeps the reader waiting stops doing so."""
        card = self._slot.card if self._slot is not None else None
        if isinstance(card, VirtualCard | ForeignCard):
            card.taken_off()
