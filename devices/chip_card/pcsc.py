"""The link to reader and card through PC/SC (pyscard's ``smartcard.scard``), with every trouble named.

The low-level calls are used because they give the result codes; pyscard's classes hide them and print from
their destructors. All calls come from one thread.
"""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from smartcard import scard

from devices.chip_card.answer_limit import AnswerLimit, ServiceConnection
from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode

ANSWER_SECONDS = 10.0
"""How long one command may take. A chip's slowest, key agreement and signature, take 1 to 2 seconds on old
cards, more after wrong passwords.
"""
_SERVICE_DOWN = frozenset((
    scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED, scard.SCARD_F_COMM_ERROR,
    scard.SCARD_E_INVALID_HANDLE, scard.SCARD_F_INTERNAL_ERROR,
))  # fmt: skip
_READER_GONE = frozenset((
    scard.SCARD_E_NO_READERS_AVAILABLE, scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE,
))  # fmt: skip
_CARD_GONE = frozenset((
    scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD, scard.SCARD_W_UNPOWERED_CARD,
))  # fmt: skip
_CARD_MUTE = frozenset((
    scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNSUPPORTED_CARD, scard.SCARD_E_PROTO_MISMATCH,
))  # fmt: skip
_PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
_MORE_TO_COME = 0x61
_PROTECTED = 0x0C
_WRONG_LENGTH = bytes.fromhex("6700")
_LARGEST_ANSWER = 65536

_Value = TypeVar("_Value")


def problem(result: int, during: str) -> CardProblem:
    """The named failure behind a PC/SC result code."""
    if result == scard.SCARD_E_NOT_TRANSACTED:
        return _NotCarried(FailureCode.CARD_REMOVED_EARLY, f"{during}: PC/SC {result:08X}")
    if result in _SERVICE_DOWN:
        code = FailureCode.READER_SERVICE_DOWN
    elif result in _READER_GONE:
        code = FailureCode.READER_NOT_FOUND
    elif result in _CARD_GONE:
        code = FailureCode.CARD_REMOVED_EARLY
    elif result in _CARD_MUTE:
        code = FailureCode.CARD_NOT_SUPPORTED
    elif result == scard.SCARD_E_SHARING_VIOLATION:
        code = FailureCode.READER_IN_USE
    else:
        code = FailureCode.CARD_CHANNEL_BROKEN
    return CardProblem(code, f"{during}: PC/SC {result:08X}")


def _checked(answer: list[object], during: str) -> list[object]:
    """The values behind the result code of a call. Raises ``CardProblem``."""
    result, *values = answer
    number = int(str(result)) & 0xFFFFFFFF
    if number != scard.SCARD_S_SUCCESS:
        raise problem(number, during)
    return values


@dataclass(frozen=True)
class SlotState:
    """What lies in a reader. ``events`` grows with every insertion and removal that the service has seen.

    ``cards`` counts the cards in all readers that match: with two it is not known whose is meant. ``mute``: a
    card lies there and does not answer.
    """

    reader: str
    card: bool
    mute: bool
    in_use: bool
    events: int
    raw: int
    cards: int = 1
    seen: tuple[tuple[str, int], ...] = field(default=(), repr=False)


def _limited(limit: AnswerLimit, call: Callable[[], object], during: str) -> list[object]:
    """The values of a call that waits for the card. Raises ``CardProblem``; ``CARD_CHANNEL_BROKEN`` when it
    took too long.
    """
    with limit.watched():
        answer = list(call())  # type: ignore[call-overload]
    try:
        return _checked(answer, during)
    except CardProblem:
        if not limit.reached:
            raise
    detail = f"{during}: the card gave no answer within {limit.seconds:g} s"
    raise CardProblem(FailureCode.CARD_CHANNEL_BROKEN, detail)


class _NotCarried(CardProblem):
    """The reader brought no answer: the card has left, or the command is too much for the reader."""


