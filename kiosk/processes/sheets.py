"""Sheets that tell how to prepare for a procedure: what stands on them, and their printing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import cast

from devices.supervisor import DeviceWorker
from devices.ticket_printer import PreparationSheet, Section
from devices.ticket_printer.slip import MOST_URL
from devices.ticket_printer.words import PreparationWords, preparation_words
from kiosk.failures import FailureCode
from kiosk.procedures.procedure import Aspect, Online, Procedure
from kiosk.processes.slips import RESULTS, Printer
from kiosk.settings import CentreSettings
from kiosk.visit.effects import PrintSheet
from kiosk.visit.events import PrintResult, SheetPrinted

_LOG = logging.getLogger(__name__)


def preparation_sheet(
    procedure: Procedure, service: str | None, centre: CentreSettings, now: datetime
) -> PreparationSheet:
    """The sheet of a procedure, printed at ``now`` (aware). ``service``: name of the queue it leads to.

    What nobody compared with its source says that an officer is to be asked.
    """
    words = preparation_words()
    told = [
        Section(words.bring, procedure.bring or (words.ask,), to_tick=bool(procedure.bring)),
        _told(words.time, procedure.time_text, procedure.is_checked(Aspect.TIME), words),
        _told(
            words.fee,
            " ".join(filter(None, (procedure.fee_text, procedure.exemptions))),
            procedure.is_checked(Aspect.FEE),
            words,
        ),
        Section(words.where, _where(procedure, service, words)),
        Section(words.notes, procedure.notes),
    ]
    return PreparationSheet(
        centre=centre.name,
        title=procedure.name if len(procedure.name) <= _LONGEST_TITLE else procedure.shown,
        code=procedure.code,
        sections=tuple(section for section in told if section.lines),
        url=procedure.url if len(procedure.url) <= MOST_URL else "",
        printed_at=now,
        timezone=centre.timezone,
    )


_LONGEST_TITLE = 160


def _told(heading: str, text: str, checked: bool, words: PreparationWords) -> Section:
    return Section(heading, tuple(filter(None, (text, "" if checked and text else words.ask))))


def _where(procedure: Procedure, service: str | None, words: PreparationWords) -> tuple[str, ...]:
    return tuple(
        filter(
            None,
            (
                words.here.format(service=service) if service else procedure.place,
                words.in_person if procedure.in_person else "",
                words.online if procedure.online in (Online.FULL, Online.PARTIAL) else "",
            ),
        )
    )


class Sheets:
    """Prints them on the printer of ``worker``; ``tell`` gets how it went."""

    def __init__(
        self,
        centre: CentreSettings,
        worker: Callable[[], DeviceWorker],
        tell: Callable[[SheetPrinted], None],
        now: Callable[[], datetime],
    ) -> None:
        self._centre, self._worker, self._tell, self._now = centre, worker, tell, now

    def print(self, effect: PrintSheet) -> None:
        """Print one; returns at once, ``SheetPrinted`` follows."""

        def work() -> None:
            result, code = self._put_on_paper(effect)
            self._tell(SheetPrinted(effect.visit, effect.procedure.code, result, code))

        self._worker().submit(work)

    def _put_on_paper(self, effect: PrintSheet) -> tuple[PrintResult, FailureCode | None]:
        printer = cast(Printer, self._worker().device)
        try:
            sheet = preparation_sheet(effect.procedure, effect.service_name, self._centre, self._now())
            outcome = printer.print_slip(sheet)
        except Exception as error:  # a bug: nobody knows what came out
            _LOG.exception("printing a sheet failed: %s", type(error).__name__)
            return PrintResult.UNKNOWN, FailureCode.UNEXPECTED
        return RESULTS[outcome.result], outcome.failure
