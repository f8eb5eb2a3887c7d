"""The devices a process owns, as the centre sees them: reported, tested and changed on request.

The centre hears each change of a device at once and each device at least every twenty seconds. A request of
maintenance staff is answered by the device itself: a test is really done, changed settings are taken over
only after a driver with these settings has asked the hardware.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError

from devices.contract import CARD_READER, Condition, Device, DeviceStatus, TestReport, tested
from devices.screen import Screen
from devices.supervisor import DeviceWorker, WorkerStoppedError
from kiosk.client import CentreClient, CentreError, Event
from kiosk.failures import FailureCode
from kiosk.processes.effective_settings import effective_settings
from kiosk.settings import DeviceSettings, ScreenSettings

_LOG = logging.getLogger(__name__)

REPORT_SECONDS = 20.0
AGAIN_SECONDS = 1.0
REFUSED_AGAIN_SECONDS = 10.0
TEST_SECONDS = 60.0
MACHINE = "kiosk"
"""The name under which a machine tells of itself; the centre knows by the token which one it is."""


@dataclass(frozen=True)
class Health:
    """What staff should know of a process: readings, and the failure to warn of, if there is one."""

    facts: dict[str, str]
    warning: FailureCode | None


Build = Callable[[str, BaseModel], Device]
StatusListener = Callable[[str, DeviceStatus], None]


class OwnedDevices:
    """One worker for each device of ``poll_seconds``, from ``start`` to ``stop``.

    ``build`` makes a device from its settings; it must not touch the hardware. ``on_status`` hears every new
    status on the device's thread. ``settings`` are those in effect at the start; the centre's come before
    them as soon as it answers. A process that follows the centre's stream itself says ``listen=False`` and
    calls ``catch_up`` and ``take``. ``health`` adds to a device's report what its process knows of itself;
    ``machine`` is the state of the whole machine, reported like a device's.
    """

    def __init__(
        self,
        client: CentreClient,
        settings: DeviceSettings,
        poll_seconds: Mapping[str, float],
        build: Build,
        on_status: StatusListener | None = None,
        *,
        listen: bool = True,
        health: Callable[[str], Health | None] = lambda _name: None,
        machine: Callable[[], DeviceStatus] | None = None,
    ) -> None:
        self._client = client
        self._settings = settings
        self._name: str | None = None  # this machine's, as soon as the centre has told
        self._begun: deque[str] = deque(maxlen=200)
        self._lock = threading.Lock()
        self._poll_seconds = poll_seconds
        self._build = build
        self._on_status = on_status
        self._health = health
        self._machine = machine
        self._workers: dict[str, DeviceWorker] = {}
        self._stop = threading.Event()
        self._report_now = threading.Event()
        self._desk = ThreadPoolExecutor(1, "device-requests")
        self._threads = [threading.Thread(target=self._report, name="device-reports", daemon=True)]
        if listen:
            self._threads.append(threading.Thread(target=self._follow, name="device-desk", daemon=True))

    def start(self) -> None:
        """Begin; returns at once."""
        for name, seconds in self._poll_seconds.items():
            device = self._build(name, getattr(self._settings, name))
            self._workers[name] = DeviceWorker(device, self._listener(name), seconds)
        for thread in self._threads:
            thread.start()

    def stop(self, *, cut_off: bool = False) -> None:
        """End everything within a few seconds. ``cut_off`` closes a device in the middle of what it does."""
        self._stop.set()
        self._report_now.set()
        self._desk.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers.values():
            if cut_off:
                worker.device.close()
            worker.stop()

    def worker(self, name: str) -> DeviceWorker:
        """The worker of a device; its ``device`` changes when settings change. Raises ``KeyError``."""
        return self._workers[name]

    def test(self, name: str, can: str | None = None) -> TestReport:
        """Have a device tested on its thread, within a minute. ``can``: see ``devices.contract.tested``.

        Raises ``KeyError`` for a device that is not of this process.
        """
        worker = self._workers[name]
        given = [can]  # taken out by the job, so that a finished job holds nothing
        # Which device the worker has may change while this waits its turn.
        return _waited_for(worker.submit(lambda: tested(worker.device, given.pop())))

    def report_soon(self) -> None:
        """Something that ``health`` or ``machine`` tells is other than before. Never waits."""
        self._report_now.set()

    def catch_up(self) -> None:
        """Take over the centre's settings, answer requests made while this process was away.

        Raises ``CentreError``.
        """
        self._name = self._client.who().name
        self._use(effective_settings(self._client, self._settings))
        for name in self._workers:
            for request in self._client.device_requests(name, "requested"):
                self._begin(request.id, name, request.kind, dict(request.settings or {}))

    def take(self, event: Event) -> None:
        """One entry of the journal; a request for a device of this machine gets its answer. Never waits."""
        if event.type != "device.requested":
            return
        try:
            request = event.data["request"]
            name = request["device"]
            if name in self._workers and self._name is not None and request.get("machine") == self._name:
                changes = dict(request.get("settings") or {})
                self._begin(str(request["id"]), name, str(request["kind"]), changes)
        except (KeyError, TypeError, ValueError) as error:
            _LOG.error("entry %s (%s) is not what the centre promises: %r", event.id, event.type, error)

    def _begin(self, request: str, name: str, kind: str, changes: dict[str, Any]) -> None:
        """Answer a request once, though both the list and the stream may tell of it."""
        with self._lock:
            if request in self._begun:
                return
            self._begun.append(request)
        self._desk.submit(self._answer, request, name, kind, changes)

    def _listener(self, name: str) -> Callable[[DeviceStatus], None]:
        def listen(status: DeviceStatus) -> None:
            self._report_now.set()
            if self._on_status is not None:
                self._on_status(name, status)

        return listen

    # -- reports -----------------------------------------------------------------------------------------

    def _report(self) -> None:
        while not self._stop.is_set():
            self._report_now.clear()
            told = [self._tell_machine()]
            told += [self._tell(name, worker) for name, worker in self._workers.items()]
            self._report_now.wait(REPORT_SECONDS if all(told) else AGAIN_SECONDS)

    def _tell(self, name: str, worker: DeviceWorker) -> bool:
        status = worker.status
        if status.condition is Condition.BUSY and not status.facts:
            return True  # never asked yet; its first status follows by itself
        facts, warning = dict(status.facts), status.warning
        health = self._health(name)
        if health is not None:
            facts |= health.facts
            warning = warning or health.warning
        return self._sent(name, replace(status, warning=warning, facts=facts))

    def _tell_machine(self) -> bool:
        return self._machine is None or self._sent(MACHINE, self._machine())

    def _sent(self, name: str, status: DeviceStatus) -> bool:
        try:
            self._client.report_device(
                name, status.condition.value, status.failure, status.warning, status.facts
            )
        except CentreError as error:
            if error.code is not FailureCode.CENTRE_UNREACHABLE:
                _LOG.error("the centre does not take the report on %s: %s", name, error.code)
            return False
        return True

    # -- requests ----------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """What waited for this process, then what the centre's stream brings."""
        while not self._stop.is_set():
            pause = AGAIN_SECONDS
            try:
                self._listen()
            except CentreError as error:
                if error.code is not FailureCode.CENTRE_UNREACHABLE:
                    _LOG.error("the centre refuses the kiosk: %s", error.code)
                    pause = REFUSED_AGAIN_SECONDS
            self._stop.wait(pause)

    def _listen(self) -> None:
        """The stream, until it ends. It resumes by itself, so nothing is missed in between."""
        for event in self._client.events(None, self._stop):
            if self._stop.is_set():
                return
            if event.type in ("hello", "reset"):
                self.catch_up()  # only now: what is asked from here on comes with the stream
            else:
                self.take(event)

    def _use(self, settings: DeviceSettings) -> None:
        """Have the devices whose settings are others than before work with these."""
        before, self._settings = self._settings, settings
        for name, worker in self._workers.items():
            wanted: BaseModel = getattr(settings, name)
            if wanted != getattr(before, name):
                worker.submit(partial(self._replace, worker, name, wanted))

    def _replace(self, worker: DeviceWorker, name: str, wanted: BaseModel) -> None:
        """On the device's thread: the window moves; every other device is let go and built anew."""
        device = worker.device
        if isinstance(device, Screen) and isinstance(wanted, ScreenSettings):
            device.move(wanted)
            return
        device.close()
        worker.device = self._build(name, wanted)

    def _answer(self, request_id: str, name: str, kind: str, changes: dict[str, Any]) -> None:
        worker = self._workers[name]
        wanted: BaseModel | None = None
        if kind == "test":
            report = self._tested(request_id, name)
        else:
            report, wanted = self._checked(name, changes)
            if wanted is not None:
                trial = wanted
                report = _waited_for(worker.submit(lambda: self._tried(worker, name, trial)))
        try:
            self._client.answer_device_request(request_id, report.passed, report.lines, report.failure)
        except CentreError as error:
            _LOG.warning("the answer on %s was not taken (%s): nothing is changed", name, error.code)
            return
        if wanted is not None and report.passed:
            self._use(self._settings.model_copy(update={name: wanted}))
        worker.refresh()

    def _tested(self, request_id: str, name: str) -> TestReport:
        if name != CARD_READER:
            return self.test(name)
        try:
            return self.test(name, self._client.device_request_secret(request_id))
        except CentreError as error:
            return TestReport(False, failure=error.code)

    def _checked(self, name: str, changes: dict[str, Any]) -> tuple[TestReport, BaseModel | None]:
        current: BaseModel = getattr(self._settings, name)
        try:
            return TestReport(True), type(current).model_validate({**current.model_dump(), **changes})
        except ValidationError as error:
            lines = tuple((".".join(map(str, item["loc"])), item["msg"]) for item in error.errors())
            return TestReport(False, lines, FailureCode.DEVICE_SETTING_INVALID), None

    def _tried(self, worker: DeviceWorker, name: str, wanted: BaseModel) -> TestReport:
        """Ask the hardware through a driver with these settings; the present one lets go of it meanwhile."""
        worker.device.close()
        candidate = self._build(name, wanted)
        try:
            status = candidate.status()
        finally:
            candidate.close()
        return TestReport(status.failure is None, tuple(status.facts.items()), status.failure)


def _waited_for(job: Future[TestReport]) -> TestReport:
    """What a job on a device's thread reports; trouble on the way is a report too."""
    try:
        return job.result(TEST_SECONDS)
    except (LateError, WorkerStoppedError, CancelledError):
        job.cancel()  # if it was not begun, it shall not be done when nobody waits for it any more
        return TestReport(False, failure=FailureCode.DEVICE_SILENT)
    except Exception as error:  # a bug of the driver, already logged by the worker, is an answer too
        return TestReport(False, (("error", type(error).__name__),), FailureCode.UNEXPECTED)
