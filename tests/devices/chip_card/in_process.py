"""A whole read of a virtual card without PC/SC in between: quick enough to be done thousands of times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from devices.chip_card.block_size import BlockSizes
from devices.chip_card.errors import CardProblem
from devices.chip_card.reading import (
    CardRead,
    ChipNotProven,
    Found,
    Listener,
    LostWhileReading,
    ReadPlan,
    ReadStep,
    Sizing,
)
from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.trust.passive_authentication import PassiveAuthentication
from devices.virtual.chip_card.card import Chip, VirtualCard
from devices.virtual.chip_card.profile import CardFaults
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeys
from kiosk.identity.citizen import Citizen

TODAY = date(2026, 11, 22)


class InProcessLink:
    """Stands for ``pcsc.CardLink``: counts, and tells a pulled card as PC/SC does."""

    def __init__(self, card: VirtualCard) -> None:
        self.card = card
        self.reader = "in process"
        self.atr = card.atr
        self.apdus = self.bytes = self.last_answer = 0
        card.reset()

    def transmit(self, command: bytes) -> bytes:
        answer = self.card.process(command)
        self.apdus += 1
        self.bytes += len(command)
        if answer is None:
            raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "transmit: no answer")
        self.bytes += len(answer)
        self.last_answer = len(answer)
        return answer

    def cold_reset(self) -> None:
        self.card.reset()


@dataclass
class Heard:
    """What a listener was told."""

    steps: list[ReadStep] = field(default_factory=list)
    citizens: list[Citizen] = field(default_factory=list)

    @property
    def listener(self) -> Listener:
        return Listener(self.steps.append, self.citizens.append)


def keys_of(chip: Chip) -> AccessKeys:
    """Everything that is printed on a card."""
    return AccessKeys(can=chip.can, mrz=(chip.mrz,) if chip.mrz else ())


def read_in_process(
    card: VirtualCard,
    keys: AccessKeys,
    trust: TrustStore | None = None,
    plan: ReadPlan | None = None,
    heard: Heard | None = None,
) -> Found:
    """Read as ``ChipCardReader`` does, with its repetitions. Raises ``CardProblem``."""
    sizing = Sizing(BlockSizes(), "in process", card.atr)
    listener = (heard or Heard()).listener
    doubted = False
    while True:
        link = InProcessLink(card)
        try:
            with PassiveAuthentication(lambda: datetime.now(UTC), trust) as passive:
                return CardRead(link, sizing, passive, plan or ReadPlan(), listener).read(keys, TODAY)
        except LostWhileReading as lost:
            if lost.code is FailureCode.CARD_REMOVED_EARLY or not sizing.size.lost(link.last_answer):
                raise
        except ChipNotProven:
            if doubted:
                raise
            doubted = True


def virtual_card(chip: Chip, faults: CardFaults | None = None) -> VirtualCard:
    """The card, laid down."""
    return VirtualCard(chip, faults)
