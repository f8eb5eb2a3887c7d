"""The groups that the chip's PACE computes in: elliptic curves (parameter ids 8 to 18) and prime fields (0 to
2), behind the same few operations. An element is what goes over the line.
"""

from __future__ import annotations

import secrets
from typing import Protocol

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.diffie_hellman import Group, standardized
from devices.chip_card.access.elliptic_curves import Curve, KeyPair, Point
from devices.chip_card.access.session_keys import CipherSuite
from devices.virtual.chip_card.integrated_mapping import mapped_generator, pseudo_random


class PaceDomain(Protocol):
    """What PACE asks of a group. Every method raises ``ValueError`` for an element that is none."""

    element_tag: int
    infinity: bytes

    def generator(self) -> bytes:
        """The standard generator."""

    def secret(self) -> int:
        """A private key."""

    def power(self, secret: int, element: bytes) -> bytes:
        """The element taken so many times."""

    def agreed(self, secret: int, element: bytes) -> bytes:
        """The shared secret of a key agreement."""

    def mapped(self, nonce: bytes, shared: bytes) -> bytes:
        """The generator of generic mapping: so many times the generator, and the shared element."""

    def integrated(self, suite: CipherSuite, own: bytes, peer: bytes) -> bytes:
        """The generator of integrated mapping, from both nonces."""

    def spoiled(self, element: bytes) -> bytes:
        """Something that is no element of the group."""


class CurveDomain:
    """Points of a curve, uncompressed."""

    element_tag = 0x86
    infinity = b"\x00"

    def __init__(self, curve: Curve) -> None:
        self.curve = curve

    def generator(self) -> bytes:
        """See ``PaceDomain``."""
        return self._encoded(Point(self.curve.gx, self.curve.gy))

    def secret(self) -> int:
        """See ``PaceDomain``."""
        return 2 + secrets.randbelow(self.curve.n - 4)

    def power(self, secret: int, element: bytes) -> bytes:
        """See ``PaceDomain``."""
        point = curves.decode_point(self.curve, element)
        return self._encoded(KeyPair.of(self.curve, secret).multiply(point))

    def agreed(self, secret: int, element: bytes) -> bytes:
        """The x coordinate."""
        point = curves.decode_point(self.curve, element)
        return KeyPair.of(self.curve, secret).shared_x(point).to_bytes(self.curve.size)

    def mapped(self, nonce: bytes, shared: bytes) -> bytes:
        """See ``PaceDomain``."""
        by_nonce = curves.multiply_generator(self.curve, int.from_bytes(nonce) % self.curve.n)
        return self._encoded(curves.add(self.curve, by_nonce, curves.decode_point(self.curve, shared)))

    def integrated(self, suite: CipherSuite, own: bytes, peer: bytes) -> bytes:
        """See ``PaceDomain``."""
        return self._encoded(mapped_generator(self.curve, suite, own, peer))

    def spoiled(self, element: bytes) -> bytes:
        """A point beside the curve."""
        return element[:-1] + bytes((element[-1] ^ 1,))

    def _encoded(self, point: Point) -> bytes:
        return curves.encode_point(self.curve, point)


class FieldDomain:
    """Numbers modulo a prime, in as many bytes as it has."""

    element_tag = 0x84
    infinity = b"\x01"

    def __init__(self, group: Group) -> None:
        self._group = group
        self._order = group.q or group.p - 1

    def generator(self) -> bytes:
        """See ``PaceDomain``."""
        return self._encoded(self._group.g)

    def secret(self) -> int:
        """See ``PaceDomain``."""
        return 2 + secrets.randbelow(self._order - 4)

    def power(self, secret: int, element: bytes) -> bytes:
        """See ``PaceDomain``."""
        return self._encoded(pow(self._decoded(element), secret, self._group.p))

    def agreed(self, secret: int, element: bytes) -> bytes:
        """The common power."""
        return self.power(secret, element)

    def mapped(self, nonce: bytes, shared: bytes) -> bytes:
        """See ``PaceDomain``."""
        by_nonce = pow(self._group.g, int.from_bytes(nonce), self._group.p)
        return self._encoded(by_nonce * self._decoded(shared) % self._group.p)

    def integrated(self, suite: CipherSuite, own: bytes, peer: bytes) -> bytes:
        """A pseudo-random number, raised into the subgroup."""
        p = self._group.p
        return self._encoded(pow(pseudo_random(suite, own, peer, p), (p - 1) // self._order, p))

    def spoiled(self, element: bytes) -> bytes:
        """The number of order two, which is outside of the subgroup."""
        return self._encoded(self._group.p - 1)

    def _encoded(self, number: int) -> bytes:
        return number.to_bytes((self._group.p.bit_length() + 7) // 8)

    def _decoded(self, element: bytes) -> int:
        number = int.from_bytes(element)
        if not 1 < number < self._group.p - 1:
            raise ValueError("not an element of the group")
        return number


def domain(parameter_id: int) -> CurveDomain | FieldDomain:
    """The group of this number (ICAO Doc 9303-11 table 6). Raises ``ValueError``."""
    curve, group = curves.by_parameter_id(parameter_id), standardized(parameter_id)
    if curve is not None:
        return CurveDomain(curve)
    if group is not None:
        return FieldDomain(group)
    raise ValueError(f"no domain parameters {parameter_id}; there are 0 to 2 and 8 to 18")
