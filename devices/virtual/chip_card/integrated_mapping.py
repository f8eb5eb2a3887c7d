"""The integrated mapping of PACE from the chip's side (ICAO Doc 9303-11 §4.4.3.3.2): nonces to a point."""

from __future__ import annotations

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.elliptic_curves import Curve, CurveError, Point
from devices.chip_card.access.session_keys import CipherSuite
from devices.virtual.chip_card.chip_ciphers import encrypt

# §4.4.3.3.2, for blocks of 128 and of 256 bits
_C0 = {
    16: bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
    32: bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
}
_C1 = {
    16: bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
    32: bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
}


def mapped_generator(curve: Curve, suite: CipherSuite, own: bytes, peer: bytes) -> Point:
    """The generator from the chip's nonce and the reader's. Raises ``CurveError`` for curves whose prime is
    not 3 modulo 4.
    """
    point = encoded_point(curve, pseudo_random(suite, own, peer, curve.p))
    if not curves.is_on_curve(curve, point):
        raise CurveError("the mapping leads off the curve")
    return point


def pseudo_random(suite: CipherSuite, own: bytes, peer: bytes, p: int) -> int:
    """R_p(s, t): blocks of the cipher, chained by keys, until they are 64 bits longer than the prime."""
    size = len(own)
    key = encrypt(suite, peer, own)[: suite.key_length]
    stream = b""
    while len(stream) * 8 < p.bit_length() + 64:
        stream += encrypt(suite, key, _C1[size])
        key = encrypt(suite, key, _C0[size])[: suite.key_length]
    return int.from_bytes(stream) % p


def encoded_point(curve: Curve, t: int) -> Point:
    """A number of the field as a point, without any search (Doc 9303-11 §B.2). Raises ``CurveError``."""
    p, a, b = curve.p, curve.a, curve.b
    if p % 4 != 3:
        raise CurveError("no integrated mapping on this curve")
    alpha = -t * t % p
    x2 = -b * pow(a, -1, p) * (1 + pow(alpha + alpha * alpha, -1, p)) % p
    x3 = alpha * x2 % p
    h2 = (pow(x2, 3, p) + a * x2 + b) % p
    u = pow(t, 3, p) * h2 % p
    root = pow(h2, p - 1 - (p + 1) // 4, p)
    return Point(x2, root * h2 % p) if root * root * h2 % p == 1 else Point(x3, root * u % p)
