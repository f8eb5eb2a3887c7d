"""Head, paper and cutter of the virtual printer: what the interpreter moves, and what is answered in turn."""

from __future__ import annotations

import time
from collections.abc import Callable

from devices.virtual.printer.connection import Client, ReceiveBuffer
from devices.virtual.printer.interpreter import SessionOverError
from devices.virtual.printer.paper import Strip
from devices.virtual.printer.status import Status
from devices.virtual.printer.tray import Tray

_HALF_ROWS = 300


class Head:
    """All methods run on the thread of the head.

    ``speed``: millimetres a second, ``None`` for no waiting. ``paper_ends`` is called when it does, in the
    middle of a job.
    """

    def __init__(
        self,
        status: Status,
        received: ReceiveBuffer,
        tray: Tray,
        strip: Strip,
        paper_ends: Callable[[], None],
        *,
        speed: float | None,
        knows_process_id: bool,
        knows_fence: bool,
    ) -> None:
        self._status, self._received, self._tray, self._strip = status, received, tray, strip
        self._paper_ends = paper_ends
        self._speed = speed
        self._knows_process_id, self._knows_fence = knows_process_id, knows_fence
        self._record = bytearray()
        self._number: int | None = None  # of a piece that was shown before it was finished
        self._last: int | None = None
        self._power_cycles = 0
        self._reader: Client | None = None

    @property
    def dots(self) -> int:
        return self._strip.dots

    def _going_on(self) -> bool:
        """The printer has been under power since this session began."""
        return self._status.running and self._status.power_cycles == self._power_cycles

    def read(self, count: int) -> bytes:
        """Raises ``SessionOverError``."""
        data, self._reader = self._received.read(count, self._going_on)
        if len(self._record) < 4 * 1024 * 1024:
            self._record += data
        return data

    def forget(self, count: int) -> None:
        del self._record[-count:]

    def wait_until_online(self) -> None:
        status, shown = self._status, False
        with status.change:
            while status.offline or status.state == "silent":
                if not self._going_on():
                    raise SessionOverError
                if self._strip.rows and not shown:
                    shown = True
                    status.change.release()
                    try:
                        self._show_half()
                    finally:
                        status.change.acquire()
                    continue
                status.change.wait(1.0)

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
        if self._speed:
            time.sleep(rows / 8 / self._speed)
        if self._strip.full:
            self._finish(complete=False)
        status = self._status
        if status.state == "half-print" and not status.paper_ended and self._strip.rows >= _HALF_ROWS:
            self._paper_ends()
            self.wait_until_online()

    def cut(self) -> None:
        if self._strip.rows:
            self._finish(complete=True)

    def _show_half(self) -> None:
        self._number = self._tray.keep(bytes(self._record), self._strip, complete=False, number=self._number)

    def _finish(self, *, complete: bool) -> None:
        self._last = self._tray.keep(bytes(self._record), self._strip, complete=complete, number=self._number)
        self._number = None
        self._record.clear()
        self._strip.clear()

    def _trailing(self, data: bytes | bytearray) -> None:
        if self._last is not None and data:
            self._tray.append(self._last, bytes(data))

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
        self._power_cycles = self._status.power_cycles

    def _answer(self, data: bytes) -> None:
        self._flush_trailing()
        if self._reader is not None and self._status.state != "silent":
            self._reader.say(data)

    def fence(self, n: int) -> None:
        if self._knows_fence:
            self._answer(bytes((self._status.paper_byte() if n in (1, 49) else 0,)))

    def process_id(self, job_id: bytes) -> None:
        if self._knows_process_id:
            self._answer(b"\x37\x22" + job_id + b"\0")

    def offline_id(self, job_id: bytes) -> None:
        if self._reader is not None and self._knows_process_id:
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
                self._answer(self._status.automatic())
