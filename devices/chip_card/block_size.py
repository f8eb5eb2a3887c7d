"""How many bytes to ask a chip for at once, found once for each type of card and remembered.

Nothing tells beforehand what a chip, a reader and its driver can do together: extended length is announced
only sometimes, buffers end at any size, some readers cut answers off at 256 bytes. So the largest is asked
for, and what is refused is not asked for again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

FITTING = 231
"""The most data that a protected answer of 256 bytes has room for: 231 bytes with 3DES; with AES less."""
LADDER = (65536, 4096, 1024, 256, FITTING, 160)
"""65536 lets the card give all it can (Le = 0000). 256 is the most that a short command can ask for; some
chips answer it in full under secure messaging, in more than 256 bytes.
"""
_SKIPPED_WHEN_LOST = 1024
_CARD_TYPES = 64


class BlockSize:
    """The largest block that has not been refused, and whether the card knows short file identifiers.

    ``largest``: where to begin. ``known``: this has read a card of the same type before.
    ``short_answer``: the most data that a protected answer of 256 bytes holds on the channel in use
    (``SecureChannel.largest_short_answer``).
    """

    LADDER = LADDER

    def __init__(
        self, largest: int = LADDER[0], *, known: bool = False, short_ids: bool | None = None
    ) -> None:
        self.largest = largest
        self.known = known
        self.short_ids = short_ids
        self.short_answer = 223
        self._lost_before = False

    def __repr__(self) -> str:
        return f"BlockSize({self.largest}, known={self.known}, short_ids={self.short_ids})"

    @property
    def bytes(self) -> int:
        """The size in use."""
        return min(FITTING, self.short_answer) if self.largest == FITTING else self.largest

    def smaller(self, than: int | None = None) -> bool:
        """Go down to the next size below ``than`` (the size in use); ``False`` when there is none."""
        return self._down(than or self.bytes, LADDER)

    def named(self, asked: int, given: int) -> None:
        """The card named what it gives instead of ``asked`` bytes (6Cxx), and the file goes on after that: so
        this is all that it gives at once. More than 256 cannot be named; it is looked for further down.
        """
        if asked > 256:
            self.smaller(asked)
        elif asked == self.bytes:
            self.largest = given

    def lost(self, received: int = 0) -> bool:
        """The channel was lost while reading: say whether another attempt makes sense, with the size this now
        has.

        ``received``: bytes of the last answer. One that is as long as a short answer was cut off by the
        reader, and only what fits is asked for from then on. A size that has read such a card before is tried
        once more as it is, since cards lie badly more often than they change.
        """
        if self.known and not self._lost_before:
            self._lost_before = True
            return True
        ladder = [size for size in LADDER if size != _SKIPPED_WHEN_LOST]  # each attempt costs a key agreement
        if _protected(min(FITTING, self.short_answer)) <= received < _protected(256):
            ladder = [size for size in ladder if size <= FITTING]
        return self._down(self.bytes, ladder)

    def _down(self, below: int, ladder: list[int] | tuple[int, ...]) -> bool:
        before = self.largest
        for size in ladder:
            self.largest = size
            if size < before and self.bytes < below:
                return True
        self.largest = before
        return False


class BlockSizes:
    """What was found out, for each type of card in each reader; kept in memory, and by the caller as JSON.

    A type is known by the reader's name, the answer to reset and EF.CardAccess. Only a digest of them is
    kept, so that an answer to reset that differs from card to card tells nothing of whom it belongs to.
    """

    def __init__(self, exported: object = None) -> None:
        self._known: dict[str, tuple[int, bool | None]] = {}
        for key, value in exported.items() if isinstance(exported, Mapping) else ():
            found = _entry(value)
            if isinstance(key, str) and found is not None:
                self._keep(key, found)

    def start(self, reader: str, atr: bytes) -> BlockSize:
        """For EF.CardAccess, before which only the reader and the answer to reset are known."""
        return self._found(_digest(reader, atr)) or BlockSize()

    def for_card(self, reader: str, atr: bytes, card_access: bytes, started: BlockSize) -> BlockSize:
        """For everything after EF.CardAccess, which was read with ``started``."""
        found = self._found(_digest(reader, atr, card_access))
        if found is not None:
            return found
        return BlockSize() if started.known else started

    def remember(self, reader: str, atr: bytes, card_access: bytes, size: BlockSize) -> None:
        """This size has read such a card."""
        for key in (_digest(reader, atr), _digest(reader, atr, card_access)):
            self._keep(key, (size.largest, size.short_ids))

    def exported(self) -> dict[str, dict[str, int | bool | None]]:
        """Everything, for JSON; ``BlockSizes(exported)`` takes it back and drops what it does not
        understand.
        """
        return {key: {"largest": size, "short_ids": ids} for key, (size, ids) in self._known.items()}

    def _keep(self, key: str, found: tuple[int, bool | None]) -> None:
        self._known.pop(key, None)
        self._known[key] = found
        while len(self._known) > _CARD_TYPES:
            del self._known[next(iter(self._known))]

    def _found(self, key: str) -> BlockSize | None:
        if key not in self._known:
            return None
        largest, short_ids = self._known[key]
        return BlockSize(largest, known=True, short_ids=short_ids)


def _protected(data: int) -> int:
    """Bytes of a protected AES answer with so much data, status included (ICAO Doc 9303-11 §9.8.4)."""
    encrypted = 1 + (data // 16 + 1) * 16
    return encrypted + (2 if encrypted < 0x80 else 3 if encrypted < 0x100 else 4) + 4 + 10 + 2


def _digest(reader: str, *parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in (reader.encode("utf-8", "replace"), *parts):
        digest.update(len(part).to_bytes(4) + part)
    return digest.hexdigest()[:16]


def _entry(value: object) -> tuple[int, bool | None] | None:
    """One entry of an exported table, if it is one."""
    if not isinstance(value, Mapping):
        return None
    largest, short_ids = value.get("largest"), value.get("short_ids")
    if type(largest) is not int or not 1 <= largest <= LADDER[0] or not isinstance(short_ids, bool | None):
        return None
    return largest, short_ids
