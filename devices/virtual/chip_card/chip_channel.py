"""The chip's end of secure messaging (ICAO Doc 9303-11 §9.8), written apart from the reader's.

Only primitives are shared with ``devices.chip_card`` (TLV, points, key derivation), so that a mistake in the
reader's wrapping does not cancel itself out here.
"""

from __future__ import annotations

from devices.chip_card import tlv
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys
from devices.chip_card.apdu import EXTENDED_LE, SHORT_LE, Command, Response
from devices.virtual.chip_card.chip_ciphers import block, checksum, decrypt, encrypt, padded, unpadded
from devices.virtual.chip_card.chip_errors import ChannelError
from devices.virtual.chip_card.profile import ChannelFault

__all__ = ["ChannelError", "ChipChannel"]

_DATA, _DATA_ODD, _LE, _STATUS, _CHECKSUM = 0x87, 0x85, 0x97, 0x99, 0x8E


class ChipChannel:
    """Unwraps protected commands and wraps answers. ``counter``: the send sequence counter at the start; zero
    but after BAC. ``fault`` spoils the answer of number ``fault_at``, or the first after it that can have it.
    """

    def __init__(
        self,
        keys: SessionKeys,
        counter: int = 0,
        fault: ChannelFault = ChannelFault.NONE,
        fault_at: int = 1,
    ) -> None:
        self._keys = keys
        self._suite = keys.suite
        self._count = counter
        self._fault = fault
        self._fault_at = fault_at
        self._answers = 0

    def unwrap(self, command: Command) -> Command:
        """The plain command. Raises ``ChannelError`` 6987 (objects missing) or 6988 (objects wrong)."""
        self._step()
        try:
            objects = tlv.parse(command.data)
        except tlv.TlvError:
            raise ChannelError(0x6988) from None
        if not objects or objects[-1].tag != _CHECKSUM:
            raise ChannelError(0x6987)
        *covered, mac = objects
        data_tag = _DATA_ODD if command.ins & 1 else _DATA
        if [item.tag for item in covered] not in ([], [data_tag], [_LE], [data_tag, _LE]):
            raise ChannelError(0x6988)
        message = padded(self._suite, command.header)
        if covered:
            message += padded(self._suite, b"".join(item.raw for item in covered))
        if mac.value != self._checksum(message):
            raise ChannelError(0x6988)
        values = {item.tag: item.value for item in covered}
        try:
            data = self._decrypted(data_tag, values[data_tag]) if data_tag in values else b""
            le = _length(values[_LE]) if _LE in values else None
        except ValueError:
            raise ChannelError(0x6988) from None
        return Command(command.cla & ~0x0C, command.ins, command.p1, command.p2, data, le)

    def wrap(self, response: Response, odd: bool = False) -> Response:
        """The protected answer; ``odd``: to a command with odd instruction byte."""
        self._step()
        self._answers += 1
        fault = self._fault
        if self._answers < self._fault_at or (fault is ChannelFault.BAD_PADDING and not response.data):
            fault = ChannelFault.NONE
        else:
            self._fault = ChannelFault.NONE
        return response if fault is ChannelFault.PLAIN else self._wrapped(response, odd, fault)

    def _wrapped(self, response: Response, odd: bool, fault: ChannelFault) -> Response:
        if fault is ChannelFault.STALE_COUNTER:
            self._count -= 2
        body = b""
        if response.data:
            plain = padded(self._suite, response.data)
            if fault is ChannelFault.BAD_PADDING:
                plain = response.data + b"\xff" * (len(plain) - len(response.data))
            encrypted = encrypt(self._suite, self._keys.encryption, plain, self._vector())
            body += tlv.encode(_DATA_ODD, encrypted) if odd else tlv.encode(_DATA, b"\x01" + encrypted)
        if fault is not ChannelFault.MISSING_STATUS:
            body += tlv.encode(_STATUS, response.sw.to_bytes(2))
        mac = self._checksum(padded(self._suite, body))
        if fault is ChannelFault.WRONG_MAC:
            mac = mac[:-1] + bytes((mac[-1] ^ 1,))
        elif fault is ChannelFault.SHORT_MAC:
            mac = mac[:4]
        if fault is not ChannelFault.MISSING_MAC:
            body += tlv.encode(_CHECKSUM, mac)
        if fault is ChannelFault.STALE_COUNTER:
            self._count += 2
        outside = response.sw
        if fault is ChannelFault.STATUS_DIFFERS:
            outside = 0x6282 if response.sw == 0x9000 else 0x9000
        return Response(body, outside)

    def _step(self) -> None:
        self._count = (self._count + 1) % (1 << 8 * self._suite.block)

    def _counter(self) -> bytes:
        return (self._count % (1 << 8 * self._suite.block)).to_bytes(self._suite.block)

    def _vector(self) -> bytes | None:
        """AES starts from the encrypted counter, 3DES from zero (§9.8.6.1)."""
        if self._suite is CipherSuite.TDES:
            return None
        return block(self._suite, self._keys.encryption, self._counter())

    def _decrypted(self, tag: int, value: bytes) -> bytes:
        """Raises ``ValueError``."""
        if tag == _DATA:
            if value[:1] != b"\x01":
                raise ValueError("unknown padding indicator")
            value = value[1:]
        return unpadded(decrypt(self._suite, self._keys.encryption, value, self._vector()))

    def _checksum(self, message: bytes) -> bytes:
        return checksum(self._suite, self._keys.mac, self._counter() + message)


def _length(value: bytes) -> int:
    """Raises ``ValueError`` for more than two bytes or none."""
    if len(value) not in (1, 2):
        raise ValueError("not a length")
    return int.from_bytes(value) or (SHORT_LE if len(value) == 1 else EXTENDED_LE)
