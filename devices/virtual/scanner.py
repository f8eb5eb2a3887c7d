"""A scanner in serial mode that is real to its driver: a pseudo-terminal, reached through a symbolic link."""

from __future__ import annotations

import contextlib
import os
import pty
import threading
import tty
from pathlib import Path


class VirtualScanner:
    """Plays a scanner at ``FOLDER/scanner`` from ``start`` to ``stop``."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "scanner"
        self._lock = threading.Lock()
        self._scanner: int | None = None
        self._line: int | None = None

    @property
    def plugged(self) -> bool:
        """Whether the driver finds it."""
        return self._scanner is not None

    def start(self) -> None:
        """Make the terminal and the link. Raises ``OSError``, also when something else stands there."""
        with self._lock:
            if self._scanner is not None:
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.is_symlink():
                self.path.unlink()
            elif self.path.is_dir():
                self.path.rmdir()
            scanner, line = pty.openpty()
            try:
                tty.setraw(line)
                os.set_blocking(scanner, False)
                self.path.symlink_to(os.ttyname(line))
            except OSError:
                os.close(scanner)
                os.close(line)
                raise
            self._scanner, self._line = scanner, line

    def stop(self) -> None:
        """Pull the cable: the terminal and the link are gone."""
        with self._lock:
            for end in (self._scanner, self._line):
                if end is not None:
                    os.close(end)
            self._scanner = self._line = None
            with contextlib.suppress(FileNotFoundError):
                self.path.unlink()

    def __enter__(self) -> VirtualScanner:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def scan(self, text: str) -> None:
        """Read a code: UTF-8 and a CR. Raises ``OSError`` when not started, or full because nobody reads."""
        self.send(text.encode("utf-8") + b"\r")

    def send(self, data: bytes) -> None:
        """Any bytes, for what a broken or wrongly set scanner sends."""
        with self._lock:
            if self._scanner is None:
                raise OSError("the virtual scanner has not been started")
            while data:
                data = data[os.write(self._scanner, data) :]
