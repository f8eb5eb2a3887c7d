"""Derivation of session keys and of access passwords (ICAO Doc 9303-11 §9.7)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum

ENCRYPTION, MAC, PASSWORD = 1, 2, 3


class CipherSuite(Enum):
    """A block cipher of secure messaging: its name, bytes of a key and bytes of a block."""

    TDES = ("3DES", 16, 8)
    AES_128 = ("AES-128", 16, 16)
    AES_192 = ("AES-192", 24, 16)
    AES_256 = ("AES-256", 32, 16)

    def __init__(self, label: str, key_length: int, block: int) -> None:
        self.label = label
        self.key_length = key_length
        self.block = block


@dataclass(frozen=True)
class SessionKeys:
    """The two keys of a secure channel. Never shown."""

    suite: CipherSuite
    encryption: bytes = field(repr=False)
    mac: bytes = field(repr=False)


def derive(secret: bytes, purpose: int, suite: CipherSuite = CipherSuite.AES_128) -> bytes:
    """KDF(secret, purpose): the first bytes of SHA-1 (3DES, AES-128) or SHA-256 (AES-192, AES-256) over the
    secret and the purpose as four bytes. The parity bits of 3DES keys are left as they come.
    """
    message = secret + purpose.to_bytes(4)
    if suite.key_length == 16:
        return hashlib.sha1(message, usedforsecurity=False).digest()[:16]
    return hashlib.sha256(message).digest()[: suite.key_length]


def session_keys(shared_secret: bytes, suite: CipherSuite = CipherSuite.AES_128) -> SessionKeys:
    """Keys of the channel from a key agreement's shared secret."""
    return SessionKeys(suite, derive(shared_secret, ENCRYPTION, suite), derive(shared_secret, MAC, suite))


def password_from_can(can: str) -> bytes:
    """The secret of PACE's password CAN: its characters."""
    return can.encode("ascii")


def password_from_mrz(information: str) -> bytes:
    """The secret of PACE's password MRZ, and the first 16 bytes of it BAC's key seed: SHA-1 of document
    number, birth and expiry date with their check digits.
    """
    return hashlib.sha1(information.encode("ascii"), usedforsecurity=False).digest()
