"""A chip ID card and its reader that exist only as programs: a card process behind the real ``pcscd``."""

from devices.virtual.chip_card.citizens import DemoCitizen, demo_citizens
from devices.virtual.chip_card.reader import VirtualCardReader

__all__ = ["DemoCitizen", "VirtualCardReader", "demo_citizens"]
