"""A chip ID card as a program: the access rules and answers of an ICAO LDS1 chip (Doc 9303-10 and -11).

A card is a ``Chip``, which holds files and keys, in a state that lasts until it loses its power. It answers
any bytes with at least a status, and never raises.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.chip_card import tlv
from devices.chip_card.access.session_keys import SessionKeys, password_from_can, password_from_mrz
from devices.chip_card.apdu import Command, Response
from devices.virtual.chip_card.authentication import ActiveAuthenticator, ChipAuthenticator
from devices.virtual.chip_card.chip_bac import ChipBac
from devices.virtual.chip_card.chip_channel import ChipChannel
from devices.virtual.chip_card.chip_errors import ChannelError
from devices.virtual.chip_card.chip_pace import ChipPace, pace_protocol
from devices.virtual.chip_card.file_system import FileSystem
from devices.virtual.chip_card.link_timing import LinkTiming
from devices.virtual.chip_card.pace_domain import domain
from devices.virtual.chip_card.profile import (
    AccessWays,
    CardFaults,
    CardProfile,
    PaceFlaw,
    PaceMapping,
    Passwords,
)

ATR = bytes.fromhex("3b8880010031c173c840009092")

_MRZ, _CAN = 1, 2
_CHAINED = 0x10
_PROTECTED = 0x0C


@dataclass(frozen=True)
class Chip:
    """What is in a chip: its files by short identifier, what is printed on the card and opens it, its
    protocols and their keys. ``mrz``: document number, birth and expiry date with their check digits.
    ``card_security`` and ``mapping_key`` belong to the chip authentication mapping.
    """

    files: Mapping[int, bytes] = field(repr=False)
    can: str = field(repr=False)
    mrz: str | None = field(default=None, repr=False)
    profile: CardProfile = field(default_factory=CardProfile)
    chip_authentication: ChipAuthenticator | None = field(default=None, repr=False)
    active_authentication: ActiveAuthenticator | None = field(default=None, repr=False)
    card_security: bytes | None = field(default=None, repr=False)
    mapping_key: int | None = field(default=None, repr=False)
    atr: bytes = ATR


class VirtualCard:
    """Answers commands. Keeps no secret channel beyond a reset.

    ``other``: the chip that answers once the card is swapped. ``commands`` counts the commands since the card
    was laid, ``elapsed`` the seconds that line and chip took for them by ``timing``.
    """

    def __init__(
        self,
        chip: Chip,
        faults: CardFaults | None = None,
        timing: LinkTiming | None = None,
        other: Chip | None = None,
    ) -> None:
        self.chip = chip
        self._faults = faults or CardFaults()
        self._timing = timing or LinkTiming()
        self._other = other
        self._gone = threading.Event()
        self._wrong_passwords = 0
        self.commands = 0
        self.elapsed = 0.0
        self.reset()

    @property
    def atr(self) -> bytes:
        """Answer to reset."""
        return self.chip.atr

    def reset(self) -> None:
        """As at power-on."""
        self._gone.clear()
        chip = self.chip
        self._files = FileSystem(
            chip.files, self._faults, chip.card_security, master_file=chip.profile.master_file
        )
        self._pace: ChipPace | None = None
        self._bac: ChipBac | None = None
        self._channel: ChipChannel | None = None
        self._chip_authentication = copy.copy(chip.chip_authentication)
        if self._chip_authentication is not None:
            self._chip_authentication.reset()

    def taken_off(self) -> None:
        """The card has left the reader: whatever it still waits for ends."""
        self._gone.set()

    def process(self, command: bytes) -> bytes | None:
        """Answer one command APDU; ``None`` when the card is pulled out instead."""
        self.commands += 1
        faults = self._faults
        if self.commands == faults.pull_at:
            return None
        if self.commands == faults.swap_at:
            self.chip = self._other or self.chip
            self.reset()
        answer = self._answer(command)
        line = self._timing.time_of(len(command), len(answer))
        self.elapsed += line
        wait = faults.delay + (line if self._timing.sleeps else 0.0)
        if self.commands == faults.hang_at:
            wait += faults.hang_seconds
        if wait > 0:
            self._gone.wait(wait)
        return answer

    def _answer(self, command: bytes) -> bytes:
        if self.commands == self._faults.answer_at:
            return bytes.fromhex(self._faults.answer)
        try:
            parsed = Command.decode(command)
        except ValueError:
            return bytes.fromhex("6700")
        extended = len(command) > 5 and command[4] == 0
        if extended and not self._faults.extended_length:
            return bytes.fromhex("6700")
        return self._respond(parsed).encode()

    def _respond(self, command: Command) -> Response:
        if not command.cla & _PROTECTED:
            self._channel = None  # a plain command ends the channel (§9.8.1)
            response = self._execute(command) if not command.cla & ~_CHAINED else Response(b"", 0x6E00)
            self._open_channel()
            return response
        if self._channel is None:
            return Response(b"", 0x6988)
        try:
            plain = self._channel.unwrap(command)
            if plain.ins in (0xB0, 0xB1) and (plain.le or 0) > self._faults.largest_answer:
                raise ChannelError(0x6700)
            response = self._channel.wrap(self._execute(plain), odd=bool(plain.ins & 1))
        except ChannelError as error:
            self._channel = None
            return Response(b"", error.sw)
        self._open_channel()
        return response

    def _open_channel(self) -> None:
        """Change to the channel of a protocol that has just succeeded."""
        if self._pace is not None and self._pace.keys is not None:
            self._channel, self._pace = self._new_channel(self._pace.keys), None
        elif self._bac is not None and self._bac.keys is not None:
            self._channel, self._bac = self._new_channel(self._bac.keys, self._bac.counter), None
        elif self._chip_authentication is not None:
            keys = self._chip_authentication.take_keys()
            if keys is not None:
                self._channel = self._new_channel(keys)

    def _new_channel(self, keys: SessionKeys, counter: int = 0) -> ChipChannel:
        return ChipChannel(keys, counter, self._faults.channel_fault, self._faults.channel_fault_at)

    def _execute(self, command: Command) -> Response:
        opened = self._channel is not None
        if command.ins == 0xA4:
            return self._files.select(command, opened=opened)
        if command.ins in (0xB0, 0xB1):
            if self._faults.no_bytes_from is not None and self.commands >= self._faults.no_bytes_from:
                return Response(b"", 0x9000)
            read = self._files.read if command.ins == 0xB0 else self._files.read_far
            return read(command, opened=opened)
        answer = self._access(command) if not opened else self._authenticate(command)
        if answer is not None:
            return answer
        return Response(b"", 0x6985 if command.ins == 0x86 else 0x6D00)

    def _access(self, command: Command) -> Response | None:
        """PACE and BAC; ``None`` for a command of neither."""
        place, ways = (command.ins, command.p1, command.p2), self.chip.profile.access
        if ways is not AccessWays.BAC:
            if place == (0x22, 0xC1, 0xA4):
                return self._set_template(command)
            if command.ins == 0x86 and self._pace is not None:
                return self._pace_step(self._pace, command)
        if ways is not AccessWays.PACE and self.chip.mrz is not None:
            if command.ins == 0x84:
                return self._challenge(command, self.chip.mrz)
            if command.ins == 0x82:
                return self._external_authenticate(command)
        return None

    def _authenticate(self, command: Command) -> Response | None:
        """Chip and active authentication, in the application and through a channel only."""
        if not self._files.application:
            return None
        for protocol in (self._chip_authentication, self.chip.active_authentication):
            answer = protocol.answer(command) if protocol is not None else None
            if answer is not None:
                return answer
        return None

    def _set_template(self, command: Command) -> Response:
        profile = self.chip.profile
        group = domain(profile.pace_curve)
        protocol = pace_protocol(profile.pace_mapping, profile.pace_suite, profile.pace_curve)
        try:
            items = {item.tag: item.value for item in tlv.parse(command.data)}
        except tlv.TlvError:
            return Response(b"", 0x6A80)
        right_group = items.get(0x84, bytes((profile.pace_curve,))) == bytes((profile.pace_curve,))
        if items.get(0x80) != protocol or not right_group:
            return Response(b"", 0x6A80)
        password = self._password(items.get(0x83))
        if password is None:
            return Response(b"", 0x6A88)
        if profile.pace_flaw is PaceFlaw.REFUSES_TEMPLATE:
            return Response(b"", 0x6A80)
        mapping_key = (
            self.chip.mapping_key if profile.pace_mapping is PaceMapping.CHIP_AUTHENTICATION else None
        )
        self._pace = ChipPace(protocol, password, group, profile.pace_flaw, mapping_key)
        return Response(b"", 0x9000)

    def _password(self, reference: bytes | None) -> bytes | None:
        taken = self.chip.profile.pace_passwords
        if reference == bytes((_CAN,)) and taken is not Passwords.MRZ:
            return password_from_can(self.chip.can)
        if reference == bytes((_MRZ,)) and taken is not Passwords.CAN and self.chip.mrz is not None:
            return password_from_mrz(self.chip.mrz)
        return None

    def _pace_step(self, pace: ChipPace, command: Command) -> Response:
        try:
            return Response(pace.step(command.data), 0x9000)
        except ChannelError as error:
            self._pace = None
            return self._refused(error)

    def _challenge(self, command: Command, mrz: str) -> Response:
        if not self._files.application:
            return Response(b"", 0x6985)
        if command.le not in (8, 256):
            return Response(b"", 0x6700)
        self._bac = ChipBac(mrz)
        return Response(self._bac.challenge, 0x9000)

    def _external_authenticate(self, command: Command) -> Response:
        bac, self._bac = self._bac, None
        if bac is None:
            return Response(b"", 0x6985)
        try:
            answer = bac.authenticate(command.data)
        except ChannelError as error:
            return self._refused(error)
        self._bac = bac
        return Response(answer, 0x9000)

    def _refused(self, error: ChannelError) -> Response:
        """A wrong password makes every further attempt slower, as real chips do."""
        if error.sw == 0x6300:
            self._wrong_passwords += 1
            self._gone.wait(self._wrong_passwords * self.chip.profile.wrong_password_seconds)
        return Response(b"", error.sw)
