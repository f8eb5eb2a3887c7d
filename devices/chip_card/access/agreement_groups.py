"""The groups in which PACE agrees on keys: elliptic curves and prime fields (ICAO Doc 9303-11 §9.4.5, §9.6).

Elements pass in the form in which they stand in commands, so that PACE itself knows of neither kind; each is
checked wherever it enters a computation.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from devices.chip_card.access import elliptic_curves as curves
from devices.chip_card.access.diffie_hellman import Group
from devices.chip_card.access.elliptic_curves import Curve, KeyPair, Point
from devices.chip_card.access.modp_groups import ModpParameters


class AgreementKey(ABC):
    """A secret number and the element that it makes of the standard generator."""

    @property
    @abstractmethod
    def public(self) -> bytes:
        """That element."""

    @abstractmethod
    def multiply(self, element: bytes) -> bytes:
        """The element that it makes of another. Raises ``ValueError`` for what is no element to agree on."""

    @abstractmethod
    def shared_secret(self, element: bytes) -> bytes:
        """What both sides derive keys from (§9.7.1). Raises ``ValueError``."""


class AgreementGroup(ABC):
    """A group with a standardized generator. ``element_tag`` marks its elements in a public key (§9.4)."""

    element_tag: int
    prime: int

    @abstractmethod
    def generate(self) -> AgreementKey:
        """A fresh key."""

    @abstractmethod
    def key(self, secret: int) -> AgreementKey:
        """The key of a given number. Raises ``ValueError`` when it is out of range."""

    @abstractmethod
    def canonical(self, element: bytes) -> bytes:
        """The one form that an element has. Raises ``ValueError`` for what is no element to agree on."""

    @abstractmethod
    def shift_generator(self, factor: int, element: bytes) -> bytes:
        """The generic mapping: ``factor`` times the generator, and the element added (§4.4.3.3.1)."""

    @abstractmethod
    def element_of(self, number: int) -> bytes:
        """The integrated mapping: a field's number made an element (§4.4.3.3.2)."""


@dataclass(frozen=True)
class _CurveKey(AgreementKey):
    pair: KeyPair

    @property
    def public(self) -> bytes:
        return curves.encode_point(self.pair.curve, self.pair.public)

    def multiply(self, element: bytes) -> bytes:
        curve = self.pair.curve
        return curves.encode_point(curve, self.pair.multiply(curves.decode_point(curve, element)))

    def shared_secret(self, element: bytes) -> bytes:
        curve = self.pair.curve
        return self.pair.shared_x(curves.decode_point(curve, element)).to_bytes(curve.size)


class CurveGroup(AgreementGroup):
    """The points of a curve, uncompressed."""

    element_tag = 0x86

    def __init__(self, curve: Curve) -> None:
        self.curve = curve
        self.prime = curve.p

    def generate(self) -> AgreementKey:
        return _CurveKey(KeyPair.generate(self.curve))

    def key(self, secret: int) -> AgreementKey:
        return _CurveKey(KeyPair.of(self.curve, secret))

    def canonical(self, element: bytes) -> bytes:
        return curves.encode_point(self.curve, curves.decode_point(self.curve, element))

    def shift_generator(self, factor: int, element: bytes) -> bytes:
        curve = self.curve
        shift = curves.multiply_generator(curve, factor % curve.n)
        return curves.encode_point(curve, curves.add(curve, shift, curves.decode_point(curve, element)))

    def element_of(self, number: int) -> bytes:
        """Appendix B.2, for curves with p ≡ 3 (mod 4) and cofactor 1: one of two candidate x coordinates has
        a square on its right side, and one power tells which and gives its root.
        """
        curve, p, t = self.curve, self.curve.p, number
        if not 0 < t < p or p % 4 != 3:
            raise ValueError("no point encoding of this number")
        alpha = -t * t % p
        x = -curve.b * pow(curve.a, -1, p) * (1 + pow(alpha + alpha * alpha, -1, p)) % p
        square = (x * x * x + curve.a * x + curve.b) % p
        root = pow(square, p - 1 - (p + 1) // 4, p)
        if root * root * square % p == 1:
            point = Point(x, root * square % p)
        else:
            point = Point(alpha * x % p, root * t * t * t * square % p)
        return self.canonical(curves.encode_point(curve, point))


@dataclass(frozen=True)
class _ModpKey(AgreementKey):
    group: ModpGroup
    secret: int = field(repr=False)

    @property
    def public(self) -> bytes:
        return self._power(self.group.numbers.g).lstrip(b"\x00")

    def multiply(self, element: bytes) -> bytes:
        return self._power(self.group.decode(element)).lstrip(b"\x00")

    def shared_secret(self, element: bytes) -> bytes:
        return self._power(self.group.decode(element))

    def _power(self, base: int) -> bytes:
        return self.group.numbers.power(base, self.secret)


class ModpGroup(AgreementGroup):
    """Numbers of prime order q modulo p, in as few bytes as they need (§9.4.1)."""

    element_tag = 0x84

    def __init__(self, parameters: ModpParameters) -> None:
        self.numbers = Group(parameters.p, parameters.g, parameters.q)
        self.order = parameters.q
        self.prime = parameters.p

    def generate(self) -> AgreementKey:
        return _ModpKey(self, self.numbers.random_exponent())

    def key(self, secret: int) -> AgreementKey:
        if not secret % self.order:
            raise ValueError("the exponent is out of range")
        return _ModpKey(self, secret)

    def canonical(self, element: bytes) -> bytes:
        return self.encode(self.decode(element))

    def encode(self, number: int) -> bytes:
        """The number's bytes without leading zeros."""
        return number.to_bytes((number.bit_length() + 7) // 8)

    def decode(self, element: bytes) -> int:
        """Read a number and check that it is of order q (RFC 2631 §2.1.5). Raises ``ValueError``."""
        number = int.from_bytes(element)
        self.numbers.check_element(number)
        return number

    def shift_generator(self, factor: int, element: bytes) -> bytes:
        shift = int.from_bytes(self.numbers.power(self.numbers.g, factor))
        return self._generator(shift * self.decode(element) % self.prime)

    def element_of(self, number: int) -> bytes:
        """The power by the cofactor."""
        return self._generator(pow(number, (self.prime - 1) // self.order, self.prime))

    def _generator(self, number: int) -> bytes:
        if number < 2:
            raise ValueError("the generator is trivial")
        return self.encode(number)
