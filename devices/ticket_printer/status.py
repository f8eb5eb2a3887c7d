"""What a receipt printer says of itself: splitting its bytes into messages and judging them. Pure, no I/O.

Bits: Epson TM-U220A service manual p. 54, 83; Bixolon SRP-350 command manual p. 8. Telling the kinds of
answers apart by their fixed bits: Citizen CT-S310 command reference p. 310. Process-ID response: Epson
programming guide Ver. 10.01 p. 425. **Silence is never "paper ok".**
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from devices.contract import Condition
from kiosk.failures import FailureCode

_PROCESS_ANSWER = re.compile(rb"\x37(?:[\x22\x23][ -~]{4}|\x25)\x00")
_PROCESS_ANSWER_BEGUN = re.compile(rb"\x37(?:[\x22\x23][ -~]{0,4}|\x25)?")


class Question(IntEnum):
    """``DLE EOT n``: answered at once with one byte, also while offline."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR = 3
    PAPER = 4

    @property
    def command(self) -> bytes:
        return bytes((0x10, 0x04, self.value))


@dataclass(frozen=True)
class StatusByte:
    """Answer to ``DLE EOT n``; which n it answers is known only by the order of asking."""

    value: int


@dataclass(frozen=True)
class Fence:
    """Answer to ``GS r n``: the printer has come this far in what it received."""

    value: int

    @property
    def paper_end(self) -> bool:
        return bool(self.value & 0x0C)


@dataclass(frozen=True)
class ProcessDone:
    """``GS ( H`` function 48: all before the command that carried ``id`` (4 bytes) has been printed."""

    id: bytes


@dataclass(frozen=True)
class AutomaticStatus:
    """Four bytes a printer sends by itself when automatic status back is on."""

    value: bytes


Message = StatusByte | Fence | ProcessDone | AutomaticStatus


class AnswerParser:
    """Splits what a printer sends into messages; keeps at most the six bytes of an unfinished one."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> list[Message]:
        """Messages completed by ``data``. XON, XOFF and bytes of no known kind are passed over."""
        data = self._pending + data
        messages: list[Message] = []
        position = 0
        while position < len(data):
            length, message = _first(data[position : position + 7])
            if length == 0:
                break
            if message is not None:
                messages.append(message)
            position += length
        self._pending = data[position:]
        return messages


def _first(data: bytes) -> tuple[int, Message | None]:
    """Length of the first message (0: more bytes are needed) and the message (``None``: pass over)."""
    byte = data[0]
    if byte == 0x37:
        return _process_answer(data)
    if byte & 0x93 == 0x12:
        return 1, StatusByte(byte)
    if byte & 0x93 == 0x10:
        return _automatic_status(data)
    return 1, Fence(byte) if byte & 0xF0 == 0 else None


def _automatic_status(data: bytes) -> tuple[int, Message | None]:
    """Four bytes, perhaps with XON and XOFF between them."""
    value = data[:1]
    for length, byte in enumerate(data[1:], 2):
        if byte in (0x11, 0x13):
            continue
        if byte & 0x90:
            return 1, None
        value += bytes((byte,))
        if len(value) == 4:
            return length, AutomaticStatus(value)
    return (0, None) if len(data) < 7 else (1, None)


def _process_answer(data: bytes) -> tuple[int, Message | None]:
    """``37 22 d1 d2 d3 d4 00`` process done; ``37 23 … 00`` offline response; ``37 25 00`` buffer cleared."""
    whole = _PROCESS_ANSWER.match(data)
    if whole is None:
        return (0 if _PROCESS_ANSWER_BEGUN.fullmatch(data) else 1), None
    return whole.end(), ProcessDone(data[2:6]) if data[1] == 0x22 else None


@dataclass(frozen=True)
class Replies:
    """Bytes answered to the four questions; ``None`` where nothing came back."""

    printer: int | None = None
    cause: int | None = None
    error: int | None = None
    paper: int | None = None

    def __str__(self) -> str:
        return " ".join(
            "--" if byte is None else f"{byte:02x}"
            for byte in (self.printer, self.cause, self.error, self.paper)
        )


@dataclass(frozen=True)
class Judgement:
    """What the replies mean. ``ready`` only if the printer itself said that it is online and has paper."""

    condition: Condition
    failure: FailureCode | None = None
    warning: FailureCode | None = None

    @property
    def ready(self) -> bool:
        return self.condition is Condition.READY


def judge(replies: Replies) -> Judgement:
    """Condition of a printer from its own words.

    Without an answer about itself and about its paper it counts as silent. An answer to the other two
    questions may be missing (several printers know only 1 and 4).
    """
    printer, paper = replies.printer, replies.paper
    cause, error = replies.cause or 0, replies.error or 0
    warning = FailureCode.PRINTER_PAPER_LOW if paper is not None and paper & 0x0C else None
    failure: FailureCode | None = None
    if cause & 0x04:
        failure = FailureCode.PRINTER_COVER_OPEN
    elif cause & 0x20 or (paper or 0) & 0x60:
        failure = FailureCode.PRINTER_PAPER_OUT
    elif cause & 0x40 or error & 0x68:
        failure = FailureCode.PRINTER_ERROR
    if failure is not None:
        return Judgement(Condition.NEEDS_ATTENTION, failure, warning)
    if printer is None or paper is None:
        return Judgement(Condition.NEEDS_ATTENTION, FailureCode.PRINTER_SILENT)
    if printer & 0x08:
        if cause & 0x08:  # somebody holds the feed button
            return Judgement(Condition.BUSY, None, warning)
        return Judgement(Condition.NEEDS_ATTENTION, FailureCode.PRINTER_ERROR, warning)
    return Judgement(Condition.READY, None, warning)
