"""Chip ID cards over PC/SC: access, secure messaging, data groups and what they prove. Usable on its own."""

from devices.chip_card.reader import CardFailure, CardPresence, CardReading, ChipCardReader
from devices.chip_card.reading import Note, ReadStep

__all__ = ["CardFailure", "CardPresence", "CardReading", "ChipCardReader", "Note", "ReadStep"]
