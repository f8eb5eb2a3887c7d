"""The files of a virtual chip: selecting and reading them (ISO/IEC 7816-4 §7.2 and §11, ICAO Doc 9303-10 §3).

As on the Vietnamese card, EF.CardAccess can be selected and read at once after power-on, and no more once the
application is selected; selecting the master file is refused (6D00) unless the profile allows it. Nothing of
the application is readable without a channel, and DG3 never.
"""

from __future__ import annotations

from collections.abc import Mapping

from devices.chip_card import tlv
from devices.chip_card.apdu import EXTENDED_LE, SHORT_LE, Command, Response
from devices.chip_card.lds import LDS1_AID
from devices.virtual.chip_card.profile import BlockRefusal, CardFaults

CARD_ACCESS_SFI = 0x1C
CARD_SECURITY_SFI = 0x1D
FINGERPRINTS_SFI = 0x03
_MASTER_FILE = b"\x3f\x00"
_LARGEST_ANSWER = 65000  # the driver's message length has two bytes, and protection needs room
_OFFSET, _DISCRETIONARY = 0x54, 0x53


class FileSystem:
    """Files of the application by short identifier; EF.CardAccess among them, though it lies above.

    ``card_security``: EF.CardSecurity in the master file, readable through a channel only.
    """

    def __init__(
        self,
        files: Mapping[int, bytes],
        faults: CardFaults,
        card_security: bytes | None = None,
        *,
        master_file: bool = False,
    ) -> None:
        self._files = files
        self._faults = faults
        self._card_security = card_security
        self._master_file = master_file
        self.application = False
        self._current: bytes | None = None

    def select(self, command: Command, *, opened: bool) -> Response:
        """SELECT; ``opened``: the command came through a channel."""
        if command.p1 == 0x04:
            if command.data != LDS1_AID:
                return Response(b"", 0x6A82)
            self.application, self._current = True, None
            return Response(b"", 0x9000)
        if command.p1 == 0x00 and command.data in (b"", _MASTER_FILE) and self._master_file:
            self.application, self._current = False, None
            return Response(b"", 0x9000)
        if command.p1 == 0x02 and len(command.data) == 2 and command.data[0] == 1:
            return self._open(command.data[1], opened)
        return Response(b"", 0x6D00)

    def read(self, command: Command, *, opened: bool) -> Response:
        """READ BINARY with even instruction byte: offset or short identifier in P1 and P2."""
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            refused = self._open(command.p1 & 0x1F, opened)
            if refused.sw != 0x9000:
                return refused
            offset = command.p2
        if self._current is None:
            return Response(b"", 0x6986)
        if command.le is None:
            return Response(b"", 0x6700)
        return self._part(self._current, offset, command.le, all_of_it=_asks_for_all(command.le))

    def read_far(self, command: Command, *, opened: bool) -> Response:
        """READ BINARY with odd instruction byte: the offset stands in DO 54, what is read in DO 53."""
        if command.p1 or command.p2 > 0x1F:
            return Response(b"", 0x6A86)
        if command.p2:
            refused = self._open(command.p2, opened)
            if refused.sw != 0x9000:
                return refused
        if self._current is None:
            return Response(b"", 0x6986)
        if command.le is None:
            return Response(b"", 0x6700)
        try:
            offset = int.from_bytes(tlv.single(command.data, _OFFSET).value)
        except tlv.TlvError:
            return Response(b"", 0x6A80)
        room = command.le - (2 if command.le < 0x82 else 3 if command.le < 0x103 else 4)
        part = self._part(self._current, offset, max(room, 1), all_of_it=_asks_for_all(command.le))
        return Response(tlv.encode(_DISCRETIONARY, part.data), part.sw) if part.data else part

    def _open(self, sfi: int, opened: bool) -> Response:
        if sfi == CARD_SECURITY_SFI and not self.application and self._card_security is not None:
            if not opened:
                return Response(b"", 0x6982)
            self._current = self._card_security
            return Response(b"", 0x9000)
        if sfi not in self._files or (sfi != CARD_ACCESS_SFI and not self.application):
            return Response(b"", 0x6A82)
        if sfi == CARD_ACCESS_SFI:
            if self.application:
                return Response(b"", 0x6982)
        elif not opened or sfi == FINGERPRINTS_SFI:
            return Response(b"", 0x6982)
        self._current = self._files[sfi]
        return Response(b"", 0x9000)

    def _part(self, content: bytes, offset: int, le: int, *, all_of_it: bool) -> Response:
        faults, most = self._faults, min(le, _LARGEST_ANSWER)
        status = 0x9000
        if le > faults.largest_block:
            most = faults.largest_block
            if faults.block_refusal is BlockRefusal.RIGHT_LENGTH:
                return Response(b"", 0x6C00 | most & 0xFF)
            if faults.block_refusal is BlockRefusal.END_OF_FILE:
                status = 0x6282
            elif faults.block_refusal is not BlockRefusal.SHORT:
                return Response(b"", int(faults.block_refusal, 16))
        elif not content:
            return Response(b"", 0x9000)
        if offset >= len(content):
            return Response(b"", 0x6B00)
        data = content[offset : offset + most]
        if len(data) < most and not all_of_it:
            status = 0x6282
        return Response(data + bytes(faults.extra_bytes), status)


def _asks_for_all(le: int) -> bool:
    """Le of zero bytes wants whatever there is; fewer bytes are no early end of the file then."""
    return le in (SHORT_LE, EXTENDED_LE)
