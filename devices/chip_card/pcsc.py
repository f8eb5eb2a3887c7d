"""The link to reader and card through PC/SC (pyscard's ``smartcard.scard``), with every trouble named.

The low-level calls are used because they give the result codes; pyscard's classes hide them and print from
their destructors. All calls come from one thread.
"""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable
from dataclasses import dataclass

from smartcard import scard

from devices.chip_card.errors import CardProblem
from kiosk.failures import FailureCode

_SERVICE_DOWN = frozenset((
    scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED, scard.SCARD_F_COMM_ERROR,
    scard.SCARD_E_INVALID_HANDLE, scard.SCARD_F_INTERNAL_ERROR,
))  # fmt: skip
_READER_GONE = frozenset((
    scard.SCARD_E_NO_READERS_AVAILABLE, scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE,
))  # fmt: skip
_CARD_GONE = frozenset((
    scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD, scard.SCARD_E_NOT_TRANSACTED,
    scard.SCARD_W_UNPOWERED_CARD,
))  # fmt: skip
_CARD_MUTE = frozenset((
    scard.SCARD_W_UNRESPONSIVE_CARD, scard.SCARD_W_UNSUPPORTED_CARD, scard.SCARD_E_PROTO_MISMATCH,
))  # fmt: skip
_PROTOCOLS = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1


def problem(result: int, during: str) -> CardProblem:
    """The named failure behind a PC/SC result code."""
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
    """What lies in a reader. ``events`` grows with every insertion and removal that the service has seen."""

    reader: str
    card: bool
    mute: bool
    in_use: bool
    events: int
    raw: int


class CardLink:
    """An exclusive connection to one card. Counts what goes over it."""

    def __init__(self, handle: int, protocol: int, reader: str, atr: bytes) -> None:
        self._handle = handle
        self._pci = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        self.reader = reader
        self.atr = atr
        self.apdus = 0
        self.bytes = 0

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU. Raises ``CardProblem``; an empty answer means that the card has left."""
        self.apdus += 1
        self.bytes += len(command)
        answer = _checked(list(scard.SCardTransmit(self._handle, self._pci, list(command))), "transmit")[0]
        response: bytes = bytes(answer)  # type: ignore[call-overload]
        self.bytes += len(response)
        if len(response) < 2:
            raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "transmit: no answer")
        return response

    def cold_reset(self) -> None:
        """Take the power away and give it again. Raises ``CardProblem``."""
        _checked(
            list(
                scard.SCardReconnect(
                    self._handle, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS, scard.SCARD_UNPOWER_CARD
                )
            ),
            "reset",
        )

    def close(self) -> None:
        """Leave the card reset, so that nobody after us finds an open channel. Never raises."""
        scard.SCardDisconnect(self._handle, scard.SCARD_RESET_CARD)


class PcscService:
    """Readers and cards as the PC/SC service shows them; connects to it anew whenever it went away.

    ``pattern``: part of a reader's name or a pattern with ``*`` and ``?``, in any case. When several readers
    match, such as the two slots of a dual-interface reader, the one in which a card lies is meant.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._context: int | None = None

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
        names = self.readers()
        deadline = time.monotonic() + wait
        while True:
            states = self._states(names)
            chosen = next((state for state in states if state.card), states[0])
            left = deadline - time.monotonic()
            if known is None or left <= 0 or (chosen.reader, chosen.raw) != (known.reader, known.raw):
                return chosen
            self._wait(states, left)

    def connect(self, state: SlotState) -> CardLink:
        """Connect exclusively to the card in that reader. Raises ``CardProblem``."""
        handle, protocol = self._call(
            lambda context: scard.SCardConnect(
                context, state.reader, scard.SCARD_SHARE_EXCLUSIVE, _PROTOCOLS
            ),
            "connect",
        )
        number = int(str(handle))
        try:
            status = _checked(list(scard.SCardStatus(number)), "status")
        except CardProblem:
            scard.SCardDisconnect(number, scard.SCARD_LEAVE_CARD)
            raise
        return CardLink(number, int(str(protocol)), state.reader, bytes(status[3]))  # type: ignore[call-overload]

    def close(self) -> None:
        """Let go of the service. Never raises."""
        if self._context is not None:
            scard.SCardReleaseContext(self._context)
            self._context = None

    def _matches(self, name: str) -> bool:
        pattern, lowered = self._pattern.casefold().strip(), name.casefold()
        return pattern in lowered or fnmatch.fnmatchcase(lowered, pattern)

    def _list(self) -> list[str]:
        names = self._call(lambda context: scard.SCardListReaders(context, []), "list readers")[0]
        return [str(name) for name in names]  # type: ignore[attr-defined]

    def _states(self, names: list[str]) -> list[SlotState]:
        wanted = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
        answer = self._call(lambda context: scard.SCardGetStatusChange(context, 0, wanted), "state")[0]
        states = []
        for entry in answer:  # type: ignore[attr-defined]
            name, raw = str(entry[0]), int(entry[1])
            if raw & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
                continue
            states.append(
                SlotState(
                    reader=name,
                    card=bool(raw & scard.SCARD_STATE_PRESENT),
                    mute=bool(raw & scard.SCARD_STATE_MUTE),
                    in_use=bool(raw & scard.SCARD_STATE_EXCLUSIVE),
                    events=raw >> 16 & 0xFFFF,
                    raw=raw & ~scard.SCARD_STATE_CHANGED,
                )
            )
        if not states:
            raise CardProblem(FailureCode.READER_NOT_FOUND, "the reader has just gone")
        return states

    def _wait(self, states: list[SlotState], seconds: float) -> None:
        known = [(state.reader, state.raw) for state in states]
        milliseconds = max(1, int(seconds * 1000))
        if self._context is not None:
            answer = scard.SCardGetStatusChange(self._context, milliseconds, known)
            result = int(answer[0]) & 0xFFFFFFFF
            if result not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT):
                raise problem(result, "wait")

    def _call(self, call: Callable[[int], object], during: str) -> list[object]:
        """One call on the service; a context that died with an earlier service is replaced once."""
        fresh = self._context is None
        try:
            return _checked(list(call(self._connected())), during)  # type: ignore[call-overload]
        except CardProblem as trouble:
            if trouble.code is not FailureCode.READER_SERVICE_DOWN:
                raise
            self.close()
            if fresh:
                raise
        return self._call(call, during)

    def _connected(self) -> int:
        if self._context is None:
            answer = list(scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
            self._context = int(str(_checked(answer, "service")[0]))
        return self._context
