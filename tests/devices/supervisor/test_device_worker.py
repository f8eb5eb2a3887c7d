"""One worker for one device: jobs never overlap, and a hung device holds up nobody."""

import logging
import threading
import time
from concurrent.futures import CancelledError

import pytest

from devices.contract import Condition, DeviceStatus, TestReport
from devices.supervisor import DeviceWorker, WorkerStoppedError
from devices.ticket_printer import Limits, TicketPrinter
from devices.virtual.printer import VirtualPrinter
from kiosk.failures import FailureCode
from kiosk.settings import PrinterSettings
from tests.devices.ticket_printer.test_ticket_printer import SLIP

READY = DeviceStatus(Condition.READY)
GONE = DeviceStatus(Condition.DISCONNECTED, FailureCode.PRINTER_UNREACHABLE)


class Scripted:
    """A device whose answers the test sets; notes when it is asked and by which thread."""

    name = "printer"

    def __init__(self, answer=READY):
        self.answer = answer
        self.asked_at = []
        self.threads = set()
        self.inside = 0
        self.overlapped = False
        self.closed = threading.Event()

    def enter(self):
        self.inside += 1
        self.overlapped |= self.inside > 1
        self.threads.add(threading.current_thread().name)

    def status(self):
        self.enter()
        try:
            self.asked_at.append(time.monotonic())
            answer = self.answer
            if isinstance(answer, Exception):
                raise answer
            return answer() if callable(answer) else answer
        finally:
            self.inside -= 1

    def test(self):
        return TestReport(True)

    def close(self):
        self.closed.set()

    def job(self, seconds=0.02, result="done"):
        self.enter()
        time.sleep(seconds)
        self.inside -= 1
        return result


@pytest.fixture
def start():
    workers = []

    def begin(device, on_change=None, poll_seconds=0.02, **changes):
        worker = DeviceWorker(device, on_change, poll_seconds, **changes)
        workers.append(worker)
        return worker

    yield begin
    for worker in workers:
        worker.stop(0.5)


def eventually(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.005)
    return False


def test_jobs_and_questions_come_one_after_another_on_one_thread(start):
    device = Scripted()
    worker = start(device, poll_seconds=0.001)
    futures = [worker.submit(lambda i=i: device.job(0.005, i)) for i in range(20)]
    assert [future.result(5) for future in futures] == list(range(20))
    assert not device.overlapped
    assert device.threads == {"device-printer"}


def test_every_change_is_told_once_and_since_is_when_it_began(start):
    device, told = Scripted(), []
    worker = start(device, told.append)
    assert eventually(lambda: told == [READY])
    before = worker.since
    time.sleep(0.1)
    assert worker.since == before
    device.answer = GONE
    assert eventually(lambda: told == [READY, GONE])
    assert worker.status == GONE
    assert worker.since > before


def test_facts_that_change_are_told_but_do_not_move_since(start):
    device, told = Scripted(), []
    worker = start(device, told.append)
    assert eventually(lambda: told == [READY])
    before = worker.since
    device.answer = DeviceStatus(Condition.READY, facts={"refused": "1"})
    assert eventually(lambda: len(told) == 2)
    assert worker.since == before


def test_a_disconnected_device_is_asked_ever_more_rarely_and_promptly_again_once_it_was_back(start):
    device = Scripted(GONE)
    start(device, poll_seconds=0.01, first_pause=0.02, longest_pause=0.16)
    assert eventually(lambda: len(device.asked_at) >= 8)
    gaps = [b - a for a, b in zip(device.asked_at, device.asked_at[1:], strict=False)]
    for gap, wanted in zip(gaps, (0.02, 0.04, 0.08, 0.16, 0.16, 0.16), strict=False):
        assert wanted * 0.9 <= gap < wanted + 0.3
    device.answer = READY
    assert eventually(lambda: len(device.asked_at) >= 12)
    device.answer = GONE
    count = len(device.asked_at)
    assert eventually(lambda: len(device.asked_at) >= count + 4)
    assert device.asked_at[count + 3] - device.asked_at[count] < 1.0


