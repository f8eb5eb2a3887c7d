"""The citizen's chapters: card, greeting, number, form; other cards; no paper; clips."""

from __future__ import annotations

import re
import shutil
import subprocess
import time

from kiosk.processes.tour.stage import NotSeenError, summary
from kiosk.processes.tour.visit import (
    ALTERED_CITIZEN,
    CITIZEN,
    FORM_SERVICE,
    MOST_PAGES,
    MOST_QUESTIONS,
    OTHER_CITIZEN,
    Visit,
    demo_person,
)

MOVING_PICTURES = 3
CLIP_SECONDS = 15.0
"""A scene stands still for some seconds before a finger shows where to touch."""


class CitizenChapters(Visit):
    """What a citizen does at the kiosk."""

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
        before = {ticket.id for ticket in self._kiosk.tickets("waiting")}
        with self._step(
            "One touch for a number", "one ticket in the queue, its number on the screen", "kiosk"
        ) as step:
            self._choose(FORM_SERVICE)
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
        with self._step("Change one answer", "the question with its answer, then all answers again") as step:
            lobby.tap("ChangeTapped")
            question = summary(lobby.see_screen("question"))
            self._picture(step, "kiosk")
            lobby.tap("Continue")
            self._on_screen("check_answers")
            step.seen = f"{question}; then the answers again"
        with self._step("Confirm", "the form is kept with the ticket", "kiosk") as step:
            self._confirm()
            lobby.see_screen("form_done")
            kept = lobby.until(lambda: self._kiosk.ticket(self._mine().id).form)
            step.seen = f"form {kept.form if kept else '?'} attached to {self._mine().number}"

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
        lobby = self._lobby
        for _ in range(MOST_PAGES):
            shown = lobby.shown()
            if any(target["name"] == "Confirmed" for target in shown["targets"]):
                lobby.tap("Confirmed")
                return
            lobby.tap("PageTapped")
            self._page_after(shown["texts"])
        raise NotSeenError("no way to confirm")

    def _page_after(self, texts: list[str]) -> None:
        self._lobby.until(lambda: self._lobby.shown()["texts"] != texts, 5)

    def _nothing_left(self) -> None:
        lobby = self._lobby
        with self._step("Visit over", "the start screen; nothing of the person is left", "kiosk") as step:
            lobby.tap("Finish")
            lobby.take_card()
            shown = lobby.see_screen("start")
            step.seen = summary(shown)
            if self._personal(shown["texts"]):
                raise NotSeenError(step.seen)

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
        self._refused_card(
            "Altered card", "its data is not used, the citizen is told what to do", ALTERED_CITIZEN
        )
        self._refused_card("Copied card", "a chip without the issued key gives no data", CITIZEN, "clone")
        with self._step("Bank card", "it is named before any digit is typed", "kiosk") as step:
            lobby.lay_foreign_card("bank")
            lobby.see_screen("problem")
            step.seen = lobby.see_text("thẻ ngân hàng")
        lobby.take_card()
        self.back_to_start()

    def _refused_card(self, title: str, what: str, name: str, profile: str = "") -> None:
        """A card of which nothing is used: the name on it is never shown."""
        lobby = self._lobby
        with self._step(title, what, "kiosk") as step:
            holder = demo_person(name)
            lobby.lay_card(name, profile)
            lobby.see_screen("enter_can")
            lobby.type_digits(holder.can)
            lobby.tap("Continue")
            shown = lobby.see_screen("problem", 15)
            step.seen = summary(shown)
            if any(holder.full_name in text for text in shown["texts"]):
                raise NotSeenError(step.seen)
        lobby.take_card()
        self.back_to_start()

    def clips(self) -> None:
        """The list of clips, and one that plays."""
        lobby = self._lobby
        with self._step("Clips", "the list of instruction clips", "kiosk") as step:
            lobby.tap("WatchClips")
            shown = lobby.see_screen("clips")
            step.seen = summary(shown)
        with self._step("A clip plays", "the picture moves", "kiosk") as step:
            lobby.tap("ClipChosen")
            time.sleep(2)  # the player has opened and the first scene has faded in
            pictures: set[bytes] = set()

            def moved() -> bool:
                pictures.add(lobby.picture("kiosk"))
                if len(pictures) < MOVING_PICTURES:
                    raise NotSeenError(f"{len(pictures)} different pictures")
                return True

            lobby.until(moved, CLIP_SECONDS)
            step.seen = f"{len(pictures)} different pictures; {summary(lobby.shown())}"
        with self._step("Back from the clips", "the start screen", "kiosk") as step:
            lobby.tap("ClipStopped")
            lobby.tap("Back")
            step.seen = summary(lobby.see_screen("start"))
