"""The ticket printer: asks before it prints, and says "printed" only when the printer said so.

"Sent" is not "printed": a connection takes bytes long after the paper ended or the cable was pulled. So a job
is *open, ask, send, wait for the acknowledgement*, and its outcome is one of four (``PrintResult``).
"""

from __future__ import annotations

import itertools
import secrets
import string
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from devices.contract import Condition, DeviceStatus, TestReport
from devices.ticket_printer.drawing import draw
from devices.ticket_printer.escpos import FENCE, encode, process_request, resynchronise
from devices.ticket_printer.links import BrokenLinkError, Limits, Link, LinkError, link_for
from devices.ticket_printer.slip import Slip, TestSlip
from devices.ticket_printer.status import (
    AnswerParser,
    Fence,
    Judgement,
    ProcessDone,
    Question,
    Replies,
    StatusByte,
    judge,
)
from devices.ticket_printer.strip import DOTS
from kiosk.failures import FailureCode
from kiosk.settings import PrinterSettings

_GRACE_SECONDS = 0.7  # between the fence's answer and a late process-ID response
_FIRST_LOOK_SECONDS = 0.5  # after the last byte sent, and between looks at the printer while waiting
_LAST_WORD_SECONDS = 0.4  # for an acknowledgement under way when the printer says that it stopped
_ID_LETTERS = string.digits + string.ascii_uppercase


class PrintResult(StrEnum):
    """What is known of a slip. ``UNKNOWN``: some of it may be on paper, or come out after the repair."""

    PRINTED = "printed"
    SENT_UNCONFIRMED = "sent_unconfirmed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"


class Confirmation(StrEnum):
    """By which means a printer acknowledged."""

    PROCESS_ID = "GS ( H"
    FENCE = "GS r"


@dataclass(frozen=True)
class PrintOutcome:
    """Result of one slip.

    ``failure`` says why unless it is printed; ``warning`` is paper near its end; ``confirmed_by`` how the
    printer acknowledged; ``milliseconds`` from the call to this answer; ``sent`` counts bytes handed over.
    """

    result: PrintResult
    failure: FailureCode | None = None
    warning: FailureCode | None = None
    confirmed_by: Confirmation | None = None
    milliseconds: float = 0.0
    sent: int = 0

    @property
    def printed(self) -> bool:
        return self.result is PrintResult.PRINTED


