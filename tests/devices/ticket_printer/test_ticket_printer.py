"""The driver against a printer on TCP: a citizen is told "printed" only when the printer said so."""

import itertools
import socket
import subprocess
import threading
import time
from datetime import UTC, datetime

import pytest
from PIL import Image

from devices.contract import Condition
from devices.ticket_printer import Confirmation, Limits, PrintResult, TicketPrinter, TicketSlip
from devices.ticket_printer.drawing import draw
from devices.virtual.printer import VirtualPrinter
from devices.virtual.printer.paper import origin
from kiosk.failures import FailureCode
from kiosk.settings import PrinterSettings
from tests.devices.device_contract import DeviceContract

QUICK = Limits(connect=1.0, answer=0.4, stall=0.6, acknowledge=1.2)
URL = "http://192.168.1.10:8080/follow/Xk3v9QmTz2LrYw8Pq1NsAg"
SLIP = TicketSlip(
    centre="Trung tâm Phục vụ hành chính công xã Thuận Hòa",
    number="A015",
    service="Hộ tịch",
    counters=(1, 9),
    ahead=4,
    issued_at=datetime(2026, 11, 23, 7, 32, tzinfo=UTC),
    follow_url=URL,
)


def driver(address, **changes):
    return TicketPrinter(PrinterSettings(address=address, **changes), QUICK)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def paper_printer(tmp_path):
    with VirtualPrinter(tmp_path / "printer", millimetres_per_second=None) as virtual:
        yield virtual


class TestContract(DeviceContract):
    @pytest.fixture
    def well(self, paper_printer):
        return driver(paper_printer.address)

    @pytest.fixture
    def absent(self):
        return driver(f"127.0.0.1:{free_port()}")


@pytest.mark.parametrize("paper_mm", [80, 58])
def test_the_paper_shows_the_ticket_dot_for_dot_and_its_qr_leads_to_the_follow_page(tmp_path, paper_mm):
    with VirtualPrinter(tmp_path, paper_mm=paper_mm, millimetres_per_second=None) as virtual:
        outcome = driver(virtual.address, paper_mm=paper_mm).print_slip(SLIP)
        assert outcome.result is PrintResult.PRINTED
        assert outcome.confirmed_by is Confirmation.PROCESS_ID
        assert outcome.failure is None
        wanted = draw(SLIP, paper_mm)
        assert virtual.printed[-1].picture.tobytes() == wanted.tobytes()
        assert virtual.printed[-1].complete
    with Image.open(tmp_path / "0001.png") as shown:
        left, top = origin(paper_mm)
        part = shown.crop((left, top, left + wanted.width, top + wanted.height)).convert("L")
        assert part.point(lambda v: 255 if v > 128 else 0, mode="1").tobytes() == wanted.tobytes()
    read = subprocess.run(
        ["zbarimg", "-q", "--raw", tmp_path / "0001.png"], capture_output=True, text=True, check=True
    )
    assert read.stdout.strip() == URL
    assert outcome.sent >= len((tmp_path / "0001.bin").read_bytes()) > wanted.width // 8 * wanted.height


