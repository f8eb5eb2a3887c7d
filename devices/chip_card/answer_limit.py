"""An end to calls that do not come back: PC/SC itself waits for a silent card for ever.

``SCardCancel`` ends only the wait for a card, not an exchange with one. What does end it is the loss of the
connection to the service; so a watching thread closes our own, and the call returns with an error. The
service stays busy with that card until it answers or leaves; everything else it does for us goes on over a
new connection.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_ESTABLISHING = threading.Lock()
_DESCRIPTORS = Path("/proc/self/fd")
_SERVICE_SOCKET = "pcscd.comm"
_LOOKS, _PAUSE = 10, 0.005


class ServiceConnection:
    """The socket under a PC/SC context, which the library does not show. Where it cannot be told, calls are
    not limited.
    """

    def __init__(self, own: socket.socket | None) -> None:
        self._own = own

    @classmethod
    def made_by(cls, establish: Callable[[], int]) -> tuple[int, ServiceConnection]:
        """Establish a context and find the socket that came with it. Raises what ``establish`` raises."""
        with _ESTABLISHING:
            before = _sockets()
            context = establish()
            return context, cls(_only_one(before))

    def cut(self) -> None:
        """End every call on the context. Never raises."""
        if self._own is not None:
            with contextlib.suppress(OSError):
                self._own.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of it."""
        if self._own is not None:
            self._own.close()


class AnswerLimit:
    """Cuts the connection when one watched call takes longer than ``seconds``; ``reached`` says so."""

    def __init__(self, connection: ServiceConnection, seconds: float) -> None:
        self.seconds = seconds
        self.reached = False
        self._connection = connection
        self._deadline: float | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="answer limit", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """One call."""
        self._deadline = time.monotonic() + self.seconds
        try:
            yield
        finally:
            self._deadline = None

    def close(self) -> None:
        """Stop watching."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        left = self.seconds
        while not self._done.wait(left):
            deadline = self._deadline
            left = self.seconds if deadline is None else deadline - time.monotonic()
            if left <= 0:
                self.reached = True
                self._connection.cut()
                return


def _only_one(before: set[tuple[int, str]]) -> socket.socket | None:
    """A copy of the one connection to the service that is not among those before. Others that this process
    may open and close at the same moment are waited for.
    """
    for _ in range(_LOOKS):
        made = [found for entry in _sockets() - before if (found := _copy(*entry)) is not None]
        if len(made) == 1:
            return made[0]
        for found in made:
            found.close()
        time.sleep(_PAUSE)
    return None


def _sockets() -> set[tuple[int, str]]:
    """Number and identity of every socket of this process; none where the system does not show them."""
    found = set()
    with contextlib.suppress(OSError):
        for entry in _DESCRIPTORS.iterdir():
            with contextlib.suppress(OSError):  # the listing's own descriptor is closed by now
                target = str(entry.readlink())
                if target.startswith("socket:"):
                    found.add((int(entry.name), target))
    return found


def _copy(number: int, identity: str) -> socket.socket | None:
    """The socket under another number, if it still is that one and leads to the service."""
    try:
        found = socket.socket(fileno=os.dup(number))
    except OSError:
        return None
    with contextlib.suppress(OSError):
        same = str((_DESCRIPTORS / str(found.fileno())).readlink()) == identity
        if same and found.family == socket.AF_UNIX and str(found.getpeername()).endswith(_SERVICE_SOCKET):
            return found
    found.close()
    return None
