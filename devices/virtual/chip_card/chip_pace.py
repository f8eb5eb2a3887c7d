"""PACE from the chip's side (ICAO Doc 9303-11 §4.4): generic, integrated and chip authentication mapping, in
every standardized group, with every suite, and with every flaw that a reader has to see through.
"""

from __future__ import annotations

import os

from devices.chip_card import tlv
from devices.chip_card.access.session_keys import PASSWORD, CipherSuite, SessionKeys, derive, session_keys
from devices.virtual.chip_card.chip_ciphers import checksum, encrypt, padded
from devices.virtual.chip_card.chip_errors import ChannelError
from devices.virtual.chip_card.pace_domain import CurveDomain, FieldDomain, domain
from devices.virtual.chip_card.profile import PaceFlaw, PaceMapping

_BRAINPOOL_P256R1 = 13
_CURVE_MAPPINGS = {
    PaceMapping.GENERIC: 2, PaceMapping.INTEGRATED: 4, PaceMapping.CHIP_AUTHENTICATION: 6,
}  # fmt: skip
_FIELD_MAPPINGS = {PaceMapping.GENERIC: 1, PaceMapping.INTEGRATED: 3}
_MAPPINGS = {
    number: mapping for table in (_CURVE_MAPPINGS, _FIELD_MAPPINGS) for mapping, number in table.items()
}
_SUITES = (CipherSuite.TDES, CipherSuite.AES_128, CipherSuite.AES_192, CipherSuite.AES_256)

_REFUSED_STEP = {
    PaceFlaw.REFUSES_NONCE: 0, PaceFlaw.REFUSES_MAPPING: 0x81, PaceFlaw.REFUSES_AGREEMENT: 0x83,
    PaceFlaw.REFUSES_TOKEN: 0x85,
}  # fmt: skip
_OFF_CURVE = {PaceFlaw.OFF_CURVE_MAPPING: 0x81, PaceFlaw.OFF_CURVE_AGREEMENT: 0x83}
_OWN_KEY = {PaceFlaw.OWN_KEY_MAPPING: 0x81, PaceFlaw.OWN_KEY_AGREEMENT: 0x83}
_INFINITY = {PaceFlaw.INFINITY_MAPPING: 0x81, PaceFlaw.INFINITY_AGREEMENT: 0x83}


def pace_protocol(mapping: PaceMapping, suite: CipherSuite, parameter_id: int = _BRAINPOOL_P256R1) -> bytes:
    """The object identifier's bytes of PACE with this mapping and suite in this group (§9.2.1). Raises
    ``ValueError`` for a mapping that the group has not.
    """
    field = isinstance(domain(parameter_id), FieldDomain)
    number = (_FIELD_MAPPINGS if field else _CURVE_MAPPINGS).get(mapping)
    if number is None:
        raise ValueError(f"no mapping “{mapping}” in the domain parameters {parameter_id}")
    return bytes.fromhex("04007f0007020204") + bytes((number, _SUITES.index(suite) + 1))


class ChipPace:
    """One run of PACE; one step per command. ``keys`` are there after the last one.

    ``protocol``: the object identifier's bytes. ``chip_key``: the static private key that the chip
    authentication mapping proves, on the same curve. ``group``: curve or field.
    """

    def __init__(
        self,
        protocol: bytes,
        password: bytes,
        group: CurveDomain | FieldDomain | None = None,
        flaw: PaceFlaw = PaceFlaw.NONE,
        chip_key: int | None = None,
    ) -> None:
        self._protocol = protocol
        self._mapping = _MAPPINGS[protocol[-2]]
        self._suite = _SUITES[protocol[-1] - 1]
        self._group = group or domain(_BRAINPOOL_P256R1)
        self._flaw, self._chip_key = flaw, chip_key
        self._password = password
        integrated = self._mapping is PaceMapping.INTEGRATED and self._suite.key_length > 16
        self._nonce = os.urandom(32 if integrated else 16)
        self._expected = 0
        self._generator = self._group.generator()
        self._map_secret = 0
        self._own = self._peer = b""
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
        except ChannelError:
            raise
        except (ValueError, KeyError):
            raise ChannelError(0x6A80) from None
        return tlv.encode(0x7C, answer)

    def _give_nonce(self, _: bytes) -> bytes:
        self._expected = 0x81
        key = derive(self._password, PASSWORD, self._suite)
        return tlv.encode(0x80, encrypt(self._suite, key, self._nonce))

    def _map(self, value: bytes) -> bytes:
        self._expected = 0x83
        group = self._group
        if self._mapping is PaceMapping.INTEGRATED:
            if len(value) != self._suite.key_length:
                raise ChannelError(0x6A80)
            self._generator = group.integrated(self._suite, self._nonce, value)
            return tlv.encode(0x82, b"")
        self._map_secret = group.secret()
        own = group.power(self._map_secret, self._generator)
        self._generator = group.mapped(self._nonce, group.power(self._map_secret, value))
        return tlv.encode(0x82, self._shown(0x81, own, value))

    def _agree(self, value: bytes) -> bytes:
        self._expected = 0x85
        secret = self._group.secret()
        self._own, self._peer = self._group.power(secret, self._generator), value
        self._agreed = session_keys(self._group.agreed(secret, value), self._suite)
        if self._own == self._peer:
            raise ChannelError(0x6A80)
        return tlv.encode(0x84, self._shown(0x83, self._own, value))

    def _confirm(self, value: bytes) -> bytes:
        self._expected = -1
        if self._agreed is None:
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

    def _token(self, keys: SessionKeys, public_key: bytes) -> bytes:
        """Checksum over a public key with its protocol (§4.4.3.4); DES takes whole blocks."""
        element = tlv.encode(self._group.element_tag, public_key)
        message = tlv.encode(0x7F49, tlv.encode(0x06, self._protocol) + element)
        return checksum(
            self._suite,
            keys.mac,
            padded(self._suite, message) if self._suite is CipherSuite.TDES else message,
        )

    def _chip_authentication_data(self, keys: SessionKeys) -> bytes:
        """What turns the static key into the one used for mapping, encrypted (§4.4.3.3.3)."""
        if self._chip_key is None or not isinstance(self._group, CurveDomain):
            raise ChannelError(0x6A80)
        n = self._group.curve.n
        data = pow(self._chip_key, -1, n) * self._map_secret % n
        plain = padded(self._suite, data.to_bytes((n.bit_length() + 7) // 8))
        vector = encrypt(self._suite, keys.encryption, b"\xff" * self._suite.block)
        return encrypt(self._suite, keys.encryption, plain, vector)

    def _shown(self, step: int, element: bytes, peer: bytes) -> bytes:
        """The element as this chip gives it: right, or with the flaw."""
        if _OFF_CURVE.get(self._flaw) == step:
            return self._group.spoiled(element)
        if _OWN_KEY.get(self._flaw) == step:
            return peer
        return self._group.infinity if _INFINITY.get(self._flaw) == step else element
