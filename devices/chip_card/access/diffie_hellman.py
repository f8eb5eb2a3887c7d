"""Diffie-Hellman over finite fields, for the chips whose key agreement uses no curve (BSI TR-03110-3 §A.2.1).

Limits: Python's powers are not constant-time. Every exponent is used once, and each power is taken with
another random multiple of the order added to it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from devices.chip_card.access import modp_groups

RandomBelow = Callable[[int], int]
"""A secret number from 0 up to, and not including, its argument."""

_SMALLEST, _LARGEST = 1 << 1023, (1 << 3072) - 1
_SMALLEST_ORDER = 1 << 159
_SHORT_EXPONENT = 512  # twice the strength of any group accepted here, where no order is given
_ROUNDS = 2  # whoever makes a composite of purpose up would only fool a forger's own card
_BLINDING_BITS = 64


class GroupError(ValueError):
    """Not a usable group, or not a usable public key in it."""


@dataclass(frozen=True)
class Group:
    """Powers of g modulo the prime p. ``q``: the prime order of g, ``None`` where nobody says it."""

    p: int
    g: int
    q: int | None = None

    def __repr__(self) -> str:
        return f"Group({self.p.bit_length()} bits)"

    @property
    def size(self) -> int:
        """Bytes of one element."""
        return (self.p.bit_length() + 7) // 8

    def check(self) -> None:
        """Refuse what is no group of sane strength. Raises ``GroupError``.

        p is a prime of 1024 to 3072 bits (by two Miller-Rabin rounds), g neither 0, 1 nor p - 1; a given q
        divides p - 1, has 160 bits or more, and g to the power of it is 1.
        """
        if self in _STANDARDIZED:
            return
        if not _SMALLEST <= self.p <= _LARGEST:
            raise GroupError(f"a prime of {self.p.bit_length()} bits")
        if self.q is not None and (self.q < _SMALLEST_ORDER or (self.p - 1) % self.q):
            raise GroupError("the order does not fit the prime")
        if not _is_probably_prime(self.p):
            raise GroupError("the modulus is not a prime")
        self.check_element(self.g)

    def check_element(self, y: int) -> None:
        """Refuse 0, 1, p - 1 and what lies outside of the field or the subgroup (NIST SP 800-56A §5.6.2.3.1).

        Raises ``GroupError``.
        """
        if not 1 < y < self.p - 1:
            raise GroupError("an element out of range")
        if self.q is not None and pow(y, self.q, self.p) != 1:
            raise GroupError("an element outside of the subgroup")

    def power(self, base: int, exponent: int) -> bytes:
        """An element's power by a secret exponent, with all its bytes."""
        blinded = exponent + secrets.randbits(_BLINDING_BITS) * (self.q or self.p - 1)
        return pow(base, blinded, self.p).to_bytes(self.size)

    def random_exponent(self, below: RandomBelow = secrets.randbelow) -> int:
        """A secret exponent of at least two."""
        if self.q is not None:
            return 2 + below(self.q - 2)
        return 2 + below(1 << min(_SHORT_EXPONENT, self.p.bit_length() - 2))


def _is_probably_prime(number: int) -> bool:
    if number % 2 == 0:
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd >> 1, twos + 1
    for _ in range(_ROUNDS):
        power = pow(2 + secrets.randbelow(number - 4), odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def standardized(parameter_id: int | None) -> Group | None:
    """The group of a standardized domain parameter id, 0 to 2 (ICAO Doc 9303-11 §9.5.1); ``None`` for any
    other.
    """
    found = modp_groups.by_parameter_id(parameter_id)
    return Group(found.p, found.g, found.q) if found is not None else None


_STANDARDIZED = frozenset(Group(known.p, known.g, known.q) for known in modp_groups.STANDARDIZED)
