"""From what a scanner sends to whole codes. Pure, no I/O.

A code may hold a citizen's name and number: nothing here keeps one that was handed over, and nothing logs it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_CODE = 1024
"""Bytes of one code; more is a misread or something that does not belong here."""

STALE_SECONDS = 2.0
"""A code whose end does not come within this time is dropped."""


class LineAssembler:
    """Bytes of a serial scanner: codes end with CR or LF and are UTF-8.

    ``refused`` counts what was thrown away: too long, not UTF-8, or with control characters.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.refused = 0
        self._clock = clock
        self._begun = bytearray()
        self._overlong = False
        self._last = clock()

    def feed(self, data: bytes) -> list[str]:
        """Codes completed by ``data``."""
        now = self._clock()
        if now - self._last > STALE_SECONDS and (self._begun or self._overlong):
            self._refuse()
        self._last = now
        codes = []
        for byte in data:
            if byte in (0x0D, 0x0A):
                code = self._finish()
                if code:
                    codes.append(code)
            elif len(self._begun) >= LONGEST_CODE:
                self._overlong = True
            else:
                self._begun.append(byte)
        return codes

    def _finish(self) -> str:
        try:
            code = bytes(self._begun).decode("utf-8")
        except UnicodeDecodeError:
            code = "\0"
        if self._overlong or any(character < " " or character == "\x7f" for character in code):
            self._refuse()
            return ""
        self._begun.clear()
        return code

    def _refuse(self) -> None:
        self.refused += 1
        self._begun.clear()
        self._overlong = False


class KeyAssembler:
    """Key presses of a scanner that plays a keyboard with the US layout (Linux input event codes).

    Such scanners can type ASCII only; Vietnamese letters need the serial mode.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = LineAssembler(clock)
        self._shifts: set[int] = set()

    @property
    def refused(self) -> int:
        return self._lines.refused

    def key(self, code: int, value: int) -> list[str]:
        """One event: ``value`` 1 pressed, 0 released, 2 repeated (passed over)."""
        if code in _SHIFTS:
            (self._shifts.add if value else self._shifts.discard)(code)
            return []
        if value != 1:
            return []
        if code in _ENTERS:
            return self._lines.feed(b"\r")
        pair = _KEYS.get(code)
        return self._lines.feed(pair[bool(self._shifts)].encode("ascii")) if pair else []


_SHIFTS = frozenset({42, 54})  # KEY_LEFTSHIFT, KEY_RIGHTSHIFT
_ENTERS = frozenset({28, 96})  # KEY_ENTER, KEY_KPENTER


def _row(first: int, plain: str, shifted: str) -> dict[int, str]:
    return {first + i: low + high for i, (low, high) in enumerate(zip(plain, shifted, strict=True))}


# Codes of linux/input-event-codes.h: the rows of the keyboard are numbered from left to right.
_KEYS = {
    **_row(2, "1234567890-=", "!@#$%^&*()_+"),
    **_row(16, "qwertyuiop[]", "QWERTYUIOP{}"),
    **_row(30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    **_row(43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    **_row(55, "*", "*"),
    **_row(57, " ", " "),
    **_row(71, "789-456+1230.", "789-456+1230."),
    **_row(86, "\\", "|"),
    **_row(98, "/", "/"),
}
