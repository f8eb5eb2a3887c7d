"""The door for staff at the citizen's machine: what its maintenance screen can do."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from devices.contract import DeviceStatus, TestReport
    from kiosk.bootstrap.windows import Joined
    from kiosk.processes.kiosk import KioskProcess
    from kiosk.processes.owned_devices import OwnedDevices
    from screens.citizen.app import CitizenApp
    from screens.maintenance.model import Devices, PinAnswer, Report
    from screens.maintenance.view import MaintenanceRoot

CARD_LOOK_SECONDS = 5.0
KIOSK_DEVICES = ("card_reader", "printer", "scanner", "kiosk_screen")


class Staff:
    """What the maintenance screen can do: the PIN, and the devices through the centre or directly."""

    def __init__(self, data: Path, joined: Joined, process: KioskProcess, app: CitizenApp) -> None:
        from kiosk.client import CentreClient
        from kiosk.processes.device_desk import DeviceDesk
        from kiosk.processes.maintenance_pin import MaintenancePin

        try:
            token = (data / "tokens" / "maintenance.token").read_text().strip()
            client = CentreClient(joined.client.url, token)
        except OSError:
            client = joined.client  # may ask for this machine's own devices
        self._process, self._app = process, app
        self._pin = MaintenancePin(data)
        self._desk = DeviceDesk(
            client,
            {name: partial(self._owned, name) for name in KIOSK_DEVICES},
            joined.devices,
            home=joined.client,
        )
        self._workers = ThreadPoolExecutor(2, "maintenance")
        self._root: MaintenanceRoot | None = None

    @property
    def shown(self) -> str:
        """Which page of the maintenance screen is shown; empty while it is closed."""
        return self._root.screen_name if self._root is not None and self._root.parent is not None else ""

    def screen(self, close: Callable[[], None]) -> MaintenanceRoot:
        """The screen, locked."""
        from screens.maintenance.presenter import MaintenancePresenter
        from screens.maintenance.view import MaintenanceRoot

        def leave() -> None:
            self._process.end_visit()
            close()

        presenter = MaintenancePresenter(
            self, self._background, leave, now=lambda: datetime.now(UTC), clock=time.monotonic
        )
        self._root = MaintenanceRoot(presenter)
        return self._root

    def _owned(self, name: str) -> _Owned:
        return _Owned(self._process.devices, name)

    def _background(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        def done(future: Future[Any]) -> None:
            error = future.exception()
            if error is not None:
                logging.getLogger("maintenance").error("%s", type(error).__name__, exc_info=error)
                return
            self._app.post(lambda: then(future.result()))

        self._workers.submit(work).add_done_callback(done)

    # -- screens.maintenance.presenter.DeviceActions

    def check_pin(self, pin: str) -> PinAnswer:
        from screens.maintenance.model import PinAnswer

        if not self._pin.exists:
            return PinAnswer(False, known=False)
        verdict = self._pin.check(pin)
        return PinAnswer(verdict.failure is None, verdict.tries_left, verdict.until)

    def devices(self) -> Devices:
        from kiosk.client import CentreError
        from kiosk.processes.device_desk import of_several
        from screens.maintenance.model import DeviceInfo, Devices

        try:
            found, unreachable = self._desk.devices()
        except CentreError:
            return Devices((), centre_answers=False)
        several = of_several(found)
        return Devices(
            tuple(
                DeviceInfo(
                    one.name,
                    one.status.condition.value,
                    one.status.failure,
                    one.status.warning,
                    one.status.facts,
                    one.since,
                    one.settings,
                    (one.machine or "") if one.name in several else "",
                )
                for one in found
            ),
            centre_answers=unreachable is None,
        )

    def test(self, name: str, machine: str) -> Report:
        return self._reported(lambda: self._desk.test(name, machine=machine or None))

    def card_lies_there(self) -> bool:
        worker = self._process.devices.worker("card_reader")
        try:
            status = worker.submit(lambda: worker.device.status()).result(CARD_LOOK_SECONDS)  # noqa: PLW0108
        except Exception:  # a hanging reader or a bug of its driver shows in the test that follows
            return False
        return status.facts.get("card") == "present"

    def read_chip(self, can: str) -> Report:
        """The digits go to the reader's own thread and nowhere else."""
        return self._reported(lambda: self._process.devices.test("card_reader", can))

    def save(self, name: str, machine: str, changes: Mapping[str, str]) -> Report:
        from kiosk.processes.device_desk import typed_changes

        def change() -> TestReport:
            current = self._desk.settings(name, machine or None)
            return self._desk.set(name, typed_changes(name, current, changes), machine or None)

        return self._reported(change)

    def suspended(self) -> bool:
        return self._process.state.lobby.suspended

    def suspend(self, suspended: bool) -> bool:
        return self._process.suspend(suspended)

    def readers(self) -> Sequence[str]:
        worker = self._process.devices.worker("card_reader")
        found: Sequence[str] = worker.submit(lambda: cast(Any, worker.device).readers()).result(5)
        return found

    @staticmethod
    def _reported(work: Callable[[], TestReport]) -> Report:
        from kiosk.client import CentreError
        from kiosk.failures import words
        from kiosk.processes.device_desk import DeskError
        from screens.maintenance.model import Report

        try:
            report = work()
        except DeskError as error:
            told = words()[error.failure].staff_cause if error.failure else str(error)
            return Report(False, failure=error.failure, refused=told)
        except CentreError as error:
            return Report(False, failure=error.code, refused=words()[error.code].staff_cause)
        return Report(report.passed, report.lines, report.failure)


class _Owned:
    """A device of the kiosk process, looked at and tested on its own worker."""

    def __init__(self, devices: OwnedDevices, name: str) -> None:
        self._devices = devices
        self.name = name

    def status(self) -> DeviceStatus:
        return self._devices.worker(self.name).status

    def test(self, can: str | None = None) -> TestReport:
        return self._devices.test(self.name, can)

    def close(self) -> None:
        """The worker goes on with it."""
