"""What state the virtual printer is in, and what it answers when it is asked for it."""

from __future__ import annotations

import threading

STATES = (
    "ok",
    "near-end",
    "paper-out",
    "cover-open",
    "error",
    "half-print",
    "silent",
    "drop",
    "gone",
)
"""``error``: the cutter jams. ``half-print``: the paper ends in the middle of the next job. ``silent``: hung,
answers nothing, forgets what it gets. ``drop``: breaks the connection in the middle of a job. ``gone``: not
on the network."""

_OFFLINE = frozenset({"paper-out", "cover-open", "error"})


class Status:
    """One of ``STATES``, and what came of it; changed under ``change``, which is told of each change."""

    def __init__(self) -> None:
        self.change = threading.Condition()
        self.state = "ok"
        self.paper_ended = False
        self.power_cycles = 0
        self.running = False

    def set(self, name: str) -> bool:
        """Take this state. True: the power was off in between, nothing received is left. The caller holds the
        lock.
        """
        cycled = self.state == "silent" and name != "silent"
        if cycled:
            self.power_cycles += 1
        self.state = name
        self.paper_ended = False
        return cycled

    @property
    def offline(self) -> bool:
        """Prints nothing until somebody has been there."""
        return self.state in _OFFLINE or self.paper_ended

    def real_time_byte(self, n: int) -> int:
        """Answer to ``DLE EOT n``."""
        out = self.state == "paper-out" or self.paper_ended
        cover, error = self.state == "cover-open", self.state == "error"
        if n == 1:
            return 0x12 | (0x08 if self.offline else 0)
        if n == 2:
            return 0x12 | (0x04 if cover else 0) | (0x20 if out else 0) | (0x40 if error else 0)
        if n == 3:
            return 0x12 | (0x08 if error else 0)
        return 0x12 | (0x60 if out else 0) | (0x0C if out or self.state == "near-end" else 0)

    def paper_byte(self) -> int:
        """Answer to ``GS r 1``."""
        return 0x03 if self.state == "near-end" else 0

    def automatic(self) -> bytes:
        """Four bytes of automatic status back."""
        out = self.state == "paper-out" or self.paper_ended
        return bytes(
            (
                0x10 | (0x08 if self.offline else 0) | (0x20 if self.state == "cover-open" else 0),
                0x08 if self.state == "error" else 0,
                (0x0C if out else 0) | (0x03 if out or self.state == "near-end" else 0),
                0,
            )
        )
