"""Serving the centre on the network."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from kiosk.centre.app import create_app
from kiosk.centre.web import LobbyControl
from kiosk.centre_address import centre_address
from kiosk.settings import Settings

_BACKLOG = 512
_STOP_SECONDS = 2


class CannotListenError(OSError):
    """The address is taken or not this machine's."""


def serve(
    settings: Settings,
    data_folder: Path,
    *,
    host: str,
    port: int,
    virtual_lobby: LobbyControl | None = None,
    on_listening: Callable[[str], None] = lambda address: None,
) -> int:
    """Run the centre until a signal. ``port`` 0 takes any free one. Returns the exit code.

    ``on_listening`` is called with the address once requests are answered. Raises ``CannotListenError``.
    """
    listener = listen(host, port)
    address = address_of(host, listener)
    app = create_app(settings, data_folder, virtual_lobby, address=address)
    return serve_app(app, listener, lambda: on_listening(address))


def serve_app(app: FastAPI, listener: socket.socket, on_listening: Callable[[], None]) -> int:
    """Answer what comes to ``listener`` until a signal. Returns the exit code."""
    config = uvicorn.Config(
        app,
        access_log=False,
        log_level=logging.WARNING,
        lifespan="on",
        ws="none",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
        timeout_keep_alive=75,
    )
    server = _Server(config, app, on_listening)
    for sig in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sig, _leave)  # uvicorn raises the signal once more when it has ended
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
    return 0 if server.started else 1


def _leave(_sig: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


class _Server(uvicorn.Server):
    """Says when it listens, and ends the event streams first when it is to stop."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._app = app
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._app.state.centre.events.close()
        super().handle_exit(sig, frame)


def listen(host: str, port: int) -> socket.socket:
    """A socket to answer at. Raises ``CannotListenError``."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # asyncio turns Nagle's algorithm off only for sockets that name their protocol; without it an answer
        # on a kept-alive connection waits about 40 ms for the reader's delayed acknowledgement.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        raise CannotListenError(f"cannot listen on {host} port {port}: {error.strerror}") from error
    return listener


def address_of(host: str, listener: socket.socket) -> str:
    """The address to tell of a centre that listens here (``centre_address``)."""
    return centre_address(host, listener.getsockname()[1])
