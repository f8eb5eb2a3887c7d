"""How PACE makes this session's generator of the chip's nonce, and how chip authentication mapping proves the
chip (ICAO Doc 9303-11 §4.4.3.3 and §4.4.3.5).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.agreement_groups import AgreementGroup, AgreementKey
from devices.chip_card.access.block_ciphers import decrypt, encrypt, unpad
from devices.chip_card.access.elliptic_curves import Curve, CurveError, KeyPair, Point
from devices.chip_card.access.security_infos import ChipAuthenticationPublicKey, KeyAgreement, SecurityInfos
from devices.chip_card.access.session_keys import CipherSuite, SessionKeys
from devices.chip_card.access.subject_public_key import ec_key
from kiosk.identity.card_proof import ChipProof

_AES_BLOCK = 16
# §4.4.3.3.2: c0 makes the next key, c1 the next part of the number; by the length of a part in bytes
_CONSTANTS = {
    16: (
        bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
        bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
    ),
    32: (
        bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
        bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
    ),
}
_SURPLUS_BITS = 64

Exchange = Callable[[bytes], bytes]
RandomBytes = Callable[[int], bytes]
NewKey = Callable[[AgreementGroup], AgreementKey]


@dataclass(frozen=True)
class ChipMapping:
    """What a chip gave to prove itself in PACE with chip authentication mapping: its mapping key, and the
    number that makes it of the chip's static key (§4.4.3.5). It proves nothing before that key is known.
    """

    curve: Curve
    key_id: int
    public: Point
    data: bytes = field(repr=False)


def map_generic(
    group: AgreementGroup, nonce: bytes, exchange: Exchange, new_key: NewKey
) -> tuple[bytes, bytes]:
    """Ĝ = s·G + H with H agreed on by two fresh keys (§4.4.3.3.1). ``exchange`` gives the chip's public key
    for ours; the result is the generator and the chip's public key. Raises ``ValueError``.
    """
    key = new_key(group)
    own = key.public
    peer = exchange(own)
    if group.canonical(peer) == own:
        raise ValueError("the chip gave our own key back")
    shared = key.multiply(peer)
    return group.shift_generator(int.from_bytes(nonce), shared), peer


def map_integrated(
    group: AgreementGroup,
    suite: CipherSuite,
    nonce: bytes,
    exchange: Exchange,
    random: RandomBytes = secrets.token_bytes,
) -> bytes:
    """Ĝ = f(R(s, t)) with a nonce t of ours, sent in clear (§4.4.3.3.2). Raises ``ValueError``."""
    additional = random(suite.key_length)
    if exchange(additional):
        raise ValueError("an integrated mapping is answered by nothing")
    return group.element_of(pseudo_random(suite, nonce, additional, group.prime))


def pseudo_random(suite: CipherSuite, nonce: bytes, additional: bytes, prime: int) -> int:
    """R(s, t): as many parts as make 64 bits more than the prime has, modulo the prime. Raises ``ValueError``
    for a nonce of another length than the standard's.
    """
    part = -(-suite.key_length // suite.block) * suite.block
    if len(nonce) != part:
        raise ValueError(f"the nonce has not {part} bytes")
    next_key, next_part = _CONSTANTS[part]
    key = encrypt(suite, additional, nonce)[: suite.key_length]
    number = b""
    while 8 * len(number) < prime.bit_length() + _SURPLUS_BITS:
        number += encrypt(suite, key, next_part)
        key = encrypt(suite, key, next_key)[: suite.key_length]
    return int.from_bytes(number) % prime


def decrypt_chip_authentication_data(keys: SessionKeys, encrypted: bytes) -> bytes:
    """CA_IC, under AES-CBC with the vector E(KSenc, -1) (§4.4.3.5.4). Raises ``ValueError``."""
    vector = encrypt(keys.suite, keys.encryption, b"\xff" * _AES_BLOCK)
    return unpad(decrypt(keys.suite, keys.encryption, encrypted, vector), _AES_BLOCK)


def verify_chip_mapping(mapping: ChipMapping, infos: SecurityInfos) -> ChipProof:
    """Whether the chip holds the static key that ``infos`` gives (§4.4.3.5.2): CA_IC times that key is the
    mapping key. ``infos`` must come from a verified EF.CardSecurity or DG14, or the result says nothing.

    The key is the one with the mapping's parameter id (§9.2.1), or else one without any id on the same curve.
    ``NOT_OFFERED`` when there is none, ``UNSUPPORTED`` when it cannot be read.
    """
    candidates = _candidates(infos, mapping.key_id)
    if not candidates:
        return ChipProof.NOT_OFFERED
    results = {_verify(mapping, key) for key in candidates}
    for result in (ChipProof.PASSED, ChipProof.FAILED):
        if result in results:
            return result
    return ChipProof.UNSUPPORTED


def _candidates(infos: SecurityInfos, key_id: int) -> list[ChipAuthenticationPublicKey]:
    keys = [key for key in infos.chip_authentication_keys if key.protocol is KeyAgreement.ECDH]
    return [key for key in keys if key.key_id == key_id] or [key for key in keys if key.key_id is None]


def _verify(mapping: ChipMapping, key: ChipAuthenticationPublicKey) -> ChipProof:
    try:
        curve, static = ec_key(key.subject_public_key_info)
    except ValueError:
        return ChipProof.UNSUPPORTED
    if curve != mapping.curve:
        return ChipProof.FAILED
    try:
        product = KeyPair.of(curve, int.from_bytes(mapping.data)).multiply(static)
    except CurveError:
        return ChipProof.FAILED
    return ChipProof.PASSED if product == mapping.public else ChipProof.FAILED


def chip_mapping(curve: Curve, key_id: int, public: bytes, data: bytes) -> ChipMapping:
    """Raises ``CurveError`` for a mapping key that is no point."""
    return ChipMapping(curve, key_id, curves.decode_point(curve, public), data)