class CardLink:
    """An exclusive connection to one card. Counts what goes over it.

    ``last_answer``: bytes of the last answer, 0 when there was none. ``cause`` names the failure behind a
    failure.
    """

    def __init__(
        self,
        connected: tuple[int, int],
        reader: str,
        limit: AnswerLimit,
        cause: Callable[[CardProblem], CardProblem],
    ) -> None:
        self._handle, protocol = connected
        self._limit = limit
        self._cause = cause
        self._speak(protocol)
        self.reader = reader
        status = self._done(lambda: scard.SCardStatus(self._handle), "status")
        self.atr = bytes(status[3])  # type: ignore[call-overload]
        self.apdus = 0
        self.bytes = 0
        self.last_answer = 0

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU. Raises ``CardProblem``; ``CARD_CHANNEL_BROKEN`` when the card took too long, and
        the link is of no use any more.

        What goes on beneath an APDU is done here: T=0 knows no Le beside data and no extended length (ISO/IEC
        7816-3 §12.2), of a long answer a card may say that there is more to fetch (ISO/IEC 7816-4 §5.6), and
        an extended command that the reader does not carry is answered as a card does that refuses it.
        """
        self.last_answer = 0
        extended = len(command) > 5 and command[4] == 0
        if self._t0:
            if extended:
                return _WRONG_LENGTH
            if len(command) > 5 and len(command) == 5 + command[4] + 1:
                command = command[:-1]
        try:
            answer = self._exchange(command)
        except _NotCarried:
            if not extended or command[0] & _PROTECTED:
                raise
            self.cold_reset()
            return _WRONG_LENGTH
        if answer[-2] == _MORE_TO_COME:
            answer = self._fetched(answer)
        self.last_answer = len(answer)
        return answer

    def cold_reset(self) -> None:
        """Take the power away and give it again. Raises ``CardProblem``."""

        def reconnect() -> object:
            return scard.SCardReconnect(
                self._handle, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS, scard.SCARD_UNPOWER_CARD
            )

        self._speak(int(str(self._done(reconnect, "reset")[0])))

    def close(self) -> None:
        """Leave the card reset, so that nobody after us finds an open channel. Never raises."""
        with self._limit.watched():
            scard.SCardDisconnect(self._handle, scard.SCARD_RESET_CARD)
        self._limit.close()

    def _speak(self, protocol: int) -> None:
        self._t0 = protocol == scard.SCARD_PROTOCOL_T0
        self._pci = scard.SCARD_PCI_T0 if self._t0 else scard.SCARD_PCI_T1

    def _exchange(self, command: bytes) -> bytes:
        self.apdus += 1
        self.bytes += len(command)
        answer = self._done(lambda: scard.SCardTransmit(self._handle, self._pci, list(command)), "transmit")
        response: bytes = bytes(answer[0])  # type: ignore[call-overload]
        self.bytes += len(response)
        if len(response) < 2:
            gone = CardProblem(FailureCode.CARD_REMOVED_EARLY, "transmit: no answer")
            raise self._cause(gone)
        return response

    def _fetched(self, answer: bytes) -> bytes:
        """GET RESPONSE until all is there, or the card gives nothing more."""
        data = answer[:-2]
        while answer[-2] == _MORE_TO_COME and len(data) < _LARGEST_ANSWER:
            answer = self._exchange(bytes((0x00, 0xC0, 0x00, 0x00, answer[-1])))
            if len(answer) == 2:
                break
            data += answer[:-2]
        return data + answer[-2:]

    def _done(self, call: Callable[[], object], during: str) -> list[object]:
        try:
            return _limited(self._limit, call, during)
        except CardProblem as trouble:
            if self._limit.reached:
                raise
            raise self._cause(trouble) from None


class PcscService:
    """Readers and cards as the PC/SC service shows them; connects to it anew whenever it went away.

    ``pattern``: part of a reader's name or a pattern with ``*`` and ``?``, in any case. When several readers
    match, such as the two slots of a dual-interface reader, the one in which a card lies is meant.
    ``answer_seconds``: how long a card may think about one command.
    """

    def __init__(self, pattern: str, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._pattern = pattern
        self._answer_seconds = answer_seconds
        self._context: int | None = None
        self._connection = ServiceConnection(None)
        self._attempt: tuple[SlotState, AnswerLimit] | None = None

    def all_readers(self) -> list[str]:
        """Names of every reader. Raises ``CardProblem`` when the service is down; an empty list when there is
        none.
        """
        try:
            return self._list()
        except CardProblem as trouble:
            if trouble.code is FailureCode.READER_NOT_FOUND:
                return []
            raise

    def readers(self) -> list[str]:
        """Names that match the pattern. Raises ``CardProblem`` when there is none."""
        names = [name for name in self.all_readers() if self._matches(name)]
        if not names:
            raise CardProblem(FailureCode.READER_NOT_FOUND, f"no reader matches {self._pattern!r}")
        return names

    def state(self, known: SlotState | None = None, wait: float = 0.0) -> SlotState:
        """What lies in the reader now; with ``known``, waits up to ``wait`` seconds for something else than
        that.

        Raises ``CardProblem``.
        """
        deadline = time.monotonic() + wait
        while True:
            state = self._look()
            left = deadline - time.monotonic()
            if known is None or left <= 0 or state.seen != known.seen:
                return state
            self._wait(state, left)

    def connect(self, state: SlotState) -> CardLink:
        """Connect exclusively to the card in that reader. Raises ``CardProblem``: ``CARDS_TWO`` when another
        card lies in another reader that matches, ``CARD_CHANNEL_BROKEN`` while the card has not yet answered
        what it was asked before.
        """
        if state.cards > 1:
            raise CardProblem(FailureCode.CARDS_TWO, f"{state.cards} cards lie in readers that match")
        if self._silent(state.reader, state.events):
            raise CardProblem(FailureCode.CARD_CHANNEL_BROKEN, "connect: the card still gives no answer")

        def attempt(context: int) -> CardLink:
            limit = AnswerLimit(self._connection, self._answer_seconds)
            self._attempt = (state, limit)
            try:
                handle, protocol = _limited(
                    limit,
                    lambda: scard.SCardConnect(
                        context, state.reader, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS
                    ),
                    "connect",
                )
            except CardProblem:
                limit.close()
                raise
            connected = int(str(handle)), int(str(protocol))
            try:
                return CardLink(connected, state.reader, limit, self._cause)
            except CardProblem:
                scard.SCardDisconnect(connected[0], scard.SCARD_LEAVE_CARD)
                limit.close()
                raise

        return self._call(attempt)

    def close(self) -> None:
        """Let go of the service. Never raises."""
        if self._context is not None:
            scard.SCardReleaseContext(self._context)
            self._context = None
        self._connection.close()

    def _matches(self, name: str) -> bool:
        pattern, lowered = self._pattern.casefold().strip(), name.casefold()
        return pattern in lowered or fnmatch.fnmatchcase(lowered, pattern)

    def _list(self) -> list[str]:
        names = self._call(lambda context: _checked(scard.SCardListReaders(context, []), "list readers"))[0]
        return [str(name) for name in names if str(name).isascii()]  # type: ignore[attr-defined]  # others cannot be asked

    def _look(self) -> SlotState:
        """The reader that is meant. Raises ``CardProblem``."""
        wanted = [(name, scard.SCARD_STATE_UNAWARE) for name in self.readers()]
        answer = self._call(
            lambda context: _checked(scard.SCardGetStatusChange(context, 0, wanted), "state")
        )[0]
        states = [
            self._state(str(entry[0]), int(entry[1]))
            for entry in answer  # type: ignore[attr-defined]
            if not int(entry[1]) & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE)
        ]
        if not states:
            raise CardProblem(FailureCode.READER_NOT_FOUND, "the reader has just gone")
        chosen = next((state for state in states if state.card), states[0])
        seen = tuple((state.reader, state.raw) for state in states)
        return replace(chosen, cards=sum(state.card for state in states), seen=seen)

    def _state(self, reader: str, raw: int) -> SlotState:
        events = raw >> 16 & 0xFFFF
        silent = self._silent(reader, events)
        return SlotState(
            reader=reader,
            card=bool(raw & scard.SCARD_STATE_PRESENT),
            mute=silent or bool(raw & scard.SCARD_STATE_MUTE),
            in_use=bool(raw & scard.SCARD_STATE_EXCLUSIVE) and not silent,
            events=events,
            raw=raw & ~scard.SCARD_STATE_CHANGED,
        )

    def _silent(self, reader: str, events: int) -> bool:
        """Whether this very card was given up because it did not answer; the service still waits for it."""
        if self._attempt is None or not self._attempt[1].reached:
            return False
        asked = self._attempt[0]
        return (asked.reader, asked.events) == (reader, events)

    def _cause(self, trouble: CardProblem) -> CardProblem:
        """When a reader is pulled out, only the list of readers says so: the service answers as if it were
        down, or the card were gone.
        """
        try:
            self.readers()
        except CardProblem as found:
            return CardProblem(found.code, f"{trouble.detail}; {found.detail}")
        return trouble

    def _wait(self, state: SlotState, seconds: float) -> None:
        if self._context is None:
            return
        milliseconds = max(1, int(seconds * 1000))
        answer = scard.SCardGetStatusChange(self._context, milliseconds, list(state.seen))
        result = int(answer[0]) & 0xFFFFFFFF
        if result not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT, scard.SCARD_E_UNKNOWN_READER):
            raise problem(result, "wait")

    def _call(self, call: Callable[[int], _Value]) -> _Value:
        """One call on the service; a context that died with an earlier service is replaced once."""
        fresh = self._context is None
        try:
            return call(self._connected())
        except CardProblem as trouble:
            if trouble.code is not FailureCode.READER_SERVICE_DOWN:
                raise
            self.close()
            if fresh:
                raise
        return self._call(call)

    def _connected(self) -> int:
        if self._context is None:
            self._context, self._connection = ServiceConnection.made_by(_establish)
        return self._context


def _establish() -> int:
    answer = list(scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
    return int(str(_checked(answer, "service")[0]))
