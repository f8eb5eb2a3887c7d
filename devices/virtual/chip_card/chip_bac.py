"""Basic Access Control from the chip's side (ICAO Doc 9303-11 §4.3)."""

from __future__ import annotations

import hashlib
import hmac
import os

from devices.chip_card.access.session_keys import (
    ENCRYPTION,
    MAC,
    CipherSuite,
    SessionKeys,
    derive,
    session_keys,
)
from devices.virtual.chip_card.chip_ciphers import checksum, decrypt, encrypt, padded
from devices.virtual.chip_card.chip_errors import ChannelError

_SUITE = CipherSuite.TDES


class ChipBac:
    """One run: a challenge, and its answer. ``keys`` and ``counter`` of the channel are there after it."""

    def __init__(self, mrz_information: str) -> None:
        seed = hashlib.sha1(mrz_information.encode("ascii"), usedforsecurity=False).digest()[:16]
        self._enc, self._mac = derive(seed, ENCRYPTION, _SUITE), derive(seed, MAC, _SUITE)
        self._challenge = os.urandom(8)
        self.keys: SessionKeys | None = None
        self.counter = 0

    @property
    def challenge(self) -> bytes:
        """RND.IC."""
        return self._challenge

    def authenticate(self, data: bytes) -> bytes:
        """Answer EXTERNAL AUTHENTICATE. Raises ``ChannelError``: 6700 wrong length, 6300 wrong key or
        challenge.
        """
        if len(data) != 40:
            raise ChannelError(0x6700)
        encrypted, mac = data[:32], data[32:]
        if not hmac.compare_digest(mac, checksum(_SUITE, self._mac, padded(_SUITE, encrypted))):
            raise ChannelError(0x6300)
        plain = decrypt(_SUITE, self._enc, encrypted)
        theirs, echoed, their_key = plain[:8], plain[8:16], plain[16:]
        if not hmac.compare_digest(echoed, self._challenge):
            raise ChannelError(0x6300)
        own_key = os.urandom(16)
        answer = encrypt(_SUITE, self._enc, self._challenge + theirs + own_key)
        self.keys = session_keys(bytes(a ^ b for a, b in zip(own_key, their_key, strict=True)), _SUITE)
        self.counter = int.from_bytes(self._challenge[4:] + theirs[4:])
        return answer + checksum(_SUITE, self._mac, padded(_SUITE, answer))
