"""Points on the curves of travel documents, multiplied by OpenSSL wherever it has the curve.

OpenSSL's ECDH gives only the x coordinate of a product. PACE needs the whole point, and products of another
generator. Both come from two ECDH calls: with the x coordinates of k·P and of k·(P + G) = k·P + k·G, where
k·G is the key's own public point, the addition formula leaves one linear equation for the y coordinate of
k·P, without any square root. The secret number k is touched by OpenSSL's constant-time code alone; what
Python computes with are points that are public or die with the session. The curves that OpenSSL lacks are
multiplied in ``complete_addition``, which tells its limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from devices.chip_card.access import complete_addition
from devices.chip_card.access.domain_parameters import (
    BRAINPOOL_P192R1,
    BRAINPOOL_P224R1,
    BRAINPOOL_P256R1,
    BRAINPOOL_P320R1,
    BRAINPOOL_P384R1,
    BRAINPOOL_P512R1,
    SECP192R1,
    SECP224R1,
    SECP256R1,
    SECP384R1,
    SECP521R1,
    STANDARDIZED,
    Curve,
    by_parameter_id,
    matching,
    named,
)

__all__ = [
    "BRAINPOOL_P192R1",
    "BRAINPOOL_P224R1",
    "BRAINPOOL_P256R1",
    "BRAINPOOL_P320R1",
    "BRAINPOOL_P384R1",
    "BRAINPOOL_P512R1",
    "SECP192R1",
    "SECP224R1",
    "SECP256R1",
    "SECP384R1",
    "SECP521R1",
    "STANDARDIZED",
    "Curve",
    "CurveError",
    "KeyPair",
    "Point",
    "add",
    "by_parameter_id",
    "decode_point",
    "encode_point",
    "is_on_curve",
    "matching",
    "multiply",
    "multiply_generator",
    "named",
    "runs_natively",
    "shared_x",
    "verify_ecdsa",
]

_HASH_OF_LENGTH = {
    algorithm.digest_size: algorithm
    for algorithm in (hashes.SHA1(), hashes.SHA224(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512())  # noqa: S303 - only the length is used
}


@dataclass(frozen=True)
class Point:
    """An affine point, never the point at infinity."""

    x: int
    y: int

    def __repr__(self) -> str:
        return "Point(…)"


class CurveError(ValueError):
    """Not a usable point of the curve, or a product that is the point at infinity."""


@dataclass(frozen=True)
class KeyPair:
    """A secret number k, 1 < k < n - 1, and its point k·G."""

    curve: Curve
    public: Point
    _k: int = field(repr=False)
    _key: ec.EllipticCurvePrivateKey | None = field(repr=False, compare=False)

    @classmethod
    def generate(cls, curve: Curve) -> KeyPair:
        """A fresh pair."""
        while True:
            if curve.native is None or not runs_natively(curve):
                k = complete_addition.random_factor(curve)
                key, public = None, _multiply_in_python(curve, k, _generator(curve))
            else:
                key = ec.generate_private_key(curve.native)
                numbers = key.private_numbers()
                k, public = numbers.private_value, _point(numbers.public_numbers)
            if 1 < k < curve.n - 1:
                return cls(curve, public, k, key)

    @classmethod
    def of(cls, curve: Curve, k: int) -> KeyPair:
        """The pair of a given number. Raises ``CurveError`` when it is out of range."""
        if not 1 < k < curve.n - 1:
            raise CurveError("the factor is out of range")
        if curve.native is None or not runs_natively(curve):
            return cls(curve, _multiply_in_python(curve, k, _generator(curve)), k, None)
        key = ec.derive_private_key(k, curve.native)
        return cls(curve, _point(key.public_key().public_numbers()), k, key)

    def shared_x(self, point: Point) -> int:
        """The x coordinate of k·P. Raises ``CurveError`` for a point off the curve."""
        if self._key is None:
            return self.multiply(point).x
        return _exchange(self._key, _public(self.curve, point))

    def multiply(self, point: Point) -> Point:
        """k·P of any point. Raises ``CurveError`` for a point off the curve."""
        curve = self.curve
        if self._key is None:
            return _multiply_in_python(curve, self._k, point)
        generator = _generator(curve)
        if point.x == generator.x and is_on_curve(curve, point):
            return self.public if point == generator else Point(self.public.x, curve.p - self.public.y)
        x = _exchange(self._key, _public(curve, point))
        shifted_x = _exchange(self._key, _public(curve, add(curve, point, generator)))
        return _recover(curve, x, shifted_x, self.public)


def runs_natively(curve: Curve) -> bool:
    """Whether OpenSSL computes on this curve; some builds of it lack curves that others have."""
    return curve.native is not None and _has_curve(curve.native, curve.gx, curve.gy)


@cache
def _has_curve(native: ec.EllipticCurve, x: int, y: int) -> bool:
    try:
        ec.EllipticCurvePublicNumbers(x, y, native).public_key()
    except UnsupportedAlgorithm:
        return False
    return True


def is_on_curve(curve: Curve, point: Point) -> bool:
    """True for a point of the curve with coordinates in the field."""
    if not (0 <= point.x < curve.p and 0 <= point.y < curve.p):
        return False
    return (point.y * point.y - _right_side(curve, point.x)) % curve.p == 0


def encode_point(curve: Curve, point: Point) -> bytes:
    """Uncompressed form ``04 ‖ x ‖ y`` (SEC 1 §2.3.3)."""
    return b"\x04" + point.x.to_bytes(curve.size) + point.y.to_bytes(curve.size)


def decode_point(curve: Curve, data: bytes) -> Point:
    """Read the uncompressed form. Raises ``CurveError`` for anything else, infinity and points off the
    curve.
    """
    if len(data) != 1 + 2 * curve.size or data[0] != 4:
        raise CurveError("not an uncompressed point of this curve")
    point = Point(int.from_bytes(data[1 : 1 + curve.size]), int.from_bytes(data[1 + curve.size :]))
    if not is_on_curve(curve, point):
        raise CurveError("the point is not on the curve")
    return point


def add(curve: Curve, one: Point, other: Point) -> Point:
    """Sum of two points. Raises ``CurveError`` when it is the point at infinity."""
    p = curve.p
    if one.x == other.x:
        if (one.y + other.y) % p == 0:
            raise CurveError("the sum is the point at infinity")
        slope = (3 * one.x * one.x + curve.a) * pow(2 * one.y, -1, p)
    else:
        slope = (other.y - one.y) * pow(other.x - one.x, -1, p)
    x = (slope * slope - one.x - other.x) % p
    return Point(x, (slope * (one.x - x) - one.y) % p)


def multiply_generator(curve: Curve, k: int) -> Point:
    """k·G of the standard generator, 0 < k < n. Raises ``CurveError`` for other k."""
    if not 0 < k < curve.n:
        raise CurveError("the factor is out of range")
    if curve.native is None or not runs_natively(curve):
        return _multiply_in_python(curve, k, _generator(curve))
    return _point(ec.derive_private_key(k, curve.native).public_key().public_numbers())


def shared_x(curve: Curve, k: int, point: Point) -> int:
    """The x coordinate of k·P, 1 < k < n - 1. Raises ``CurveError``."""
    return KeyPair.of(curve, k).shared_x(point)


def multiply(curve: Curve, k: int, point: Point) -> Point:
    """k·P of any point, 1 < k < n - 1. Raises ``CurveError`` for other k and points off the curve."""
    return KeyPair.of(curve, k).multiply(point)


def verify_ecdsa(curve: Curve, public: Point, digest: bytes, r: int, s: int) -> bool:
    """Whether (r, s) is the key's signature over the digest (SEC 1 §4.1.4). Nothing here is secret.

    Raises ``CurveError`` when the key is no point of the curve.
    """
    if not is_on_curve(curve, public):
        raise CurveError("the point is not on the curve")
    if not (0 < r < curve.n and 0 < s < curve.n):
        return False
    hashed = _HASH_OF_LENGTH.get(len(digest))
    if hashed is None or not runs_natively(curve):
        return _verify_in_python(curve, public, digest, r, s)
    try:
        _public(curve, public).verify(encode_dss_signature(r, s), digest, ec.ECDSA(Prehashed(hashed)))
    except InvalidSignature:
        return False
    return True


def _verify_in_python(curve: Curve, public: Point, digest: bytes, r: int, s: int) -> bool:
    n = curve.n
    number = int.from_bytes(digest) >> max(0, 8 * len(digest) - n.bit_length())
    inverse = pow(s, -1, n)
    products = (
        complete_addition.multiply(curve, number * inverse % n, curve.gx, curve.gy),
        complete_addition.multiply(curve, r * inverse % n, public.x, public.y),
    )
    points = [Point(*product) for product in products if product is not None]
    try:
        total = add(curve, *points) if len(points) == 2 else points[0]
    except CurveError:
        return False
    return total.x % n == r


def _recover(curve: Curve, x: int, sum_x: int, known: Point) -> Point:
    """The point with this x coordinate whose sum with a known point has the x coordinate ``sum_x``.

    With Y its y coordinate, (Y - y(known))² = (sum_x + x + x(known)) · (x - x(known))²; the curve's equation
    gives Y², which leaves Y alone.
    """
    p = curve.p
    squared_rise = (sum_x + x + known.x) * (x - known.x) ** 2
    y = (_right_side(curve, x) + known.y * known.y - squared_rise) * pow(2 * known.y, -1, p) % p
    product = Point(x, y)
    if not is_on_curve(curve, product):
        raise CurveError("the product is not on the curve")
    return product


def _right_side(curve: Curve, x: int) -> int:
    return (x * x + curve.a) * x + curve.b


def _generator(curve: Curve) -> Point:
    return Point(curve.gx, curve.gy)


def _point(numbers: ec.EllipticCurvePublicNumbers) -> Point:
    return Point(numbers.x, numbers.y)


def _public(curve: Curve, point: Point) -> ec.EllipticCurvePublicKey:
    if curve.native is None or not is_on_curve(curve, point):
        raise CurveError("the point is not on the curve")
    return ec.EllipticCurvePublicNumbers(point.x, point.y, curve.native).public_key()


def _exchange(key: ec.EllipticCurvePrivateKey, public: ec.EllipticCurvePublicKey) -> int:
    return int.from_bytes(key.exchange(ec.ECDH(), public))


def _multiply_in_python(curve: Curve, k: int, point: Point) -> Point:
    if not is_on_curve(curve, point):
        raise CurveError("the point is not on the curve")
    product = complete_addition.multiply(curve, k, point.x, point.y)
    if product is None:
        raise CurveError("the product is the point at infinity")
    return Point(*product)
