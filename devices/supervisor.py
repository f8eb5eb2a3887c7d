"""One worker for one device: asks for its status, does its jobs one after another, reconnects with patience.

A slow or hung device holds up nobody but its own worker.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from devices.contract import Condition, Device, DeviceStatus
from kiosk.failures import FailureCode

T = TypeVar("T")
StatusCallback = Callable[[DeviceStatus], None]

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 15.0
HANGS_AFTER = 45.0
"""Seconds in one call of the device after which it is reported as silent."""


class WorkerStoppedError(RuntimeError):
    """The job was not done because the worker was stopped."""


class DeviceWorker:
    """Runs a device on a thread of its own, from construction until ``stop``.

    ``on_change`` gets every new status (condition, failure, warning or facts differ), on the worker's thread.
    ``poll_seconds`` lie between two questions; while the device is disconnected 1, 2, 4 … 15 s.
    """

    def __init__(
        self,
        device: Device,
        on_change: StatusCallback | None = None,
        poll_seconds: float = 5.0,
        *,
        first_pause: float = FIRST_PAUSE,
        longest_pause: float = LONGEST_PAUSE,
        hangs_after: float = HANGS_AFTER,
    ) -> None:
        self.device = device
        self._on_change = on_change
        self._poll_seconds = poll_seconds
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._hangs_after = hangs_after
        self._log = logging.getLogger(f"devices.{device.name}")
        self._change = threading.Condition()
        self._jobs: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._status = DeviceStatus(Condition.BUSY)
        self._since = datetime.now(UTC)
        self._in_call_since: float | None = None
        self._stopping = False
        self._poll_now = True
        self._pause = first_pause
        self._down = False
        self._thread = threading.Thread(target=self._run, name=f"device-{device.name}", daemon=True)
        self._thread.start()

    @property
    def name(self) -> str:
        """The device's name."""
        return self.device.name

    @property
    def status(self) -> DeviceStatus:
        """The last status; *busy* before the first; ``DEVICE_SILENT`` while a call of the device hangs."""
        with self._change:
            begun = self._in_call_since
            if begun is not None and time.monotonic() - begun > self._hangs_after:
                return DeviceStatus(
                    Condition.DISCONNECTED, FailureCode.DEVICE_SILENT, facts=self._status.facts
                )
            return self._status

    @property
    def since(self) -> datetime:
        """When condition, failure or warning last changed (UTC)."""
        with self._change:
            return self._since

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Have a job done on the device's thread, after those before it; its status is asked for afterwards.

        A job that was not begun can be cancelled. After ``stop`` the future holds ``WorkerStoppedError``.
        """
        future: Future[T] = Future()
        with self._change:
            if self._stopping:
                future.set_exception(WorkerStoppedError(f"the worker of {self.name} has stopped"))
                return future
            self._jobs.append((job, future))
            self._change.notify_all()
        return future

    def refresh(self) -> None:
        """Ask for the status as soon as the device is free, without waiting for the pause to end."""
        with self._change:
            self._poll_now = True
            self._change.notify_all()

    def stop(self, seconds: float = 3.0) -> bool:
        """End the worker: jobs not begun fail, the device is closed. False when it hangs and is left."""
        with self._change:
            self._stopping = True
            waiting = list(self._jobs)
            self._jobs.clear()
            self._change.notify_all()
        for _, future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_exception(WorkerStoppedError(f"the worker of {self.name} has stopped"))
        if self._thread is not threading.current_thread():
            self._thread.join(seconds)
        ended = not self._thread.is_alive()
        if not ended:
            self._log.warning("%s hangs and was left behind", self.name)
        return ended

    def _run(self) -> None:
        next_poll = time.monotonic()
        while True:
            with self._change:
                while (
                    not self._stopping
                    and not self._jobs
                    and not self._poll_now
                    and (left := next_poll - time.monotonic()) > 0
                ):
                    self._change.wait(left)
                if self._stopping:
                    break
                work = self._jobs.popleft() if self._jobs else None
                if work is None:
                    self._poll_now = False
            if work is not None:
                self._do(*work)
            next_poll = time.monotonic() + self._poll()
        try:
            self.device.close()
        except Exception as error:  # a bug of the driver must not keep the program from ending
            self._log_bug("close", error)

    def _do(self, job: Callable[[], T], future: Future[T]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        self._enter()
        try:
            result = job()
        except Exception as error:
            self._log_bug("job", error)
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            self._leave()

    def _poll(self) -> float:
        """Ask for the status; returns the seconds until it is asked for again."""
        self._enter()
        try:
            status = self.device.status()
        except Exception as error:  # a bug of the driver is reported, and the next question may go well
            if self._status.failure is not FailureCode.UNEXPECTED:
                self._log_bug("status", error)
            status = DeviceStatus(Condition.NEEDS_ATTENTION, FailureCode.UNEXPECTED)
        finally:
            self._leave()
        self._take(status)
        if status.condition is not Condition.DISCONNECTED:
            self._pause = self._first_pause
            return self._poll_seconds
        pause = self._pause
        self._pause = min(self._longest_pause, pause * 2)
        return pause

    def _enter(self) -> None:
        with self._change:
            self._in_call_since = time.monotonic()

    def _leave(self) -> None:
        with self._change:
            self._in_call_since = None

    def _take(self, status: DeviceStatus) -> None:
        with self._change:
            before = self._status
            if status == before:
                return
            self._status = status
            if _cause(status) != _cause(before):
                self._since = datetime.now(UTC)
        self._tell_log(status)
        if self._on_change is not None:
            try:
                self._on_change(status)
            except Exception as error:  # a bug of whoever listens must not end the worker
                self._log_bug("on_change", error)

    def _tell_log(self, status: DeviceStatus) -> None:
        """One line when the device goes down or its trouble changes, one when it is well again."""
        down = status.condition in (Condition.NEEDS_ATTENTION, Condition.DISCONNECTED)
        if down:
            self._log.warning("%s: %s %s", self.name, status.condition.value, status.failure or "")
        elif self._down:
            self._log.info("%s: %s again", self.name, status.condition.value)
        self._down = down

    def _log_bug(self, where: str, error: Exception) -> None:
        """Kind and place of an exception, never its text: that may hold what a citizen's card said."""
        last = traceback.extract_tb(error.__traceback__)[-1:]
        place = f"{Path(last[0].filename).name}:{last[0].lineno}" if last else "?"
        self._log.error("%s: %s raised %s at %s", self.name, where, type(error).__name__, place)


def _cause(status: DeviceStatus) -> tuple[Condition, FailureCode | None, FailureCode | None]:
    return status.condition, status.failure, status.warning
