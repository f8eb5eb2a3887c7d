"""Active Authentication: the chip signs a fresh challenge with a key that cannot be read out (ICAO Doc
9303-11 §6.1).

RSA keys sign by ISO/IEC 9796-2, scheme 1 with partial recovery: ``6A ‖ M1 ‖ H(M1 ‖ challenge) ‖ trailer``
fills the modulus to its last byte, and every byte of it is accounted for: M1 is what the header, hash and
trailer leave, and stands in the hash. ECDSA keys sign the hash of the challenge; the two numbers come one
after the other (BSI TR-03111 §5.2.1), or in DER, as some national cards have it.

What a pass is worth depends on DG15's hash in a verified EF.SOD: a forger's own DG15 holds a forger's own
key.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric import rsa

from devices.chip_card import tlv
from devices.chip_card.access import chip_public_keys, elliptic_curves
from devices.chip_card.access.chip_public_keys import DhKey
from devices.chip_card.access.security_infos import SecurityInfos
from devices.chip_card.apdu import EXTENDED_LE, OK, SHORT_LE, WRONG_LENGTH, Command, Response
from devices.chip_card.data_groups import dg15 as file
from devices.chip_card.errors import unreadable
from devices.chip_card.trust.public_keys import EllipticCurveKey, UnsupportedKey
from kiosk.identity.card_proof import ChipProof

Transmit = Callable[[Command], Response]
RandomBytes = Callable[[int], bytes]

_CHALLENGE = 8
_FITS_PROTECTED = 223
"""Data bytes that a protected short answer holds with any cipher."""
_WRONG_LE = 0x6C
_SEQUENCE, _INTEGER = 0x30, 0x02

_HEADER = b"\x6a"  # partial recovery, M1 fills what is left
_SHA1_TRAILER = b"\xbc"
# ISO/IEC 10118-3 numbers of the hashes, before CC
_TRAILERS = {
    b"\x33\xcc": "sha1", b"\x34\xcc": "sha256", b"\x35\xcc": "sha512", b"\x36\xcc": "sha384",
    b"\x38\xcc": "sha224",
}  # fmt: skip

_PLAIN = "0.4.0.127.0.7.1.1.4.1."
_HASHES = {
    f"{_PLAIN}1": "sha1", f"{_PLAIN}2": "sha224", f"{_PLAIN}3": "sha256", f"{_PLAIN}4": "sha384",
    f"{_PLAIN}5": "sha512",
    "1.2.840.10045.4.1": "sha1", "1.2.840.10045.4.3.1": "sha224", "1.2.840.10045.4.3.2": "sha256",
    "1.2.840.10045.4.3.3": "sha384", "1.2.840.10045.4.3.4": "sha512",
}  # fmt: skip
_UNSUPPORTED_HASHES = frozenset((f"{_PLAIN}6",))  # RIPEMD-160


def authenticate(
    transmit: Transmit,
    dg15: bytes,
    infos: SecurityInfos | None,
    random: RandomBytes = secrets.token_bytes,
    *,
    extended_length: bool = True,
    refusal: ChipProof = ChipProof.UNSUPPORTED,
) -> ChipProof:
    """Let the chip sign a fresh challenge, and verify the signature by DG15.

    ``dg15``: the whole file; ``infos``: of DG14, which names the hash of ECDSA. ``random`` is replaced only
    to recompute published examples. ``extended_length``: whether link and chip take long commands; an answer
    that, protected, is longer than 256 bytes (RSA of 1792 bits and more) is otherwise asked for with a short
    command, and left to the link (61xx) or to chips that answer more than was asked for.

    ``PASSED``: the signature is the key's. ``FAILED``: it is not. ``UNSUPPORTED``: a key or hash that is not
    known here. ``refusal`` is what a chip gets that answers with an error status, or cuts a long answer off
    where only a short one could be asked for: nothing in it tells a chip that cannot be asked this way from a
    copy that pretends to be one, so the caller chooses between ``UNSUPPORTED`` and ``WITHHELD``.

    Raises ``CardProblem``: DG15 holds no key (data unreadable), or what the link or the channel raise. A
    channel that breaks here shows an answer cut off on its way, and nothing about the key.
    """
    der = file.parse(dg15).der
    try:
        key = chip_public_keys.load(der)
    except UnsupportedKey:
        return ChipProof.UNSUPPORTED
    except ValueError as error:
        raise unreadable(f"DG15: {error}") from None
    hashes = _hashes(key, infos) if isinstance(key, EllipticCurveKey) else ()
    if isinstance(key, DhKey) or (isinstance(key, EllipticCurveKey) and not hashes):
        return ChipProof.UNSUPPORTED
    if isinstance(key, rsa.RSAPublicKey) and key.key_size % 8:
        return ChipProof.UNSUPPORTED  # the standard's own header would not begin at a byte
    for le in _lengths(key, extended_length):
        challenge, answer = _ask(transmit, random, le)
        if answer.sw == WRONG_LENGTH or (le > SHORT_LE and answer.sw >> 8 == _WRONG_LE):
            continue
        if answer.sw != OK or _cut_off(key, le, answer.data):
            return refusal
        if isinstance(key, rsa.RSAPublicKey):
            valid = verify_rsa(key, answer.data, challenge)
        else:
            valid = verify_ecdsa(key, answer.data, challenge, hashes)
        return ChipProof.PASSED if valid else ChipProof.FAILED
    return refusal


def verify_rsa(key: rsa.RSAPublicKey, signature: bytes, challenge: bytes) -> bool:
    """Whether this is the key's signature over the challenge by ISO/IEC 9796-2, scheme 1 (Doc 9303-11
    §6.1.2.2), with nothing left over.
    """
    numbers = key.public_numbers()
    size = key.key_size // 8
    number = int.from_bytes(signature)
    if len(signature) != size or number >= numbers.n:
        return False
    message = pow(number, numbers.e, numbers.n).to_bytes(size)
    if message[-1:] == _SHA1_TRAILER:
        hash_name, trailer = "sha1", 1
    else:
        hash_name, trailer = _TRAILERS.get(message[-2:], ""), 2
    if not hash_name or message[:1] != _HEADER:
        return False
    at = size - trailer - hashlib.new(hash_name).digest_size
    if at < len(_HEADER):
        return False
    expected = hashlib.new(hash_name, message[1:at] + challenge).digest()
    return hmac.compare_digest(message[at : size - trailer], expected)


def verify_ecdsa(key: EllipticCurveKey, signature: bytes, challenge: bytes, hashes: tuple[str, ...]) -> bool:
    """Whether this is the key's signature over one of these hashes of the challenge (Doc 9303-11
    §6.1.2.3).
    """
    half = (key.curve.n.bit_length() + 7) // 8
    forms = []
    if len(signature) == 2 * half:
        forms.append((int.from_bytes(signature[:half]), int.from_bytes(signature[half:])))
    in_der = _der_numbers(signature)
    forms += [in_der] if in_der else []
    digests = [hashlib.new(name, challenge).digest() for name in hashes]
    return any(
        elliptic_curves.verify_ecdsa(key.curve, key.point, digest, r, s)
        for r, s in forms
        for digest in digests
    )


def _hashes(key: EllipticCurveKey, infos: SecurityInfos | None) -> tuple[str, ...]:
    """The hash that DG14 names; none when it is not known here.

    Where DG14 names none, the longest that is not longer than the key (Doc 9303-11 §6.1.2.3), then SHA-256
    and SHA-1, which chips of before the rule use. Allowing three makes no forgery easier: the challenge is
    ours, and each of its hashes is as random as another.
    """
    info = infos.active_authentication if infos is not None else None
    if info is not None and info.signature_algorithm in _UNSUPPORTED_HASHES:
        return ()
    if info is not None and info.signature_algorithm in _HASHES:
        return (_HASHES[info.signature_algorithm],)
    bits = key.curve.n.bit_length()
    fitting = [name for name in ("sha512", "sha384", "sha256", "sha224") if int(name[3:]) <= bits]
    return tuple(dict.fromkeys((*fitting[:1], "sha256", "sha1")))


def _lengths(key: EllipticCurveKey | rsa.RSAPublicKey, extended_length: bool) -> tuple[int, ...]:
    """Numbers of bytes to ask for, one after the other while the chip says that the length is wrong."""
    return (EXTENDED_LE, SHORT_LE) if _answers_long(key) and extended_length else (SHORT_LE,)


def _answers_long(key: EllipticCurveKey | rsa.RSAPublicKey) -> bool:
    return isinstance(key, rsa.RSAPublicKey) and key.key_size // 8 > _FITS_PROTECTED


def _cut_off(key: EllipticCurveKey | rsa.RSAPublicKey, le: int, signature: bytes) -> bool:
    if not isinstance(key, rsa.RSAPublicKey) or not _answers_long(key):
        return False
    return le <= SHORT_LE and _FITS_PROTECTED <= len(signature) < key.key_size // 8


def _ask(transmit: Transmit, random: RandomBytes, le: int) -> tuple[bytes, Response]:
    """INTERNAL AUTHENTICATE with a fresh challenge; once more, with another, when the chip names the length
    (6Cxx).
    """
    challenge = random(_CHALLENGE)
    answer = transmit(Command(0x00, 0x88, 0, 0, challenge, le))
    if answer.sw >> 8 == _WRONG_LE and le <= SHORT_LE:
        challenge = random(_CHALLENGE)
        answer = transmit(Command(0x00, 0x88, 0, 0, challenge, answer.sw & 0xFF or SHORT_LE))
    return challenge, answer


def _der_numbers(data: bytes) -> tuple[int, int] | None:
    """The two positive numbers of a signature in DER, in exactly the one encoding it has."""
    try:
        items = tlv.single(data, _SEQUENCE).children()
    except tlv.TlvError:
        return None
    if [item.tag for item in items] != [_INTEGER, _INTEGER]:
        return None
    r, s = (int.from_bytes(item.value, signed=True) for item in items)
    if r <= 0 or s <= 0:
        return None
    encoded = [tlv.encode(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1)) for number in (r, s)]
    return (r, s) if tlv.encode(_SEQUENCE, b"".join(encoded)) == data else None
