"""The visit of the tour, chapter by chapter. A chapter that fails does not keep the others from playing."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.processes.tour.browser import Browser
from kiosk.processes.tour.citizen import CitizenChapters
from kiosk.processes.tour.officer import OfficerChapters
from kiosk.processes.tour.record import ChapterFailedError, Record
from kiosk.processes.tour.stage import LobbyUnderTour
from kiosk.processes.tour.upkeep import UpkeepChapters


def play(lobby: LobbyUnderTour, record: Record, browser: Browser) -> None:
    """Play everything."""
    visit = _Story(lobby, record, browser)
    chapters: tuple[Callable[[], None], ...] = (
        visit.citizen_with_card,
        visit.officer,
        visit.other_cards,
        visit.printer_out_of_paper,
        visit.clips,
        visit.maintenance_screen,
        visit.maintenance_from_afar,
    )
    for chapter in chapters:
        try:
            chapter()
        except ChapterFailedError:
            visit.back_to_start()


class _Story(CitizenChapters, OfficerChapters, UpkeepChapters):
    """All chapters on one visit."""
