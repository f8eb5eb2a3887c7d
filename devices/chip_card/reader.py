"""The chip card reader as a device: its state, one read of a card, and its test."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from devices.chip_card import card_kinds
from devices.chip_card.block_size import BlockSize, BlockSizes
from devices.chip_card.conversation import Conversation
from devices.chip_card.data_groups.dg2 import FaceImage
from devices.chip_card.errors import CardProblem
from devices.chip_card.holder import Note
from devices.chip_card.pcsc import CardLink, PcscService, SlotState
from devices.chip_card.reading import (
    CardRead,
    ChipNotProven,
    Found,
    Listener,
    LostWhileReading,
    NotProven,
    Progress,
    ReadPlan,
    ReadStep,
    Sizing,
    read_card_access,
)
from devices.chip_card.support_dump import CardDump, dump_card
from devices.chip_card.trust.anchors import TrustStore
from devices.chip_card.trust.passive_authentication import PassiveAuthentication
from devices.contract import Condition, DeviceStatus, TestReport
from kiosk.failures import FailureCode
from kiosk.identity.access_keys import AccessKeyError, AccessKeys
from kiosk.identity.card_proof import CardProof
from kiosk.identity.citizen import Citizen

_LOG = logging.getLogger(__name__)
_WRONG_CARD = frozenset((FailureCode.CARD_NOT_SUPPORTED, FailureCode.CARDS_TWO))


class ReaderSettings(Protocol):
    """What the reader needs of the settings: ``kiosk.settings.CardReaderSettings`` has it."""

    @property
    def enabled(self) -> bool:
        """Whether the device is in use at all."""

    @property
    def reader(self) -> str:
        """Part of the reader's name; ``*`` for any."""

    @property
    def bac_after_failed_pace(self) -> bool:
        """The policy for a card that offers PACE and fails it."""


@dataclass(frozen=True)
class CardPresence:
    """What lies on the reader.

    ``token`` changes whenever a card is laid on or taken off, so that two looks tell whether it is still the
    same card; ``failure`` says why nothing can be known.
    """

    reader: str | None
    card: bool
    token: tuple[str, int] | None = None
    failure: FailureCode | None = None


@dataclass(frozen=True)
class CardReading:
    """A read that went through, and in which nothing speaks against the card; ``proof`` says what was proven.

    ``apdus`` and ``bytes`` count both directions of the whole read, ``milliseconds`` is its time. ``photo``
    is there only where the plan asked for it.
    """

    citizen: Citizen
    proof: CardProof
    apdus: int
    bytes: int
    milliseconds: float
    notes: frozenset[Note] = frozenset()
    photo: FaceImage | None = field(default=None, repr=False)


@dataclass(frozen=True)
class CardFailure:
    """A read that gave nothing.

    ``detail`` is technical and holds nothing of the person; ``step`` is how far it came.

    ``proof`` is there when the data themselves spoke against the card.
    """

    code: FailureCode
    detail: str
    step: ReadStep | None = None
    proof: CardProof | None = None
    apdus: int = 0
    bytes: int = 0
    milliseconds: float = 0.0


def _no_progress(step: ReadStep) -> None:
    """Progress that nobody watches."""


def _no_identity(citizen: Citizen) -> None:
    """A holder whom nobody waits for."""


@dataclass
class _Counted:
    """What went over the link, in all tries of one read."""

    apdus: int = 0
    bytes: int = 0


