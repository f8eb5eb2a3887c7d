"""The least number of commands and bytes by which a card can be read, from the standards and nothing else.

Commands and answers in their shortest form (ISO/IEC 7816-4 §5.1, ICAO Doc 9303-11 §9.8), each file in as few
READ BINARY as its size and the block allow, the length of every file known beforehand. No reader can do with
less; one that does not know the lengths needs a few bytes more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

SW = 2
_POINT = 1 + 2 * 32
_CHALLENGE, _SIGNATURE = 8, 64


@dataclass(frozen=True)
class Least:
    """Commands, and the bytes of each with its answer."""

    exchanges: tuple[tuple[int, int], ...] = ()

    @property
    def apdus(self) -> int:
        """Commands."""
        return len(self.exchanges)

    @property
    def bytes(self) -> int:
        """Bytes in both directions."""
        return sum(command + answer for command, answer in self.exchanges)

    def __add__(self, other: Least) -> Least:
        return Least(self.exchanges + other.exchanges)


def files(sizes: Iterable[int], block: int, cipher_block: int = 16) -> Least:
    """Reading files of these sizes through a channel, ``block`` bytes at once."""
    exchanges = []
    for size in sizes:
        for part in range(math.ceil(size / block)):
            wanted = min(block, size - part * block)
            exchanges.append(
                (_protected_command(0, wanted, cipher_block), _protected_answer(wanted, cipher_block))
            )
    return Least(tuple(exchanges))


def access(card_access: int) -> Least:
    """EF.CardAccess in clear, PACE with generic mapping on a curve of 256 bits, and the application."""
    step = 4 + 1
    pace = (
        (step + 18, SW),  # MSE:Set AT without Le
        (step + 2 + 1, 2 + 2 + 16 + SW),  # nonce
        (step + 4 + _POINT + 1, 4 + _POINT + SW),  # mapping
        (step + 4 + _POINT + 1, 4 + _POINT + SW),  # key agreement
        (step + 12 + 1, 12 + SW),  # tokens
    )
    application = (_protected_command(7, None), _protected_answer(0))
    return Least(((4 + 1, card_access + SW), *pace, application))


def chip_proofs() -> Least:
    """Chip authentication on a curve of 256 bits with AES, and active authentication with ECDSA."""
    agreement = 2 + 2 + _POINT
    return Least((
        (_protected_command(2 + 10, None), _protected_answer(0)),
        (_protected_command(agreement, 256), _protected_answer(2)),
        (_protected_command(_CHALLENGE, _SIGNATURE), _protected_answer(_SIGNATURE)),
    ))  # fmt: skip


def _length(size: int) -> int:
    """Bytes of a BER length."""
    return 1 if size < 0x80 else 2 if size < 0x100 else 3


def _encrypted(data: int, cipher_block: int) -> int:
    """The data object with so much data, padded and encrypted."""
    value = 1 + (data // cipher_block + 1) * cipher_block
    return 1 + _length(value) + value if data else 0


def _protected_command(data: int, le: int | None, cipher_block: int = 16) -> int:
    """The shortest protected command with so much data, wanting so many bytes back."""
    extended = (le or 0) > 256
    wanted = 0 if le is None else 4 if extended else 3
    objects = _encrypted(data, cipher_block) + wanted + 2 + 8
    return 4 + (3 if extended else 1) + objects + (2 if extended else 1)


def _protected_answer(data: int, cipher_block: int = 16) -> int:
    """The shortest protected answer with so much data."""
    return _encrypted(data, cipher_block) + 4 + 10 + SW
