"""What every chapter of the tour uses: the lobby, the record, the ticket in the hand."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.client import Ticket
from kiosk.processes.tour.browser import Browser
from kiosk.processes.tour.record import Record, Step
from kiosk.processes.tour.stage import LobbyUnderTour, NotSeenError, summary

CITIZEN = "lan"
"""Whose card is laid on the reader."""
OTHER_CITIZEN = "anh-hung"
ALTERED_CITIZEN = "the-bi-sua"
FORM_SERVICE = "xac-nhan-hon-nhan"
PLAIN_SERVICE = "ho-tich"
COUNTER = "quay-9"
"""Serves both services."""
NUMBER = re.compile(r"[A-Z][0-9]{3}")
MOST_QUESTIONS = 25
MOST_PAGES = 12
SCANNED = "https://example.vn/thu"
"""What is held before the scanner while it is tested."""
_CITIZENS = Path(__file__).parents[3] / "devices" / "virtual" / "chip_card" / "citizens.toml"


@dataclass(frozen=True)
class DemoPerson:
    """What is printed on the plastic of a demo citizen's card."""

    full_name: str
    number: str

    @property
    def can(self) -> str:
        """The last six digits, as the citizen types them."""
        return self.number[-6:]


def demo_person(name: str) -> DemoPerson:
    """One of the invented citizens. Raises ``KeyError``."""
    entry = tomllib.loads(_CITIZENS.read_text(encoding="utf-8"))[name]
    return DemoPerson(entry["full_name"], entry["number"])


class Visit:
    """One visit being played. Chapters are methods of its subclasses."""

    def __init__(self, lobby: LobbyUnderTour, record: Record, browser: Browser) -> None:
        self._lobby = lobby
        self._record = record
        self._browser = browser
        self._person = demo_person(CITIZEN)
        self._kiosk = lobby.client("kiosk")
        self._maintenance = lobby.client("maintenance")
        self._ticket: Ticket | None = None
        self._follow_url = ""

    @contextmanager
    def _step(self, name: str, expected: str, *pictures: str) -> Iterator[Step]:
        """A step whose ``pictures`` (kiosk, ceiling, ticket) are taken at its end, also when it failed."""
        with self._record.step(name, expected) as step:
            began = time.monotonic()
            try:
                yield step
                step.milliseconds = round((time.monotonic() - began) * 1000, 1)
            finally:
                for picture in pictures:
                    self._picture(step, picture)

    def _picture(self, step: Step, window: str) -> None:
        time.sleep(0.15)  # the frame that was told of is drawn
        short = re.sub(r"[^a-z0-9]+", "-", step.name.lower()).strip("-")
        suffix = "" if window == "kiosk" else f"-{window}"
        self._record.keep(step, f"{short}{suffix}.png", self._lobby.picture(window))

    def _mine(self) -> Ticket:
        if self._ticket is None:
            raise NotSeenError("there is no ticket")
        return self._ticket

    def _choose(self, service: str) -> None:
        """Touch a service."""
        self._lobby.tap(f"ServiceTapped {service}")
        self._lobby.see_screen("ticket")

    def _number_on_screen(self) -> str:
        self._lobby.see_screen("ticket")
        return self._lobby.see_text(rf"^{NUMBER.pattern}$")

    def _new_ticket(self, before: set[str]) -> Ticket:
        def look() -> Ticket:
            fresh = [ticket for ticket in self._kiosk.tickets("waiting") if ticket.id not in before]
            if len(fresh) != 1:
                raise NotSeenError(f"{len(fresh)} new tickets")
            return fresh[0]

        return self._lobby.until(look)

    def _until_ticket(self, wanted: Callable[[Ticket], bool]) -> Ticket:
        def look() -> Ticket:
            ticket = self._kiosk.ticket(self._mine().id)
            if not wanted(ticket):
                raise NotSeenError(f"{ticket.number} is {ticket.state}, called {ticket.call_count} times")
            return ticket

        return self._lobby.until(look)

    def _personal(self, texts: list[str]) -> list[str]:
        given = self._person.full_name.split()[-1]
        words = (self._person.full_name, self._person.number, self._person.can)
        return [
            text for text in texts if any(word in text for word in words) or given in re.split(r"\W+", text)
        ]

    def back_to_start(self) -> None:
        """After a failed chapter: nothing on the reader, the printer well, the start screen."""
        self._lobby.take_card()
        self._lobby.set_printer("ok")
        for _ in range(12):
            shown = self._lobby.shown()
            if shown["screen"] == "start":
                return
            names = [target["name"].split()[0] for target in shown["targets"] if target["enabled"]]
            for way_out in ("StayTapped", "Finish", "Leave", "Cancel", "ClipStopped", "OfferRefused", "Back"):
                if way_out in names:
                    self._lobby.tap(way_out)
                    time.sleep(0.5)
                    break
            else:
                time.sleep(1)

    def _on_screen(self, *names: str) -> dict[str, Any]:
        def look() -> dict[str, Any]:
            shown = self._lobby.shown()
            if shown["screen"] not in names:
                raise NotSeenError(f"the screen “{shown['screen']}”: {summary(shown)}")
            return shown

        return self._lobby.until(look)

    def _in_print_state(self, state: str) -> Ticket:
        ticket = self._kiosk.ticket(self._mine().id)
        if ticket.print.state != state:
            raise NotSeenError(f"print state {ticket.print.state}")
        return ticket
