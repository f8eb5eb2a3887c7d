"""The code scanner: hands over each code it reads, whole, from a serial port or from a grabbed keyboard."""

from __future__ import annotations

import contextlib
import logging
import os
import select
import termios
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

import evdev
import serial

from devices.code_scanner.lines import KeyAssembler, LineAssembler
from devices.contract import Condition, DeviceStatus, TestReport
from kiosk.failures import FailureCode
from kiosk.settings import ScannerSettings

CodeCallback = Callable[[str], None]
_log = logging.getLogger(__name__)


class _Source(ABC):
    """An opened scanner. Opening raises ``OSError``."""

    @property
    @abstractmethod
    def fileno(self) -> int: ...

    @property
    @abstractmethod
    def refused(self) -> int: ...

    @abstractmethod
    def read(self) -> list[str]:
        """Codes completed by what has come; raises ``OSError`` when the scanner is gone."""

    @abstractmethod
    def close(self) -> None: ...


class _SerialSource(_Source):
    def __init__(self, path: str) -> None:
        self._port = serial.Serial(path, baudrate=9600, timeout=0, exclusive=True)
        self._lines = LineAssembler()

    @property
    def fileno(self) -> int:
        return int(self._port.fileno())

    @property
    def refused(self) -> int:
        return self._lines.refused

    def read(self) -> list[str]:
        data = os.read(self.fileno, 512)
        if not data:
            raise OSError("the scanner was pulled out")
        return self._lines.feed(data)

    def close(self) -> None:
        with contextlib.suppress(OSError, termios.error):
            self._port.close()


class _KeyboardSource(_Source):
    def __init__(self, path: str) -> None:
        self._device = evdev.InputDevice(path)
        try:
            self._device.grab()  # so that no window gets the keys
        except OSError:
            self._device.close()
            raise
        self._keys = KeyAssembler()

    @property
    def fileno(self) -> int:
        return int(self._device.fd)

    @property
    def refused(self) -> int:
        return self._keys.refused

    def read(self) -> list[str]:
        codes = []
        for event in self._device.read():
            if event.type == evdev.ecodes.EV_KEY:
                codes += self._keys.key(event.code, event.value)
        return codes

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._device.close()


class CodeScanner:
    """Driver of a code scanner. Codes come on its reader thread; call everything from one thread at a time.

    An empty address means that no scanner is set up: the status is *disabled*.
    """

    name = "scanner"

    def __init__(self, settings: ScannerSettings, *, test_seconds: float = 10.0) -> None:
        self.settings = settings
        self._test_seconds = test_seconds
        self._callback: CodeCallback | None = None
        self._source: _Source | None = None
        self._thread: threading.Thread | None = None
        self._wake: int | None = None
        self._test_lengths: list[int] | None = None
        self._test_read = threading.Event()

    def on_code(self, callback: CodeCallback) -> None:
        """Who gets the codes, on the reader thread; the last call counts. Call it before ``status``.

        While ``test`` runs codes go to the test alone.
        """
        self._callback = callback

    def status(self) -> DeviceStatus:
        """Whether the scanner is open; opens it when it is not."""
        facts = {"connection": f"{self.settings.connection} {self.settings.address}".strip()}
        if not self.settings.enabled or not self.settings.address:
            return DeviceStatus(Condition.DISABLED, facts=facts)
        if self._thread is not None and not self._thread.is_alive():
            self.close()
        if self._source is None:
            try:
                self._open()
            except (OSError, ValueError, termios.error):
                return DeviceStatus(Condition.DISCONNECTED, FailureCode.SCANNER_NOT_FOUND, facts=facts)
        if self._source is not None and self._source.refused:
            facts["refused"] = str(self._source.refused)
        return DeviceStatus(Condition.READY, facts=facts)

    def test(self) -> TestReport:
        """Wait for somebody to scan a code; tells its length, never its content."""
        status = self.status()
        lines = [*status.facts.items()]
        if status.condition is not Condition.READY:
            return TestReport(False, tuple(lines), status.failure)
        self._test_read.clear()
        self._test_lengths = []
        started = time.monotonic()
        read = self._test_read.wait(self._test_seconds)
        lengths, self._test_lengths = self._test_lengths, None
        lines.append(("codes", str(len(lengths))))
        if read:
            lines.append(("code_length", str(lengths[0])))
            lines.append(("milliseconds", f"{(time.monotonic() - started) * 1000:.0f}"))
        status = self.status()
        return TestReport(read and status.condition is Condition.READY, tuple(lines), status.failure)

    def close(self) -> None:
        """Let go of the port and end the reader thread."""
        wake, self._wake = self._wake, None
        if wake is not None:
            os.close(wake)  # the reader sees the end of its pipe
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(2)
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def _open(self) -> None:
        kinds = {"serial": _SerialSource, "keyboard": _KeyboardSource}
        source = kinds[self.settings.connection](self.settings.address)
        wake_read, self._wake = os.pipe()
        self._source = source
        self._thread = threading.Thread(
            target=self._read, args=(source, wake_read), name="scanner-reader", daemon=True
        )
        self._thread.start()

    def _read(self, source: _Source, wake: int) -> None:
        try:
            while True:
                ready, _, _ = select.select([source.fileno, wake], [], [])
                if wake in ready:
                    return
                for code in source.read():
                    self._hand_over(code)
        except (OSError, ValueError):
            return  # pulled out: the next status says so and opens it again
        finally:
            os.close(wake)

    def _hand_over(self, code: str) -> None:
        if self._test_lengths is not None:
            self._test_lengths.append(len(code))
            self._test_read.set()
            return
        if self._callback is None:
            return
        try:
            self._callback(code)
        except Exception as error:  # a fault of whoever listens must not end the scanner
            _log.error("the receiver of a scanned code failed: %s", type(error).__name__)
