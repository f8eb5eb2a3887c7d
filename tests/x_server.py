"""A private X server without a screen (Xvfb), for windows that are really shown and touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def x_server(width: int, height: int, *more: str) -> Iterator[str]:
    """Its display (``:7``) for as long as the context lasts. ``more``: further arguments of Xvfb."""
    reading, writing = os.pipe()
    screen = f"{width}x{height}x24"
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp", *more],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            name = ":" + pipe.readline().strip()
        yield name
    finally:
        server.terminate()
        server.wait(10)
