"""The desktop the windows stand on: a virtual one when there is no screen, pictures of it, and touches on it.

The picture is what the X server holds (XGetImage through mss) and a touch is a real pointer event of the X
server (XTEST through xdotool), so nothing between the panel's driver and the window is skipped.
"""

from __future__ import annotations

import io
import subprocess
import threading
from dataclasses import dataclass

from mss import MSS
from PIL import Image

XVFB_SIZE = (3000, 1920)
"""Pixels of the virtual desktop: the kiosk's portrait panel and the ceiling's landscape one side by side."""

TAP_SECONDS = 0.06
"""How long a finger stays down: at least two frames of a window that draws 30 a second."""


@dataclass(frozen=True)
class Region:
    """A rectangle of the desktop in pixels."""

    left: int
    top: int
    width: int
    height: int


KIOSK = Region(0, 0, 1080, 1920)
CEILING = Region(1080, 0, 1920, 1080)


def xvfb_command(number: int | None, answer_fd: int) -> list[str]:
    """Command line of a virtual X server without a network port.

    ``number`` asks for one display (used when it is started again); ``None`` takes any that is free. The
    number is written to the file descriptor ``answer_fd`` as soon as the server takes connections
    (Xserver(1), -displayfd).
    """
    width, height = XVFB_SIZE
    command = ["Xvfb", "-displayfd", str(answer_fd), "-screen", "0", f"{width}x{height}x24"]
    command += ["-nolisten", "tcp", "-noreset", "-nocursor"]
    return [command[0], f":{number}", *command[1:]] if number is not None else command


def screen_size(display: str) -> tuple[int, int]:
    """Width and height of the display in pixels. Raises ``OSError`` when it does not answer."""
    try:
        with MSS(display=display) as grabber:
            whole = grabber.monitors[0]
            return int(whole["width"]), int(whole["height"])
    except Exception as error:  # mss raises its own and Xlib's kinds
        raise OSError(f"the display {display} does not answer: {error}") from error


def layout(width: int, height: int) -> tuple[Region, Region]:
    """Places of kiosk and ceiling on a desktop of this size: as they are if they fit, else both smaller."""
    scale = min(1.0, width / XVFB_SIZE[0], height / XVFB_SIZE[1])
    kiosk = Region(0, 0, int(KIOSK.width * scale), int(KIOSK.height * scale))
    ceiling = Region(kiosk.width, 0, int(CEILING.width * scale), int(CEILING.height * scale))
    return kiosk, ceiling


class Desktop:
    """Pictures of the two windows and touches on the kiosk's. Safe to use from several threads."""

    def __init__(self, display: str, kiosk: Region, ceiling: Region) -> None:
        self.display = display
        self.kiosk = kiosk
        self.ceiling = ceiling
        self._lock = threading.Lock()
        self._grabber: MSS | None = None

    def picture(self, region: Region, width: int | None = None) -> bytes:
        """PNG of a region, ``width`` pixels wide if given. Raises ``OSError`` when the display is gone."""
        with self._lock:
            try:
                if self._grabber is None:
                    self._grabber = MSS(display=self.display)
                shot = self._grabber.grab(
                    {"left": region.left, "top": region.top, "width": region.width, "height": region.height}
                )
            except Exception as error:
                self._grabber = None
                raise OSError(f"the display {self.display} does not answer: {error}") from error
        image = Image.frombytes("RGB", shot.size, bytes(shot.bgra), "raw", "BGRX")
        if width is not None and width < region.width:
            height = round(region.height * width / region.width)
            image = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        out = io.BytesIO()
        image.save(out, "PNG", compress_level=1)
        return out.getvalue()

    def tap(self, x: float, y: float, hold_seconds: float = TAP_SECONDS) -> None:
        """Touch the kiosk at ``x``, ``y``: pixels of its window from the top left.

        Raises ``ValueError`` outside the window, ``OSError`` when the display is gone.
        """
        if not (0 <= x < self.kiosk.width and 0 <= y < self.kiosk.height):
            raise ValueError(
                f"({x:g}, {y:g}) is outside the kiosk's {self.kiosk.width}×{self.kiosk.height} pixels"
            )
        place = [str(self.kiosk.left + round(x)), str(self.kiosk.top + round(y))]
        command = ["xdotool", "mousemove", *place, "sleep", "0.03", "mousedown", "1"]
        command += ["sleep", f"{hold_seconds:g}", "mouseup", "1"]
        try:
            subprocess.run(
                command,
                env={"DISPLAY": self.display, "PATH": "/usr/bin:/bin"},
                check=True,
                capture_output=True,
                timeout=hold_seconds + 5,
            )
        except (subprocess.SubprocessError, FileNotFoundError) as error:
            raise OSError(f"the touch did not reach the display {self.display}: {error}") from error

    def close(self) -> None:
        """Let go of the display."""
        with self._lock:
            if self._grabber is not None:
                self._grabber.close()
                self._grabber = None