def test_the_log_says_once_that_it_is_down_and_once_that_it_is_back(start, caplog):
    caplog.set_level(logging.INFO, "devices")
    device = Scripted()
    start(device, first_pause=0.01, longest_pause=0.02)
    assert eventually(lambda: len(device.asked_at) > 2)
    device.answer = GONE
    count = len(device.asked_at)
    assert eventually(lambda: len(device.asked_at) > count + 5)
    device.answer = READY
    count = len(device.asked_at)
    assert eventually(lambda: len(device.asked_at) > count + 5)
    lines = [record.getMessage() for record in caplog.records if record.name == "devices.printer"]
    assert lines == ["printer: disconnected PRINTER_UNREACHABLE", "printer: ready again"]


def test_a_bug_of_a_driver_is_reported_and_the_worker_goes_on(start, caplog):
    device = Scripted(ZeroDivisionError("Nguyễn Văn A"))
    worker = start(device)
    assert eventually(lambda: worker.status.failure is FailureCode.UNEXPECTED)
    assert eventually(lambda: len(device.asked_at) > 4)
    assert "ZeroDivisionError" in caplog.text
    assert caplog.text.count("raised") == 1
    assert "Nguyễn" not in caplog.text
    device.answer = READY
    assert eventually(lambda: worker.status == READY)


def test_a_job_that_fails_gives_its_exception_to_who_asked_and_nobody_else(start):
    device = Scripted()
    worker = start(device)

    def bad():
        raise KeyError("x")

    with pytest.raises(KeyError):
        worker.submit(bad).result(2)
    assert worker.submit(device.job).result(2) == "done"


def test_a_listener_that_fails_does_not_end_the_worker(start):
    def listener(_status):
        raise RuntimeError

    device = Scripted()
    worker = start(device, listener)
    assert worker.submit(device.job).result(2) == "done"


def test_the_status_is_asked_for_right_after_a_job(start):
    device = Scripted()
    worker = start(device, poll_seconds=60)
    assert eventually(lambda: len(device.asked_at) == 1)

    def job():
        device.answer = GONE

    worker.submit(job).result(2)
    assert eventually(lambda: worker.status == GONE)


def test_refresh_does_not_wait_for_the_pause_to_end(start):
    device = Scripted()
    worker = start(device, poll_seconds=60)
    assert eventually(lambda: len(device.asked_at) == 1)
    worker.refresh()
    assert eventually(lambda: len(device.asked_at) == 2)


def test_stop_closes_the_device_and_answers_jobs_that_were_not_begun(start):
    device = Scripted()
    worker = start(device, poll_seconds=60)
    running = worker.submit(lambda: device.job(0.2))
    waiting = worker.submit(device.job)
    assert eventually(running.running)
    assert worker.stop()
    assert running.result(0) == "done"
    with pytest.raises((WorkerStoppedError, CancelledError)):
        waiting.result(0)
    assert device.closed.is_set()
    with pytest.raises(WorkerStoppedError):
        worker.submit(device.job).result(0)


def test_a_job_cancelled_in_time_is_not_done(start):
    device = Scripted()
    worker = start(device, poll_seconds=60)
    worker.submit(lambda: device.job(0.1))
    done = []
    assert worker.submit(lambda: done.append(1)).cancel()
    worker.submit(device.job).result(2)
    assert done == []


def test_a_device_that_hangs_is_reported_and_does_not_hold_up_the_end(start):
    release = threading.Event()
    device = Scripted(lambda: release.wait(20) and READY)
    worker = start(device, hangs_after=0.1)
    assert eventually(lambda: worker.status.failure is FailureCode.DEVICE_SILENT)
    started = time.monotonic()
    assert worker.stop(0.2) is False
    assert time.monotonic() - started < 1
    release.set()


def test_a_ticket_is_printed_by_the_printers_worker_and_its_trouble_is_told(start, tmp_path):
    told = []
    with VirtualPrinter(tmp_path, millimetres_per_second=None) as virtual:
        printer = TicketPrinter(PrinterSettings(address=virtual.address), Limits(answer=0.5))
        worker = start(printer, told.append, poll_seconds=0.05)
        assert worker.submit(lambda: printer.print_slip(SLIP)).result(5).printed
        virtual.set_state("paper-out")
        assert eventually(lambda: worker.status.failure is FailureCode.PRINTER_PAPER_OUT)
        virtual.set_state("ok")
        assert eventually(lambda: worker.status.condition is Condition.READY)
    assert [status.condition for status in told] == [
        Condition.READY,
        Condition.NEEDS_ATTENTION,
        Condition.READY,
    ]
