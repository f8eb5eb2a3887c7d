"""Several processes of one centre behind one address, for a centre with many counters. PostgreSQL only.

The parent holds the listening socket, on which every child accepts, and what they know together
(``commons.py``). It starts a child anew that died or no longer says anything. Children end with their
parent, however it ends.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import FrameType
from typing import Any

from kiosk.centre.app import create_app
from kiosk.centre.commons import CommonsAt, SharedCommons
from kiosk.centre.moments import system_clock
from kiosk.centre.service import address_of, listen, serve_app
from kiosk.centre.store.engine import chosen_url
from kiosk.centre.store.errors import StoreUnsafeError
from kiosk.centre.store.store import Store
from kiosk.settings import Settings

_LOG = logging.getLogger(__name__)
SILENT_SECONDS = 20.0
"""A child tells its figures each second; one that is silent for so long hangs."""
_START_SECONDS = 60.0
_STOP_SECONDS = 6.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0
_STEADY_SECONDS = 10.0
_READY = "ready"


def serve_together(
    settings: Settings,
    data_folder: Path,
    *,
    host: str,
    port: int,
    processes: int,
    on_listening: Callable[[str], None] = lambda address: None,
) -> int:
    """Run ``processes`` processes of a centre until a signal. Returns the exit code.

    ``on_listening`` is called with the address once all of them answer. Raises ``CannotListenError`` and
    what ``Store.open`` raises; ``StoreUnsafeError`` without PostgreSQL.
    """
    store = Store(data_folder, settings.centre.site, system_clock, chosen_url(settings.centre.database_url))
    if not store.on_postgresql:
        raise StoreUnsafeError(
            "several processes need PostgreSQL; name it in centre.toml (database_url) or start one process"
        )
    try:
        store.open()
    finally:
        store.close()
    listener = listen(host, port)
    address = address_of(host, listener)
    parent = _Parent(settings, data_folder, listener, address, processes)
    try:
        return parent.run(lambda: on_listening(address))
    finally:
        listener.close()


@dataclass
class _Child:
    """A process of the centre as its parent sees it."""

    number: int
    process: ForkProcess
    pipe: Connection
    began: float
    heard: float
    ready: bool = False


class _Parent:
    """Starts children, answers what they ask, and starts them anew."""

    def __init__(
        self, settings: Settings, data_folder: Path, listener: socket.socket, address: str, processes: int
    ) -> None:
        self._settings = settings
        self._data_folder = data_folder
        self._listener = listener
        self._address = address
        self._count = processes
        self._commons = SharedCommons()
        self._children: dict[int, _Child] = {}
        self._pauses = dict.fromkeys(range(1, processes + 1), 0.0)
        self._due = dict.fromkeys(range(1, processes + 1), 0.0)
        self._life, self._held = os.pipe()
        self._stopping = False

    def run(self, on_listening: Callable[[], None]) -> int:
        """Until a signal, or until no child can be started at all."""
        for sig in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sig, self._stop)
        told = False
        try:
            while not self._stopping:
                self._start_due()
                self._attend(1.0)
                self._end_silent()
                if not told and self._all_ready():
                    told = True
                    on_listening()
                if not told and any(pause for pause in self._pauses.values()):
                    return 1
        finally:
            self._end_all()
            self._commons.clear()
            os.close(self._held)
            os.close(self._life)
        return 0

    def _stop(self, _sig: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _all_ready(self) -> bool:
        return len(self._children) == self._count and all(one.ready for one in self._children.values())

    def _start_due(self) -> None:
        for number in range(1, self._count + 1):
            if number not in self._children and time.monotonic() >= self._due[number]:
                self._start(number)

    def _start(self, number: int) -> None:
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("fork").Process(
            target=self._be_child, args=(theirs, ours), name=f"centre-{number}"
        )
        process.start()
        theirs.close()
        now = time.monotonic()
        self._children[number] = _Child(number, process, ours, now, now)

    def _be_child(self, parent: Connection, *not_ours: Connection) -> None:
        for sig in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sig, signal.SIG_DFL)
        random.seed()
        for pipe in (*not_ours, *(one.pipe for one in self._children.values())):
            pipe.close()
        os.close(self._held)
        _end_with_parent(self._life)
        commons = CommonsAt(parent)
        app = create_app(self._settings, self._data_folder, address=self._address, commons=commons)
        os._exit(serve_app(app, self._listener, lambda: commons.ask(_READY)))

    def _attend(self, seconds: float) -> None:
        """Answer what children ask, for at most so long."""
        end = time.monotonic() + seconds
        while not self._stopping and (left := end - time.monotonic()) > 0:
            pipes: dict[Any, _Child] = {one.pipe: one for one in self._children.values()}
            sentinels: dict[Any, _Child] = {one.process.sentinel: one for one in self._children.values()}
            for ready in wait([*pipes, *sentinels], min(left, 0.2)):
                if ready in pipes:
                    self._answer(pipes[ready])
                else:
                    self._ended(sentinels[ready])
                    return

    def _answer(self, child: _Child) -> None:
        try:
            asked = child.pipe.recv()
            child.heard = time.monotonic()
            if asked[0] == _READY:
                child.ready = True
            child.pipe.send(None if asked[0] == _READY else self._commons.answer(child.number, asked))
        except (OSError, EOFError):
            pass  # it is ending; its sentinel tells

    def _ended(self, child: _Child) -> None:
        child.process.join()
        child.pipe.close()
        del self._children[child.number]
        self._commons.left(child.number)
        now = time.monotonic()
        steady = child.ready and now - child.began > _STEADY_SECONDS
        before = 0.0 if steady else self._pauses[child.number]
        pause = min(max(_FIRST_PAUSE, 2 * before), _LONGEST_PAUSE)
        self._pauses[child.number], self._due[child.number] = pause, now + pause
        _LOG.error("process %d of the centre ended (%s)", child.number, child.process.exitcode)

    def _end_silent(self) -> None:
        now = time.monotonic()
        for child in self._children.values():
            if now - child.heard > (SILENT_SECONDS if child.ready else _START_SECONDS):
                _LOG.error("process %d of the centre hangs", child.number)
                child.process.kill()

    def _end_all(self) -> None:
        for child in self._children.values():
            child.process.terminate()
        end = time.monotonic() + _STOP_SECONDS
        while self._children and (left := end - time.monotonic()) > 0:
            sentinels: dict[Any, _Child] = {one.process.sentinel: one for one in self._children.values()}
            pipes: dict[Any, _Child] = {one.pipe: one for one in self._children.values()}
            for ready in wait([*sentinels, *pipes], left):
                if ready in sentinels:
                    sentinels[ready].process.join()
                    self._children.pop(sentinels[ready].number, None)
                else:
                    self._answer(pipes[ready])
        for child in self._children.values():
            child.process.kill()
            child.process.join()


def _end_with_parent(life: int) -> None:
    """Nothing is ever written to this pipe; it ends when its other end is closed, by whatever way."""

    def watch() -> None:
        os.read(life, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
