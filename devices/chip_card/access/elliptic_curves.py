"""Points on the curves of PACE, multiplied by OpenSSL wherever a secret is involved.

OpenSSL's ECDH gives only the x coordinate of a product. PACE's generic mapping needs the whole point, and
products of another generator. Both come from two ECDH calls: x(k·P) leaves two points, and x((k+1)·P) tells
which of them is k·P, because only then does adding P to it give that x. The secret number k is touched by
OpenSSL's constant-time code alone; what Python computes with are points that are public or die with the
session.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Curve:
    """A curve y² = x³ + ax + b over the prime field p, with p ≡ 3 (mod 4), and a generator of prime order n
    (cofactor 1).
    """

    name: str
    p: int
    a: int
    b: int
    gx: int
    gy: int
    n: int
    native: ec.EllipticCurve

    @property
    def size(self) -> int:
        """Bytes of one coordinate."""
        return (self.p.bit_length() + 7) // 8

    def __repr__(self) -> str:
        return f"Curve({self.name})"


@dataclass(frozen=True)
class Point:
    """An affine point, never the point at infinity."""

    x: int
    y: int

    def __repr__(self) -> str:
        return "Point(…)"


class CurveError(ValueError):
    """Not a usable point of the curve, or a product that is the point at infinity."""


# RFC 5639 §3.4
BRAINPOOL_P256R1 = Curve(
    name="brainpoolP256r1",
    p=0xA9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377,
    a=0x7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9,
    b=0x26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6,
    gx=0x8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262,
    gy=0x547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997,
    n=0xA9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7,
    native=ec.BrainpoolP256R1(),
)


def is_on_curve(curve: Curve, point: Point) -> bool:
    """True for a point of the curve with coordinates in the field."""
    if not (0 <= point.x < curve.p and 0 <= point.y < curve.p):
        return False
    return (point.y * point.y - (pow(point.x, 3, curve.p) + curve.a * point.x + curve.b)) % curve.p == 0


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
    numbers = _private(curve, k).public_key().public_numbers()
    return Point(numbers.x, numbers.y)


def shared_x(curve: Curve, k: int, point: Point) -> int:
    """The x coordinate of k·P. Raises ``CurveError``."""
    return _shared_x(curve, k, _public(curve, point))


def multiply(curve: Curve, k: int, point: Point) -> Point:
    """k·P of any point, 1 < k < n - 1. Raises ``CurveError`` for other k and points off the curve."""
    if not 1 < k < curve.n - 1:
        raise CurveError("the factor is out of range")
    public = _public(curve, point)
    x, next_x = _shared_x(curve, k, public), _shared_x(curve, k + 1, public)
    y = pow(pow(x, 3, curve.p) + curve.a * x + curve.b, (curve.p + 1) // 4, curve.p)
    candidate = Point(x, y)
    if candidate.x != point.x and add(curve, candidate, point).x == next_x:
        return candidate
    return Point(x, curve.p - y)


def _private(curve: Curve, k: int) -> ec.EllipticCurvePrivateKey:
    if not 0 < k < curve.n:
        raise CurveError("the factor is out of range")
    return ec.derive_private_key(k, curve.native)


def _public(curve: Curve, point: Point) -> ec.EllipticCurvePublicKey:
    if not is_on_curve(curve, point):
        raise CurveError("the point is not on the curve")
    return ec.EllipticCurvePublicNumbers(point.x, point.y, curve.native).public_key()


def _shared_x(curve: Curve, k: int, public: ec.EllipticCurvePublicKey) -> int:
    return int.from_bytes(_private(curve, k).exchange(ec.ECDH(), public))
