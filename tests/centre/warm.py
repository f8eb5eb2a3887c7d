"""Starts centres quickly, one after the other: imports everything once, then forks a process for each
start.

Reads a line of JSON for each start: ``config``, ``data``, ``port``, ``database``, ``log``. Each centre tells
its process and address on standard output, ``{"pid", "url"}``, at once (no ``url`` yet) and again when it
listens; that it has ended, too: ``{"pid", "code"}`` (negative: the signal). ``serve`` is the product's; only
the interpreter's start-up is saved. The centres die with whoever closes standard input.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from kiosk.centre.service import serve
from kiosk.centre.store.engine import URL_VARIABLE
from kiosk.settings import load

_RUNNING: set[int] = set()


def _say(**told: Any) -> None:
    """One line, written whole: centres and their starter share the pipe."""
    os.write(1, (json.dumps(told) + "\n").encode())


def _bury(*_: object) -> None:
    while _RUNNING:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        _RUNNING.discard(pid)
        _say(pid=pid, code=os.waitstatus_to_exitcode(status))


def _run(asked: dict[str, Any]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(log, 2)
    os.environ[URL_VARIABLE] = asked["database"]
    _say(pid=os.getpid(), url=None)
    serve(
        load(Path(asked["config"])),
        Path(asked["data"]),
        host="127.0.0.1",
        port=asked["port"],
        on_listening=lambda url: _say(pid=os.getpid(), url=url),
    )


def main() -> None:
    signal.signal(signal.SIGCHLD, _bury)
    gc.freeze()
    for line in sys.stdin:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        pid = os.fork()
        if pid == 0:
            _run(json.loads(line))
            sys.exit(0)
        _RUNNING.add(pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for pid in _RUNNING:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
