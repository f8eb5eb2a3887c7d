"""A chip ID card as a program: files, access rules and answers of an ICAO LDS1 chip with PACE-CAN."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.chip_card import tlv
from devices.chip_card.access.security_infos import PACE_ECDH_GM_AES_128
from devices.chip_card.access.session_keys import password_from_can
from devices.chip_card.apdu import EXTENDED_LE, SHORT_LE, Command, Response
from devices.chip_card.lds import LDS1_AID
from devices.virtual.chip_card.chip_channel import ChannelError, ChipChannel, ChipPace
from devices.virtual.chip_card.profile import CardFaults

ATR = bytes.fromhex("3b8880010031c173c840009092")
CARD_ACCESS_SFI = 0x1C
FINGERPRINTS_SFI = 0x03
_CAN_REFERENCE = 2


@dataclass(frozen=True)
class Chip:
    """What is in a chip: its files by short identifier, and the secret printed on the card."""

    files: Mapping[int, bytes] = field(repr=False)
    can: str = field(repr=False)


class VirtualCard:
    """Answers commands. Keeps no secret channel beyond a reset."""

    def __init__(self, chip: Chip, faults: CardFaults | None = None) -> None:
        self.chip = chip
        self._faults = faults or CardFaults()
        self.commands = 0
        self.reset()

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return ATR

    def reset(self) -> None:
        """As at power-on."""
        self._application = False
        self._file: bytes | None = None
        self._pace: ChipPace | None = None
        self._channel: ChipChannel | None = None

    def process(self, command: bytes) -> bytes | None:
        """Answer one command APDU; ``None`` when the card is pulled out instead."""
        self.commands += 1
        if self.commands == self._faults.pull_at:
            return None
        try:
            parsed = Command.decode(command)
        except ValueError:
            return bytes.fromhex("6700")
        extended = len(command) > 5 and command[4] == 0
        if extended and not self._faults.extended_length:
            return bytes.fromhex("6700")
        return self._respond(parsed).encode()

    def _respond(self, command: Command) -> Response:
        if not command.cla & 0x0C:
            self._channel = None  # a plain command ends the channel (§9.8.1)
            response = self._execute(command)
            if self._pace is not None and self._pace.keys is not None:
                self._channel, self._pace = ChipChannel(self._pace.keys), None
            return response
        if self._channel is None:
            return Response(b"", 0x6988)
        try:
            plain = self._channel.unwrap(command)
            if plain.ins == 0xB0 and (plain.le or 0) > self._faults.largest_answer:
                raise ChannelError(0x6700)
            return self._channel.wrap(self._execute(plain))
        except ChannelError as error:
            self._channel = None
            return Response(b"", error.sw)

    def _execute(self, command: Command) -> Response:
        if command.ins == 0xA4:
            return self._select(command)
        if command.ins == 0xB0:
            return self._read_binary(command)
        if command.ins == 0x22 and (command.p1, command.p2) == (0xC1, 0xA4):
            return self._set_template(command)
        if command.ins == 0x86 and self._pace is not None:
            return self._authenticate(self._pace, command)
        return Response(b"", 0x6985 if command.ins == 0x86 else 0x6D00)

    def _select(self, command: Command) -> Response:
        if command.p1 == 0x04:
            if command.data != LDS1_AID:
                return Response(b"", 0x6A82)
            self._application, self._file = True, None
            return Response(b"", 0x9000)
        if command.p1 == 0x02 and len(command.data) == 2 and command.data[0] == 1:
            return self._open(command.data[1])
        return Response(b"", 0x6D00)

    def _open(self, sfi: int) -> Response:
        if sfi not in self.chip.files or (sfi != CARD_ACCESS_SFI and not self._application):
            return Response(b"", 0x6A82)
        if sfi == CARD_ACCESS_SFI:
            if self._application:
                return Response(b"", 0x6982)
        elif self._channel is None or sfi == FINGERPRINTS_SFI:
            return Response(b"", 0x6982)
        self._file = self.chip.files[sfi]
        return Response(b"", 0x9000)

    def _read_binary(self, command: Command) -> Response:
        offset = command.p1 << 8 | command.p2
        if command.p1 & 0x80:
            opened = self._open(command.p1 & 0x1F)
            if opened.sw != 0x9000:
                return opened
            offset = command.p2
        if self._file is None:
            return Response(b"", 0x6986)
        if command.le is None:
            return Response(b"", 0x6700)
        if offset >= len(self._file):
            return Response(b"", 0x6B00)
        data = self._file[offset : offset + command.le]
        whole = len(data) == command.le or command.le in (SHORT_LE, EXTENDED_LE)
        return Response(data, 0x9000 if whole else 0x6282)

    def _set_template(self, command: Command) -> Response:
        try:
            items = {item.tag: item.value for item in tlv.parse(command.data)}
        except tlv.TlvError:
            return Response(b"", 0x6A80)
        if items.get(0x80) != PACE_ECDH_GM_AES_128 or items.get(0x84, b"\x0d") != b"\x0d":
            return Response(b"", 0x6A80)
        if items.get(0x83) != bytes((_CAN_REFERENCE,)):
            return Response(b"", 0x6A88)
        self._pace = ChipPace(PACE_ECDH_GM_AES_128, password_from_can(self.chip.can))
        return Response(b"", 0x9000)

    def _authenticate(self, pace: ChipPace, command: Command) -> Response:
        try:
            return Response(pace.step(command.data), 0x9000)
        except ChannelError as error:
            self._pace = None
            return Response(b"", error.sw)
