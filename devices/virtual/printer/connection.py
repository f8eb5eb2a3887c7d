"""The computer at the other end of the virtual printer's port, and what it sent."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable

from devices.virtual.printer.interpreter import SessionOverError

_RECEIVE_BUFFER = 256 * 1024


class Client:
    """The computer at the other end."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self.automatic_status = False
        self.offline_id = b""
        self._lock = threading.Lock()
        self._open = True
        connection.settimeout(1.0)

    def receive(self) -> bytes:
        """Empty at the end."""
        try:
            return self.socket.recv(16384)
        except OSError:
            return b""

    def say(self, data: bytes) -> None:
        """Answer; a client that is gone or does not listen is not waited for."""
        with self._lock:
            if not self._open:
                return
            try:
                self.socket.sendall(data)
            except OSError:
                self._open = False

    def close(self) -> None:
        with self._lock:
            self._open = False
            self.socket.close()


class ReceiveBuffer:
    """The receive buffer: bytes in order, each with the client that sent them, and where a client's bytes
    end.
    """

    def __init__(self, change: threading.Condition) -> None:
        self._change = change
        self._parts: deque[tuple[Client, bytes | None]] = deque()
        self._size = 0

    def put(self, client: Client, data: bytes, going_on: Callable[[], bool]) -> None:
        """Add bytes; waits while the buffer is full, as long as ``going_on()``."""
        with self._change:
            while self._size >= _RECEIVE_BUFFER and going_on():
                self._change.wait(0.5)
            self._parts.append((client, data))
            self._size += len(data)
            self._change.notify_all()

    def end(self, client: Client) -> None:
        """The client's bytes end here. The caller holds the lock."""
        self._parts.append((client, None))
        self._change.notify_all()

    def clear(self) -> None:
        """Power off. The caller holds the lock."""
        self._parts.clear()
        self._size = 0

    def read(self, count: int, going_on: Callable[[], bool]) -> tuple[bytes, Client]:
        """Exactly so many bytes of one client. Raises ``SessionOverError`` where its bytes end or
        ``going_on()`` does.
        """
        collected = bytearray()
        with self._change:
            while True:
                while not self._parts:
                    if not going_on():
                        raise SessionOverError
                    self._change.wait(1.0)
                if not going_on():
                    raise SessionOverError
                client, data = self._parts.popleft()
                if data is None:
                    raise SessionOverError
                wanted = count - len(collected)
                collected += data[:wanted]
                self._size -= min(wanted, len(data))
                if len(data) > wanted:
                    self._parts.appendleft((client, data[wanted:]))
                if len(collected) == count:
                    self._change.notify_all()
                    return bytes(collected), client


def questions(data: bytes) -> list[int]:
    """The n of every whole ``DLE EOT n`` (1 to 4) in the bytes; the last two bytes may begin one that goes on
    later.
    """
    found = []
    start = data.find(b"\x10\x04")
    while 0 <= start < len(data) - 2:
        if 1 <= data[start + 2] <= 4:
            found.append(data[start + 2])
        start = data.find(b"\x10\x04", start + 1)
    return found
