"""The block ciphers of travel documents and their modes: padding, CBC, two message authentication codes.

3DES is there because BAC has no other cipher (ICAO Doc 9303-11 §4.3.3); its checksum is ISO/IEC 9797-1 MAC
algorithm 3, a chain of single DES with one 3DES at its end. Both parts run as CBC in OpenSSL.
"""

from __future__ import annotations

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

from devices.chip_card.access.session_keys import CipherSuite

MAC_LENGTH = 8
_DES_BLOCK = 8


def pad(data: bytes, block: int) -> bytes:
    """ISO/IEC 9797-1 padding method 2 to whole blocks."""
    return data + b"\x80" + bytes(-(len(data) + 1) % block)


def unpad(data: bytes, block: int) -> bytes:
    """Take the padding off. Raises ``ValueError`` when it is not one."""
    body = data.rstrip(b"\x00")
    if not body.endswith(b"\x80") or len(data) - len(body) >= block:
        raise ValueError("bad padding")
    return body[:-1]


def encrypt(suite: CipherSuite, key: bytes, data: bytes, vector: bytes | None = None) -> bytes:
    """CBC over whole blocks, zero initialization vector unless given. Raises ``ValueError`` otherwise."""
    return _run(_cbc(suite, key, vector).encryptor(), data)


def decrypt(suite: CipherSuite, key: bytes, data: bytes, vector: bytes | None = None) -> bytes:
    """The inverse of ``encrypt``. Raises ``ValueError`` for anything but whole blocks."""
    return _run(_cbc(suite, key, vector).decryptor(), data)


def mac(suite: CipherSuite, key: bytes, message: bytes) -> bytes:
    """Eight bytes: AES-CMAC cut off, or the retail MAC, which takes whole blocks only (``ValueError``)."""
    if suite is CipherSuite.TDES:
        return retail_mac(key, message)
    cmac = CMAC(algorithms.AES(key))
    cmac.update(message)
    return cmac.finalize()[:MAC_LENGTH]


def retail_mac(key: bytes, message: bytes) -> bytes:
    """ISO/IEC 9797-1 MAC algorithm 3 with a two-part DES key over whole blocks, padded by the caller."""
    if not message or len(message) % _DES_BLOCK:
        raise ValueError("not whole blocks")
    single = TripleDES(key[:8] * 3)
    chain = bytes(_DES_BLOCK)
    if len(message) > _DES_BLOCK:
        chain = _run(Cipher(single, modes.CBC(chain)).encryptor(), message[:-_DES_BLOCK])[-_DES_BLOCK:]
    return _run(Cipher(_two_key(key), modes.CBC(chain)).encryptor(), message[-_DES_BLOCK:])


def _cbc(suite: CipherSuite, key: bytes, vector: bytes | None) -> Cipher[modes.CBC]:
    algorithm = _two_key(key) if suite is CipherSuite.TDES else algorithms.AES(key)
    return Cipher(algorithm, modes.CBC(vector if vector is not None else bytes(suite.block)))


def _two_key(key: bytes) -> TripleDES:
    return TripleDES(key + key[:8])


def _run(context: CipherContext, data: bytes) -> bytes:
    return context.update(data) + context.finalize()
