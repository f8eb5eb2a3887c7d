"""The keys of a key pad or keyboard go to the kiosk, though the lobby has other windows on the same desktop.

X gives the keys to the window that was opened last, which may be the ceiling's, where nobody types. A window
manager may do otherwise; none is asked for.
"""

from __future__ import annotations

import ctypes
import logging

from kivy.clock import Clock, ClockEvent
from kivy.core.window import Window

_LOG = logging.getLogger(__name__)

OPENING_SECONDS = 120.0
"""After the start of the kiosk the other windows of the lobby open; later the keys come back with a touch."""
LOOK_SECONDS = 1.0
_REVERT_TO_PARENT, _CURRENT_TIME = 2, 0  # Xlib, XSetInputFocus


class KeyFocus:
    """Takes the keys back for the kiosk's window: for a while after ``begin``, and whenever it is touched."""

    def __init__(self) -> None:
        self._looking: ClockEvent | None = None
        self._until = 0.0

    def begin(self) -> None:
        """Look whether another window took them."""
        self._until = Clock.get_boottime() + OPENING_SECONDS
        self._looking = Clock.schedule_interval(self._look, LOOK_SECONDS)
        Window.bind(on_touch_down=self._touched)

    def end(self) -> None:
        """Look no more."""
        self._done_looking()
        Window.unbind(on_touch_down=self._touched)

    def _look(self, _seconds: float) -> None:
        if Clock.get_boottime() >= self._until:
            self._done_looking()
        elif not Window.focus:
            take_keys()

    def _touched(self, *_args: object) -> bool:
        if not Window.focus:
            take_keys()
        return False

    def _done_looking(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None


def take_keys() -> None:
    """Give the window of this process the keys, if it stands on an X server; else nothing happens.

    SDL 2 raises a window without giving it the keys where no window manager runs, hence Xlib.
    """
    shown = Window.get_window_info()
    if type(shown).__name__ != "WindowInfoX11":
        return
    try:
        xlib = ctypes.CDLL("libX11.so.6")
    except OSError:
        _LOG.warning("libX11 is missing: the keys stay with the window that was opened last")
        return
    xlib.XOpenDisplay.restype = xlib.XSetErrorHandler.restype = ctypes.c_void_p
    display = ctypes.c_void_p(xlib.XOpenDisplay(None))
    if not display:
        return
    # A window that is not seen cannot have the keys (BadMatch); Xlib's own handler would end the process.
    before = ctypes.c_void_p(xlib.XSetErrorHandler(_pass_over))
    window, moment = ctypes.c_ulong(shown.window), ctypes.c_ulong(_CURRENT_TIME)
    xlib.XSetInputFocus(display, window, _REVERT_TO_PARENT, moment)
    xlib.XSync(display, 0)
    xlib.XSetErrorHandler(before)
    xlib.XCloseDisplay(display)


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def _pass_over(_display: int, _error: int) -> int:
    return 0
