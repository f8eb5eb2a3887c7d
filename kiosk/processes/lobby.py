"""Supervising the processes of one lobby: start them in order, start again what dies, stop everything.

``run`` is two processes that look after each other. The outer one is what the user sees; it only waits. The
inner one supervises. Each asks the kernel to be told of the other's end and adopts every orphan below it
(``PR_SET_CHILD_SUBREAPER``, prctl(2)), so that nothing of the lobby outlives it, whichever is killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from logging.handlers import RotatingFileHandler
from pathlib import Path

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
STEADY_SECONDS = 20.0
"""A process that lived this long is started again after the first pause."""
STOP_SECONDS = 4.0
"""Time to end by itself before it is killed."""
LOG_BYTES = 1_000_000
LOG_FILES = 3
LONGEST_LINE_BYTES = 1 << 20
REAP_SECONDS = 2.0

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass
class Part:
    """One process of the lobby.

    ``ready`` is asked several times a second until it answers true, ``env`` at every start.
    """

    name: str
    command: list[str]
    env: Callable[[], Mapping[str, str]] = dict
    ready: Callable[[], bool] = lambda: True
    ready_seconds: float = 20.0
    on_line: Callable[[str], None] | None = None
    """Called with each line the process writes on its standard output."""


def die_with_parent(sig: int = signal.SIGKILL) -> None:
    """Between fork and exec: end when the parent ends (prctl(2), PR_SET_PDEATHSIG)."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def adopt_orphans() -> None:
    """Processes whose parents die below this one become its children."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(pid: int) -> list[int]:
    """Every living process below ``pid``, parents before their children."""
    children: dict[int, list[int]] = {}
    for process, parent, state in _processes():
        if state != "Z":
            children.setdefault(parent, []).append(process)
    found: list[int] = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(0), [])
        found += below
        queue += below
    return found


def _ended_children(pid: int) -> list[int]:
    return [process for process, parent, state in _processes() if parent == pid and state == "Z"]


def _processes() -> Iterator[tuple[int, int, str]]:
    """Process id, parent's id and state letter of everything that runs (proc(5), /proc/PID/stat)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                yield int(entry.name), int(fields[1]), fields[0]


def end_descendants(seconds: float = 0.0) -> None:
    """Ask every process below this one to end, then kill what is left after ``seconds``."""
    me = os.getpid()
    if seconds:
        for pid in descendants(me):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + seconds
    while time.monotonic() < end and descendants(me):
        _reap()
        time.sleep(0.03)
    for _ in range(20):
        left = descendants(me)
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _reap()
        if not left:
            return
        time.sleep(0.03)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def guarded(supervise: Callable[[], int]) -> int:
    """Run ``supervise`` in a child; pass signals on to it; leave nothing behind when either ends."""
    adopt_orphans()
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        die_with_parent(signal.SIGTERM)
        code = 1
        if os.getppid() == parent:
            try:
                adopt_orphans()
                code = supervise()
            finally:
                end_descendants()
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        os._exit(code)

    def forward(sig: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM if sig == signal.SIGINT else sig)

    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, forward)
    while True:
        try:
            pid, status = os.waitpid(-1, 0)
        except ChildProcessError:
            return 1
        if pid == child:
            end_descendants()
            return os.waitstatus_to_exitcode(status) if not os.WIFSIGNALED(status) else 1


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


class Lobby:
    """The supervisor. ``stages`` are started one after the other, the parts of one stage at the same time."""

    def __init__(self, stages: list[list[Part]], logs: Path, say: Callable[[str], None]) -> None:
        self.stages = stages
        self.logs = logs
        self.say = say
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._stopping = asyncio.Event()
        logs.mkdir(parents=True, exist_ok=True)

    async def run(self, when_up: Callable[[], Awaitable[None]]) -> int:
        """Start everything, call ``when_up``, then supervise until a signal comes. Returns the exit code."""
        loop = asyncio.get_running_loop()
        for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(sig, self._stopping.set)
        keepers: list[asyncio.Task[None]] = [loop.create_task(self._reap_adopted())]
        try:
            for stage in self.stages:
                keepers += [loop.create_task(self._keep(part)) for part in stage]
                await asyncio.gather(*(self._wait_ready(part) for part in stage))
                if self._stopping.is_set():
                    break
            else:
                await when_up()
            await self._stopping.wait()
        finally:
            self._stopping.set()
            await self._stop()
            for keeper in keepers:
                keeper.cancel()
            await asyncio.gather(*keepers, return_exceptions=True)
        return 0

    async def _keep(self, part: Part) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            began = time.monotonic()
            code = await self._once(part)
            if self._stopping.is_set():
                return
            if time.monotonic() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
            self.say(f"{part.name} {how}; starting it again in {pause:g} s (see {self.logs / part.name}.log)")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _once(self, part: Part) -> int:
        # A pipe of our own: asyncio's would make wait() last until the process's own children are gone, too.
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *part.command,
                env={**os.environ, **part.env()},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        except OSError as error:
            os.close(reading)
            self.say(f"{part.name} cannot be started: {error}")
            return 127
        finally:
            os.close(writing)
        self._running[part.name] = process
        copier = asyncio.create_task(self._copy_log(part, reading))
        try:
            code = await process.wait()
        finally:
            self._running.pop(part.name, None)
            _kill_group(process.pid, signal.SIGKILL)  # what it started goes with it
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(copier, 1)
        return code

    async def _copy_log(self, part: Part, reading: int) -> None:
        stream = asyncio.StreamReader(limit=LONGEST_LINE_BYTES)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading, "rb", 0)
        )
        log = RotatingFileHandler(
            self.logs / f"{part.name}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES - 1, encoding="utf-8"
        )
        try:
            async for raw in stream:
                line = raw.decode("utf-8", "replace").rstrip()
                if part.on_line is not None:
                    part.on_line(line)
                if line:
                    log.emit(logging.makeLogRecord({"msg": line}))
        except ValueError:
            self.say(f"{part.name} wrote a line longer than {LONGEST_LINE_BYTES} bytes; its log stops here")
        finally:
            transport.close()
            log.close()

    async def _reap_adopted(self) -> None:
        """Orphans that were adopted and have ended; the parts themselves are waited for by asyncio."""
        while True:
            await asyncio.sleep(REAP_SECONDS)
            own = {process.pid for process in self._running.values()}
            for pid in _ended_children(os.getpid()):
                if pid not in own:
                    with contextlib.suppress(ChildProcessError):
                        os.waitpid(pid, os.WNOHANG)

    async def _wait_ready(self, part: Part) -> None:
        end = time.monotonic() + part.ready_seconds
        while time.monotonic() < end and not self._stopping.is_set():
            if part.name in self._running and await asyncio.to_thread(part.ready):
                return
            await asyncio.sleep(0.05)
        if not self._stopping.is_set():
            log = self.logs / f"{part.name}.log"
            self.say(f"{part.name} is not ready after {part.ready_seconds:g} s; going on (see {log})")

    async def _stop(self) -> None:
        for process in list(self._running.values()):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        end = time.monotonic() + STOP_SECONDS
        while self._running and time.monotonic() < end:
            await asyncio.sleep(0.02)
        for process in list(self._running.values()):
            _kill_group(process.pid, signal.SIGKILL)
        while self._running and time.monotonic() < end + 1:
            await asyncio.sleep(0.02)


def _kill_group(pid: int, sig: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sig)
