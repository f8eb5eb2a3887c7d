"""The window of this process as a device: where it stands, whether its loop turns, its name in large."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang import Builder
from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.settings import ScreenSettings

TURN_SECONDS = 0.5
DRAWN_WITHIN_SECONDS = 3.0

Builder.load_string(
    """
<PanelName>:
    orientation: "vertical"
    padding: theme.margin
    spacing: theme.mm(6)
    canvas.before:
        Color:
            rgba: theme.jade
        Rectangle:
            pos: self.pos
            size: self.size
    Widget:
    Hero:
        text: root.panel_name
        color: theme.surface
    Title:
        text: root.panel_size
        color: theme.surface
        halign: "center"
    Widget:
"""
)


class PanelName(BoxLayout):
    """Lies over everything for a moment, so that staff see which panel this is; sized for reading nearby."""

    panel_name = StringProperty("")
    panel_size = StringProperty("")


class Panel:
    """The one window of this process, as ``devices.screen`` wants it; callable from any thread.

    ``rebuild`` is called, on the main thread, when another size asks for everything to be drawn anew; it is
    given that size. ``card`` makes what shows the name, from ``panel_name`` and ``panel_size``.
    """

    def __init__(
        self,
        name: str,
        screen: ScreenSettings,
        rebuild: Callable[[ScreenSettings], None],
        card: Callable[..., Widget] = PanelName,
    ) -> None:
        self._name = name
        self._screen = screen
        self._rebuild = rebuild
        self._card = card
        self._turned_at = time.monotonic()
        Clock.schedule_interval(self._turn, TURN_SECONDS)

    def place(self) -> tuple[int, int, int, int]:
        """Left, top, width and height in pixels of the desktop."""
        width, height = Window.system_size
        return int(Window.left or 0), int(Window.top or 0), int(width), int(height)

    def seconds_since_turn(self) -> float:
        """Time since the window's loop last turned."""
        return time.monotonic() - self._turned_at

    def show_name(self, seconds: float) -> bool:
        """Show the name and size in large for so long; true once it was drawn."""
        drawn = threading.Event()

        def begin(_seconds: float) -> None:
            _left, _top, width, height = self.place()
            card = self._card(panel_name=self._name, panel_size=f"{width} × {height}")
            Window.add_widget(card)
            Clock.schedule_once(lambda _s: drawn.set(), 0)  # the frame with the name on it comes before this
            Clock.schedule_once(lambda _s: Window.remove_widget(card), seconds)

        Clock.schedule_once(begin, 0)
        return drawn.wait(DRAWN_WITHIN_SECONDS)

    def move(self, screen: ScreenSettings) -> None:
        """Put the window elsewhere; another size or panel is drawn anew."""
        Clock.schedule_once(lambda _seconds: self._move(screen), 0)

    def _move(self, screen: ScreenSettings) -> None:
        before, self._screen = self._screen, screen
        Window.left, Window.top = screen.left, screen.top
        if (screen.width, screen.height, screen.diagonal_inches) != (
            before.width,
            before.height,
            before.diagonal_inches,
        ):
            self._rebuild(screen)

    def _turn(self, _seconds: float) -> None:
        self._turned_at = time.monotonic()
