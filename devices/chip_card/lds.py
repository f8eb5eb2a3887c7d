"""The files of the card: the logical data structure (ICAO Doc 9303-10) and reading them with few commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices.chip_card import tlv
from devices.chip_card.apdu import (
    END_OF_FILE,
    FILE_NOT_FOUND,
    OK,
    SECURITY_NOT_SATISFIED,
    WRONG_LENGTH,
    WRONG_OFFSET,
    Command,
    Response,
)
from devices.chip_card.errors import CardProblem, unreadable
from kiosk.failures import FailureCode

LDS1_AID = bytes.fromhex("A0000002471001")
_LAST_OFFSET = 0x7FFF

Transmit = Callable[[Command], Response]


@dataclass(frozen=True)
class ElementaryFile:
    """A file by its short identifier (5 bits) and the tag its content begins with."""

    name: str
    sfi: int
    tag: int

    @property
    def file_id(self) -> int:
        """Two-byte identifier, e.g. ``011C``."""
        return 0x0100 | self.sfi


CARD_ACCESS = ElementaryFile("EF.CardAccess", 0x1C, 0x31)
COM = ElementaryFile("EF.COM", 0x1E, 0x60)
SOD = ElementaryFile("EF.SOD", 0x1D, 0x77)
DATA_GROUP_TAGS = {
    1: 0x61, 2: 0x75, 3: 0x63, 4: 0x76, 5: 0x65, 6: 0x66, 7: 0x67, 8: 0x68,
    9: 0x69, 10: 0x6A, 11: 0x6B, 12: 0x6C, 13: 0x6D, 14: 0x6E, 15: 0x6F, 16: 0x70,
}  # fmt: skip


def data_group(number: int) -> ElementaryFile:
    """The file of a data group, 1 to 16."""
    return ElementaryFile(f"DG{number}", number, DATA_GROUP_TAGS[number])


class BlockSize:
    """How many bytes to ask for at once: the largest the card has not refused.

    4096 needs extended length. 256 is the most a short command can ask for; some chips answer it in full
    under secure messaging, others need room for the protection (223) or less (160).
    """

    LADDER = (4096, 256, 223, 160)

    def __init__(self, step: int = 0) -> None:
        self.step = step

    @property
    def bytes(self) -> int:
        """The size in use."""
        return self.LADDER[self.step]

    def smaller(self) -> bool:
        """Go one step down; ``False`` when there is none."""
        if self.step + 1 == len(self.LADDER):
            return False
        self.step += 1
        return True


class FileMissing(Exception):  # noqa: N818 - an answer, not an error
    """The card has no such file, or does not let it be read."""

    def __init__(self, file: ElementaryFile, sw: int) -> None:
        super().__init__(f"{file.name}: {sw:04X}")
        self.refused = sw == SECURITY_NOT_SATISFIED


def select_application(transmit: Transmit) -> None:
    """Select the LDS1 application; without Le, which some cards refuse here. Raises ``CardProblem`` when the
    card has none.
    """
    answer = transmit(Command(0x00, 0xA4, 0x04, 0x00, LDS1_AID))
    if answer.sw == FILE_NOT_FOUND:
        raise CardProblem(FailureCode.CARD_NOT_SUPPORTED, "no LDS1 application on this card")
    if answer.sw != OK:
        raise CardProblem(
            FailureCode.CARD_ACCESS_REFUSED, f"SELECT of the application answered {answer.sw:04X}"
        )


def read_file(transmit: Transmit, file: ElementaryFile, size: BlockSize) -> bytes:
    """The whole file with its tag and length.

    The first READ BINARY names the file by its short identifier and asks for a full block, so that a small
    file needs one command only; the length is taken from what came. Raises ``FileMissing`` or
    ``CardProblem``.
    """
    first = _read(transmit, file, (0x80 | file.sfi) << 8, max(BlockSize.LADDER), size)
    try:
        tag, header_length, length = tlv.header(first)
    except tlv.TlvError as error:
        raise unreadable(f"{file.name}: {error}") from None
    if tag != file.tag:
        raise unreadable(f"{file.name} begins with {tag:X}")
    total = header_length + length
    content = bytearray(first[:total])
    while len(content) < total:
        offset = len(content)
        if offset > _LAST_OFFSET:
            raise unreadable(f"{file.name} is longer than plain READ BINARY reaches")
        content += _read(transmit, file, offset, total - offset, size)
    return bytes(content[:total])


def _read(transmit: Transmit, file: ElementaryFile, address: int, wanted: int, size: BlockSize) -> bytes:
    """One block of 1 to ``wanted`` bytes; asks for less when the card refuses the size."""
    p1, p2 = address >> 8, address & 0xFF
    while True:
        le = min(wanted, size.bytes)
        answer = transmit(Command(0x00, 0xB0, p1, p2, b"", le))
        if answer.sw >> 8 == 0x6C and answer.sw & 0xFF:
            answer = transmit(Command(0x00, 0xB0, p1, p2, b"", answer.sw & 0xFF))
        if answer.sw in (OK, END_OF_FILE) and answer.data:
            if len(answer.data) > le:
                raise unreadable(f"{file.name}: more bytes than asked for")
            return answer.data
        if answer.sw in (FILE_NOT_FOUND, SECURITY_NOT_SATISFIED):
            raise FileMissing(file, answer.sw)
        size_refused = answer.sw in (OK, END_OF_FILE, WRONG_LENGTH, WRONG_OFFSET) or answer.sw >> 8 == 0x6C
        if not (size_refused and size.smaller()):
            raise unreadable(f"{file.name}: READ BINARY answered {answer.sw:04X}")
