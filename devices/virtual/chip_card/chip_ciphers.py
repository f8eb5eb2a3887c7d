"""The chip's block ciphers and checksums (ICAO Doc 9303-11 §9.8.6, ISO/IEC 9797-1), written apart from the
reader's so that a mistake there does not cancel itself out here.
"""

from __future__ import annotations

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from devices.chip_card.access.session_keys import CipherSuite


def cipher(suite: CipherSuite, key: bytes) -> BlockCipherAlgorithm:
    """The suite's cipher under this key; two keys of DES are used as K1, K2, K1."""
    return TripleDES(key + key[:8]) if suite is CipherSuite.TDES else algorithms.AES(key)


def block(suite: CipherSuite, key: bytes, data: bytes) -> bytes:
    """Whole blocks, each encrypted for itself."""
    return Cipher(cipher(suite, key), modes.ECB()).encryptor().update(data)  # noqa: S305 - by the standard


def encrypt(suite: CipherSuite, key: bytes, data: bytes, vector: bytes | None = None) -> bytes:
    """CBC over whole blocks; without ``vector`` from zero."""
    chain = modes.CBC(vector or bytes(suite.block))
    return Cipher(cipher(suite, key), chain).encryptor().update(data)


def decrypt(suite: CipherSuite, key: bytes, data: bytes, vector: bytes | None = None) -> bytes:
    """The way back. Raises ``ValueError`` when the data are not whole blocks."""
    if not data or len(data) % suite.block:
        raise ValueError("not whole blocks")
    chain = modes.CBC(vector or bytes(suite.block))
    return Cipher(cipher(suite, key), chain).decryptor().update(data)


def padded(suite: CipherSuite, data: bytes) -> bytes:
    """ISO/IEC 9797-1 padding method 2."""
    return data + b"\x80" + bytes(suite.block - 1 - len(data) % suite.block)


def unpadded(data: bytes) -> bytes:
    """The way back. Raises ``ValueError``."""
    body, mark, rest = data.rpartition(b"\x80")
    if not mark or rest.strip(b"\x00"):
        raise ValueError("no padding")
    return body


def checksum(suite: CipherSuite, key: bytes, message: bytes) -> bytes:
    """Eight bytes: AES-CMAC cut off, or the retail MAC (algorithm 3) over whole blocks with DES."""
    if suite is not CipherSuite.TDES:
        cmac = CMAC(algorithms.AES(key))
        cmac.update(message)
        return cmac.finalize()[:8]
    first, second = TripleDES(key[:8] * 3), TripleDES(key[8:] * 3)
    last = Cipher(first, modes.CBC(bytes(8))).encryptor().update(message)[-8:]
    middle = Cipher(second, modes.ECB()).decryptor().update(last)  # noqa: S305 - by the standard
    return Cipher(first, modes.ECB()).encryptor().update(middle)  # noqa: S305
