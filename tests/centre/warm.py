"""Starts centres quickly, one after the other: imports everything once, then forks a process for each
start.

Reads a line of JSON for each start, ``{"config", "data", "port"}``. Each centre answers on standard output,
at once and again when it listens. What is started is the product's ``serve``; only the interpreter's
start-up is saved.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from pathlib import Path

from kiosk.centre.service import serve
from kiosk.settings import load


def _say(url: str | None) -> None:
    print(json.dumps({"pid": os.getpid(), "url": url}), flush=True)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    for line in sys.stdin:
        if os.fork() == 0:
            _say(url=None)
            asked = json.loads(line)
            serve(
                load(Path(asked["config"])),
                Path(asked["data"]),
                host="127.0.0.1",
                port=asked["port"],
                on_listening=_say,
            )
            os._exit(0)


if __name__ == "__main__":
    main()
