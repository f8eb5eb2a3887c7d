"""PACE from the chip's side (ICAO Doc 9303-11 §4.4): generic, integrated and chip authentication mapping, on
every standardized curve, with every suite, and with every flaw that a reader has to see through.
"""

from __future__ import annotations

import os
import secrets

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.elliptic_curves import Curve, CurveError, KeyPair, Point
from devices.chip_card.access.session_keys import PASSWORD, CipherSuite, SessionKeys, derive, session_keys
from devices.virtual.chip_card.chip_ciphers import checksum, encrypt, padded
from devices.virtual.chip_card.chip_errors import ChannelError
from devices.virtual.chip_card.integrated_mapping import mapped_generator
from devices.virtual.chip_card.profile import PaceFlaw, PaceMapping

_MAPPING_OID = {
    PaceMapping.GENERIC: "02", PaceMapping.INTEGRATED: "04", PaceMapping.CHIP_AUTHENTICATION: "06",
}  # fmt: skip
_SUITES = (CipherSuite.TDES, CipherSuite.AES_128, CipherSuite.AES_192, CipherSuite.AES_256)

_REFUSED_STEP = {
    PaceFlaw.REFUSES_NONCE: 0, PaceFlaw.REFUSES_MAPPING: 0x81, PaceFlaw.REFUSES_AGREEMENT: 0x83,
    PaceFlaw.REFUSES_TOKEN: 0x85,
}  # fmt: skip
_OFF_CURVE = {PaceFlaw.OFF_CURVE_MAPPING: 0x81, PaceFlaw.OFF_CURVE_AGREEMENT: 0x83}
_OWN_KEY = {PaceFlaw.OWN_KEY_MAPPING: 0x81, PaceFlaw.OWN_KEY_AGREEMENT: 0x83}
_INFINITY = {PaceFlaw.INFINITY_MAPPING: 0x81, PaceFlaw.INFINITY_AGREEMENT: 0x83}


def pace_protocol(mapping: PaceMapping, suite: CipherSuite) -> bytes:
    """The object identifier's bytes of PACE with ECDH, this mapping and suite (§9.2.1)."""
    arcs = "04007f00070202" + "04" + _MAPPING_OID[mapping] + f"{_SUITES.index(suite) + 1:02x}"
    return bytes.fromhex(arcs)