@pytest.mark.parametrize(
    ("state", "result", "failure"),
    [
        ("ok", PrintResult.PRINTED, None),
        ("near-end", PrintResult.PRINTED, None),
        ("paper-out", PrintResult.NOT_PRINTED, FailureCode.PRINTER_PAPER_OUT),
        ("cover-open", PrintResult.NOT_PRINTED, FailureCode.PRINTER_COVER_OPEN),
        ("error", PrintResult.NOT_PRINTED, FailureCode.PRINTER_ERROR),
        ("silent", PrintResult.NOT_PRINTED, FailureCode.PRINTER_SILENT),
        ("gone", PrintResult.NOT_PRINTED, FailureCode.PRINTER_UNREACHABLE),
        ("half-print", PrintResult.UNKNOWN, FailureCode.PRINTER_PAPER_OUT),
        ("drop", PrintResult.UNKNOWN, FailureCode.PRINTER_UNREACHABLE),
    ],
)
def test_each_trouble_has_its_honest_outcome_and_ends_when_it_is_mended(
    paper_printer, state, result, failure
):
    printer = driver(paper_printer.address)
    paper_printer.set_state(state)
    time.sleep(0.1)
    outcome = printer.print_slip(SLIP)
    assert (outcome.result, outcome.failure) == (result, failure)
    if result is PrintResult.NOT_PRINTED:
        assert outcome.sent == 0
        assert paper_printer.jobs == 0
    paper_printer.set_state("ok")
    assert paper_printer.wait_for_jobs(0 if result is PrintResult.NOT_PRINTED else 1)
    time.sleep(0.1)
    before = paper_printer.jobs
    assert printer.status().condition is Condition.READY
    assert printer.print_slip(SLIP).result is PrintResult.PRINTED
    assert paper_printer.jobs == before + 1


@pytest.mark.parametrize(
    ("state", "condition", "failure", "warning"),
    [
        ("ok", Condition.READY, None, None),
        ("near-end", Condition.READY, None, FailureCode.PRINTER_PAPER_LOW),
        (
            "paper-out",
            Condition.NEEDS_ATTENTION,
            FailureCode.PRINTER_PAPER_OUT,
            FailureCode.PRINTER_PAPER_LOW,
        ),
        ("cover-open", Condition.NEEDS_ATTENTION, FailureCode.PRINTER_COVER_OPEN, None),
        ("error", Condition.NEEDS_ATTENTION, FailureCode.PRINTER_ERROR, None),
        ("silent", Condition.NEEDS_ATTENTION, FailureCode.PRINTER_SILENT, None),
        ("gone", Condition.DISCONNECTED, FailureCode.PRINTER_UNREACHABLE, None),
    ],
)
def test_the_status_says_what_is_wrong(paper_printer, state, condition, failure, warning):
    paper_printer.set_state(state)
    time.sleep(0.1)
    status = driver(paper_printer.address).status()
    assert (status.condition, status.failure, status.warning) == (condition, failure, warning)


def test_paper_that_ends_in_the_middle_leaves_a_half_ticket_and_the_rest_comes_with_the_new_roll(
    paper_printer,
):
    paper_printer.set_state("half-print")
    outcome = driver(paper_printer.address).print_slip(SLIP)
    assert outcome.result is PrintResult.UNKNOWN
    assert not paper_printer.printed[-1].complete
    paper_printer.set_state("ok")
    deadline = time.monotonic() + 30
    while not paper_printer.printed[-1].complete and time.monotonic() < deadline:
        time.sleep(0.02)
    assert paper_printer.jobs == 1
    assert paper_printer.printed[-1].picture.tobytes() == draw(SLIP, 80).tobytes()


def test_a_job_that_meets_an_empty_roll_is_held_and_printed_after_the_refill(paper_printer):
    """The printer's side: what another program sends without asking is not lost, and not acknowledged."""
    from devices.ticket_printer.escpos import encode, process_request

    paper_printer.set_state("paper-out")
    with socket.create_connection(("127.0.0.1", paper_printer.port)) as connection:
        connection.settimeout(0.5)
        connection.sendall(encode(draw(SLIP, 80), cut=True).data + process_request(b"HELD"))
        with pytest.raises(TimeoutError):
            connection.recv(7)
        assert paper_printer.jobs == 0
        paper_printer.set_state("ok")
        connection.settimeout(5)
        assert connection.recv(7) == b"\x37\x22HELD\x00"
    assert paper_printer.jobs == 1


def test_two_tickets_one_after_another(paper_printer):
    printer = driver(paper_printer.address)
    numbers = ["A015", "A016"]
    for number in numbers:
        slip = TicketSlip("Trung tâm", number, "Hộ tịch", (1,), 0, datetime.now(UTC), URL)
        assert printer.print_slip(slip).printed
    assert paper_printer.jobs == 2
    one, two = paper_printer.printed
    assert one.picture.tobytes() != two.picture.tobytes()


