"""The chip card reader as a device: its state, one read of a card, and its test."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from devices.chip_card import reading
from devices.chip_card.errors import CardProblem
from devices.chip_card.lds import BlockSize
from devices.chip_card.pcsc import CardLink, PcscService, SlotState
from devices.chip_card.reading import Note, NotProven, Progress, ReadStep
from devices.contract import Condition, DeviceStatus, TestReport
from kiosk.failures import FailureCode
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen
from kiosk.identity.number import is_card_access_number

_LOG = logging.getLogger(__name__)


class ReaderSettings(Protocol):
    """What the reader needs of the settings: ``kiosk.settings.CardReaderSettings`` has it."""

    @property
    def enabled(self) -> bool:
        """Whether the device is in use at all."""

    @property
    def reader(self) -> str:
        """Part of the reader's name; ``*`` for any."""


@dataclass(frozen=True)
class CardPresence:
    """What lies on the reader. ``token`` changes whenever a card is laid on or taken off, so that two looks
    tell whether it is still the same card; ``failure`` says why nothing can be known.
    """

    reader: str | None
    card: bool
    token: tuple[str, int] | None = None
    failure: FailureCode | None = None


@dataclass(frozen=True)
class CardReading:
    """A read that went through with every check done so far passed or not done; ``proof`` says which.

    ``apdus`` and ``bytes`` count both directions of the whole read, ``milliseconds`` is its time.
    """

    citizen: Citizen
    proof: CardProof
    apdus: int
    bytes: int
    milliseconds: float
    notes: frozenset[Note] = frozenset()


@dataclass(frozen=True)
class CardFailure:
    """A read that gave nothing. ``detail`` is technical and holds nothing of the person; ``step`` is how far
    it came.

    ``proof`` is there when the data themselves spoke against the card.
    """

    code: FailureCode
    detail: str
    step: ReadStep | None = None
    proof: CardProof | None = None


def _no_progress(step: ReadStep) -> None:
    """Progress that nobody watches."""


class _LostWhileReading(CardProblem):
    """Channel or card were lost after access was given."""


