"""The officer's chapters: sign in, Next, the ceiling, the voice, the form, recall, complete, no-show."""

from __future__ import annotations

import re
import time
import wave
from pathlib import Path
from typing import Any

from kiosk.processes.tour.stage import NotSeenError, summary
from kiosk.processes.tour.visit import (
    COUNTER,
    PLAIN_SERVICE,
    Visit,
)


class OfficerChapters(Visit):
    """What an officer does on the page, and who sees and hears it."""

    def officer(self) -> None:
        """Sign in, open the counter, Next; ceiling, voice, form, phone; recall, start, complete."""
        desk = self._browser.desk(self._lobby.url + "/counter")
        with self._step("Officer signs in", "the list of counters") as step:
            login, password = self._lobby.demo_account("officer")
            desk.sign_in(login, password)
            step.seen = desk.text_when("#counters", "9")
            self._record.keep(step, "counters.png", desk.picture())
        with self._step("Counter opened", "the desk with the people waiting") as step:
            desk.click(f'[data-counter="{COUNTER}"]')
            step.seen = desk.text_when("#waiting", re.escape(self._mine().number))
            self._record.keep(step, "officers-page.png", desk.picture())
        self._call(desk)
        with self._step("Form at the counter", "every value with its source on the officer's page") as step:
            text = desk.text_when("#form", re.escape(self._person.full_name))
            step.seen = " ".join(text.split())[:300]
            self._record.keep(step, "form-at-the-counter.png", desk.picture())
            if "chip" not in text:
                raise NotSeenError(f"no source: {step.seen}")
        with self._step("Phone is told", "the follow page names the counter") as step:
            page = self._browser.phone(self._follow_url, again=True)
            step.seen = page.text_when("main", r"quầy số\s*9")
            self._record.keep(step, "follow-page-called.png", page.picture())
        self._officer_steps(desk)

    def _call(self, desk: Any) -> None:
        lobby, number = self._lobby, self._mine().number
        played = len(lobby.sounds())
        with self._step("Next", "number and counter on the ceiling", "ceiling") as step:
            began = time.monotonic()
            desk.press_for("call-next", "F8")
            lobby.see_text(rf"^{number}$", "ceiling")
            step.measured = {"milliseconds_from_key_to_ceiling": round((time.monotonic() - began) * 1000, 1)}
            now = self._kiosk.board().now
            if [(call.number, call.counter.id) for call in now] != [(number, COUNTER)]:
                raise NotSeenError(f"the board says {now}")
            step.seen = f"ceiling: {summary(lobby.shown('ceiling'))}"
        with self._step("Voice", "a chime and a spoken call, really audible") as step:
            path = lobby.until(lambda: lobby.sounds()[played:], 20)[0]
            sound = lobby.until(lambda: _loudness(path), 20)
            step.measured = sound
            step.seen = f"{path.name}: {sound['seconds']} s, loudest {sound['peak']} of 32767"
            self._record.keep(step, "announcement.wav", path.read_bytes())

    def _officer_steps(self, desk: Any) -> None:
        lobby, number = self._lobby, self._mine().number
        with self._step("Recall", "called a second time, spoken again", "ceiling") as step:
            played = len(lobby.sounds())
            desk.press_for("recall", "r")
            self._until_ticket(lambda ticket: ticket.call_count == 2)
            lobby.until(lambda: len(lobby.sounds()) > played, 20)
            step.seen = f"{number} called twice, {len(lobby.sounds())} announcements"
        with self._step(
            "Start and complete", "the ticket is done, the ceiling is free again", "ceiling"
        ) as step:
            desk.press_for("start", "s")
            self._until_ticket(lambda ticket: ticket.state == "serving")
            desk.press_for("complete", "h")
            self._until_ticket(lambda ticket: ticket.state == "completed")
            lobby.until(lambda: not self._kiosk.board().now)
            step.seen = f"{number} is done; the board is empty"

    def printer_out_of_paper(self) -> None:
        """A number without a card while the printer is empty; a copy when it is well; then a no-show."""
        lobby = self._lobby
        desk = self._browser.desk(lobby.url + "/counter", again=True)
        lobby.set_printer("paper-out")
        before = {ticket.id for ticket in self._kiosk.tickets("waiting")}
        expected = "the number with its QR on the screen, and what to do"
        with self._step("No paper", expected, "kiosk") as step:
            lobby.tap("StartWithoutCard")
            lobby.see_screen("services")
            self._choose(PLAIN_SERVICE)
            number = self._number_on_screen()
            self._ticket = self._new_ticket(before)
            lobby.until(lambda: self._in_print_state("failed"), 20)
            step.seen = f"{number}: {summary(lobby.shown(), 300)}"
        with self._step("Paper again", "a copy of the ticket comes out by itself", "ticket") as step:
            papers = len(lobby.printed())
            lobby.set_printer("ok")
            lobby.until(lambda: len(lobby.printed()) > papers, 40)
            ticket = lobby.until(lambda: self._in_print_state("printed"), 20)
            step.seen = f"{ticket.number} printed, {ticket.print.copies} slip(s)"
            self._picture(step, "kiosk")
            if any(target["name"] == "Finish" for target in lobby.shown()["targets"]):
                lobby.tap("Finish")
            else:
                lobby.tap("Continue")
            lobby.see_screen("start")
        with self._step("No-show", "called, nobody came, the counter is free", "ceiling") as step:
            desk.press_for("call-next", "F8")
            self._until_ticket(lambda ticket: ticket.state == "called")
            desk.press_for("no-show", "v")
            self._until_ticket(lambda ticket: ticket.state == "no_show")
            lobby.until(lambda: not self._kiosk.board().now)
            step.seen = f"{self._mine().number} is a no-show; the board is empty"


def _loudness(path: Path) -> dict[str, Any]:
    """Length and loudest sample of a sound file. Raises ``NotSeenError`` while it is being written."""
    try:
        with wave.open(str(path)) as sound:
            frames = sound.readframes(sound.getnframes())
            seconds = sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError) as error:
        raise NotSeenError(f"{path.name}: {error}") from error
    peak = max((abs(sample) for sample in memoryview(frames[: len(frames) // 2 * 2]).cast("h")), default=0)
    if seconds < 1 or peak < 1000:
        raise NotSeenError(f"{path.name}: {seconds:.1f} s, loudest {peak}")
    return {"seconds": round(seconds, 2), "peak": peak}
