"""What a kiosk tells of its devices, repeated as a kiosk does: after a minute it would count as silent."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import requests

from tests.browser.centre_process import CentreProcess

AGAIN_SECONDS = 15.0


class KioskReports:
    """Keeps what was told last of each device, and repeats it from a thread of its own."""

    def __init__(self, centre: CentreProcess) -> None:
        self._centre = centre
        self._told: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()  # an older report never follows a newer one
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name="kiosk-reports", daemon=True)

    def tell(self, name: str, condition: str = "ready", **more: Any) -> None:
        """Report a device, or as ``kiosk`` the machine itself."""
        with self._lock:
            self._told[name] = {"condition": condition, **more}
            self._send(name)

    def _send(self, name: str) -> None:
        answer = self._centre.call("kiosk", "PUT", f"/devices/{name}", self._told[name])
        assert answer.status_code == 204, answer.text

    def _repeat(self) -> None:
        while not self._stop.wait(AGAIN_SECONDS):
            with self._lock, contextlib.suppress(requests.RequestException):  # the test killed the centre
                for name in self._told:
                    self._send(name)

    @contextlib.contextmanager
    def running(self) -> Iterator[KioskReports]:
        self._thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            self._thread.join()