class ChipCardReader:
    """Reads chip ID cards through PC/SC. All methods are called from one thread.

    ``today`` gives the day against which a card is expired.
    """

    def __init__(self, settings: ReaderSettings, today: Callable[[], date] = date.today) -> None:
        self._settings = settings
        self._service = PcscService(settings.reader)
        self._today = today
        self._sizes: dict[tuple[str, bytes], int] = {}  # steps that have read a card of this kind
        self._last: SlotState | None = None

    @property
    def name(self) -> str:
        """``card_reader``."""
        return "card_reader"

    def readers(self) -> list[str]:
        """Every reader of this machine, for the maintenance screen; empty when the service is down."""
        try:
            return self._service.all_readers()
        except CardProblem:
            return []

    def status(self) -> DeviceStatus:
        """See ``devices.contract.Device``. Facts: ``reader`` and ``card`` (``present``, ``absent`` or
        ``mute``).
        """
        if not self._settings.enabled:
            return DeviceStatus(Condition.DISABLED)
        try:
            state = self._service.state()
        except CardProblem as trouble:
            return DeviceStatus(Condition.DISCONNECTED, trouble.code)
        facts = {"reader": state.reader, "card": _card_word(state)}
        if state.in_use:
            return DeviceStatus(Condition.NEEDS_ATTENTION, FailureCode.READER_IN_USE, facts=facts)
        return DeviceStatus(Condition.READY, facts=facts)

    def presence(self, wait: float = 0.0) -> CardPresence:
        """What lies on the reader. With ``wait``, returns as soon as it differs from the last answer, at the
        latest after so many seconds. Never raises; while the service is down it returns at once.
        """
        if not self._settings.enabled:
            return CardPresence(None, card=False)
        try:
            state = self._last = self._service.state(self._last, wait)
        except CardProblem as trouble:
            self._last = None
            return CardPresence(None, card=False, failure=trouble.code)
        return CardPresence(state.reader, state.card, (state.reader, state.events))

    def read(self, can: str, progress: Progress = _no_progress) -> CardReading | CardFailure:
        """Read the card on the reader: identity and what was proven of it.

        ``can``: the last six digits of the holder's number. A wrong one is tried once, never again by itself.
        ``progress`` is told each step as it begins, in this thread. Never raises.
        """
        if not is_card_access_number(can):
            return CardFailure(FailureCode.CARD_CAN_WRONG, "the CAN is not six digits")
        started = time.perf_counter()
        steps: list[ReadStep] = []

        def step(now: ReadStep) -> None:
            if now not in steps:
                steps.append(now)
                progress(now)

        try:
            result = self._read(can, step)
        except CardProblem as trouble:
            proof = trouble.proof if isinstance(trouble, NotProven) else None
            _LOG.warning(
                "card not read: %s at %s (%s)", trouble.code, steps[-1] if steps else "-", trouble.detail
            )
            return CardFailure(trouble.code, trouble.detail, steps[-1] if steps else None, proof)
        return replace(result, milliseconds=(time.perf_counter() - started) * 1000)

    def test(self, can: str | None = None) -> TestReport:
        """Without a CAN: which reader, and of a card that lies there its ATR and what it offers. With a CAN:
        a whole read and what was proven; not passed when no card lies there. Nothing of the person is
        reported. Never raises.
        """
        if not self._settings.enabled:
            return TestReport(passed=False, lines=(("enabled", "no"),))
        lines: list[tuple[str, str]] = []
        try:
            state = self._service.state()
            lines += [("reader", state.reader), ("card", _card_word(state))]
            if not state.card:
                return TestReport(passed=can is None, lines=tuple(lines))
            link = self._service.connect(state)
            try:
                access = reading.read_card_access(link, BlockSize())
            finally:
                link.close()
            lines += [("atr", link.atr.hex().upper()), ("card_access", access.summary())]
        except CardProblem as trouble:
            return TestReport(passed=False, lines=tuple(lines), failure=trouble.code)
        if can is None:
            return TestReport(passed=True, lines=tuple(lines))
        result = self.read(can)
        if result.proof is not None:
            lines += _proof_lines(result.proof)
        if isinstance(result, CardFailure):
            return TestReport(passed=False, lines=tuple(lines), failure=result.code)
        lines += [("apdus", str(result.apdus)), ("bytes", str(result.bytes))]
        lines += [("milliseconds", f"{result.milliseconds:.0f}")]
        return TestReport(passed=True, lines=tuple(lines))

    def close(self) -> None:
        """Let go of the PC/SC service."""
        self._last = None
        self._service.close()

    def _read(self, can: str, step: Progress) -> CardReading:
        state = self._service.state()
        if not state.card:
            raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "no card lies on the reader")
        size: BlockSize | None = None
        while True:
            link = self._service.connect(state)
            known = self._sizes.get((link.reader, link.atr))
            size = size or BlockSize(known or 0)
            try:
                return self._read_once(link, size, can, step)
            except _LostWhileReading:
                # A chip or reader that cannot do a large block may lose the channel over it: once more,
                # with a smaller one.
                if known is not None or not self._still_there(state) or not size.smaller():
                    raise
            finally:
                link.close()

    def _read_once(self, link: CardLink, size: BlockSize, can: str, step: Progress) -> CardReading:
        step(ReadStep.ACCESS)
        access = reading.read_card_access(link, size)
        channel = reading.open_channel(link, access, can)
        step(ReadStep.IDENTITY)
        try:
            files = reading.read_files(link, channel, size)
        except CardProblem as trouble:
            if trouble.code in (FailureCode.CARD_CHANNEL_BROKEN, FailureCode.CARD_REMOVED_EARLY):
                raise _LostWhileReading(trouble.code, trouble.detail) from None
            raise
        self._sizes[link.reader, link.atr] = size.step
        step(ReadStep.PROOF)
        proof, notes = reading.prove(files)
        citizen = reading.citizen_of(files, can, notes, self._today())
        return CardReading(citizen, proof, link.apdus, link.bytes, 0.0, frozenset(notes))

    def _still_there(self, before: SlotState) -> bool:
        """Whether the same card still lies there; the service notices a removal within half a second."""
        deadline = time.monotonic() + 0.5
        state = before
        while (left := deadline - time.monotonic()) > 0:
            state = self._service.state(state, left)
            if not state.card or (state.reader, state.events) != (before.reader, before.events):
                return False
        return True


def _card_word(state: SlotState) -> str:
    if not state.card:
        return "absent"
    return "mute" if state.mute else "present"


def _proof_lines(proof: CardProof) -> list[tuple[str, str]]:
    groups = ", ".join(f"DG{number} {result}" for number, result in sorted(proof.data_groups.items()))
    return [
        ("access", f"{proof.access.protocol}-{proof.access.password}" if proof.access else ""),
        ("sod_signature", proof.sod_signature.value),
        ("data_groups", groups),
        ("chain", proof.chain.value),
        ("chip_authentication", proof.chip_authentication.value),
        ("active_authentication", proof.active_authentication.value),
    ]