class ChipCardReader:
    """Reads chip ID cards through PC/SC.

    All methods are called from one thread. ``today`` gives the day against which a card is expired.
    ``trust``: the anchors of the chain; without it the chain is not checked and no card is ever called
    genuine. ``block_sizes``: a file that keeps, over a restart, which block sizes each type of card takes.
    """

    def __init__(
        self,
        settings: ReaderSettings,
        today: Callable[[], date] = date.today,
        trust: TrustStore | None = None,
        block_sizes: Path | None = None,
    ) -> None:
        self._settings = settings
        self._service = PcscService(settings.reader)
        self._today = today
        self._trust = trust
        self._sizes = BlockSizes(_remembered(block_sizes))
        self._sizes_file = block_sizes
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
        """See ``devices.contract.Device``.

        Facts: ``reader`` and ``card`` (``present``, ``absent`` or ``mute``).
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
        """What lies on the reader.

        With ``wait``, returns as soon as it differs from the last answer, at the latest after so many
        seconds. Never raises; while the service is down it returns at once.
        """
        if not self._settings.enabled:
            return CardPresence(None, card=False)
        try:
            state = self._last = self._service.state(self._last, wait)
        except CardProblem as trouble:
            self._last = None
            return CardPresence(None, card=False, failure=trouble.code)
        return CardPresence(state.reader, state.card, (state.reader, state.events))

    def recognise(self) -> FailureCode | None:
        """What lies there, from its first answers and before any key is asked for: ``None`` for what can be
        an ID card, and where nothing can be said.

        Never raises.
        """
        try:
            state = self._service.state()
            if not state.card:
                return None
            if state.mute:
                return FailureCode.CARD_NOT_SUPPORTED
            link = self._service.connect(state)
            try:
                by_atr = card_kinds.kind_by_atr(link.atr)
                if by_atr is not None:
                    return by_atr
                conversation = Conversation(link)
                if read_card_access(conversation, self._sizes.start(link.reader, link.atr)) is not None:
                    return None
                return card_kinds.kind_of(link.atr, conversation.transmit)
            finally:
                link.close()
        except CardProblem as trouble:
            return trouble.code if trouble.code in _WRONG_CARD else None

    def read(
        self,
        keys: AccessKeys | str,
        progress: Progress = _no_progress,
        identity: Callable[[Citizen], None] = _no_identity,
        plan: ReadPlan | None = None,
    ) -> CardReading | CardFailure:
        """Read the card that lies there and judge it.

        Never raises. ``keys``: what is known of the card; a text is its CAN. ``progress`` hears of each step,
        ``identity`` of the holder as soon as the signature over the data verifies, before any photo is read;
        both are called in this thread. ``plan``: everything but the photo by default, with the policy of the
        settings.
        """
        chosen = plan or ReadPlan(bac_after_failed_pace=self._settings.bac_after_failed_pace)
        started = time.perf_counter()
        steps: list[ReadStep] = []
        counted = _Counted()

        def step(now: ReadStep) -> None:
            if now not in steps:
                steps.append(now)
                progress(now)

        def failure(trouble: CardProblem) -> CardFailure:
            at = steps[-1] if steps else None
            _LOG.warning("card not read: %s at %s (%s)", trouble.code, at or "-", trouble.detail)
            proof = trouble.proof if isinstance(trouble, NotProven) else None
            spent = (time.perf_counter() - started) * 1000
            return CardFailure(trouble.code, trouble.detail, at, proof, counted.apdus, counted.bytes, spent)

        try:
            known = AccessKeys(can=keys) if isinstance(keys, str) else keys
            found = self._read(known, chosen, Listener(step, identity), counted)
        except AccessKeyError as error:
            return failure(CardProblem(FailureCode.CARD_CAN_WRONG, str(error)))
        except CardProblem as trouble:
            return failure(trouble)
        spent = (time.perf_counter() - started) * 1000
        return CardReading(
            found.citizen, found.proof, counted.apdus, counted.bytes, spent, found.notes, found.photo
        )

    def dump(self, keys: AccessKeys) -> CardDump | CardFailure:
        """Every file that the card gives to this key, and how it answered; for support.

        Never raises.
        """
        try:
            link = self._service.connect(self._card_there())
            try:
                return dump_card(link, keys)
            finally:
                link.close()
        except CardProblem as trouble:
            return CardFailure(trouble.code, trouble.detail)

    def test(self, can: str | None = None) -> TestReport:
        """Without a CAN: which reader, and of a card that lies there its ATR and what it offers.

        With a CAN: a whole read and what was proven; not passed when no card lies there. Nothing of the
        person is reported. Never raises.
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
                access = read_card_access(Conversation(link), BlockSize())
            finally:
                link.close()
            offers = access.summary() if access is not None else "none"
            lines += [("atr", link.atr.hex().upper()), ("card_access", offers)]
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

    def _card_there(self) -> SlotState:
        state = self._service.state()
        if not state.card:
            raise CardProblem(FailureCode.CARD_REMOVED_EARLY, "no card lies on the reader")
        return state

    def _read(
        self,
        keys: AccessKeys,
        plan: ReadPlan,
        listener: Listener,
        counted: _Counted,
    ) -> Found:
        """One read, once more with smaller blocks where a large one cost the channel, and once more where the
        chip did not prove its key: a lost contact looks the same, and happens only once.
        """
        state = self._card_there()
        sizing: Sizing | None = None
        doubted = False
        while True:
            link = self._service.connect(state)
            sizing = sizing or Sizing(self._sizes, link.reader, link.atr)
            try:
                found = self._read_once(link, sizing, keys, plan, listener)
            except LostWhileReading as lost:
                if not self._still_there(state):
                    raise CardProblem(FailureCode.CARD_REMOVED_EARLY, lost.detail) from None
                if not sizing.size.lost(link.last_answer):
                    raise
            except ChipNotProven:
                if doubted or not self._still_there(state):
                    raise
                doubted = True
            else:
                if sizing.worked():
                    self._remember_sizes()
                return found
            finally:
                counted.apdus += link.apdus
                counted.bytes += link.bytes
                link.close()

    def _read_once(
        self,
        link: CardLink,
        sizing: Sizing,
        keys: AccessKeys,
        plan: ReadPlan,
        listener: Listener,
    ) -> Found:
        with PassiveAuthentication(lambda: datetime.now(UTC), self._trust) as passive:
            return CardRead(link, sizing, passive, plan, listener).read(keys, self._today())

    def _remember_sizes(self) -> None:
        if self._sizes_file is None:
            return
        part = self._sizes_file.with_suffix(".part")
        try:
            part.write_text(json.dumps(self._sizes.exported()))
            part.replace(self._sizes_file)
        except OSError as error:
            _LOG.warning("the block sizes cannot be kept: %s", error.strerror)

    def _still_there(self, before: SlotState) -> bool:
        """Whether the same card still lies there; the service notices a removal within half a second."""
        deadline = time.monotonic() + 0.5
        state = before
        while (left := deadline - time.monotonic()) > 0:
            state = self._service.state(state, left)
            if not state.card or (state.reader, state.events) != (before.reader, before.events):
                return False
        return True


def _remembered(file: Path | None) -> object:
    """What was kept; nothing when it cannot be read, for it only saves time."""
    if file is None:
        return None
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return None


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
        ("verdict", proof.verdict.name.lower()),
    ]
