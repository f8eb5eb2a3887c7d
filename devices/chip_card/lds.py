"""The files of the card: the logical data structure (ICAO Doc 9303-10) and reading them with few commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from devices.chip_card import tlv
from devices.chip_card.apdu import (
    CLA_NOT_SUPPORTED,
    CONDITIONS_NOT_SATISFIED,
    END_OF_FILE,
    FILE_NOT_FOUND,
    FUNCTION_NOT_SUPPORTED,
    INS_NOT_SUPPORTED,
    NO_FILE_SELECTED,
    OK,
    SECURITY_NOT_SATISFIED,
    SHORT_LE,
    WRONG_LENGTH,
    WRONG_OFFSET,
    WRONG_PARAMETERS,
    Command,
    Response,
)
from devices.chip_card.block_size import BlockSize, BlockSizes
from devices.chip_card.errors import CardProblem, unreadable
from kiosk.failures import FailureCode

__all__ = [
    "CARD_ACCESS", "CARD_SECURITY", "COM", "DATA_GROUP_TAGS", "LDS1_AID", "SOD", "BlockSize", "BlockSizes",
    "ElementaryFile", "FileMissing", "data_group", "read_file", "select_application",
]  # fmt: skip

LDS1_AID = bytes.fromhex("A0000002471001")
_LARGEST_FILE = 65535
_LAST_OFFSET = 0x7FFF
_OFFSET_OBJECT, _DATA_OBJECT = 0x54, 0x53
_EXACT_LENGTH = 0x6C
_REFUSALS_ALLOWED = 16
_FEWEST_BYTES = 64

_NO_SUCH_FILE = frozenset((
    FILE_NOT_FOUND, SECURITY_NOT_SATISFIED, CONDITIONS_NOT_SATISFIED, NO_FILE_SELECTED,
    FUNCTION_NOT_SUPPORTED, WRONG_PARAMETERS, INS_NOT_SUPPORTED, CLA_NOT_SUPPORTED,
))  # fmt: skip

Transmit = Callable[[Command], Response]
OnBlock = Callable[[bytes], None]


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
CARD_SECURITY = ElementaryFile("EF.CardSecurity", 0x1D, 0x30)
COM = ElementaryFile("EF.COM", 0x1E, 0x60)
SOD = ElementaryFile("EF.SOD", 0x1D, 0x77)
DATA_GROUP_TAGS = {
    1: 0x61, 2: 0x75, 3: 0x63, 4: 0x76, 5: 0x65, 6: 0x66, 7: 0x67, 8: 0x68,
    9: 0x69, 10: 0x6A, 11: 0x6B, 12: 0x6C, 13: 0x6D, 14: 0x6E, 15: 0x6F, 16: 0x70,
}  # fmt: skip


def data_group(number: int) -> ElementaryFile:
    """The file of a data group, 1 to 16."""
    return ElementaryFile(f"DG{number}", number, DATA_GROUP_TAGS[number])


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


def read_file(
    transmit: Transmit, file: ElementaryFile, size: BlockSize, on_block: OnBlock | None = None
) -> bytes:
    """The whole file with its tag and length, in as few commands as ``size`` allows.

    The first READ BINARY names the file by its short identifier and asks for a full block, so that a file
    that fits in one needs one command only; the length is taken from what came. ``on_block`` is given each
    part of the content as it comes, before the next command. ``size`` learns what the card refuses.
    Raises ``FileMissing`` or ``CardProblem``.
    """
    return _FileReading(transmit, file, size).whole(on_block)


class _FileReading:
    """One file being read; counts its commands, so that a card that gives byte after byte is left."""

    def __init__(self, transmit: Transmit, file: ElementaryFile, size: BlockSize) -> None:
        self._transmit = transmit
        self._file = file
        self._size = size
        self._commands_left = _REFUSALS_ALLOWED
        self._short_of = False
        self._named: tuple[int, int] | None = None

    def whole(self, on_block: OnBlock | None) -> bytes:
        first = self._first_block()
        try:
            tag, header_length, length = tlv.header(first)
        except tlv.TlvError as error:
            raise self._unreadable(str(error)) from None
        if tag != self._file.tag:
            raise self._unreadable(f"begins with {tag:X}")
        total = header_length + length
        if total > _LARGEST_FILE:
            raise self._unreadable(f"says that it has {total} bytes")
        self._commands_left += total // _FEWEST_BYTES
        content = bytearray()
        block = first
        while True:
            block = block[: total - len(content)]
            content += block
            if on_block is not None:
                on_block(block)
            if len(content) == total:
                return bytes(content)
            if self._named is not None:
                self._size.named(*self._named)
            block = self._block(len(content), total - len(content))

    def _first_block(self) -> bytes:
        """The beginning of the file by its short identifier, or after SELECT on a card that knows none."""
        if self._size.short_ids is not False:
            answer = self._answer(
                lambda le: Command(0x00, 0xB0, 0x80 | self._file.sfi, 0x00, b"", le), BlockSize.LADDER[0]
            )
            if answer.data:
                self._size.short_ids = True
                return answer.data
            if answer.sw not in _NO_SUCH_FILE:
                raise self._unreadable(f"READ BINARY answered {answer.sw:04X}")
            if self._size.short_ids:
                raise FileMissing(self._file, answer.sw)
        selected = self._send(Command(0x00, 0xA4, 0x02, 0x0C, self._file.file_id.to_bytes(2)))
        if selected.sw in _NO_SUCH_FILE:
            raise FileMissing(self._file, selected.sw)
        if selected.sw != OK:
            raise self._unreadable(f"SELECT answered {selected.sw:04X}")
        answer = self._answer(lambda le: Command(0x00, 0xB0, 0x00, 0x00, b"", le), BlockSize.LADDER[0])
        if answer.data:
            self._size.short_ids = False
            return answer.data
        if answer.sw in _NO_SUCH_FILE:
            raise FileMissing(self._file, answer.sw)
        raise self._unreadable(f"READ BINARY answered {answer.sw:04X}")

    def _block(self, offset: int, wanted: int) -> bytes:
        """From 1 to ``wanted`` bytes from ``offset`` on."""
        if offset > _LAST_OFFSET:
            return self._far_block(offset, wanted)
        answer = self._answer(lambda le: Command(0x00, 0xB0, offset >> 8, offset & 0xFF, b"", le), wanted)
        if not answer.data:
            raise self._unreadable(f"READ BINARY answered {answer.sw:04X}")
        return answer.data

    def _far_block(self, offset: int, wanted: int) -> bytes:
        """READ BINARY with odd INS: the offset in a data object, the data in another (ISO/IEC 7816-4
        §11.3.3). Le counts the header of the answer's object, too.
        """
        position = tlv.encode(_OFFSET_OBJECT, offset.to_bytes(2))
        header = len(tlv.encode(_DATA_OBJECT, bytes(wanted))) - wanted
        answer = self._answer(lambda le: Command(0x00, 0xB1, 0x00, 0x00, position, le), header + wanted)
        if not answer.data:
            raise self._unreadable(f"READ BINARY (odd) answered {answer.sw:04X}")
        try:
            data = tlv.single(answer.data, _DATA_OBJECT).value
        except tlv.TlvError as error:
            raise self._unreadable(f"READ BINARY (odd): {error}") from None
        if not 0 < len(data) <= wanted:
            raise self._unreadable(f"READ BINARY (odd) gave {len(data)} bytes")
        return data

    def _answer(self, command: Callable[[int], Command], wanted: int) -> Response:
        """The answer with data to a command that asks for up to ``wanted`` bytes, or the one that says why
        there are none and why asking for less would not help.
        """
        self._named = None
        while True:
            asked = le = min(wanted, self._size.bytes)
            answer = self._send(command(le))
            if answer.sw >> 8 == _EXACT_LENGTH:
                le = answer.sw & 0xFF or SHORT_LE
                self._named = (asked, le)
                answer = self._send(command(le))
            if answer.sw in (OK, END_OF_FILE) and answer.data:
                if len(answer.data) > le:
                    raise self._unreadable("more bytes than asked for")
                self._short_of = len(answer.data) < le
                return answer
            ended = self._short_of and answer.sw == WRONG_OFFSET
            size_refused = answer.sw in (OK, END_OF_FILE, WRONG_LENGTH, WRONG_OFFSET)
            size_refused = size_refused or answer.sw >> 8 == _EXACT_LENGTH
            if ended or not size_refused or not self._size.smaller(asked):
                return Response(b"", answer.sw)

    def _send(self, command: Command) -> Response:
        if self._commands_left == 0:
            raise self._unreadable("the card gives too few bytes at once")
        self._commands_left -= 1
        return self._transmit(command)

    def _unreadable(self, detail: str) -> CardProblem:
        return unreadable(f"{self._file.name}: {detail}")
