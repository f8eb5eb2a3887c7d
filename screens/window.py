"""Prepares the one window of a process. To be called before anything of Kivy is imported."""

from __future__ import annotations

import atexit
import os
import sys
import tempfile

from kiosk.settings import ScreenSettings
from screens.theme import Theme, install


def prepare_window(screen: ScreenSettings, title: str, *, cursor: bool = False) -> Theme:
    """Set Kivy up for a borderless window at the place of ``screen`` and install its theme.

    Opens the window. Kivy reads neither the command line nor any configuration file of the machine. One
    input source: the mouse, as which X gives touches too. Raises ``RuntimeError`` if Kivy's window was
    opened before.
    """
    if "kivy.core.window" in sys.modules:
        raise RuntimeError("prepare_window must come before the first import of kivy.core.window")
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_CONFIG"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_NO_ENV_CONFIG"] = "1"
    home = tempfile.TemporaryDirectory(prefix="mot-cua-kivy-")
    atexit.register(home.cleanup)
    os.environ["KIVY_HOME"] = home.name
    os.environ.setdefault("KIVY_LOG_MODE", "PYTHON")  # Kivy's log goes where this program's log goes

    from kivy.config import Config  # noqa: PLC0415 - reads the environment set above

    for key, value in {
        "position": "custom",
        "left": screen.left,
        "top": screen.top,
        "width": screen.width,
        "height": screen.height,
        "fullscreen": 0,
        "borderless": 1,
        "resizable": 0,
        "show_cursor": int(cursor),
        "allow_screensaver": 0,
        "multisamples": 0,
        "maxfps": 60,  # input is looked at once a frame and answered with the next: 30 would be too late
    }.items():
        Config.set("graphics", key, str(value))
    for key, value in {
        "exit_on_escape": "0",
        "pause_on_minimize": "0",
        "keyboard_mode": "",
        "desktop": "0",
    }.items():
        Config.set("kivy", key, value)
    for source in Config.options("input"):
        Config.remove_option("input", source)
    Config.set("input", "mouse", "mouse,disable_multitouch")
    for module in Config.options("modules"):
        Config.remove_option("modules", module)

    theme = Theme(screen.width, screen.height, screen.diagonal_inches, bottom_mm=screen.bottom_mm)
    install(theme)

    from kivy.core.window import Window  # noqa: PLC0415 - opens the window

    Window.set_title(title)
    Window.clearcolor = theme.paper
    return theme
