"""Two ways to start ``pcscd`` so that its virtual reader can be reached from this machine only.

The daemon's socket has a fixed place, ``/run/pcscd/pcscd.comm``, and Debian's ``vpcd`` driver 3.3 listens
on all addresses. (Its other mode, as a client, aborts the daemon as soon as a card leaves: ``FD_SET`` on
descriptor -1.) Normally the daemon therefore gets mount and network namespaces of its own: the socket's
place is a folder of ours, the port exists on a loopback that nobody else has. Where namespaces are
forbidden, as in many containers, a small library loaded into the daemon does the same: its files are those
of our folder, its ports are bound to loopback. Neither way needs root, and several daemons may run at once.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Protocol

_ENTRY = Path(__file__).with_name("namespace_entry.py")
_LIBRARY = Path(__file__).with_name("stand_apart.c")
DRIVER_PORT = 35963
"""What the driver's first slot asks for, its own default; the second asks for the next one."""


Link = socket.socket  # the classes below have a property of the module's name


class PcscdError(RuntimeError):
    """The daemon cannot be started; the message says why."""


class Launcher(Protocol):
    """Starts the daemon and reaches the driver inside it."""

    @property
    def socket(self) -> Path:
        """Where clients find the daemon's socket."""

    def launch(
        self, command: list[str], environment: dict[str, str], log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start the daemon; it dies with the calling thread."""

    def connect(self, slot: int = 0) -> Link:
        """A link to one of the driver's two slots. Raises ``OSError`` while it does not listen."""

    def close(self) -> None:
        """Let go of what reached the last daemon."""


class NamespaceLauncher:
    """In mount and network namespaces of its own; ``run`` is the folder shown there as ``/run/pcscd``."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._control: socket.socket | None = None

    def allowed(self) -> bool:
        """Whether this system lets us have such namespaces."""
        if shutil.which("unshare") is None:
            return False
        folder = str(self._run)
        trial = [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "--net",
            "mount",
            "--bind",
            folder,
            folder,
        ]
        return subprocess.run(trial, capture_output=True, check=False).returncode == 0

    @property
    def socket(self) -> Path:
        """See ``Launcher``."""
        return self._run / "pcscd.comm"

    def launch(
        self, command: list[str], environment: dict[str, str], log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """See ``Launcher``."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        enter = [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "--net",
            sys.executable,
            "-I",
            str(_ENTRY),
        ]
        with theirs:
            arguments = [str(self._run), str(theirs.fileno()), str(DRIVER_PORT), *command]
            process = subprocess.Popen(
                enter + arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                pass_fds=(theirs.fileno(),), start_new_session=True,
            )  # fmt: skip
        self.close()
        with self._lock:
            self._control = ours
        return process

    def connect(self, slot: int = 0) -> Link:
        """See ``Launcher``; the child that stays beside the daemon opens the link and hands it over."""
        with self._lock:
            if self._control is None:
                raise ConnectionRefusedError("pcscd is not running")
            self._control.sendall(bytes((slot,)))
            message, descriptors, _, _ = socket.recv_fds(self._control, 1, 1)
        if message != b"+" or not descriptors:
            raise ConnectionRefusedError("the virtual reader's driver does not listen")
        return socket.socket(fileno=descriptors[0])

    def close(self) -> None:
        """See ``Launcher``."""
        with self._lock:
            if self._control is not None:
                self._control.close()
                self._control = None


class PreloadLauncher:
    """With ``stand_apart.c`` loaded into it; ``folder`` keeps the library, ``folder/run`` the socket."""

    def __init__(self, folder: Path) -> None:
        self._run = folder / "run"
        self._library = folder / "stand_apart.so"
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            raise PcscdError(
                "this system forbids namespaces; a C compiler is needed then; install: gcc libc6-dev"
            )
        command = [compiler, "-shared", "-fPIC", "-o", str(self._library), str(_LIBRARY), "-ldl"]
        subprocess.run(command, check=True)

    @property
    def socket(self) -> Path:
        """See ``Launcher``."""
        return self._run / "pcscd.comm"

    def launch(
        self, command: list[str], environment: dict[str, str], log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """See ``Launcher``."""
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**environment, "LD_PRELOAD": str(self._library.resolve())}, cwd=self._run,
            start_new_session=True,
        )  # fmt: skip

    def connect(self, slot: int = 0) -> Link:
        """See ``Launcher``."""
        try:
            port = int((self._run / f"vpcd.{DRIVER_PORT + slot}").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError) as error:
            raise ConnectionRefusedError("the virtual reader's driver does not listen yet") from error
        return socket.create_connection(("127.0.0.1", port), timeout=None)

    def close(self) -> None:
        """Nothing is kept."""


def choose_launcher(folder: Path) -> Launcher:
    """Namespaces where they are allowed. Raises ``PcscdError`` where neither way is open."""
    apart = NamespaceLauncher(folder / "run")
    return apart if apart.allowed() else PreloadLauncher(folder)


def answers(path: Path) -> bool:
    """Whether somebody listens on this Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(path)) == 0
