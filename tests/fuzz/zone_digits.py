"""Right check digits for any zone, so that what lies behind them is reached (ICAO Doc 9303-3 §4.9)."""

from __future__ import annotations

from itertools import cycle

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_digit(covered: bytes) -> int:
    """The digit as a character's number; written apart from the product's."""
    weights = cycle((7, 3, 1))
    total = sum(max(_ALPHABET.find(char), 0) * next(weights) for char in covered)
    return 48 + total % 10


def with_digits(data: bytes) -> bytes:
    """Lines of one of the three formats, with every check digit right."""
    lines = bytearray(data)
    if len(lines) == 90:
        fields = [(5, 14), (30, 36), (38, 44)]
        if lines[2:5] == b"VNM":
            lines[18:27] = lines[5:14]
            lines[29] = check_digit(lines[15:27])
        composite, digit = ((5, 37), (38, 45), (48, 59)), 59
    elif len(lines) == 72:
        fields = [(36, 45), (49, 55), (57, 63)]
        composite, digit = ((36, 46), (49, 56), (57, 71)), 71
    elif len(lines) == 88:
        fields = [(44, 53), (57, 63), (65, 71), (72, 86)]
        composite, digit = ((44, 54), (57, 64), (65, 87)), 87
    else:
        return data
    for start, end in fields:
        if lines[end : end + 1] != b"<":
            lines[end] = check_digit(lines[start:end])
    lines[digit] = check_digit(b"".join(bytes(lines[start:end]) for start, end in composite))
    return bytes(lines)
