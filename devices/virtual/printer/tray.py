"""The pieces of paper that came out of the virtual printer."""

from __future__ import annotations

import io
import os
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from devices.virtual.printer.paper import Strip, lying_on_a_desk

KEPT_JOBS = 100


@dataclass(frozen=True)
class PrintedJob:
    """One piece of paper. ``picture`` is mode "1", dot for dot; ``complete`` unless it was broken off or
    waits.
    """

    number: int
    data: bytes
    picture: Image.Image
    complete: bool


class Tray:
    """The last pieces, in memory and as files in ``folder``; ``change`` guards them and is told of each."""

    def __init__(self, folder: Path, paper_mm: int, change: threading.Condition) -> None:
        self._folder = folder
        self._paper_mm = paper_mm
        self._change = change
        self._printed: deque[PrintedJob] = deque(maxlen=KEPT_JOBS)
        self.jobs = 0
        self.last_png: bytes | None = None

    def open(self) -> None:
        """Go on counting where the folder's last piece stands."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self.jobs = max((int(p.stem) for p in self._folder.glob("*.png") if p.stem.isdecimal()), default=0)

    @property
    def printed(self) -> tuple[PrintedJob, ...]:
        """Oldest first. The caller holds the lock."""
        return tuple(self._printed)

    def keep(self, data: bytes, strip: Strip, *, complete: bool, number: int | None = None) -> int:
        """Write a piece of paper; with ``number`` again, now that there is more of it."""
        picture = strip.picture()
        paper = lying_on_a_desk(picture, self._paper_mm, torn=not complete)
        png = io.BytesIO()
        paper.save(png, "PNG")
        with self._change:
            number = number or self.jobs + 1
            job = PrintedJob(number, data, picture, complete)
            if self._printed and self._printed[-1].number == number:
                self._printed.pop()
            self._printed.append(job)
            self.last_png = png.getvalue()
        _write(self._folder / f"{number:04d}.bin", data)
        _write(self._folder / f"{number:04d}.png", png.getvalue())
        for old in (self._folder / f"{number - KEPT_JOBS:04d}.{kind}" for kind in ("bin", "png")):
            old.unlink(missing_ok=True)
        with self._change:
            self.jobs = max(self.jobs, number)
            self._change.notify_all()
        return number

    def append(self, number: int, more: bytes) -> None:
        """Bytes after the cut that still belong to the job."""
        with self._change:
            if not (self._printed and self._printed[-1].number == number):
                return
            job = self._printed.pop()
            job = PrintedJob(number, job.data + more, job.picture, job.complete)
            self._printed.append(job)
        _write(self._folder / f"{number:04d}.bin", job.data)


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.part")
    fresh.write_bytes(data)
    fresh.replace(path)
