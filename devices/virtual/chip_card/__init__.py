"""A chip ID card and its reader that exist only as programs: a card process behind the real ``pcscd``."""

from devices.virtual.chip_card.citizens import DemoCitizen, demo_citizens
from devices.virtual.chip_card.deck import Deck
from devices.virtual.chip_card.foreign_cards import foreign_card
from devices.virtual.chip_card.in_process import in_process_link
from devices.virtual.chip_card.issuer import demo_issuer
from devices.virtual.chip_card.presets import Preset, preset, presets
from devices.virtual.chip_card.profile import CardFaults, CardProfile, LinkTiming
from devices.virtual.chip_card.reader import VirtualCardReader

__all__ = [
    "CardFaults",
    "CardProfile",
    "Deck",
    "DemoCitizen",
    "LinkTiming",
    "Preset",
    "VirtualCardReader",
    "demo_citizens",
    "demo_issuer",
    "foreign_card",
    "in_process_link",
    "preset",
    "presets",
]
