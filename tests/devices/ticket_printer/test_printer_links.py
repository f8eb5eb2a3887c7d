"""The ways to a printer besides the network: a serial line and a device file, over pseudo-terminals."""

import os
import pty
import select
import socket
import threading
import time
import tty
from types import SimpleNamespace

import pytest

from devices.contract import Condition
from devices.ticket_printer import Confirmation, Limits, PrintResult, TicketPrinter
from devices.ticket_printer.links import _bulk_endpoints
from devices.virtual.printer import VirtualPrinter
from kiosk.failures import FailureCode
from kiosk.settings import PrinterSettings
from tests.devices.ticket_printer.test_ticket_printer import SLIP

QUICK = Limits(connect=1.0, answer=0.4, stall=0.6, acknowledge=2.0)


class Cable:
    """A pseudo-terminal whose far end is plugged into a network printer."""

    def __init__(self, port):
        self.far, self.near = pty.openpty()
        tty.setraw(self.near)
        self.path = os.ttyname(self.near)
        self._socket = socket.create_connection(("127.0.0.1", port)) if port else None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def __enter__(self):
        if self._socket:
            self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        if self._socket:
            self._thread.join(30)
            self._socket.close()
        os.close(self.far)
        os.close(self.near)

    def _carry(self):
        while not self._over.is_set():
            ready, _, _ = select.select([self.far, self._socket], [], [], 0.1)
            if self.far in ready:
                self._socket.sendall(os.read(self.far, 4096))
            if self._socket in ready:
                data = self._socket.recv(4096)
                if not data:
                    return
                os.write(self.far, data)


@pytest.mark.parametrize("connection", ["serial", "file"])
def test_a_ticket_over_a_serial_line_or_a_device_file_is_confirmed(tmp_path, connection):
    with (
        VirtualPrinter(tmp_path, millimetres_per_second=None) as virtual,
        Cable(virtual.port) as cable,
    ):
        address = f"{cable.path}@115200" if connection == "serial" else cable.path
        printer = TicketPrinter(PrinterSettings(connection=connection, address=address), QUICK)
        assert printer.status().condition is Condition.READY
        for job in (1, 2):
            outcome = printer.print_slip(SLIP)
            assert outcome.result is PrintResult.PRINTED
            assert outcome.confirmed_by is Confirmation.PROCESS_ID
            assert virtual.jobs == job
        virtual.set_state("paper-out")
        assert printer.status().failure is FailureCode.PRINTER_PAPER_OUT
        printer.close()


@pytest.mark.parametrize("connection", ["serial", "file"])
def test_a_line_that_nobody_answers_on_is_silent_and_holds_up_nobody(connection):
    with Cable(None) as cable:
        printer = TicketPrinter(PrinterSettings(connection=connection, address=cable.path), QUICK)
        started = time.monotonic()
        assert printer.status().failure is FailureCode.PRINTER_SILENT
        assert printer.print_slip(SLIP).failure is FailureCode.PRINTER_SILENT
        printer.close()
        assert time.monotonic() - started < 3


@pytest.mark.parametrize("connection", ["serial", "file"])
def test_a_line_that_stalls_in_the_middle_of_a_job_is_given_up(connection):
    """The far end answers the questions before the job and then takes nothing any more."""
    with Cable(None) as cable:
        over = threading.Event()

        def answer_four_questions():
            asked = 0
            while asked < 4 and not over.is_set():
                if select.select([cable.far], [], [], 0.1)[0]:
                    questions = os.read(cable.far, 64).count(b"\x10\x04")
                    asked += questions
                    os.write(cable.far, b"\x12" * questions)

        thread = threading.Thread(target=answer_four_questions, daemon=True)
        thread.start()
        printer = TicketPrinter(PrinterSettings(connection=connection, address=cable.path), QUICK)
        started = time.monotonic()
        outcome = printer.print_slip(SLIP)
        printer.close()
        over.set()
        thread.join(30)
        assert outcome.result is PrintResult.UNKNOWN
        assert outcome.failure is not None
        assert time.monotonic() - started < 6


def test_a_plain_file_collects_jobs_and_never_claims_that_they_are_printed(tmp_path):
    file = tmp_path / "out.bin"
    file.touch()
    printer = TicketPrinter(PrinterSettings(connection="file", address=str(file)), QUICK)
    status = printer.status()
    assert (status.condition, status.warning) == (Condition.READY, FailureCode.PRINTER_UNCONFIRMED)
    assert printer.print_slip(SLIP).result is PrintResult.SENT_UNCONFIRMED
    size = file.stat().st_size
    assert printer.print_slip(SLIP).result is PrintResult.SENT_UNCONFIRMED
    assert file.stat().st_size == 2 * size
    assert not printer.test().passed


def test_the_endpoints_of_a_usb_printer_are_found_and_not_assumed():
    def endpoint(address, kind=2):
        return SimpleNamespace(bEndpointAddress=address, bmAttributes=kind)

    class Interface(list):
        bInterfaceClass = 7  # noqa: N815

    class Other(list):
        bInterfaceClass = 3  # noqa: N815

    device = [[Other([endpoint(0x81, 3)]), Interface([endpoint(0x84, 3), endpoint(0x83), endpoint(0x02)])]]
    assert list(_bulk_endpoints(device)) == [(0x83, 0x02)]
    assert list(_bulk_endpoints([[Interface([endpoint(0x02)])]])) == []
