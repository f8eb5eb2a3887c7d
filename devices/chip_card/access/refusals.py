"""Status words by which chips say that the password was wrong.

The standard has 6300 (ICAO Doc 9303-11 §4.4.4.2) and, with tries left, 63Cx (ISO/IEC 7816-4 §5.6); chips in
the field also refuse with security status, conditions of use, a blocked method or a wrong checksum.
"""

from __future__ import annotations

_REFUSALS = frozenset((0x6300, 0x6982, 0x6983, 0x6984, 0x6985, 0x6988))


def refuses_password(sw: int) -> bool:
    """True for the answer of a chip that did not accept what only a holder of the password can compute."""
    return sw in _REFUSALS or sw & 0xFFF0 == 0x63C0
