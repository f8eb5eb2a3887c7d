"""Chip ID cards over PC/SC: access, secure messaging, data groups and what they prove. Usable on its own.

The whole of it: ``ChipCardReader`` reads the card on a reader, ``verify_files`` proves dumped files,
``TrustStore`` keeps the issuers that are trusted. See ``docs/chip-card.md``.
"""

from devices.chip_card.holder import Note
from devices.chip_card.reader import CardFailure, CardPresence, CardReading, ChipCardReader
from devices.chip_card.reading import ReadPlan, ReadStep
from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.verifying import VerifiedFiles, verify_files

__all__ = [
    "CardFailure",
    "CardPresence",
    "CardReading",
    "ChipCardReader",
    "Note",
    "ReadPlan",
    "ReadStep",
    "TrustStore",
    "VerifiedFiles",
    "verify_files",
]
