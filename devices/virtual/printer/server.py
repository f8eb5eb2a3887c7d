"""A network receipt printer on 127.0.0.1: one client at a time, status in real time, paper that can end.

Real-time questions are answered at once, also while the printer works or is offline, and wherever their bytes
stand in the stream; everything else waits its turn. Data that came before the paper ended is kept and printed
after the refill.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from pathlib import Path

from devices.virtual.printer.connection import Client, ReceiveBuffer, questions
from devices.virtual.printer.head import Head
from devices.virtual.printer.interpreter import Interpreter
from devices.virtual.printer.paper import Strip
from devices.virtual.printer.status import STATES, Status
from devices.virtual.printer.tray import PrintedJob, Tray

_DROP_AFTER = 24_000
_IDLE_SECONDS = 90.0


class VirtualPrinter:
    """Plays a printer; puts ``NNNN.bin`` (bytes of the job) and ``NNNN.png`` (the paper) into ``folder``.

    ``port`` 0 takes a free one. ``millimetres_per_second`` is the speed of the mechanism, ``None`` for no
    waiting. ``knows_process_id`` and ``knows_fence``: whether it obeys ``GS ( H`` and ``GS r`` (not all
    printers do).
    """

    def __init__(
        self,
        folder: Path,
        port: int = 0,
        *,
        paper_mm: int = 80,
        millimetres_per_second: float | None = 150.0,
        knows_process_id: bool = True,
        knows_fence: bool = True,
    ) -> None:
        self.folder = folder
        self.port = port
        self.states = STATES
        self._status = Status()
        self._change = self._status.change
        self._received = ReceiveBuffer(self._change)
        self._tray = Tray(folder, paper_mm, self._change)
        self._head = Head(
            self._status,
            self._received,
            self._tray,
            Strip(paper_mm),
            self._paper_ends,
            speed=millimetres_per_second,
            knows_process_id=knows_process_id,
            knows_fence=knows_fence,
        )
        self._client: Client | None = None
        self._listener: socket.socket | None = None
        self._wake_read, self._wake_write = socket.socketpair()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Listen. Raises ``OSError`` when the port is taken."""
        self._tray.open()
        self._listen()
        self._status.running = True
        for target, name in ((self._serve, "virtual-printer-port"), (self._work, "virtual-printer-head")):
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Close the port and end both threads."""
        with self._change:
            self._status.running = False
            self._change.notify_all()
        self._wake()
        for thread in self._threads:
            thread.join(5)
        self._threads.clear()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def __enter__(self) -> VirtualPrinter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT`` for the driver's settings."""
        return f"127.0.0.1:{self.port}"

    @property
    def state(self) -> str:
        return self._status.state

    @property
    def jobs(self) -> int:
        """Number of the last job: how many pieces of paper came out since the folder was new."""
        return self._tray.jobs

    @property
    def printed(self) -> tuple[PrintedJob, ...]:
        """The last pieces of paper, oldest first."""
        with self._change:
            return self._tray.printed

    def last_ticket_png(self) -> bytes | None:
        """Picture of the newest piece of paper (also a half one), ``None`` before the first."""
        with self._change:
            return self._tray.last_png

    def set_state(self, name: str) -> None:
        """Break or mend. ``ok`` also means a new roll, a closed cover, power off and on for a hung printer.

        Raises ``ValueError`` for a name that is not in ``states``.
        """
        if name not in STATES:
            raise ValueError(f"no state “{name}”; there are {', '.join(STATES)}")
        with self._change:
            if self._status.set(name):
                self._received.clear()
            client = self._client
            self._change.notify_all()
        self._wake()
        if client is not None:
            self._tell_change(client)

    def wait_for_jobs(self, number: int, seconds: float = 5.0) -> bool:
        """Wait until so many pieces have come out; false when they did not in time."""
        with self._change:
            return self._change.wait_for(lambda: self._tray.jobs >= number, seconds)

    # -- what the computer is told ---------------------------------------------------------------------------

    def _paper_ends(self) -> None:
        with self._change:
            self._status.paper_ended = True
            client = self._client
        if client is not None:
            self._tell_change(client)

    def _tell_change(self, client: Client) -> None:
        if client.automatic_status and self._status.state != "silent":
            client.say(self._status.automatic())
        if client.offline_id and self._status.offline:
            client.say(b"\x37\x23" + client.offline_id + b"\0")

    # -- the port --------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", self.port))
            listener.listen(4)
        except OSError:
            listener.close()
            raise
        self.port = listener.getsockname()[1]
        self._listener = listener

    def _wake(self) -> None:
        self._wake_write.send(b"!")

    def _wait(self, ready: socket.socket | None, seconds: float | None) -> bool:
        """Wait for a socket or a change of state; true when the socket is ready."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            if ready is not None:
                selector.register(ready, selectors.EVENT_READ)
            events = [key.fileobj for key, _ in selector.select(seconds)]
        if self._wake_read in events:
            self._wake_read.recv(4096)
        return ready is not None and ready in events

    def _serve(self) -> None:
        while self._status.running:
            if self._status.state == "gone":
                if self._listener is not None:
                    self._listener.close()
                    self._listener = None
                self._wait(None, 1.0)
                continue
            if self._listener is None:
                try:
                    self._listen()
                except OSError:
                    self._wait(None, 0.5)
                    continue
            listener = self._listener
            if listener is not None and self._wait(listener, None):
                try:
                    connection, _ = listener.accept()
                except OSError:
                    continue
                self._serve_client(Client(connection))

    def _serve_client(self, client: Client) -> None:
        with self._change:
            self._client = client
        try:
            self._read_client(client)
        finally:
            with self._change:
                self._client = None
                self._received.end(client)
            client.close()

    def _read_client(self, client: Client) -> None:
        received = 0
        tail = b""
        last = time.monotonic()
        while self._status.running and self._status.state != "gone":
            if not self._wait(client.socket, 1.0):
                if time.monotonic() - last > _IDLE_SECONDS:
                    return
                continue
            last = time.monotonic()
            data = client.receive()
            if not data:
                return
            if self._status.state == "silent":
                continue
            for n in questions(tail + data):
                client.say(bytes((self._status.real_time_byte(n),)))
            tail = (tail + data)[-2:]
            received += len(data)
            dropping = self._status.state == "drop" and received > _DROP_AFTER
            if dropping:
                data = data[: max(0, len(data) - (received - _DROP_AFTER))]
            self._received.put(
                client, data, lambda: self._status.running and self._status.state not in ("gone", "silent")
            )
            if dropping:
                return

    # -- the head --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        interpreter = Interpreter(self._head.read, self._head, self._head.forget)
        while self._status.running:
            interpreter.run()
            self._head.session_over()
