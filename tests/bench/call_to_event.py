"""From the officer's key to the display's event, against a bare loopback round trip in the same run.

``python -m tests.bench.call_to_event``: milliseconds. Measured from before the request for ``call-next`` is
written to the moment its event has been read by another connection; the call is durable before it is sent.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.centre import admin
from kiosk.client import CentreClient
from kiosk.settings import load
from tests.bench.ticket_issue import report
from tests.centre.support import CONFIG, PASSWORD, Process

CALLS = 200
OTHERS = 8
"""Further streams open at the same time: officers' pages, a kiosk, phones."""


@contextlib.contextmanager
def echo() -> Iterator[Callable[[], None]]:
    """One byte there and back over TCP on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            there, _ = server.accept()
            with there:
                while byte := there.recv(1):
                    there.sendall(byte)

        threading.Thread(target=answer, daemon=True).start()
        with socket.create_connection(server.getsockname()) as here:
            here.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def trip() -> None:
                here.sendall(b"x")
                here.recv(1)

            yield trip


class Display:
    """A stream read as plainly as can be; remembers when each call arrived."""

    def __init__(self, port: int, token: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {token}"})
        self._response = connection.getresponse()
        self.arrived: dict[str, float] = {}
        self.news = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        called = False
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            while line := self._response.readline():
                if line.startswith(b"event: "):
                    called = line == b"event: ticket.called\n"
                elif called and line.startswith(b"data: "):
                    now = time.perf_counter()
                    self.arrived[json.loads(line[6:])["ticket"]["id"]] = now
                    self.news.set()


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name, echo() as trip:
        data, settings = Path(name) / "data", load(CONFIG)
        kiosk_token = admin.create_token(settings, data, "kiosk", "bench")
        token = admin.create_token(settings, data, "display", "bench")
        admin.add_officer(settings, data, "lan", "officer", PASSWORD)
        process = Process(data)
        process.start()
        try:
            kiosk, officer = CentreClient(process.url, kiosk_token), CentreClient(process.url)
            session = officer.sign_in("lan", PASSWORD)
            officer.open_counter("quay-1")
            for count in range(CALLS + 1):
                kiosk.issue_ticket("ho-tich", f"k{count}")
            display, _others = (
                Display(process.port, token),
                [Display(process.port, token) for _ in range(OTHERS)],
            )
            time.sleep(0.3)
            trips, taken, answered = [], [], []
            wire = http.client.HTTPConnection("127.0.0.1", process.port)
            headers = {"Authorization": f"Bearer {session.token}"}
            for _ in range(CALLS):
                began = time.perf_counter()
                trip()
                trips.append((time.perf_counter() - began) * 1000)
                display.news.clear()
                began = time.perf_counter()
                wire.request("POST", "/api/v1/counters/quay-1/call-next", headers=headers)
                ticket = json.loads(wire.getresponse().read())
                answered.append((time.perf_counter() - began) * 1000)
                assert display.news.wait(5)
                taken.append((display.arrived[ticket["id"]] - began) * 1000)
                officer.no_show("quay-1")
        finally:
            process.end()
    report(
        {
            "bare loopback round trip": trips,
            "key pressed to event at display": taken,
            "key pressed to answer at officer": answered,
        },
        "bare loopback round trip",
    )
    assert max(taken) < 100, "the display shows a call within 100 ms of the officer's key"


if __name__ == "__main__":
    main()
