"""The lobby's screens as devices: where a window stands, whether it is seen, its name in large."""

from devices.screen.driver import Rectangle, Screen, Window, monitors

__all__ = ["Rectangle", "Screen", "Window", "monitors"]
