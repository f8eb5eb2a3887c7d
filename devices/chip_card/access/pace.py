"""PACE with generic mapping over ECDH and AES-128 (ICAO Doc 9303-11 §4.4; worked example in its appendix
G.1).

Terminal and chip prove to each other that they know the same short password without giving a listener
anything to try passwords against, and agree on the keys of the secure channel.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from devices.chip_card import tlv
from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.block_ciphers import mac
from devices.chip_card.access.elliptic_curves import Curve, CurveError, Point
from devices.chip_card.access.security_infos import BRAINPOOL_P256R1, PaceInfo
from devices.chip_card.access.session_keys import PASSWORD, CipherSuite, SessionKeys, derive, session_keys
from devices.chip_card.apdu import OK, SHORT_LE, VERIFICATION_FAILED, Command, Response
from devices.chip_card.errors import CardProblem, channel_broken
from kiosk.failures import FailureCode

MRZ, CAN = 1, 2
DYNAMIC_AUTHENTICATION = 0x7C
_CURVES = {BRAINPOOL_P256R1: curves.BRAINPOOL_P256R1}
_REFUSALS_OF_PASSWORD = (VERIFICATION_FAILED, 0x6982, 0x6983, 0x6984, 0x6985, 0x6988)

Transmit = Callable[[Command], Response]
RandomScalar = Callable[[Curve], int]


def random_scalar(curve: Curve) -> int:
    """A secret number k with 1 < k < n - 1."""
    return 2 + secrets.randbelow(curve.n - 4)


@dataclass(frozen=True)
class Mapping:
    """The generator of this session, s·G + H, from the nonce and the mapping's key agreement (§4.4.3.3.2)."""

    curve: Curve
    generator: Point


def map_generator(curve: Curve, nonce: bytes, own_key: int, peer: Point) -> Mapping:
    """Generic mapping. Raises ``CurveError`` when a product is the point at infinity."""
    shared = curves.multiply(curve, own_key, peer)
    factor = int.from_bytes(nonce) % curve.n
    return Mapping(curve, curves.add(curve, curves.multiply_generator(curve, factor), shared))


def authentication_token(key: bytes, protocol: bytes, curve: Curve, public_key: Point) -> bytes:
    """MAC over the other party's public key (§4.4.3.4)."""
    body = tlv.encode(0x06, protocol) + tlv.encode(0x86, curves.encode_point(curve, public_key))
    return mac(CipherSuite.AES_128, key, tlv.encode(0x7F49, body))


def decrypt_nonce(password: bytes, encrypted: bytes) -> bytes:
    """The nonce, AES-CBC with zero IV under the key derived from the password. Raises ``ValueError`` for a
    wrong size.
    """
    if len(encrypted) != 16:
        raise ValueError("the nonce is not one block")
    cipher = Cipher(algorithms.AES(derive(password, PASSWORD)), modes.CBC(bytes(16))).decryptor()
    return cipher.update(encrypted) + cipher.finalize()


def establish(
    transmit: Transmit,
    info: PaceInfo,
    password: bytes,
    reference: int = CAN,
    scalar: RandomScalar = random_scalar,
) -> SessionKeys:
    """Run PACE and return the channel's keys: one MSE:Set AT and four GENERAL AUTHENTICATE.

    ``reference``: which password (1 MRZ, 2 CAN). ``scalar`` is replaced only to recompute published examples.
    Raises ``CardProblem``: password wrong (``CARD_CAN_WRONG``), protocol refused (``CARD_ACCESS_REFUSED``),
    or an answer that an honest chip does not give (``CARD_CHANNEL_BROKEN``).
    """
    curve = _CURVES[info.parameter_id or 0]
    try:
        _set_authentication_template(transmit, info, reference)
        nonce = decrypt_nonce(password, _step(transmit, b"", 0x80))

        map_key = scalar(curve)
        map_public = curves.multiply_generator(curve, map_key)
        chip_map = _peer(curve, _step(transmit, _point(0x81, curve, map_public), 0x82), map_public)
        generator = map_generator(curve, nonce, map_key, chip_map).generator

        key = scalar(curve)
        public = curves.multiply(curve, key, generator)
        chip_public = _peer(curve, _step(transmit, _point(0x83, curve, public), 0x84), public)
        shared = curves.shared_x(curve, key, chip_public).to_bytes(curve.size)

        keys = session_keys(shared)
        token = authentication_token(keys.mac, info.protocol, curve, chip_public)
        answer = _step(transmit, tlv.encode(0x85, token), 0x86, last=True)
        expected = authentication_token(keys.mac, info.protocol, curve, public)
        if not hmac.compare_digest(answer, expected):
            raise channel_broken("PACE: the chip's token is wrong")
    except (CurveError, ValueError) as error:
        raise channel_broken(f"PACE: {error}") from None
    return keys


def _set_authentication_template(transmit: Transmit, info: PaceInfo, reference: int) -> None:
    data = tlv.encode(0x80, info.protocol) + bytes((0x83, 1, reference, 0x84, 1, info.parameter_id or 0))
    answer = transmit(Command(0x00, 0x22, 0xC1, 0xA4, data))
    # 63Cx: accepted, and the password has x tries left (§4.4.4.1).
    if answer.sw != OK and answer.sw & 0xFFF0 != 0x63C0:
        raise CardProblem(FailureCode.CARD_ACCESS_REFUSED, f"PACE: MSE:Set AT answered {answer.sw:04X}")


def _step(transmit: Transmit, data: bytes, expected: int, last: bool = False) -> bytes:
    body = tlv.encode(DYNAMIC_AUTHENTICATION, data)
    answer = transmit(Command(0x00 if last else 0x10, 0x86, 0, 0, body, SHORT_LE))
    if answer.sw != OK:
        if last and (answer.sw in _REFUSALS_OF_PASSWORD or answer.sw & 0xFFF0 == 0x63C0):
            raise CardProblem(
                FailureCode.CARD_CAN_WRONG, f"PACE: the chip refused the token, {answer.sw:04X}"
            )
        raise CardProblem(
            FailureCode.CARD_ACCESS_REFUSED, f"PACE: step {expected:02X} answered {answer.sw:04X}"
        )
    for item in tlv.single(answer.data, DYNAMIC_AUTHENTICATION).children():
        if item.tag == expected:
            return item.value
    raise ValueError(f"the answer lacks {expected:02X}")


def _point(tag: int, curve: Curve, point: Point) -> bytes:
    return tlv.encode(tag, curves.encode_point(curve, point))


def _peer(curve: Curve, data: bytes, own: Point) -> Point:
    point = curves.decode_point(curve, data)
    if point == own:
        raise CurveError("the chip gave our own key back")
    return point
