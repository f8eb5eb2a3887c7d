"""A ``pcscd`` of our own with the virtual reader, kept running. How it is kept apart: see ``launchers``.

Clients find it through ``PCSCLITE_CSOCK_NAME``, which libpcsclite reads once, at its first context.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from devices.virtual.chip_card.launchers import (
    DRIVER_PORT,
    Launcher,
    Link,
    PcscdError,
    answers,
    choose_launcher,
)

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
READER_NAME = "Mot Cua Virtual Reader"
_LONGEST_SOCKET_PATH = 107  # sockaddr_un.sun_path holds 108 bytes with its ending zero
_START_SECONDS = 10.0


class PrivatePcscd:
    """Starts the daemon with the virtual reader, keeps it running, and stops it with this process.

    ``folder``: a folder of ours for the socket, the configuration and the log.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._launcher: Launcher | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._wanted = threading.Event()
        self._stopping = threading.Event()
        self._changed = threading.Condition()
        self._problem = ""
        self._alias: Path | None = None
        self._keeper: threading.Thread | None = None
        self.starts = 0

    @property
    def socket(self) -> Path:
        """The path for ``PCSCLITE_CSOCK_NAME``, short enough for a Unix socket."""
        path = self._folder / "pcscd.comm"
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
            return path
        if self._alias is None:
            self._alias = Path(tempfile.mkdtemp(prefix="mot-cua-"))
            (self._alias / "v").symlink_to(self._folder)
        return self._alias / "v" / "pcscd.comm"

    @property
    def pid(self) -> int | None:
        """Process id of the running daemon."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def connect(self, slot: int = 0) -> Link:
        """A link to one of the driver's two slots, each a reader of its own. Raises ``OSError`` while the
        daemon is down.
        """
        if self._launcher is None or not self._runs():
            raise ConnectionRefusedError("pcscd is not running")
        return self._launcher.connect(slot)

    def start(self) -> None:
        """Start and wait until clients can connect. Raises ``PcscdError``."""
        program = shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if program is None or not DRIVER.exists():
            raise PcscdError("pcscd or its virtual reader driver is missing; install: pcscd vsmartcard-vpcd")
        launcher = self._prepare()
        command = [program, "--foreground", "--config", str((self._folder / "conf").resolve())]
        self._wanted.set()
        self._stopping.clear()
        self._keeper = threading.Thread(
            target=self._keep, args=(launcher, command), name="private pcscd", daemon=True
        )
        self._keeper.start()
        with self._changed:
            self._changed.wait_for(lambda: self._ready() or bool(self._problem), timeout=_START_SECONDS + 2)
        if not self._ready():
            problem = self._problem or "pcscd does not come up"
            self.stop()
            raise PcscdError(problem)

    @property
    def paused(self) -> bool:
        """Whether the daemon is to stay down."""
        return not self._wanted.is_set()

    def pause(self) -> None:
        """Fault switch: stop the daemon and keep it down."""
        self._wanted.clear()
        self._end()

    def resume(self) -> None:
        """End of the fault: start again and wait until it is up. Raises ``PcscdError``."""
        self._wanted.set()
        with self._changed:
            if not self._changed.wait_for(self._ready, timeout=_START_SECONDS):
                raise PcscdError("pcscd does not come up again")

    def stop(self) -> None:
        """Stop the daemon."""
        self._stopping.set()
        self._wanted.clear()
        if self._keeper is not None:
            self._keeper.join(timeout=5)
        self._end()
        if self._alias is not None:
            shutil.rmtree(self._alias, ignore_errors=True)
            self._alias = None

    def _prepare(self) -> Launcher:
        run, conf = self._folder / "run", self._folder / "conf"
        for folder in (run, conf):
            folder.mkdir(parents=True, exist_ok=True)
        launcher = self._launcher = choose_launcher(self._folder)
        (conf / "virtual-reader").write_text(
            f'FRIENDLYNAME "{READER_NAME}"\nDEVICENAME   /dev/null:{DRIVER_PORT}\nLIBPATH      {DRIVER}\n'
            f"CHANNELID    {DRIVER_PORT}\n",
            encoding="ascii",
        )
        link = self._folder / "pcscd.comm"
        link.unlink(missing_ok=True)
        link.symlink_to(launcher.socket.relative_to(self._folder))
        return launcher

    def _launch(self, launcher: Launcher, command: list[str]) -> None:
        for stale in ("pcscd.comm", "pcscd.pid", f"vpcd.{DRIVER_PORT}", f"vpcd.{DRIVER_PORT + 1}"):
            (self._folder / "run" / stale).unlink(missing_ok=True)
        # No system bus: otherwise polkit would be asked, which knows nothing of this daemon's namespaces.
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent"}
        with (self._folder / "pcscd.log").open("wb") as log:
            self.starts += 1
            self._process = launcher.launch(command, environment, log)

    def _keep(self, launcher: Launcher, command: list[str]) -> None:
        """Runs in one thread of its own: the daemon dies with the thread that started it."""
        failures = 0
        while not self._stopping.wait(0.1):
            if not self._wanted.is_set() or self._runs():
                continue
            self._launch(launcher, command)
            deadline = time.monotonic() + _START_SECONDS
            while self._runs() and not self._ready() and time.monotonic() < deadline:
                if self._stopping.wait(0.02):
                    break
            failures = 0 if self._ready() else failures + 1
            with self._changed:
                self._problem = f"pcscd does not start; see {self._folder / 'pcscd.log'}" if failures else ""
                self._changed.notify_all()
            if failures:
                self._end()
                self._stopping.wait(min(5.0, 0.2 * 2**failures))
        self._end()

    def _runs(self) -> bool:
        return self.pid is not None

    def _ready(self) -> bool:
        return self._runs() and answers(self.socket)

    def _end(self) -> None:
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=3)
        if self._launcher is not None and not self._runs():
            self._launcher.close()
