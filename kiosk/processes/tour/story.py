"""The visit of the tour, chapter by chapter. A chapter that fails does not keep the others from playing."""

from __future__ import annotations

import re
import shutil
import subprocess
import time
import tomllib
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from kiosk.client import Ticket
from kiosk.processes.tour.browser import Browser
from kiosk.processes.tour.record import ChapterFailedError, Record, Step
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


def play(lobby: LobbyUnderTour, record: Record, browser: Browser) -> None:
    """Play everything."""
    visit = _Visit(lobby, record, browser)
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


class _Visit:
    def __init__(self, lobby: LobbyUnderTour, record: Record, browser: Browser) -> None:
        self._lobby = lobby
        self._record = record
        self._browser = browser
        self._person = demo_person(CITIZEN)
        self._kiosk = lobby.client("kiosk")
        self._maintenance = lobby.client("maintenance")
        self._ticket: Ticket | None = None
        self._follow_url = ""

    # -- helpers --------------------------------------------------------------------------------------------

    @contextmanager
    def _step(self, name: str, expected: str, *pictures: str) -> Iterator[Step]:
        """A step whose ``pictures`` (kiosk, ceiling, ticket) are taken when it is over, also when it failed."""
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

    # -- 1 to 4: card, number, form, ticket -----------------------------------------------------------------

    def citizen_with_card(self) -> None:
        """A card on the reader, the six digits, the greeting, a number, the form."""
        lobby = self._lobby
        with self._step(
            "Start screen", "the kiosk waits for a card; the ceiling is empty", "kiosk", "ceiling"
        ) as step:
            step.seen = summary(lobby.see_screen("start", 20))
        with self._step("Card on the reader", "the kiosk asks for the last six digits", "kiosk") as step:
            lobby.lay_card(CITIZEN)
            step.seen = summary(lobby.see_screen("enter_can", 8))
        with self._step("Six digits typed", "the digits stand in their boxes", "kiosk") as step:
            lobby.type_digits(self._person.can)
            lobby.target("Continue")
            step.seen = "six digits touched; the kiosk lets the citizen go on"
        with self._step("Chip read", "the citizen is greeted by name, services are offered", "kiosk") as step:
            lobby.tap("Continue")
            lobby.see_screen("services", 15)
            step.seen = lobby.see_text(re.escape(self._person.full_name.split()[-1]))
        self._take_number()
        self._printed()
        self._follow_page()
        self._form()
        self._nothing_left()

    def _take_number(self) -> None:
        lobby = self._lobby
        before = {ticket.id for ticket in self._kiosk.tickets("waiting")}
        with self._step(
            "One touch for a number", "one ticket in the queue, its number on the screen", "kiosk"
        ) as step:
            lobby.tap(f"ServiceTapped {FORM_SERVICE}")
            number = self._number_on_screen()
            self._ticket = self._new_ticket(before)
            step.seen = (
                f"{number} on the screen, {self._ticket.number} waiting for {self._ticket.service_name}"
            )
            if number != self._ticket.number:
                raise NotSeenError(step.seen)

    def _printed(self) -> None:
        lobby = self._lobby
        with self._step(
            "Ticket printed", "the printer confirms; the paper's QR is the follow page", "ticket"
        ) as step:
            ticket = lobby.until(lambda: self._in_print_state("printed"))
            step.milliseconds = 0
            paper = lobby.printed()[-1].read_bytes()
            self._record.keep(step, "ticket.bin", paper)
            code = self._read_qr(lobby.picture("ticket"))
            step.measured = {"bytes": len(paper), "copies": ticket.print.copies}
            step.seen = f"print state {ticket.print.state}, {len(paper)} bytes, QR {code or 'unreadable'}"
            if not code.startswith(f"{lobby.url}/follow/"):
                raise NotSeenError(step.seen)
            self._follow_url = code
            if self._personal([paper.decode("utf-8", "replace")]):
                raise NotSeenError("the ticket names the citizen")

    def _in_print_state(self, state: str) -> Ticket:
        ticket = self._kiosk.ticket(self._mine().id)
        if ticket.print.state != state:
            raise NotSeenError(f"print state {ticket.print.state}")
        return ticket

    def _read_qr(self, picture: bytes) -> str:
        """The code on the paper as a phone's camera reads it."""
        if shutil.which("zbarimg") is None:
            raise NotSeenError("zbarimg is not installed, so the QR cannot be read back")
        path = self._record.folder / ".qr.png"
        path.write_bytes(picture)
        try:
            done = subprocess.run(
                ["zbarimg", "--quiet", "--raw", str(path)],
                capture_output=True,
                text=True,
                timeout=30,
                check=False,
            )
        finally:
            path.unlink()
        return done.stdout.strip()

    def _follow_page(self) -> None:
        with self._step("Follow page on a phone", "number and place in the queue, nothing personal") as step:
            page = self._browser.phone(self._follow_url)
            step.seen = page.text_when("main", re.escape(self._mine().number))
            self._record.keep(step, "follow-page.png", page.picture())
            if self._personal([step.seen]):
                raise NotSeenError("the follow page names the citizen")

    def _form(self) -> None:
        lobby = self._lobby
        with self._step("Form offered", "a notice and one touch of consent", "kiosk") as step:
            lobby.tap("Continue")
            step.seen = summary(lobby.see_screen("offer_form"))
        with self._step("Consent", "only what the card does not hold is asked", "kiosk") as step:
            lobby.tap("OfferAccepted")
            step.seen = summary(self._on_screen("question", "check_answers"))
        with self._step("Questions", "one question a screen until every answer is there", "kiosk") as step:
            asked = 0
            while self._on_screen("question", "check_answers")["screen"] == "question":
                self._answer()
                asked += 1
                if asked > MOST_QUESTIONS:
                    raise NotSeenError(f"still asked after {asked} questions")
            step.measured = {"questions": asked}
            step.seen = f"{asked} questions, then: {summary(lobby.shown())}"
        with self._step("Check your answers", "name from the chip, with its source", "kiosk") as step:
            shown = lobby.see_screen("check_answers")
            step.seen = summary(shown, 400)
            if not any(self._person.full_name in text for text in shown["texts"]):
                raise NotSeenError(step.seen)
        with self._step(
            "Change one answer", "the question comes back, then the answers again", "kiosk"
        ) as step:
            question = lobby.tap("ChangeTapped")
            lobby.see_screen("question")
            lobby.tap("Continue")
            step.seen = f"{question}: {summary(self._on_screen('check_answers'))}"
        with self._step("Confirm", "the form is kept with the ticket", "kiosk") as step:
            self._confirm()
            lobby.see_screen("form_done")
            kept = lobby.until(lambda: self._kiosk.ticket(self._mine().id).form)
            step.seen = f"form {kept.form if kept else '?'} attached to {self._mine().number}"

    def _on_screen(self, *names: str) -> dict[str, Any]:
        def look() -> dict[str, Any]:
            shown = self._lobby.shown()
            if shown["screen"] not in names:
                raise NotSeenError(f"the screen “{shown['screen']}”: {summary(shown)}")
            return shown

        return self._lobby.until(look)

    def _answer(self) -> None:
        """Answer the question on the screen as a person would, and wait for the next."""
        lobby = self._lobby
        shown = lobby.shown()
        names = [target["name"].partition(" ")[0] for target in shown["targets"] if target["enabled"]]
        if "ChoiceTapped" in names:
            lobby.tap("ChoiceTapped")
            lobby.tap("Continue")
        elif "Skip" in names:
            lobby.tap("Skip")
        else:
            if "DigitTapped" in names:
                lobby.type_digits("05031978")
            else:
                for letter in "lam":
                    lobby.tap(f"KeyTapped {letter}")
            lobby.tap("Continue")

        def next_one() -> bool:
            now = lobby.shown()
            if now["key"] == shown["key"]:
                raise NotSeenError(f"still the same question: {summary(now)}")
            return True

        lobby.until(next_one, 5)

    def _confirm(self) -> None:
        for _ in range(6):
            names = [target["name"] for target in self._lobby.shown()["targets"]]
            if "Confirmed" in names:
                self._lobby.tap("Confirmed")
                return
            self._lobby.tap("PageTapped")
            time.sleep(0.3)
        raise NotSeenError("no way to confirm")

    def _nothing_left(self) -> None:
        lobby = self._lobby
        with self._step("Visit over", "the start screen; nothing of the person is left", "kiosk") as step:
            lobby.tap("Finish")
            lobby.take_card()
            shown = lobby.see_screen("start")
            step.seen = summary(shown)
            if self._personal(shown["texts"]):
                raise NotSeenError(step.seen)

    # -- 5 and 6: the officer calls, the ceiling shows and speaks, the phone follows ---------------------------

    def officer(self) -> None:
        """Sign in, open the counter, Next; the ceiling, the voice, the form, the phone; recall, start, complete."""
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
            desk.press("F8")
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
            desk.press("r")
            self._until_ticket(lambda ticket: ticket.call_count == 2)
            lobby.until(lambda: len(lobby.sounds()) > played, 20)
            step.seen = f"{number} called twice, {len(lobby.sounds())} announcements"
        with self._step(
            "Start and complete", "the ticket is done, the ceiling is free again", "ceiling"
        ) as step:
            desk.press("s")
            self._until_ticket(lambda ticket: ticket.state == "serving")
            desk.press("h")
            self._until_ticket(lambda ticket: ticket.state == "done")
            lobby.until(lambda: not self._kiosk.board().now)
            step.seen = f"{number} is done; the board is empty"

    # -- 1 again: the QR instead of the digits; a card that was tampered with ---------------------------------

    def other_cards(self) -> None:
        """A card whose QR is scanned instead of typing; a card whose data was altered."""
        lobby = self._lobby
        with self._step("QR instead of digits", "the chip is read without typing", "kiosk") as step:
            other = demo_person(OTHER_CITIZEN)
            lobby.lay_card(OTHER_CITIZEN)
            lobby.see_screen("enter_can")
            lobby.scan_card(OTHER_CITIZEN)
            lobby.see_screen("services", 15)
            step.seen = lobby.see_text(re.escape(other.full_name.split()[-1]))
            lobby.tap("Finish")
            lobby.take_card()
            lobby.see_screen("start")
        with self._step(
            "Altered card", "its data is not used, the citizen is told what to do", "kiosk"
        ) as step:
            altered = demo_person(ALTERED_CITIZEN)
            lobby.lay_card(ALTERED_CITIZEN)
            lobby.see_screen("enter_can")
            lobby.type_digits(altered.can)
            lobby.tap("Continue")
            shown = lobby.see_screen("problem", 15)
            step.seen = summary(shown)
            if any(altered.full_name in text for text in shown["texts"]):
                raise NotSeenError(step.seen)
        lobby.take_card()
        self.back_to_start()

    # -- 4 again: the printer has no paper --------------------------------------------------------------------

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
            lobby.tap(f"ServiceTapped {PLAIN_SERVICE}")
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
            desk.press("F8")
            self._until_ticket(lambda ticket: ticket.state == "called")
            desk.press("v")
            self._until_ticket(lambda ticket: ticket.state == "no_show")
            lobby.until(lambda: not self._kiosk.board().now)
            step.seen = f"{self._mine().number} is a no-show; the board is empty"

    # -- 7: clips ----------------------------------------------------------------------------------------------

    def clips(self) -> None:
        """The list of clips, and one that plays."""
        lobby = self._lobby
        with self._step("Clips", "the list of instruction clips", "kiosk") as step:
            lobby.tap("WatchClips")
            shown = lobby.see_screen("clips")
            step.seen = summary(shown)
        with self._step("A clip plays", "the picture moves", "kiosk") as step:
            lobby.tap("ClipChosen")
            time.sleep(1.5)
            frames = []
            for _ in range(5):
                frames.append(lobby.picture("kiosk"))
                time.sleep(0.6)
            changes = sum(one != other for one, other in pairwise(frames))
            step.seen = f"{changes} of {len(frames) - 1} pictures differ from the one before; {summary(lobby.shown())}"
            if changes < 2:
                raise NotSeenError(step.seen)
        with self._step("Back from the clips", "the start screen", "kiosk") as step:
            lobby.tap("ClipStopped")
            lobby.tap("Back")
            step.seen = summary(lobby.see_screen("start"))

    # -- 8: maintenance ------------------------------------------------------------------------------------------

    def maintenance_screen(self) -> None:
        """The hidden gesture, the PIN, the devices; a printed test slip; another volume, checked and kept."""
        lobby = self._lobby
        with self._step("Maintenance screen", "five touches in the corner ask for the PIN", "kiosk") as step:
            for _ in range(5):
                lobby.tap_at(20, 20)
                time.sleep(0.1)
            step.seen = summary(lobby.see_screen("maintenance/pin"))
        with self._step("PIN", "each device with its state in words", "kiosk") as step:
            lobby.type_digits(lobby.demo_pin(), "Digit")
            lobby.tap("OpenPin")
            lobby.see_screen("maintenance/list")
            lobby.target("OpenDevice printer")
            step.seen = summary(lobby.shown(), 400)
        with self._step("Test slip", "the printer's own test prints a slip", "ticket") as step:
            papers = len(lobby.printed())
            lobby.tap("OpenDevice printer")
            lobby.tap("Test")
            lobby.until(lambda: len(lobby.printed()) > papers, 20)
            step.seen = lobby.see_text("Thử (không )?đạt", seconds=20)
            self._picture(step, "kiosk")
            if "không" in step.seen:
                raise NotSeenError(summary(lobby.shown(), 400))
            lobby.tap("Back")
        with self._step("Another volume", "checked with the loudspeaker, then kept", "kiosk") as step:
            before = self._setting("speaker", "volume")
            lobby.tap("OpenDevice speaker")
            lobby.tap("Edit volume")
            lobby.tap("Step -5")
            lobby.tap("Done")
            lobby.tap("Save")
            lobby.see_text("đã kiểm tra và lưu|Đã kiểm tra và lưu", seconds=40)
            step.seen = f"volume {before} → {self._setting('speaker', 'volume')}"
            if self._setting("speaker", "volume") != before - 5:
                raise NotSeenError(step.seen)
        with self._step("Out of maintenance", "the citizens' start screen", "kiosk") as step:
            lobby.tap("Leave")
            step.seen = summary(lobby.see_screen("start"))

    def _setting(self, device: str, key: str) -> Any:
        for state in self._maintenance.devices():
            if state.name == device:
                return state.settings[key]
        raise NotSeenError(f"the centre knows no {device}")

    def maintenance_from_afar(self) -> None:
        """The centre's page and the command line."""
        lobby = self._lobby
        with self._step("Maintenance page", "every device in words") as step:
            page = self._browser.desk(lobby.url + "/maintenance")
            page.sign_in(*lobby.demo_account("maintenance"))
            step.seen = " ".join(page.text_when("#devices", "Máy in").split())[:300]
            self._record.keep(step, "maintenance-page.png", page.picture())
        for device in ("card-reader", "printer", "scanner", "speaker", "kiosk-screen", "ceiling-screen"):
            with self._step(f"Test {device}", "the device does something real and passes") as step:
                if device == "card-reader":
                    lobby.lay_card(CITIZEN)
                scans = [SCANNED] if device == "scanner" else []
                done = lobby.command("device", "test", device, scans=scans)
                step.seen = " / ".join((done.stdout + done.stderr).split("\n")).strip(" /")
                if device == "card-reader":
                    lobby.take_card()
                if done.returncode != 0:
                    raise NotSeenError(step.seen)
        with self._step(
            "Setting by command line", "kept after the check; nonsense is refused by name"
        ) as step:
            good = lobby.command("device", "set", "printer", "paper_mm=58")
            bad = lobby.command("device", "set", "printer", "paper_mm=57")
            back = lobby.command("device", "set", "printer", "paper_mm=80")
            step.seen = " / ".join(one.stdout.strip() or one.stderr.strip() for one in (good, bad, back))
            if (good.returncode, bad.returncode, back.returncode) != (0, 2, 0):
                raise NotSeenError(step.seen)


def _loudness(path: Path) -> dict[str, Any]:
    """Length and loudest sample of a finished sound file. Raises ``NotSeenError`` while it is being written."""
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
