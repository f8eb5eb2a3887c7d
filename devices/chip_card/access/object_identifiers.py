"""Object identifiers as people write them."""

from __future__ import annotations

_LONGEST = 64


def dotted(encoded: bytes) -> str:
    """The numbers of an encoded identifier (X.690 §8.19), ``1.2.840…``; empty for no bytes.

    Raises ``ValueError`` for one of more than 64 bytes, which no protocol has and which would take long.
    """
    if len(encoded) > _LONGEST:
        raise ValueError(f"an object identifier of {len(encoded)} bytes")
    numbers, value = [], 0
    for byte in encoded:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    first = min(numbers[0] // 40, 2)
    return ".".join(str(number) for number in (first, numbers[0] - 40 * first, *numbers[1:]))
