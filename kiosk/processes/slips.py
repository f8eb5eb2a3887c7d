"""Slips of new numbers, and copies of those that surely did not come out.

A slip of which nobody knows whether it came out is never printed again by itself: two slips with one number
are worse than none, and its number was shown on the screen.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import Protocol, cast
from zoneinfo import ZoneInfo

from devices.contract import Condition, Device
from devices.supervisor import DeviceWorker, WorkerStoppedError
from devices.ticket_printer import PreparationSheet, PrintOutcome, TicketSlip
from devices.ticket_printer import PrintResult as Printed
from kiosk.client import CentreClient, CentreError, Ticket
from kiosk.failures import FailureCode
from kiosk.processes.issuing import issued_ticket
from kiosk.settings import CentreSettings
from kiosk.visit.events import IssuedTicket, PrintResult, SlipPrinted, SlipPrintedLater

_LOG = logging.getLogger(__name__)

REPRINT_SECONDS = 30.0

RESULTS = {
    Printed.PRINTED: PrintResult.PRINTED,
    Printed.SENT_UNCONFIRMED: PrintResult.UNCONFIRMED,
    Printed.NOT_PRINTED: PrintResult.FAILED,
    Printed.UNKNOWN: PrintResult.UNKNOWN,
}
_REPORTED = {
    PrintResult.PRINTED: "printed",
    PrintResult.UNCONFIRMED: "unknown",
    PrintResult.FAILED: "failed",
    PrintResult.UNKNOWN: "unknown",
}


class Printer(Device, Protocol):
    """What the kiosk uses of the ticket printer."""

    def print_slip(self, slip: TicketSlip | PreparationSheet) -> PrintOutcome: ...


class Report(Protocol):
    """Tells the centre what became of a ticket's slip. Raises ``CentreError``."""

    def __call__(self, ticket: str, state: str, code: FailureCode | None, *, copy: bool) -> None: ...