class TicketPrinter:
    """Driver of an ESC/POS receipt printer. Called from one thread at a time (see ``devices.supervisor``)."""

    name = "printer"

    def __init__(self, settings: PrinterSettings, limits: Limits | None = None) -> None:
        self.settings = settings
        self._limits = limits or Limits()
        self._link: Link | None = None
        self._lost_place = False  # a job broke off: the printer may wait for the rest of a picture
        self._knows_process_id: bool | None = None
        self._numbers = itertools.count(secrets.randbelow(len(_ID_LETTERS) ** 4))

    def status(self) -> DeviceStatus:
        """Ask the printer for its four status bytes."""
        facts = {
            "connection": f"{self.settings.connection} {self.settings.address}",
            "paper": f"{self.settings.paper_mm} mm",
        }
        if not self.settings.enabled:
            return DeviceStatus(Condition.DISABLED, facts=facts)
        try:
            with self._conversation() as talk:
                if not talk.link.two_way:
                    return DeviceStatus(Condition.READY, None, FailureCode.PRINTER_UNCONFIRMED, facts)
                replies = talk.ask()
        except ValueError:
            return DeviceStatus(Condition.DISCONNECTED, FailureCode.DEVICE_SETTING_INVALID, facts=facts)
        except LinkError:
            return DeviceStatus(Condition.DISCONNECTED, FailureCode.PRINTER_UNREACHABLE, facts=facts)
        judgement = judge(replies)
        facts["status"] = str(replies)
        return DeviceStatus(judgement.condition, judgement.failure, judgement.warning, facts)

    def print_slip(self, slip: Slip) -> PrintOutcome:
        """Print one slip, once. Trouble is an outcome; nothing is ever sent a second time."""
        started = time.monotonic()
        if not self.settings.enabled:
            return PrintOutcome(PrintResult.NOT_PRINTED)
        job = encode(draw(slip, self.settings.paper_mm), cut=self.settings.cut)
        try:
            with self._conversation() as talk:
                outcome = self._print(talk, job.data)
        except ValueError:
            outcome = PrintOutcome(PrintResult.NOT_PRINTED, FailureCode.DEVICE_SETTING_INVALID)
        except LinkError:
            outcome = PrintOutcome(PrintResult.NOT_PRINTED, FailureCode.PRINTER_UNREACHABLE)
        return replace(outcome, milliseconds=(time.monotonic() - started) * 1000)

    def test(self) -> TestReport:
        """Print a test slip and report whether, how and how fast the printer acknowledged it."""
        status = self.status()
        lines = [(key, value) for key, value in status.facts.items()]
        if status.condition is not Condition.READY:
            return TestReport(False, tuple(lines), status.failure)
        self._knows_process_id = None  # perhaps another printer stands there now
        now = datetime.now(UTC)
        outcome = self.print_slip(
            TestSlip(
                f"{self.settings.connection} {self.settings.address}", now, f"MOT CUA {now:%Y-%m-%d %H:%M:%S}"
            )
        )
        lines += [
            ("result", outcome.result.value),
            ("confirmed_by", outcome.confirmed_by.value if outcome.confirmed_by else "-"),
            ("milliseconds", f"{outcome.milliseconds:.0f}"),
            ("bytes", str(outcome.sent)),
        ]
        return TestReport(outcome.printed, tuple(lines), outcome.failure)

    def close(self) -> None:
        """Let go of the printer."""
        if self._link is not None:
            self._link.close()
            self._link = None

    @contextmanager
    def _conversation(self) -> Iterator[_Conversation]:
        """An open link without old answers; closed afterwards unless opening disturbs the printer."""
        if self._link is None:
            self._link = link_for(self.settings, self._limits)
        link = self._link
        reused = link.is_open
        if not reused:
            link.open()
        try:
            talk = _Conversation(link, self._limits)
            try:
                talk.drain()
            except BrokenLinkError:
                if not reused:
                    raise
                link.close(orderly=False)
                link.open()
                talk = _Conversation(link, self._limits)
            yield talk
        except LinkError:
            link.close(orderly=False)
            raise
        finally:
            if not link.keeps_open:
                link.close()

    def _print(self, talk: _Conversation, data: bytes) -> PrintOutcome:
        judgement = self._look(talk)
        if not judgement.ready:
            return PrintOutcome(
                PrintResult.NOT_PRINTED, judgement.failure or FailureCode.PRINTER_ERROR, judgement.warning
            )
        job_id = self._next_id()
        if self._lost_place:
            data = resynchronise(DOTS[self.settings.paper_mm]) + data
        request = b"" if self._knows_process_id is False else process_request(job_id)
        everything = data + (request + FENCE if talk.link.two_way else b"")
        self._lost_place = True
        talk.forget_answers()
        try:
            talk.link.send(everything)
        except BrokenLinkError:
            talk.link.close(orderly=False)
            return self._after_break(judgement.warning)
        self._lost_place = False
        try:
            outcome = self._await(talk, job_id)
        except BrokenLinkError:
            talk.link.close(orderly=False)
            outcome = self._after_break(judgement.warning)
        return replace(outcome, warning=outcome.warning or judgement.warning, sent=len(everything))

    def _look(self, talk: _Conversation) -> Judgement:
        """Judgement before sending; waits a moment while somebody holds the feed button."""
        if not talk.link.two_way:
            return Judgement(Condition.READY)
        judgement = judge(talk.ask())
        if judgement.condition is Condition.BUSY:
            time.sleep(1.0)
            judgement = judge(talk.ask())
        return judgement

    def _after_break(self, warning: FailureCode | None) -> PrintOutcome:
        """Some bytes are gone and the link with them: look once, through a new link, for the cause."""
        failure = FailureCode.PRINTER_UNREACHABLE
        try:
            with self._conversation() as talk:
                failure = judge(talk.ask()).failure or failure
        except LinkError:
            pass
        return PrintOutcome(PrintResult.UNKNOWN, failure, warning)

    def _await(self, talk: _Conversation, job_id: bytes) -> PrintOutcome:
        """Wait for the acknowledgement of a job that was sent whole. Raises ``BrokenLinkError``."""
        if not talk.link.two_way:
            return PrintOutcome(PrintResult.SENT_UNCONFIRMED, FailureCode.PRINTER_UNCONFIRMED)
        end = time.monotonic() + self._limits.acknowledge
        look_at = time.monotonic() + _FIRST_LOOK_SECONDS
        while time.monotonic() < end:
            talk.listen(max(0.01, min(look_at, end) - time.monotonic()))
            if (by := self._confirmed(talk, job_id)) is not None:
                return PrintOutcome(PrintResult.PRINTED, confirmed_by=by)
            if time.monotonic() < look_at or talk.fence_seen_at is not None:
                continue
            byte = talk.question(Question.PRINTER)
            if byte is not None and byte & 0x08:
                trouble = judge(talk.ask())
                if trouble.failure is not None:
                    return self._last_word(talk, job_id, trouble)
            look_at = time.monotonic() + _FIRST_LOOK_SECONDS
        trouble = judge(talk.ask())
        if trouble.failure is not None:
            return self._last_word(talk, job_id, trouble)
        if (by := self._confirmed(talk, job_id, waited=True)) is not None:
            return PrintOutcome(PrintResult.PRINTED, confirmed_by=by)
        return PrintOutcome(PrintResult.SENT_UNCONFIRMED, FailureCode.PRINTER_UNCONFIRMED, trouble.warning)

    def _last_word(self, talk: _Conversation, job_id: bytes, trouble: Judgement) -> PrintOutcome:
        """The printer stopped; had it acknowledged just before?"""
        talk.listen(_LAST_WORD_SECONDS)
        by = self._confirmed(talk, job_id, waited=True)
        if by is not None:
            return PrintOutcome(PrintResult.PRINTED, confirmed_by=by, warning=trouble.warning)
        return PrintOutcome(PrintResult.UNKNOWN, trouble.failure, trouble.warning)

    def _confirmed(self, talk: _Conversation, job_id: bytes, *, waited: bool = False) -> Confirmation | None:
        if job_id in talk.done:
            self._knows_process_id = True
            return Confirmation.PROCESS_ID
        if talk.fence_seen_at is None:
            return None
        if (
            waited
            or self._knows_process_id is False
            or time.monotonic() - talk.fence_seen_at >= _GRACE_SECONDS
        ):
            self._knows_process_id = bool(self._knows_process_id)
            return Confirmation.FENCE
        return None

    def _next_id(self) -> bytes:
        number = next(self._numbers)
        letters = []
        for _ in range(4):
            number, letter = divmod(number, len(_ID_LETTERS))
            letters.append(_ID_LETTERS[letter])
        return "".join(letters).encode("ascii")


