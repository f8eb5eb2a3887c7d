"""Products of points in Python, for the curves that OpenSSL does not have (brainpoolP192r1, P224r1, P320r1).

The complete addition formulas for prime-order curves (Renes, Costello, Batina, "Complete addition formulas
for prime order elliptic curves", 2016, algorithm 1) have no special cases: doubling, infinity and inverse
points take the same path as any other. With a window of four bits and a length fixed by the curve, every
factor costs the same sequence of field operations, and random projective coordinates make the numbers in it
differ from run to run.

Limits: Python's integers are not constant-time, and the table is looked up at a secret place. Whoever can
measure this process finely enough learns something of a factor that is used once; a card or a listener on the
air cannot. Curves that OpenSSL has never come here with a secret.
"""

from __future__ import annotations

import secrets

from devices.chip_card.access.domain_parameters import Curve

_WINDOW = 4

Projective = tuple[int, int, int]
_INFINITY: Projective = (0, 1, 0)


def random_factor(curve: Curve) -> int:
    """A secret number k with 1 < k < n - 1."""
    return 2 + secrets.randbelow(curve.n - 3)


def multiply(curve: Curve, k: int, x: int, y: int) -> tuple[int, int] | None:
    """k·(x, y) for 0 ≤ k < 2^(bits of n) and a point of the curve; ``None`` for the point at infinity."""
    p = curve.p
    z = 1 + secrets.randbelow(p - 1)
    base = (x * z % p, y * z % p, z)
    table = [_INFINITY, base]
    while len(table) < 1 << _WINDOW:
        table.append(_add(curve, table[-1], base))
    result = _INFINITY
    for shift in range(-(-curve.n.bit_length() // _WINDOW) * _WINDOW - _WINDOW, -1, -_WINDOW):
        for _ in range(_WINDOW):
            result = _add(curve, result, result)
        result = _add(curve, result, table[k >> shift & (1 << _WINDOW) - 1])
    x, y, z = result
    if not z:
        return None
    inverse = pow(z, -1, p)
    return x * inverse % p, y * inverse % p


def _add(curve: Curve, one: Projective, other: Projective) -> Projective:
    p, a, b3 = curve.p, curve.a, 3 * curve.b
    x1, y1, z1 = one
    x2, y2, z2 = other
    xx, yy, zz = x1 * x2 % p, y1 * y2 % p, z1 * z2 % p
    xy = (x1 * y2 + x2 * y1) % p
    xz = (x1 * z2 + x2 * z1) % p
    yz = (y1 * z2 + y2 * z1) % p
    azz = a * zz
    mixed = (a * xz + b3 * zz) % p
    minus, plus = yy - mixed, yy + mixed
    tripled = (3 * xx + azz) % p
    crossed = (b3 * xz + a * (xx - azz)) % p
    return (
        (xy * minus - yz * crossed) % p,
        (plus * minus + tripled * crossed) % p,
        (yz * plus + xy * tripled) % p,
    )
