"""Derivation of session keys and of PACE passwords (ICAO Doc 9303-11 §9.7)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

ENCRYPTION, MAC, PASSWORD = 1, 2, 3


@dataclass(frozen=True)
class SessionKeys:
    """The two keys of a secure channel, 16 bytes each. Never shown."""

    encryption: bytes = field(repr=False)
    mac: bytes = field(repr=False)


def derive(secret: bytes, purpose: int) -> bytes:
    """KDF for AES-128: the first 16 bytes of SHA-1(secret ‖ purpose as four bytes)."""
    return hashlib.sha1(secret + purpose.to_bytes(4), usedforsecurity=False).digest()[:16]


def session_keys(shared_secret: bytes) -> SessionKeys:
    """Keys of the channel from a key agreement's shared secret."""
    return SessionKeys(derive(shared_secret, ENCRYPTION), derive(shared_secret, MAC))


def password_from_can(can: str) -> bytes:
    """The secret of PACE's password CAN: its characters."""
    return can.encode("ascii")


def password_from_mrz(information: str) -> bytes:
    """The secret of PACE's password MRZ: SHA-1 of document number, birth and expiry date with their check
    digits.
    """
    return hashlib.sha1(information.encode("ascii"), usedforsecurity=False).digest()
