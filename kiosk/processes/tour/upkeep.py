"""The maintenance staff's chapters: the kiosk's maintenance screen, the centre's page, the command line."""

from __future__ import annotations

import re
import time
from typing import Any

from kiosk.processes.tour.stage import NotSeenError, summary
from kiosk.processes.tour.visit import (
    CITIZEN,
    SCANNED,
    Visit,
)

PROVEN = {
    "access": "PACE-CAN",
    "sod_signature": "valid",
    "chain": "issuer_unknown",
    "verdict": "issuer_unknown",
}
"""What the card reader's test reports of a demo card. Nobody trusts the issuer of invented cards."""
PROVEN_IN_WORDS = (
    "^Mở chip bằng: PACE-CAN$",
    "^Chữ ký trên SOD: đúng$",
    "^Dữ liệu khớp SOD: DG1 khớp, DG2 không đọc, DG3 không đọc, DG13 khớp, DG14 khớp, DG15 khớp$",
    "^Chuỗi chứng thư: chưa biết nơi cấp$",
    "^Xác thực chip: đạt$",
)


class UpkeepChapters(Visit):
    """What maintenance staff do."""

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
        self._read_chip()
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

    def _read_chip(self) -> None:
        lobby = self._lobby
        lobby.lay_card(CITIZEN)
        with self._step("Digits of the card", "asked for before the test, or skipped", "kiosk") as step:
            lobby.tap("OpenDevice card_reader")
            lobby.tap("Test")
            lobby.see_screen("maintenance/can")
            lobby.type_digits(self._person.can, "Digit")
            lobby.target("ReadChip")
            step.seen = "six digits touched; the chip can be read"
        with self._step("Test with a card", "what was proven of it, in words") as step:
            lobby.tap("ReadChip")
            lobby.see_text("Thử (không )?đạt", seconds=20)
            self._picture(step, "kiosk")
            shown = lobby.shown()
            step.seen = summary(shown, 800)
            for proven in PROVEN_IN_WORDS:
                lobby.see_text(proven, seconds=1)
            if self._personal(shown["texts"]):
                raise NotSeenError("the report names the citizen")
            lobby.take_card()
            lobby.tap("Back")

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
                digits: list[str] = []
                if device == "card-reader":
                    lobby.lay_card(CITIZEN)
                    digits = ["--can", self._person.can]
                meanwhile = self._scan_when_asked if device == "scanner" else None
                done = lobby.command("device", "test", device, *digits, meanwhile=meanwhile)
                step.seen = " / ".join((done.stdout + done.stderr).split("\n")).strip(" /")
                if device == "card-reader":
                    lobby.take_card()
                if done.returncode != 0 or (digits and not _proves(done.stdout)):
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

    def _scan_when_asked(self) -> None:
        if self._maintenance.device_requests("scanner", "requested"):
            self._lobby.scan(SCANNED)


def _proves(report: str) -> bool:
    """Whether a report tells that the chip was read, and what was proven and what was not."""
    told = dict(line.strip().split(": ", 1) for line in report.splitlines() if ": " in line)
    groups = told.get("data_groups", "").split(", ")
    return all(re.fullmatch("DG[0-9]+ (match|not_read)", group) for group in groups) and all(
        told.get(key) == value for key, value in PROVEN.items()
    )