def test_a_printer_without_process_ids_confirms_by_the_fence_and_is_not_waited_for_twice(tmp_path):
    with VirtualPrinter(tmp_path, millimetres_per_second=None, knows_process_id=False) as virtual:
        printer = driver(virtual.address)
        first, second = printer.print_slip(SLIP), printer.print_slip(SLIP)
        assert first.confirmed_by is second.confirmed_by is Confirmation.FENCE
        assert second.milliseconds < first.milliseconds
        assert b"\x1d(H" in (tmp_path / "0001.bin").read_bytes()
        assert b"\x1d(H" not in (tmp_path / "0002.bin").read_bytes()


def test_a_healthy_printer_that_never_acknowledges_leaves_the_ticket_unconfirmed(tmp_path):
    with VirtualPrinter(
        tmp_path, millimetres_per_second=None, knows_process_id=False, knows_fence=False
    ) as virtual:
        outcome = driver(virtual.address).print_slip(SLIP)
        assert outcome.result is PrintResult.SENT_UNCONFIRMED
        assert outcome.failure is FailureCode.PRINTER_UNCONFIRMED
        assert virtual.wait_for_jobs(1)


def test_a_slow_printer_is_waited_for_while_it_says_that_it_works(tmp_path):
    with VirtualPrinter(tmp_path, millimetres_per_second=100.0) as virtual:
        outcome = TicketPrinter(
            PrinterSettings(address=virtual.address), Limits(answer=0.4, acknowledge=5.0)
        ).print_slip(SLIP)
        assert outcome.confirmed_by is Confirmation.PROCESS_ID
        assert outcome.milliseconds > 700


def test_another_jobs_acknowledgement_does_not_count():
    """A printer that answers with a wrong process id, as one that catches up on an older job does."""
    with Impostor(lambda data: b"\x37\x22OLD1\x00" if b"\x1d(H" in data else b"") as address:
        outcome = driver(address).print_slip(SLIP)
    assert outcome.result is PrintResult.SENT_UNCONFIRMED


@pytest.mark.parametrize(
    "answer",
    [b"", b"\xff" * 40, b"\x00" * 9, b"\x37\x22", b"\x12" * 200, b"EPSON TM-T88V\x00", b"\x10\x00\x00\x00"],
)
def test_whatever_a_printer_answers_to_the_status_questions_the_driver_ends_in_time(answer):
    with Impostor(lambda data: answer, status=False) as address:
        printer = driver(address)
        started = time.monotonic()
        outcome = printer.print_slip(SLIP)
        assert time.monotonic() - started < 6
    if b"\x12" not in answer:
        assert outcome.result is PrintResult.NOT_PRINTED
        assert outcome.failure is not None


def test_a_printer_that_talks_without_end_is_given_up():
    with Impostor(lambda data: b"", flood=True) as address:
        started = time.monotonic()
        assert driver(address).print_slip(SLIP).result is not PrintResult.PRINTED
        assert time.monotonic() - started < 8


def test_a_printer_that_takes_the_connection_and_never_reads_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as server:
        printer = driver(f"127.0.0.1:{server.getsockname()[1]}")
        started = time.monotonic()
        assert printer.status().failure is FailureCode.PRINTER_SILENT
        outcome = printer.print_slip(SLIP)
        assert (outcome.result, outcome.failure) == (PrintResult.NOT_PRINTED, FailureCode.PRINTER_SILENT)
        assert time.monotonic() - started < 4


def test_a_printer_that_stops_reading_in_the_middle_of_a_job_is_given_up():
    with Impostor(lambda data: b"", reads=8000) as address:
        started = time.monotonic()
        big = TicketSlip("Trung tâm", "A001", "Dịch vụ " * 12, (1,), 0, datetime.now(UTC), URL)
        outcomes = [driver(address).print_slip(big)]
        assert time.monotonic() - started < 8
    assert outcomes[0].result in (PrintResult.UNKNOWN, PrintResult.SENT_UNCONFIRMED)
    assert outcomes[0].failure is not None


