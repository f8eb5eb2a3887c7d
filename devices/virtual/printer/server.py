"""A network receipt printer on 127.0.0.1: one client at a time, status in real time, paper that can end.

Real-time questions are answered at once, also while the printer works or is offline, and wherever their bytes
stand in the stream; everything else waits its turn. Data that came before the paper ended is kept and printed
after the refill.
"""

from __future__ import annotations

import io
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from devices.virtual.printer.interpreter import Interpreter, SessionOverError
from devices.virtual.printer.paper import Strip, lying_on_a_desk

STATES = (
    "ok",
    "near-end",
    "paper-out",
    "cover-open",
    "error",
    "half-print",
    "silent",
    "drop",
    "gone",
)
"""``error``: the cutter jams. ``half-print``: the paper ends in the middle of the next job. ``silent``: hung,
answers nothing, forgets what it gets. ``drop``: breaks the connection in the middle of a job. ``gone``: not
on the network."""

KEPT_JOBS = 100
_RECEIVE_BUFFER = 256 * 1024
_HALF_ROWS = 300
_DROP_AFTER = 24_000
_IDLE_SECONDS = 90.0
_OFFLINE = frozenset({"paper-out", "cover-open", "error"})


@dataclass(frozen=True)
class PrintedJob:
    """One piece of paper. ``picture`` is mode "1", dot for dot; ``complete`` unless it was broken off or
    waits.
    """

    number: int
    data: bytes
    picture: Image.Image
    complete: bool


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
        self._paper_mm = paper_mm
        self._speed = millimetres_per_second
        self._knows_process_id = knows_process_id
        self._knows_fence = knows_fence
        self._change = threading.Condition()
        self._state = "ok"
        self._paper_ended = False
        self._power_cycles = 0
        self._running = False
        self._buffer = _Buffer(self._change)
        self._client: _Client | None = None
        self._listener: socket.socket | None = None
        self._wake_read, self._wake_write = socket.socketpair()
        self._mechanism = _Mechanism(self)
        self._printed: deque[PrintedJob] = deque(maxlen=KEPT_JOBS)
        self._jobs = 0
        self._last_png: bytes | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Listen. Raises ``OSError`` when the port is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._jobs = max((int(p.stem) for p in self.folder.glob("*.png") if p.stem.isdecimal()), default=0)
        self._listen()
        self._running = True
        for target, name in ((self._serve, "virtual-printer-port"), (self._work, "virtual-printer-head")):
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Close the port and end both threads."""
        with self._change:
            self._running = False
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
        return self._state

    @property
    def jobs(self) -> int:
        """Number of the last job: how many pieces of paper came out since the folder was new."""
        return self._jobs

    @property
    def printed(self) -> tuple[PrintedJob, ...]:
        """The last pieces of paper, oldest first."""
        with self._change:
            return tuple(self._printed)

    def last_ticket_png(self) -> bytes | None:
        """Picture of the newest piece of paper (also a half one), ``None`` before the first."""
        with self._change:
            return self._last_png

    def set_state(self, name: str) -> None:
        """Break or mend. ``ok`` also means a new roll, a closed cover, power off and on for a hung printer.

        Raises ``ValueError`` for a name that is not in ``states``.
        """
        if name not in STATES:
            raise ValueError(f"no state “{name}”; there are {', '.join(STATES)}")
        with self._change:
            if self._state == "silent" and name != "silent":
                self._power_cycles += 1
                self._buffer.clear()
            self._state = name
            self._paper_ended = False
            client = self._client
            self._change.notify_all()
        self._wake()
        if client is not None:
            self._tell_change(client)

    def wait_for_jobs(self, number: int, seconds: float = 5.0) -> bool:
        """Wait until so many pieces have come out; false when they did not in time."""
        with self._change:
            return self._change.wait_for(lambda: self._jobs >= number, seconds)

    # -- status ----------------------------------------------------------------------------------------------

    @property
    def _offline(self) -> bool:
        return self._state in _OFFLINE or self._paper_ended

    def _real_time_byte(self, n: int) -> int:
        """Answer to ``DLE EOT n``."""
        out = self._state == "paper-out" or self._paper_ended
        cover, error = self._state == "cover-open", self._state == "error"
        if n == 1:
            return 0x12 | (0x08 if self._offline else 0)
        if n == 2:
            return 0x12 | (0x04 if cover else 0) | (0x20 if out else 0) | (0x40 if error else 0)
        if n == 3:
            return 0x12 | (0x08 if error else 0)
        return 0x12 | (0x60 if out else 0) | (0x0C if out or self._state == "near-end" else 0)

    def _paper_byte(self) -> int:
        """Answer to ``GS r 1``."""
        return 0x03 if self._state == "near-end" else 0

    def _automatic(self) -> bytes:
        """Four bytes of automatic status back."""
        out = self._state == "paper-out" or self._paper_ended
        return bytes(
            (
                0x10 | (0x08 if self._offline else 0) | (0x20 if self._state == "cover-open" else 0),
                0x08 if self._state == "error" else 0,
                (0x0C if out else 0) | (0x03 if out or self._state == "near-end" else 0),
                0,
            )
        )

    def _tell_change(self, client: _Client) -> None:
        if client.automatic_status and self._state != "silent":
            client.say(self._automatic())
        if client.offline_id and self._offline:
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
        while self._running:
            if self._state == "gone":
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
                self._serve_client(_Client(connection))

    def _serve_client(self, client: _Client) -> None:
        with self._change:
            self._client = client
        try:
            self._read_client(client)
        finally:
            with self._change:
                self._client = None
                self._buffer.end(client)
            client.close()

    def _read_client(self, client: _Client) -> None:
        received = 0
        tail = b""
        last = time.monotonic()
        while self._running and self._state != "gone":
            if not self._wait(client.socket, 1.0):
                if time.monotonic() - last > _IDLE_SECONDS:
                    return
                continue
            last = time.monotonic()
            data = client.receive()
            if not data:
                return
            if self._state == "silent":
                continue
            for n in _questions(tail + data):
                client.say(bytes((self._real_time_byte(n),)))
            tail = (tail + data)[-2:]
            received += len(data)
            dropping = self._state == "drop" and received > _DROP_AFTER
            if dropping:
                data = data[: max(0, len(data) - (received - _DROP_AFTER))]
            self._buffer.put(client, data, lambda: self._running and self._state not in ("gone", "silent"))
            if dropping:
                return

    # -- the head --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        interpreter = Interpreter(self._mechanism.read, self._mechanism, self._mechanism.forget)
        while self._running:
            interpreter.run()
            self._mechanism.session_over()

    def _keep(self, data: bytes, strip: Strip, *, complete: bool, number: int | None = None) -> int:
        """Write a piece of paper; with ``number`` again, now that there is more of it."""
        picture = strip.picture()
        paper = lying_on_a_desk(picture, self._paper_mm, torn=not complete)
        png = io.BytesIO()
        paper.save(png, "PNG")
        with self._change:
            number = number or self._jobs + 1
            job = PrintedJob(number, data, picture, complete)
            if self._printed and self._printed[-1].number == number:
                self._printed.pop()
            self._printed.append(job)
            self._last_png = png.getvalue()
        _write(self.folder / f"{number:04d}.bin", data)
        _write(self.folder / f"{number:04d}.png", png.getvalue())
        for old in (self.folder / f"{number - KEPT_JOBS:04d}.{kind}" for kind in ("bin", "png")):
            old.unlink(missing_ok=True)
        with self._change:
            self._jobs = max(self._jobs, number)
            self._change.notify_all()
        return number

    def _append(self, number: int, more: bytes) -> None:
        """Bytes after the cut that still belong to the job."""
        with self._change:
            if not (self._printed and self._printed[-1].number == number):
                return
            job = self._printed.pop()
            job = PrintedJob(number, job.data + more, job.picture, job.complete)
            self._printed.append(job)
        _write(self.folder / f"{number:04d}.bin", job.data)


class _Mechanism:
    """Head, paper and cutter; all methods run on the thread of the head."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self._printer = printer
        self._strip = Strip(printer._paper_mm)
        self._record = bytearray()
        self._number: int | None = None  # of a piece that was shown before it was finished
        self._last: int | None = None
        self._power_cycles = 0
        self._reader: _Client | None = None

    @property
    def dots(self) -> int:
        return self._strip.dots

    def read(self, count: int) -> bytes:
        """Raises ``SessionOverError``."""
        printer = self._printer
        data, self._reader = printer._buffer.read(
            count,
            lambda: printer._running and printer._power_cycles == self._power_cycles,
        )
        if len(self._record) < 4 * 1024 * 1024:
            self._record += data
        return data

    def forget(self, count: int) -> None:
        del self._record[-count:]

    def wait_until_online(self) -> None:
        printer = self._printer
        shown = False
        with printer._change:
            while printer._offline or printer._state == "silent":
                if not printer._running or printer._power_cycles != self._power_cycles:
                    raise SessionOverError
                if self._strip.rows and not shown:
                    shown = True
                    printer._change.release()
                    try:
                        self._show_half()
                    finally:
                        printer._change.acquire()
                    continue
                printer._change.wait(1.0)

    def initialised(self) -> None:
        if self._strip.rows:
            self._finish(complete=True)
        elif len(self._record) > 2:
            self._trailing(self._record[:-2])
            self._record = bytearray(b"\x1b@")

    def burn(self, data: bytes, width_bytes: int, left: int) -> None:
        self._strip.burn(data, width_bytes, left)
        self._moved(len(data) // width_bytes)

    def feed(self, rows: int) -> None:
        self._strip.feed(rows)
        self._moved(rows)

    def _moved(self, rows: int) -> None:
        printer = self._printer
        if printer._speed:
            time.sleep(rows / 8 / printer._speed)
        if self._strip.full:
            self._finish(complete=False)
        if printer._state == "half-print" and not printer._paper_ended and self._strip.rows >= _HALF_ROWS:
            with printer._change:
                printer._paper_ended = True
                client = printer._client
            if client is not None:
                printer._tell_change(client)
            self.wait_until_online()

    def cut(self) -> None:
        if self._strip.rows:
            self._finish(complete=True)

    def _show_half(self) -> None:
        self._number = self._printer._keep(
            bytes(self._record), self._strip, complete=False, number=self._number
        )

    def _finish(self, *, complete: bool) -> None:
        self._last = self._printer._keep(
            bytes(self._record), self._strip, complete=complete, number=self._number
        )
        self._number = None
        self._record.clear()
        self._strip.clear()

    def _trailing(self, data: bytes | bytearray) -> None:
        if self._last is not None and data:
            self._printer._append(self._last, bytes(data))

    def _flush_trailing(self) -> None:
        if not self._strip.rows:
            self._trailing(self._record)
            self._record.clear()

    def session_over(self) -> None:
        """The connection ended, or the power was cycled."""
        if self._strip.rows:
            self._finish(complete=False)
        else:
            self._flush_trailing()
        self._record.clear()
        self._last = None
        self._power_cycles = self._printer._power_cycles

    def _answer(self, data: bytes) -> None:
        self._flush_trailing()
        if self._reader is not None and self._printer._state != "silent":
            self._reader.say(data)

    def fence(self, n: int) -> None:
        if self._printer._knows_fence:
            self._answer(bytes((self._printer._paper_byte() if n in (1, 49) else 0,)))

    def process_id(self, job_id: bytes) -> None:
        if self._printer._knows_process_id:
            self._answer(b"\x37\x22" + job_id + b"\0")

    def offline_id(self, job_id: bytes) -> None:
        if self._reader is not None and self._printer._knows_process_id:
            self._reader.offline_id = job_id

    def identify(self, n: int) -> None:
        if n in (66, 67):
            self._answer(b"_" + (b"MOT CUA" if n == 66 else b"VIRTUAL") + b"\0")
        else:
            self._answer(b"\x02")

    def automatic_status(self, mask: int) -> None:
        if self._reader is not None:
            self._reader.automatic_status = mask != 0
            if mask:
                self._answer(self._printer._automatic())


class _Client:
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


class _Buffer:
    """The receive buffer: bytes in order, each with the client that sent them, and where a client's bytes
    end.
    """

    def __init__(self, change: threading.Condition) -> None:
        self._change = change
        self._parts: deque[tuple[_Client, bytes | None]] = deque()
        self._size = 0

    def put(self, client: _Client, data: bytes, going_on: Callable[[], bool]) -> None:
        """Add bytes; waits while the buffer is full, as long as ``going_on()``."""
        with self._change:
            while self._size >= _RECEIVE_BUFFER and going_on():
                self._change.wait(0.5)
            self._parts.append((client, data))
            self._size += len(data)
            self._change.notify_all()

    def end(self, client: _Client) -> None:
        """The client's bytes end here. The caller holds the lock."""
        self._parts.append((client, None))
        self._change.notify_all()

    def clear(self) -> None:
        """Power off. The caller holds the lock."""
        self._parts.clear()
        self._size = 0

    def read(self, count: int, going_on: Callable[[], bool]) -> tuple[bytes, _Client]:
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


def _questions(data: bytes) -> list[int]:
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


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_suffix(f".{os.getpid()}.part")
    fresh.write_bytes(data)
    fresh.replace(path)