class Slips:
    """Prints on the printer of ``worker``; ``tell`` gets what citizens should hear.

    ``report`` tells the centre what became of a slip. Copies are printed of the slips of this kiosk only.
    """

    def __init__(
        self,
        client: CentreClient,
        centre: CentreSettings,
        worker: Callable[[], DeviceWorker],
        tell: Callable[[SlipPrinted | SlipPrintedLater], None],
        report: Report | None = None,
    ) -> None:
        self._client = client
        self._centre = centre
        self._zone = ZoneInfo(centre.timezone)
        self._worker = worker
        self._tell = tell
        self._tell_centre = report or self._told_at_once
        self._self: str | None = None
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._look_now = threading.Event()
        self._calls = ThreadPoolExecutor(1, "slip-reports")
        self._thread = threading.Thread(target=self._reprint, name="reprint", daemon=True)

    def start(self) -> None:
        """Begin to look for slips to print again."""
        self._thread.start()

    def stop(self) -> None:
        """No further slip is begun."""
        self._stop.set()
        self._look_now.set()
        self._calls.shutdown(wait=False, cancel_futures=True)

    def printer_is_well(self) -> None:
        """Slips that waited for the printer are printed now."""
        self._look_now.set()

    def print(self, visit: str, ticket: IssuedTicket, *, copy: bool = False) -> None:
        """Print the slip of a new number, or one more of an old one; returns at once, ``SlipPrinted``
        follows.
        """
        with self._lock:
            self._under_way.add(ticket.id)
        with contextlib.suppress(RuntimeError):  # the process has stopped meanwhile
            self._calls.submit(self._begin, visit, ticket, copy)

    def _begin(self, visit: str, ticket: IssuedTicket, copy: bool) -> None:
        """Told to the centre before it goes out, so that a power cut leaves a trace."""
        if not copy:
            self._report(ticket.id, "pending", None, copy=False)

        def work() -> None:
            result, code = self._put_on_paper(ticket, copy=copy)
            self._tell(SlipPrinted(visit, ticket.id, result, code))
            with contextlib.suppress(RuntimeError):
                self._calls.submit(self._end, ticket.id, result, code, copy)

        self._worker().submit(work)

    def _end(self, ticket: str, result: PrintResult, code: FailureCode | None, copy: bool) -> None:
        if not copy or result is PrintResult.PRINTED:  # a copy that failed leaves the first slip as it was
            self._report(ticket, _REPORTED[result], code, copy=copy)
        with self._lock:
            self._under_way.discard(ticket)

    def _put_on_paper(self, ticket: IssuedTicket, *, copy: bool) -> tuple[PrintResult, FailureCode | None]:
        """On the printer's thread."""
        printer = cast(Printer, self._worker().device)
        try:
            slip = self._slip(ticket, copy=copy)
        except ValueError as error:
            _LOG.error("ticket %s makes no slip: %s", ticket.number, error)
            return PrintResult.FAILED, FailureCode.PRINTER_ERROR
        try:
            outcome = printer.print_slip(slip)
        except Exception as error:  # a bug of the driver: nobody knows what came out
            _LOG.exception("printing failed: %s", type(error).__name__)
            return PrintResult.UNKNOWN, FailureCode.UNEXPECTED
        return RESULTS[outcome.result], outcome.failure

    def _report(self, ticket: str, state: str, code: FailureCode | None, *, copy: bool) -> None:
        try:
            self._tell_centre(ticket, state, code, copy=copy)
        except CentreError as error:
            _LOG.warning("the centre was not told that a slip is %s: %s", state, error.code)

    def _told_at_once(self, ticket: str, state: str, code: FailureCode | None, *, copy: bool) -> None:
        self._client.report_print(ticket, state, code, copy=copy)

    # -- copies ------------------------------------------------------------------------------------------

    def _reprint(self) -> None:
        first = True
        while not self._stop.is_set():
            self._look_now.wait(REPRINT_SECONDS)
            self._look_now.clear()
            if self._stop.is_set() or self._worker().status.condition is not Condition.READY:
                continue
            try:
                own = self._own_name()
                jobs = [job for job in self._client.print_jobs() if job.issued_by in ("", own)]
            except CentreError as error:
                _LOG.info("slips to print again are not known: %s", error.code)
                continue
            self._go_through(jobs, first=first)
            first = False

    def _own_name(self) -> str:
        """This kiosk as the centre calls the issuer of a ticket. Raises ``CentreError``."""
        if self._self is None:
            who = self._client.who()
            self._self = f"{who.role}:{who.name}"
        return self._self

    def _go_through(self, jobs: list[Ticket], *, first: bool) -> None:
        """``first``: what is still pending was begun by a process that is no more."""
        for ticket in jobs:
            with self._lock:
                if ticket.id in self._under_way:
                    continue
            if ticket.print.state == "pending" and first:
                self._report(ticket.id, "unknown", FailureCode.PRINTER_UNCONFIRMED, copy=False)
            elif ticket.print.state == "failed" and not self._print_copy(ticket):
                return

    def _print_copy(self, ticket: Ticket) -> bool:
        """False when the printer is not well after all."""
        issued = issued_ticket(ticket, self._zone)
        try:
            job = self._worker().submit(lambda: self._put_on_paper(issued, copy=True))
            result, code = job.result()
        except (WorkerStoppedError, CancelledError):
            return False
        self._report(ticket.id, _REPORTED[result], code, copy=True)
        if result is PrintResult.PRINTED:
            self._tell(SlipPrintedLater(ticket.id))
        return result is not PrintResult.FAILED

    def _slip(self, ticket: IssuedTicket, *, copy: bool) -> TicketSlip:
        return TicketSlip(
            centre=self._centre.name,
            number=ticket.number,
            service=ticket.service_name,
            counters=ticket.counters,
            ahead=ticket.ahead,
            issued_at=ticket.issued_at,
            follow_url=ticket.follow_url,
            copy=copy,
            wait=ticket.wait,
            offline=ticket.offline,
            timezone=self._centre.timezone,
        )
