"""The chip's end of secure messaging and of PACE (ICAO Doc 9303-11), written apart from the reader's.

Only primitives are shared with ``devices.chip_card`` (TLV, points, key derivation), so that a mistake in the
reader's wrapping does not cancel itself out here.
"""

from __future__ import annotations

import os
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.elliptic_curves import BRAINPOOL_P256R1 as CURVE
from devices.chip_card.access.elliptic_curves import CurveError, Point
from devices.chip_card.access.session_keys import PASSWORD, SessionKeys, derive, session_keys
from devices.chip_card.apdu import Command, Response

_BLOCK = 16


class ChannelError(ValueError):
    """The command is not what secure messaging or PACE expects; ``sw`` is the chip's answer."""

    def __init__(self, sw: int) -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw


class ChipChannel:
    """Unwraps protected commands and wraps answers."""

    def __init__(self, keys: SessionKeys) -> None:
        self._enc = keys.encryption
        self._mac = keys.mac
        self._count = 0

    def unwrap(self, command: Command) -> Command:
        """The plain command. Raises ``ChannelError`` 6987 or 6988."""
        self._count += 1
        try:
            objects = {item.tag: item for item in tlv.parse(command.data)}
        except tlv.TlvError:
            raise ChannelError(0x6988) from None
        if 0x8E not in objects:
            raise ChannelError(0x6987)
        covered = command.data[: -len(objects[0x8E].raw)]
        if objects[0x8E].value != self._checksum(
            _padded(command.header) + (_padded(covered) if covered else b"")
        ):
            raise ChannelError(0x6988)
        data = b""
        if 0x87 in objects:
            plain = self._cbc().decryptor().update(objects[0x87].value[1:])
            data = plain[: plain.rindex(b"\x80")]
        le = None
        if 0x97 in objects:
            wanted = objects[0x97].value
            le = int.from_bytes(wanted) or (256 if len(wanted) == 1 else 65536)
        return Command(command.cla & ~0x0C, command.ins, command.p1, command.p2, data, le)

    def wrap(self, response: Response) -> Response:
        """The protected answer."""
        self._count += 1
        body = b""
        if response.data:
            body += tlv.encode(0x87, b"\x01" + self._cbc().encryptor().update(_padded(response.data)))
        body += tlv.encode(0x99, response.sw.to_bytes(2))
        return Response(body + tlv.encode(0x8E, self._checksum(_padded(body))), response.sw)

    def _cbc(self) -> Cipher[modes.CBC]:
        one_block = Cipher(algorithms.AES(self._enc), modes.ECB()).encryptor()  # noqa: S305 - by the standard
        vector = one_block.update(self._count.to_bytes(_BLOCK))
        return Cipher(algorithms.AES(self._enc), modes.CBC(vector))

    def _checksum(self, message: bytes) -> bytes:
        cmac = CMAC(algorithms.AES(self._mac))
        cmac.update(self._count.to_bytes(_BLOCK) + message)
        return cmac.finalize()[:8]


class ChipPace:
    """One run of PACE, generic mapping, from the chip's side; one step per command."""

    def __init__(self, protocol: bytes, password: bytes) -> None:
        self._protocol = protocol
        self._password = password
        self._nonce = os.urandom(_BLOCK)
        self._expected = 0
        self._generator = Point(CURVE.gx, CURVE.gy)
        self._own: Point | None = None
        self._peer: Point | None = None
        self.keys: SessionKeys | None = None

    def step(self, data: bytes) -> bytes:
        """Answer one GENERAL AUTHENTICATE. Raises ``ChannelError``: 6A80 out of order, 6300 wrong
        password.
        """
        try:
            items = tlv.single(data, 0x7C).children()
            tag, value = (items[0].tag, items[0].value) if items else (0, b"")
            if tag != self._expected:
                raise ChannelError(0x6A80)
            answer = {0: self._give_nonce, 0x81: self._map, 0x83: self._agree, 0x85: self._confirm}[tag](
                value
            )
        except (tlv.TlvError, CurveError, KeyError):
            raise ChannelError(0x6A80) from None
        return tlv.encode(0x7C, answer)

    def _give_nonce(self, _: bytes) -> bytes:
        self._expected = 0x81
        cipher = Cipher(
            algorithms.AES(derive(self._password, PASSWORD)), modes.CBC(bytes(_BLOCK))
        ).encryptor()
        return tlv.encode(0x80, cipher.update(self._nonce))

    def _map(self, value: bytes) -> bytes:
        self._expected = 0x83
        peer = curves.decode_point(CURVE, value)
        key = _scalar()
        shared = curves.multiply(CURVE, key, peer)
        by_nonce = curves.multiply_generator(CURVE, int.from_bytes(self._nonce) % CURVE.n)
        self._generator = curves.add(CURVE, by_nonce, shared)
        return tlv.encode(0x82, curves.encode_point(CURVE, curves.multiply_generator(CURVE, key)))

    def _agree(self, value: bytes) -> bytes:
        self._expected = 0x85
        self._peer = curves.decode_point(CURVE, value)
        key = _scalar()
        self._own = curves.multiply(CURVE, key, self._generator)
        secret = curves.shared_x(CURVE, key, self._peer)
        self._agreed = session_keys(secret.to_bytes(CURVE.size))
        return tlv.encode(0x84, curves.encode_point(CURVE, self._own))

    def _confirm(self, value: bytes) -> bytes:
        self._expected = -1
        if self._own is None or self._peer is None or value != self._token(self._own):
            raise ChannelError(0x6300)
        self.keys = self._agreed
        return tlv.encode(0x86, self._token(self._peer))

    def _token(self, public_key: Point) -> bytes:
        body = tlv.encode(0x06, self._protocol) + tlv.encode(0x86, curves.encode_point(CURVE, public_key))
        cmac = CMAC(algorithms.AES(self._agreed.mac))
        cmac.update(tlv.encode(0x7F49, body))
        return cmac.finalize()[:8]


def _scalar() -> int:
    return 2 + secrets.randbelow(CURVE.n - 4)


def _padded(data: bytes) -> bytes:
    return data + b"\x80" + bytes(15 - len(data) % _BLOCK)
