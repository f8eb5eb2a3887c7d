"""The lobby a tour plays in: started as `main.py run --virtual`, touched by finger, looked at with the eyes.

Nothing here knows the program from inside. A touch goes to the X server at the place where the kiosk says its
button stands; what is seen comes from the windows' own words, the centre's API, files and pictures.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import requests

from kiosk.client import CentreClient
from kiosk.processes.commands.options import CommandError
from kiosk.processes.commands.virtual import LobbyControl

T = TypeVar("T")

MAIN = Path(__file__).parents[3] / "main.py"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 0.04
COMMAND_SECONDS = 120.0
MEANWHILE_SECONDS = 0.5


class NotSeenError(Exception):
    """Something expected did not come about; ``seen`` is what was there instead."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.seen = seen


class LobbyUnderTour:
    """A running lobby with virtual devices on a screen of its own."""

    def __init__(self, config: Path, data: Path) -> None:
        self.config = config
        self.data = data
        self._process: subprocess.Popen[bytes] | None = None
        self.control = LobbyControl(data)
        self.url = ""
        self.pid = 0
        self._screen = ("", "")
        self._screen_since = 0.0

    def __enter__(self) -> LobbyUnderTour:
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = os.open(self.data / "tour-run.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._log = os.fdopen(log, "wb")
        command = [sys.executable, str(MAIN), "run", "--virtual", "--virtual-screen", "--port", "0"]
        command += ["--config", str(self.config), "--data", str(self.data)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT
        )
        self.pid = self._process.pid
        try:
            self.until(self._is_up, START_SECONDS)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.url = json.loads((self.data / "run.json").read_text())["centre"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._log.close()

    def _is_up(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise CommandError(f"the lobby did not start:\n{self.said}")
        if "The lobby is up" in self.said:
            return True
        raise NotSeenError(self.said)

    @property
    def said(self) -> str:
        """What `run` has printed, without passwords."""
        text = (self.data / "tour-run.log").read_text(errors="replace")
        return text.partition("Demo accounts")[0]

    def client(self, role: str) -> CentreClient:
        """The centre's API with a device token."""
        return CentreClient(self.url, (self.data / "tokens" / f"{role}.token").read_text().strip())

    def until(self, look: Callable[[], T], seconds: float = 10.0) -> T:
        """Ask ``look`` again and again until it neither raises ``NotSeenError`` nor answers false.

        Raises the last ``NotSeenError`` when the time is over.
        """
        end = time.monotonic() + seconds
        while True:
            try:
                seen = look()
                if seen:
                    return seen
                last = NotSeenError(repr(seen))
            except NotSeenError as not_yet:
                last = not_yet
            if time.monotonic() > end:
                raise last
            time.sleep(LOOK_AGAIN_SECONDS)

    # eyes

    def shown(self, window: str = "kiosk") -> dict[str, Any]:
        """What a window shows: screen, texts, targets. Raises ``NotSeenError`` while it says nothing."""
        try:
            shown: dict[str, Any] = self.control.call("GET", f"/screens/{window}").json()
        except CommandError as error:
            raise NotSeenError(str(error)) from error
        screen = (shown["screen"], shown["key"])
        if window == "kiosk" and screen != self._screen:
            self._screen, self._screen_since = screen, time.monotonic()
        return shown

    def see_screen(self, name: str, seconds: float = 10.0) -> dict[str, Any]:
        """Wait until the kiosk shows this screen."""

        def look() -> dict[str, Any]:
            shown = self.shown()
            if shown["screen"] != name:
                raise NotSeenError(f"the screen “{shown['screen']}”: {summary(shown)}")
            return shown

        return self.until(look, seconds)

    def see_text(self, pattern: str, window: str = "kiosk", seconds: float = 10.0) -> str:
        """Wait until a window shows a text that matches; returns that text."""

        def look() -> str:
            shown = self.shown(window)
            for text in shown["texts"]:
                if re.search(pattern, text):
                    return str(text)
            raise NotSeenError(f"{window}: {summary(shown)}")

        return self.until(look, seconds)

    def picture(self, name: str) -> bytes:
        """PNG of ``kiosk``, ``ceiling`` or ``ticket``."""
        return self.control.call("GET", f"/{name}.png").content

    # fingers

    def target(self, name: str, seconds: float = 6.0) -> dict[str, Any]:
        """Wait until the kiosk shows an enabled button that sends this event (else one that begins with
        it).
        """

        def look() -> dict[str, Any]:
            shown = self.shown()
            enabled = [target for target in shown["targets"] if target["enabled"]]
            exact = [target for target in enabled if target["name"] == name]
            for target in exact or [one for one in enabled if one["name"].startswith(f"{name} ")]:
                found: dict[str, Any] = target
                return found
            names = ", ".join(target["name"] for target in shown["targets"])
            raise NotSeenError(f"no “{name}” on the screen “{shown['screen']}”, only: {names}")

        return self.until(look, seconds)

    def tap(self, name: str, seconds: float = 6.0) -> str:
        """Touch the middle of a button; returns its words."""
        return str(self._touch(name, seconds)["text"])

    def _touch(self, name: str, seconds: float = 6.0) -> dict[str, Any]:
        target = self.target(name, seconds)
        pause = self._screen_since + TOUCH_GUARD_SECONDS - time.monotonic()
        if pause > 0:
            time.sleep(pause)
            target = self.target(name, seconds)
        self.tap_at(target["left"] + target["width"] / 2, target["top"] + target["height"] / 2)
        return target

    def tap_at(self, x: float, y: float) -> None:
        """Touch a point of the kiosk's window, in its pixels."""
        self.control.call("POST", "/touch", {"x": x, "y": y})

    def type_digits(self, digits: str, event: str = "DigitTapped") -> None:
        """Touch digits of a number pad one after the other."""
        for digit in digits:
            self._touch(f"{event} {digit}")

    # hands on the virtual devices

    def lay_card(self, name: str, profile: str = "") -> None:
        """Lay the card of a demo citizen on the reader."""
        self.control.call("POST", "/card", {"name": name, **({"profile": profile} if profile else {})})

    def lay_foreign_card(self, kind: str) -> None:
        """Lay a card that is no ID card."""
        self.control.call("POST", "/card", {"foreign": kind})

    def take_card(self) -> None:
        """Take the card off."""
        self.control.call("DELETE", "/card")

    def scan_card(self, name: str) -> None:
        """Hold the QR printed on the card of a demo citizen before the scanner."""
        citizens = self.control.call("GET", "/state").json()["citizens"]
        code = next(citizen["qr"] for citizen in citizens if citizen["name"] == name)
        self.scan(code)

    def scan(self, text: str) -> None:
        """Hold any code before the scanner."""
        self.control.call("POST", "/scan", {"text": text})

    def set_printer(self, state: str) -> None:
        """Break or mend the printer."""
        self.control.call("POST", "/printer", {"state": state})

    def printed(self) -> list[Path]:
        """Every piece of paper so far: its raw bytes, oldest first."""
        return sorted((self.data / "virtual" / "printer").glob("*.bin"))

    def sounds(self) -> list[Path]:
        """Everything the loudspeaker has played so far."""
        return sorted((self.data / "virtual" / "sound").glob("*.wav"))

    def command(
        self, *arguments: str, meanwhile: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Another command of main.py on this lobby; ``meanwhile`` is called twice a second until it ends."""
        folders = ["--config", str(self.config), "--data", str(self.data)]
        command = [sys.executable, str(MAIN), *arguments, *folders]
        end = time.monotonic() + COMMAND_SECONDS
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        ) as process:
            while True:
                try:
                    out, err = process.communicate(timeout=MEANWHILE_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    if time.monotonic() > end:
                        process.kill()
                    elif meanwhile is not None:
                        meanwhile()
        return subprocess.CompletedProcess(command, process.returncode, out, err)

    def demo_account(self, what: str) -> tuple[str, str]:
        """Login and password of a demo account, as a person reads them from the file."""
        text = (self.data / "demo-accounts.txt").read_text()
        found = re.search(rf"^{what}: login (\S+) +password (\S+)$", text, re.MULTILINE)
        if found is None:
            raise NotSeenError(f"demo-accounts.txt names no {what}")
        return found[1], found[2]

    def demo_pin(self) -> str:
        """The PIN of the maintenance screen, from the same file."""
        found = re.search(r"^PIN .*: ([0-9]+)$", (self.data / "demo-accounts.txt").read_text(), re.MULTILINE)
        if found is None:
            raise NotSeenError("demo-accounts.txt holds no PIN")
        return found[1]

    def get(self, path: str) -> requests.Response:
        """A request of the centre without any token."""
        return requests.get(self.url + path, timeout=5)


TOUCH_GUARD_SECONDS = 0.4
"""A new screen takes no touch for a moment, against double taps; a person needs longer to find a button."""


def summary(shown: dict[str, Any], most: int = 160) -> str:
    """The texts of a window in one line."""
    line = " | ".join(shown["texts"]).replace("\n", " ")
    return line if len(line) <= most else line[: most - 1] + "…"