def test_a_disabled_printer_says_so_and_prints_nothing():
    printer = driver("127.0.0.1:9", enabled=False)
    assert printer.status().condition is Condition.DISABLED
    assert printer.print_slip(SLIP).result is PrintResult.NOT_PRINTED
    assert not printer.test().passed


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ("network", ":9100"),
        ("network", "printer:port"),
        ("network", "1.2.3.4:99999"),
        ("serial", "@9600"),
        ("serial", "/dev/ttyS0@fast"),
        ("usb", "printer"),
        ("file", ""),
    ],
)
def test_an_address_that_cannot_be_one_is_a_setting_to_correct(connection, address):
    printer = driver(address, connection=connection)
    assert printer.status().failure is FailureCode.DEVICE_SETTING_INVALID
    assert printer.print_slip(SLIP).failure is FailureCode.DEVICE_SETTING_INVALID


@pytest.mark.parametrize(
    ("connection", "address"),
    [("usb", "ffff:fffe"), ("serial", "/dev/ttyNone"), ("file", "/dev/usb/lp-none")],
)
def test_a_printer_that_is_not_plugged_in_is_unreachable(connection, address):
    assert driver(address, connection=connection).status().failure is FailureCode.PRINTER_UNREACHABLE


def test_the_test_prints_a_slip_and_tells_how_it_was_confirmed(paper_printer):
    report = driver(paper_printer.address).test()
    lines = dict(report.lines)
    assert report.passed
    assert lines["confirmed_by"] == "GS ( H"
    assert int(lines["milliseconds"]) > 0
    assert lines["status"] == "12 12 12 12"
    assert paper_printer.jobs == 1


def test_the_test_of_a_printer_in_trouble_says_why_and_prints_nothing(paper_printer):
    paper_printer.set_state("cover-open")
    report = driver(paper_printer.address).test()
    assert (report.passed, report.failure) == (False, FailureCode.PRINTER_COVER_OPEN)
    assert paper_printer.jobs == 0


def test_no_outcome_and_no_fact_holds_what_stands_on_the_ticket(paper_printer):
    printer = driver(paper_printer.address)
    seen = f"{printer.print_slip(SLIP)!r} {printer.status()!r}"
    assert "A015" not in seen
    assert "follow" not in seen


class Impostor:
    """A TCP server that is no good printer. ``answer(data)`` is sent for each piece received.

    ``status``: DLE EOT is answered as a healthy printer does; ``reads``: bytes after which it reads no more;
    ``flood``: status bytes without end.
    """

    def __init__(self, answer, *, status=True, reads=None, flood=False):
        self._answer, self._status, self._reads, self._flood = answer, status, reads, flood

    def __enter__(self):
        self._server = socket.socket()
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._server.bind(("127.0.0.1", 0))
        self._server.listen(4)
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        return f"127.0.0.1:{self._server.getsockname()[1]}"

    def __exit__(self, *_):
        self._over.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(30)

    def _accept(self):
        while not self._over.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection):
        received = 0
        connection.settimeout(0.2)
        with connection:
            while not self._over.is_set():
                try:
                    if self._flood:
                        connection.sendall(b"\x12" * 512)
                        continue
                    if self._reads is not None and received >= self._reads:
                        self._over.wait(0.1)
                        continue
                    data = connection.recv(2048)
                    if not data:
                        return
                    received += len(data)
                    if self._status:
                        connection.sendall(b"\x12" * data.count(b"\x10\x04"))
                    connection.sendall(self._answer(data))
                except TimeoutError:
                    continue
                except OSError:
                    return


def test_the_process_id_differs_from_job_to_job():
    printer = driver("127.0.0.1:9")
    ids = {printer._next_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert all(len(one) == 4 and one.isalnum() for one in itertools.islice(ids, 50))