class _Conversation:
    """Questions and answers over an open link; acknowledgements are kept whenever they come."""

    def __init__(self, link: Link, limits: Limits) -> None:
        self.link = link
        self.done: set[bytes] = set()
        self.fence_seen_at: float | None = None
        self._limits = limits
        self._answers = AnswerParser()

    def drain(self) -> None:
        """Throw away what was said unasked. Raises ``BrokenLinkError``, also for talk without end."""
        end = time.monotonic() + self._limits.answer
        while self.link.two_way and self.link.receive(0.0):
            if time.monotonic() > end:
                raise BrokenLinkError("the printer talks without end")
        self._answers = AnswerParser()

    def forget_answers(self) -> None:
        """A new job begins: acknowledgements so far are not its own."""
        self.done.clear()
        self.fence_seen_at = None

    def listen(self, seconds: float) -> int | None:
        """Take in what comes, returning as soon as something did: a status byte, or ``None``."""
        status = None
        for message in self._answers.feed(self.link.receive(seconds)):
            match message:
                case StatusByte(value):
                    status = value
                case ProcessDone(job_id):
                    self.done.add(job_id)
                case Fence() as fence if not fence.paper_end and self.fence_seen_at is None:
                    self.fence_seen_at = time.monotonic()
                case _:
                    pass
        return status

    def question(self, question: Question) -> int | None:
        """The byte answered to ``DLE EOT n``, ``None`` when none came. Raises ``BrokenLinkError``."""
        end = time.monotonic() + self._limits.answer
        while self.listen(0.0) is not None:  # late or doubled answers to an earlier question
            if time.monotonic() > end:
                raise BrokenLinkError("the printer talks without end")
        self.link.send(question.command)
        end = time.monotonic() + self._limits.answer
        while (left := end - time.monotonic()) > 0:
            if (byte := self.listen(left)) is not None:
                return byte
        return None

    def ask(self) -> Replies:
        """All four questions, one after another; none of the others when the first stays unanswered."""
        printer = self.question(Question.PRINTER)
        if printer is None:
            return Replies()
        return Replies(
            printer,
            self.question(Question.OFFLINE_CAUSE),
            self.question(Question.ERROR),
            self.question(Question.PAPER),
        )
