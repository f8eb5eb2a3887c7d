"""What a window does after an error in its loop: it goes on, unless errors follow each other quickly."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

from kivy.base import ExceptionHandler, ExceptionManager

APART_SECONDS = 10.0


class GoesOn(ExceptionHandler):
    """Keeps Kivy's loop alive after an error and tells of it.

    ``tell`` is given the error, and whether another came less than ten seconds before it.
    """

    def __init__(self, tell: Callable[[Exception, bool], None]) -> None:
        super().__init__()
        self._tell = tell
        self._last: float | None = None

    def begin(self) -> None:
        """From now on errors of the loop come here."""
        ExceptionManager.add_handler(self)

    def end(self) -> None:
        """Let go of the loop's errors."""
        ExceptionManager.remove_handler(self)

    def handle_exception(self, exception: BaseException) -> int:
        """Tell of the error; go on."""
        if not isinstance(exception, Exception):
            return int(ExceptionManager.RAISE)
        before, self._last = self._last, time.monotonic()
        self._tell(exception, before is not None and self._last - before < APART_SECONDS)
        return int(ExceptionManager.PASS)


def describe(error: BaseException) -> str:
    """Kind of the error and the places it came through, without its words."""
    places = [
        f"{frame.name} {frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)
    ]
    return " < ".join([type(error).__qualname__, *reversed(places)])