class ChipPace:
    """One run of PACE; one step per command. ``keys`` are there after the last one.

    ``protocol``: the object identifier's bytes. ``chip_key``: the static private key that the chip
    authentication mapping proves, on the same curve.
    """

    def __init__(
        self,
        protocol: bytes,
        password: bytes,
        curve: Curve = curves.BRAINPOOL_P256R1,
        flaw: PaceFlaw = PaceFlaw.NONE,
        chip_key: int | None = None,
    ) -> None:
        self._protocol = protocol
        self._mapping = next(m for m, number in _MAPPING_OID.items() if int(number, 16) == protocol[-2])
        self._suite = _SUITES[protocol[-1] - 1]
        self._curve, self._flaw, self._chip_key = curve, flaw, chip_key
        self._password = password
        integrated = self._mapping is PaceMapping.INTEGRATED and self._suite.key_length > 16
        self._nonce = os.urandom(32 if integrated else 16)
        self._expected = 0
        self._generator = Point(curve.gx, curve.gy)
        self._map_secret = 0
        self._own: Point | None = None
        self._peer: Point | None = None
        self._agreed: SessionKeys | None = None
        self.keys: SessionKeys | None = None

    def step(self, data: bytes) -> bytes:
        """Answer one GENERAL AUTHENTICATE. Raises ``ChannelError``: 6A80 malformed or out of order, 6300
        wrong password.
        """
        try:
            items = tlv.single(data, 0x7C).children()
            tag, value = (items[0].tag, items[0].value) if items else (0, b"")
            if tag != self._expected or len(items) > 1:
                raise ChannelError(0x6A80)
            if _REFUSED_STEP.get(self._flaw) == tag:
                raise ChannelError(0x6A80)
            steps = {0: self._give_nonce, 0x81: self._map, 0x83: self._agree, 0x85: self._confirm}
            answer = steps[tag](value)
        except (tlv.TlvError, CurveError, KeyError):
            raise ChannelError(0x6A80) from None
        return tlv.encode(0x7C, answer)

    def _give_nonce(self, _: bytes) -> bytes:
        self._expected = 0x81
        key = derive(self._password, PASSWORD, self._suite)
        return tlv.encode(0x80, encrypt(self._suite, key, self._nonce))

    def _map(self, value: bytes) -> bytes:
        self._expected = 0x83
        curve = self._curve
        if self._mapping is PaceMapping.INTEGRATED:
            if len(value) != self._suite.key_length:
                raise ChannelError(0x6A80)
            self._generator = mapped_generator(curve, self._suite, self._nonce, value)
            return tlv.encode(0x82, b"")
        peer = curves.decode_point(curve, value)
        self._map_secret = 2 + secrets.randbelow(curve.n - 4)
        key = KeyPair.of(curve, self._map_secret)
        shared = key.multiply(peer)
        by_nonce = curves.multiply_generator(curve, int.from_bytes(self._nonce) % curve.n)
        self._generator = curves.add(curve, by_nonce, shared)
        return tlv.encode(0x82, self._shown(0x81, key.public, value))

    def _agree(self, value: bytes) -> bytes:
        self._expected = 0x85
        curve = self._curve
        self._peer = curves.decode_point(curve, value)
        key = KeyPair.generate(curve)
        self._own = key.multiply(self._generator)
        secret = key.shared_x(self._peer)
        self._agreed = session_keys(secret.to_bytes(curve.size), self._suite)
        if self._own == self._peer:
            raise ChannelError(0x6A80)
        return tlv.encode(0x84, self._shown(0x83, self._own, value))

    def _confirm(self, value: bytes) -> bytes:
        self._expected = -1
        if self._own is None or self._peer is None or self._agreed is None:
            raise ChannelError(0x6A80)
        if value != self._token(self._agreed, self._own):
            raise ChannelError(0x6300)
        self.keys = self._agreed
        token = self._token(self._agreed, self._peer)
        if self._flaw is PaceFlaw.WRONG_TOKEN:
            token = token[:-1] + bytes((token[-1] ^ 1,))
        answer = tlv.encode(0x86, token)
        if self._mapping is PaceMapping.CHIP_AUTHENTICATION:
            answer += tlv.encode(0x8A, self._chip_authentication_data(self._agreed))
        return answer

    def _token(self, keys: SessionKeys, public_key: Point) -> bytes:
        """Checksum over a public key with its protocol (§4.4.3.4); DES takes whole blocks."""
        point = tlv.encode(0x86, curves.encode_point(self._curve, public_key))
        message = tlv.encode(0x7F49, tlv.encode(0x06, self._protocol) + point)
        return checksum(
            self._suite,
            keys.mac,
            padded(self._suite, message) if self._suite is CipherSuite.TDES else message,
        )

    def _chip_authentication_data(self, keys: SessionKeys) -> bytes:
        """What turns the static key into the one used for mapping, encrypted (§4.4.3.3.3)."""
        if self._chip_key is None:
            raise ChannelError(0x6A80)
        n = self._curve.n
        data = pow(self._chip_key, -1, n) * self._map_secret % n
        plain = padded(self._suite, data.to_bytes((n.bit_length() + 7) // 8))
        vector = encrypt(self._suite, keys.encryption, b"\xff" * self._suite.block)
        return encrypt(self._suite, keys.encryption, plain, vector)

    def _shown(self, step: int, point: Point, peer: bytes) -> bytes:
        """The point as this chip gives it: right, or with the flaw."""
        flaw = self._flaw
        raw = curves.encode_point(self._curve, point)
        if _OFF_CURVE.get(flaw) == step:
            return raw[:-1] + bytes((raw[-1] ^ 1,))
        if _OWN_KEY.get(flaw) == step:
            return peer
        return b"\x00" if _INFINITY.get(flaw) == step else raw
