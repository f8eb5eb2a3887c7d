"""Public keys that DG14 and DG15 hold: curves in every form, RSA, and those of Diffie-Hellman.

A key of Diffie-Hellman spells its group out (ANSI X9.42 as in RFC 3279 §2.3.3, or PKCS #3), or gives it by
the number of a standardized domain parameter (BSI TR-03110-3 §A.2.1.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from asn1crypto import keys
from cryptography.hazmat.primitives.asymmetric import rsa

from devices.chip_card import tlv
from devices.chip_card.access import diffie_hellman
from devices.chip_card.access.diffie_hellman import Group, GroupError
from devices.chip_card.access.object_identifiers import dotted
from devices.chip_card.access.subject_public_key import UnknownKey, ec_key
from devices.chip_card.trust import public_keys
from devices.chip_card.trust.public_keys import EllipticCurveKey, UnsupportedKey

_SEQUENCE, _INTEGER, _OID, _BIT_STRING = 0x30, 0x02, 0x06, 0x03
_RSA = "1.2.840.113549.1.1.1"
_X942 = "1.2.840.10046.2.1"
_PKCS3 = "1.2.840.113549.1.3.1"
_STANDARDIZED = "0.4.0.127.0.7.1.2"


@dataclass(frozen=True)
class DhKey:
    """A public key of Diffie-Hellman, checked to be an element of its checked group."""

    group: Group
    y: int


ChipPublicKey = EllipticCurveKey | DhKey | rsa.RSAPublicKey


def load(der: bytes) -> ChipPublicKey:
    """The key of a SubjectPublicKeyInfo. Raises ``UnsupportedKey`` for kinds, curves and groups that are not
    known or not sane here, other ``ValueError`` for malformed ones.
    """
    kind, parameters, key = _parts(der)
    group = _group(kind, parameters)
    if group is not None:
        return _dh_key(group, _integers([tlv.single(key, _INTEGER)])[0])
    if kind == _RSA:
        try:
            info = keys.PublicKeyInfo.load(der, strict=True)
        except public_keys.MALFORMED as error:
            raise ValueError(f"malformed public key: {type(error).__name__}") from None
        return public_keys.load(info)
    try:
        return EllipticCurveKey(*ec_key(der))
    except UnknownKey as error:
        raise UnsupportedKey(str(error)) from None


def describe(key: ChipPublicKey) -> str:
    """The key in the standard's words, e.g. ``DH 2048``."""
    return f"DH {key.group.p.bit_length()}" if isinstance(key, DhKey) else public_keys.describe(key)


def _parts(der: bytes) -> tuple[str, list[tlv.Tlv], bytes]:
    """Kind of the key, its parameters, and its own bytes."""
    parts = tlv.single(der, _SEQUENCE).children()
    if [part.tag for part in parts] != [_SEQUENCE, _BIT_STRING]:
        raise ValueError("not a SubjectPublicKeyInfo")
    algorithm = parts[0].children()
    if not 1 <= len(algorithm) <= 2 or algorithm[0].tag != _OID:
        raise ValueError("no algorithm")
    if parts[1].value[:1] != b"\x00":
        raise ValueError("the key is not whole bytes")
    return dotted(algorithm[0].value), algorithm[1:], parts[1].value[1:]


def _group(kind: str, parameters: list[tlv.Tlv]) -> Group | None:
    """The group of a key of Diffie-Hellman, ``None`` for keys of another kind.

    X9.42 has p, g, q and what is of no use here; PKCS #3 has p, g and perhaps the length of exponents.
    """
    if kind == _STANDARDIZED:
        numbers = _integers(parameters)
        return diffie_hellman.standardized(numbers[0]) if numbers else None
    needed = {_X942: 3, _PKCS3: 2}.get(kind)
    if needed is None:
        return None
    spelled = parameters[0].children()[:needed] if parameters and parameters[0].tag == _SEQUENCE else []
    if len(spelled) != needed:
        raise ValueError("parameters of the group are missing")
    return Group(*_integers(spelled))


def _dh_key(group: Group, y: int) -> DhKey:
    try:
        group.check()
        group.check_element(y)
    except GroupError as error:
        raise UnsupportedKey(str(error)) from None
    return DhKey(group, y)


def _integers(items: list[tlv.Tlv]) -> list[int]:
    if any(item.tag != _INTEGER or not item.value for item in items):
        raise ValueError("not integers")
    return [int.from_bytes(item.value, signed=True) for item in items]
