"""Centres served on the network from inside the test's process, so that the test holds their clock."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn

from kiosk.centre.app import create_app
from kiosk.centre.moments import Clock, system_clock
from kiosk.settings import load
from tests.centre.support import eventually
from tests.faults.places import Place


@contextlib.contextmanager
def served(place: Place, clock: Clock = system_clock, count: int = 1) -> Iterator[list[str]]:
    """Addresses of ``count`` centres over one place."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(_one(place, clock)) for _ in range(count)]


@contextlib.contextmanager
def _one(place: Place, clock: Clock) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(load(place.config), place.data, clock=clock, address=address)
        config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="on", ws="none",
                                timeout_graceful_shutdown=1)  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            eventually(lambda: server.started, 20)
            yield address
        finally:
            server.should_exit = True
            thread.join(timeout=20)
