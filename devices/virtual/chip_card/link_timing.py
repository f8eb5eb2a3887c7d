"""How long the line between reader and card takes, computed from the standards' framing.

A read from plastic spends nearly all its time here and in the chip, so a bench without this would compare
nothing. Only the line and the chip's own time are modelled, not the reader's USB.

Contactless: ISO/IEC 14443-3 type A frames (start bit, eight bits and parity for each byte, end) at 128/fc
seconds a bit or less, with the frame delay times between them; ISO/IEC 14443-4 blocks of at most 256 bytes
with one byte of protocol control and two of CRC; a chained block is acknowledged by an R-block of three
bytes. Contact: ISO/IEC 7816-3 T=1, 11 etu a character (extra guard time N = 255), blocks of at most 254 bytes
of information with three bytes of prologue and one of LRC, 22 etu between the two directions, R-blocks of
four bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

_CARRIER = 13_560_000.0
_CONTACTLESS_INFORMATION = 256 - 3
_CONTACTLESS_OVERHEAD = 3
_CARD_DELAY, _READER_DELAY = 1236 / _CARRIER, 1172 / _CARRIER
_CONTACT_INFORMATION = 254
_CONTACT_OVERHEAD = 4
_ETU_OF_CHARACTER, _ETU_OF_TURN = 11, 22


class LinkKind(StrEnum):
    """The line and its rate: contactless in kbit/s, contact (T=1) in baud. ``none``: no time at all."""

    NONE = "none"
    CONTACTLESS_106 = "contactless-106"
    CONTACTLESS_212 = "contactless-212"
    CONTACTLESS_424 = "contactless-424"
    CONTACTLESS_848 = "contactless-848"
    CONTACT_9600 = "contact-9600"
    CONTACT_115200 = "contact-115200"


@dataclass(frozen=True)
class LinkTiming:
    """The link's kind and the chip's own seconds for each command; ``sleeps``: the card really waits so long,
    otherwise the time is only counted.
    """

    link: LinkKind = LinkKind.NONE
    chip_seconds: float = 0.0
    sleeps: bool = False

    def time_of(self, command_bytes: int, answer_bytes: int) -> float:
        """Seconds of one exchange: both APDUs over the line, and the chip's time."""
        if self.link is LinkKind.NONE:
            return self.chip_seconds
        medium, rate = self.link.split("-")
        one_way = _contactless if medium == "contactless" else _contact
        return one_way(command_bytes, int(rate)) + self.chip_seconds + one_way(answer_bytes, int(rate))


def _contactless(size: int, rate: int) -> float:
    """One APDU in one direction, with the pause before the answer to each of its frames."""
    bit = 128 / _CARRIER * 106 / rate
    frames = max(1, math.ceil(size / _CONTACTLESS_INFORMATION))
    sent = frames * (2 + 9 * _CONTACTLESS_OVERHEAD) + 9 * size
    acknowledged = (frames - 1) * (2 + 9 * _CONTACTLESS_OVERHEAD)
    pauses = frames * _CARD_DELAY + (frames - 1) * _READER_DELAY
    return (sent + acknowledged) * bit + pauses


def _contact(size: int, baud: int) -> float:
    """One APDU in one direction, with the turn of the line after each of its blocks."""
    blocks = max(1, math.ceil(size / _CONTACT_INFORMATION))
    characters = size + blocks * _CONTACT_OVERHEAD + (blocks - 1) * _CONTACT_OVERHEAD
    turns = blocks + (blocks - 1)
    return (characters * _ETU_OF_CHARACTER + turns * _ETU_OF_TURN) / baud
