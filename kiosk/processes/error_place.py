"""Where an error came from, told without what it was about."""

from __future__ import annotations

import traceback
from pathlib import Path


def error_place(error: BaseException) -> str:
    """Kind and place of an error, never its text: that may hold what a citizen's card said."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    return f"{type(error).__name__} at {Path(last[0].filename).name}:{last[0].lineno}" if last else "?"
