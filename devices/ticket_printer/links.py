"""The four ways to a receipt printer, through python-escpos, each with limits that python-escpos leaves out.

Addresses: ``network`` HOST or HOST:PORT (9100) · ``serial`` PATH or PATH@BAUD (115200) · ``usb``
VENDOR:PRODUCT in hexadecimal, or ``*`` for the first USB printer · ``file`` a device such as
``/dev/usb/lp0``, or a file that collects what would be printed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import select
import socket
import stat
import termios
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import serial
import usb.core
import usb.util
from escpos.exceptions import Error as EscposError
from escpos.printer import File, Network, Serial, Usb

from kiosk.settings import PrinterSettings

DEFAULT_PORT = 9100
DEFAULT_BAUD = 115200
_USB_PRINTER_CLASS = 7


@dataclass(frozen=True)
class Limits:
    """Seconds after which a printer is given up.

    ``connect``: opening; ``answer``: the reply to one status question; ``stall``: without a byte taken while
    sending; ``acknowledge``: from the last byte sent to the word that it is printed.
    """

    connect: float = 3.0
    answer: float = 1.5
    stall: float = 4.0
    acknowledge: float = 5.0


class LinkError(Exception):
    """The way to the printer is not there, or no longer."""


class UnreachableError(LinkError):
    """It could not be opened: nothing has been sent."""


class BrokenLinkError(LinkError):
    """It broke or stalled while open."""


class Link(ABC):
    """One way to a printer. ``open`` … ``send``, ``receive`` … ``close``; may be opened again afterwards."""

    two_way = True
    """Whether a printer at the other end can answer at all."""
    keeps_open = False
    """Whether opening disturbs the printer (USB reset, DTR), so that the link stays open between jobs."""
    _chunk = 4096

    def __init__(self, address: str, limits: Limits) -> None:
        self.address = address
        self.limits = limits

    @abstractmethod
    def open(self) -> None:
        """Raises ``UnreachableError``."""

    @property
    @abstractmethod
    def is_open(self) -> bool: ...

    @abstractmethod
    def _write(self, chunk: bytes) -> None:
        """All of it or an error, within the stall limit."""

    @abstractmethod
    def receive(self, seconds: float) -> bytes:
        """What has come within so many seconds, perhaps nothing. Raises ``BrokenLinkError``."""

    @abstractmethod
    def close(self, orderly: bool = True) -> None:
        """Let go. ``orderly`` gives bytes under way a chance to arrive; never blocks long, never raises."""

    def send(self, data: bytes) -> None:
        """Hand over all bytes. Raises ``BrokenLinkError`` when the printer stops taking them."""
        for start in range(0, len(data), self._chunk):
            self._write(data[start : start + self._chunk])


def link_for(settings: PrinterSettings, limits: Limits) -> Link:
    """The link that settings describe. Raises ``ValueError`` for an address that cannot be one."""
    kinds: dict[str, type[Link]] = {
        "network": NetworkLink,
        "usb": UsbLink,
        "serial": SerialLink,
        "file": FileLink,
    }
    if not settings.address:
        raise ValueError("the printer's address is empty")
    return kinds[settings.connection](settings.address, limits)


class NetworkLink(Link):
    """Raw TCP, usually port 9100. One conversation, one connection: it serves one client at a time."""

    _busy_retry_seconds = 0.3  # printers that just let a client go refuse the next for a moment

    def __init__(self, address: str, limits: Limits) -> None:
        super().__init__(address, limits)
        host, separator, port = address.rpartition(":") if ":" in address else (address, "", "")
        if not host or (separator and not (port.isdecimal() and 0 < int(port) < 65536)):
            raise ValueError(f"“{address}” is not HOST or HOST:PORT")
        self._printer = Network(host, int(port) if port else DEFAULT_PORT, timeout=limits.connect)
        self._socket: socket.socket | None = None

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def open(self) -> None:
        try:
            try:
                self._printer.open()
            except EscposError as error:
                if not isinstance(error.__context__, ConnectionRefusedError):
                    raise
                time.sleep(self._busy_retry_seconds)
                self._printer.open()
        except (EscposError, OSError) as error:
            raise UnreachableError(f"cannot connect to {self.address}") from error
        connected: socket.socket = self._printer.device
        connected.settimeout(self.limits.stall)
        for level, option, value in (
            (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
            (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(self.limits.stall * 1000)),
            (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
            (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 3),
            (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2),
            (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2),
        ):
            connected.setsockopt(level, option, value)
        self._socket = connected

    def _write(self, chunk: bytes) -> None:
        if self._socket is None:
            raise BrokenLinkError("not open")
        try:
            self._socket.settimeout(self.limits.stall)
            self._printer._raw(chunk)
        except OSError as error:
            raise BrokenLinkError(f"{self.address} stopped taking bytes") from error

    def receive(self, seconds: float) -> bytes:
        if self._socket is None:
            raise BrokenLinkError("not open")
        try:
            self._socket.settimeout(max(seconds, 0.001))
            data = self._socket.recv(256)
        except TimeoutError:
            return b""
        except OSError as error:
            raise BrokenLinkError(f"{self.address} broke the connection") from error
        if not data:
            raise BrokenLinkError(f"{self.address} closed the connection")
        return data

    def close(self, orderly: bool = True) -> None:
        if self._socket is None:
            return
        if orderly:
            # Closing with unread answers would reset the connection, and a reset makes printers drop their
            # buffer.
            try:
                self._socket.shutdown(socket.SHUT_WR)
                end = time.monotonic() + 0.5
                self._socket.settimeout(0.5)
                while time.monotonic() < end and self._socket.recv(256):
                    pass
            except OSError:
                pass
        self._socket = None
        self._printer.close()


class SerialLink(Link):
    """RS-232 or a USB port that plays one; 8N1, hardware handshake."""

    keeps_open = True
    _chunk = 512

    def __init__(self, address: str, limits: Limits) -> None:
        super().__init__(address, limits)
        path, separator, baud = address.partition("@")
        if not path or (separator and not baud.isdecimal()):
            raise ValueError(f"“{address}” is not PATH or PATH@BAUD")
        self._printer = Serial(path, baudrate=int(baud) if baud else DEFAULT_BAUD, timeout=limits.answer)
        self._port: serial.Serial | None = None

    @property
    def is_open(self) -> bool:
        return self._port is not None

    def open(self) -> None:
        try:
            self._printer.open()
        except (EscposError, OSError) as error:
            raise UnreachableError(f"cannot open {self.address}") from error
        self._port = self._printer.device
        self._port.write_timeout = self.limits.stall

    def _write(self, chunk: bytes) -> None:
        try:
            self._printer._raw(chunk)
        except (OSError, AssertionError, termios.error) as error:  # serial errors are OSErrors
            raise BrokenLinkError(f"{self.address} stopped taking bytes") from error

    def receive(self, seconds: float) -> bytes:
        if self._port is None:
            raise BrokenLinkError("not open")
        try:
            self._port.timeout = max(seconds, 0.0)
            first = self._port.read(1)
            return bytes(first + (self._port.read(self._port.in_waiting) if first else b""))
        except (OSError, TypeError, termios.error) as error:
            raise BrokenLinkError(f"{self.address} is gone") from error

    def close(self, orderly: bool = True) -> None:
        port, self._port = self._port, None
        if port is None:
            return
        try:
            if not orderly:
                port.reset_output_buffer()
            port.close()  # python-escpos would first wait, without limit, until all is sent
        except (OSError, termios.error):
            pass
        self._printer._device = False


class UsbLink(Link):
    """A USB printer without a port of its own (class 7)."""

    keeps_open = True

    def __init__(self, address: str, limits: Limits) -> None:
        super().__init__(address, limits)
        if address != "*" and not re.fullmatch(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}", address):
            raise ValueError(f"“{address}” is not VENDOR:PRODUCT in hexadecimal, nor *")
        self._printer: Usb | None = None

    @property
    def is_open(self) -> bool:
        return self._printer is not None

    def open(self) -> None:
        try:
            device, into, out_of = self._find()
            printer = Usb(
                device.idVendor,
                device.idProduct,
                timeout=round(self.limits.stall * 1000),
                in_ep=into,
                out_ep=out_of,
            )
            printer.open()
        except (EscposError, usb.core.USBError, usb.core.NoBackendError, OSError) as error:
            raise UnreachableError(f"cannot open USB printer {self.address}") from error
        self._printer = printer

    def _find(self) -> tuple[Any, int, int]:
        """The device and its bulk endpoints to and from the host (python-escpos assumes fixed ones)."""
        wanted = {}
        if self.address != "*":
            vendor, product = (int(part, 16) for part in self.address.split(":"))
            wanted = {"idVendor": vendor, "idProduct": product}
        for device in usb.core.find(find_all=True, **wanted):
            for into, out_of in _bulk_endpoints(device):
                return device, into, out_of
        raise UnreachableError(f"no USB printer {self.address}")

    def _write(self, chunk: bytes) -> None:
        if self._printer is None:
            raise BrokenLinkError("not open")
        try:
            self._printer._raw(chunk)
        except (usb.core.USBError, OSError) as error:
            raise BrokenLinkError(f"USB printer {self.address} stopped taking bytes") from error

    def receive(self, seconds: float) -> bytes:
        if self._printer is None:
            raise BrokenLinkError("not open")
        try:
            return bytes(self._printer.device.read(self._printer.in_ep, 64, max(1, round(seconds * 1000))))
        except usb.core.USBTimeoutError:
            return b""
        except (usb.core.USBError, OSError) as error:
            raise BrokenLinkError(f"USB printer {self.address} is gone") from error

    def close(self, orderly: bool = True) -> None:
        printer, self._printer = self._printer, None
        if printer is None:
            return
        with contextlib.suppress(usb.core.USBError, OSError):
            printer.close()


def _bulk_endpoints(device: Any) -> Iterator[tuple[int, int]]:
    """Addresses of the bulk endpoints (to the host, from the host) of each printer interface of a device."""
    for configuration in device:
        for interface in configuration:
            if interface.bInterfaceClass != _USB_PRINTER_CLASS:
                continue
            bulk = [
                endpoint.bEndpointAddress
                for endpoint in interface
                if usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
            ]
            into = [address for address in bulk if address & 0x80]
            out_of = [address for address in bulk if not address & 0x80]
            if into and out_of:
                yield into[0], out_of[0]


class _ReadableFile(File):  # type: ignore[misc]  # python-escpos has no types
    """python-escpos's file printer, opened so that a device can also be read and never blocks."""

    def __init__(self, path: str, stall: float) -> None:
        super().__init__(path)
        self._stall = stall

    def open(self, raise_not_found: bool = True) -> None:
        flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        kind = Path(self.devfile).stat().st_mode
        self.one_way = stat.S_ISREG(kind) or stat.S_ISFIFO(kind)
        if stat.S_ISREG(kind):
            flags |= os.O_WRONLY | os.O_APPEND
        else:
            flags |= os.O_RDWR
        self._device = os.open(self.devfile, flags)

    def _raw(self, msg: bytes) -> None:
        end = time.monotonic() + self._stall
        while msg:
            _, ready, _ = select.select([], [self._device], [], max(0.0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(errno.ETIMEDOUT, "the printer takes no more")
            try:
                msg = msg[os.write(self._device, msg) :]
            except BlockingIOError:
                if time.monotonic() > end:
                    raise TimeoutError(errno.ETIMEDOUT, "the printer takes no more") from None
                time.sleep(0.01)

    def _read(self) -> bytes:
        try:
            return os.read(self._device, 256)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        if self._device is False or self._device is None:
            return
        os.close(self._device)
        self._device = False


class FileLink(Link):
    """The kernel's own printer device; or a plain file or pipe, which cannot answer."""

    keeps_open = False

    def __init__(self, address: str, limits: Limits) -> None:
        super().__init__(address, limits)
        self._printer = _ReadableFile(address, limits.stall)
        self._open = False

    @property
    def is_open(self) -> bool:
        return self._open

    def open(self) -> None:
        try:
            self._printer.open()
        except OSError as error:
            raise UnreachableError(f"cannot open {self.address}") from error
        self._open = True
        self.two_way = not self._printer.one_way

    def _write(self, chunk: bytes) -> None:
        try:
            self._printer._raw(chunk)
        except OSError as error:
            raise BrokenLinkError(f"{self.address} stopped taking bytes") from error

    def receive(self, seconds: float) -> bytes:
        if not self._open or not self.two_way:
            return b""
        try:
            ready, _, _ = select.select([self._printer._device], [], [], max(seconds, 0.0))
            if not ready:
                return b""
            data: bytes = self._printer._read()
        except OSError as error:
            raise BrokenLinkError(f"{self.address} is gone") from error
        if not data:
            time.sleep(
                min(seconds, 0.02)
            )  # usblp reads nothing, at once, while the printer has nothing to say
        return data

    def close(self, orderly: bool = True) -> None:
        self._open = False
        with contextlib.suppress(OSError):
            self._printer.close()
