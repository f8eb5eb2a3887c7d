"""How long the wait will be: a simple estimate that says nothing rather than something untrue."""

from __future__ import annotations

import math


def minutes_wait(ahead: int, minutes_each: float, open_counters: int) -> int | None:
    """Minutes, rounded up, until a ticket with ``ahead`` people before it is called.

    ``None`` with no counter open: then nobody can say.

    ``minutes_each``: usual minutes of one service. ``open_counters``: open counters that serve this queue.
    """
    if open_counters <= 0:
        return None
    return math.ceil(ahead * minutes_each / open_counters)
