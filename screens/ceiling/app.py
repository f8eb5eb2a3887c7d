"""The ceiling display's window as a Kivy application: draws what its source says, when told and by itself.

``screens.window.prepare_window`` must have been called before this module is imported.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import glFinish
from kivy.uix.widget import Widget

from kiosk.settings import ScreenSettings
from screens.ceiling.presenter import CeilingView
from screens.ceiling.view import CeilingScreen, panel_theme
from screens.errors import GoesOn
from screens.theme import install

_LOG = logging.getLogger(__name__)

CLOCK_SECONDS = 0.5


class CeilingApp(App):
    """One window of one ceiling display.

    ``source`` gives what is to be shown now; it is asked on the main thread. ``on_frame`` is told, after a
    frame was drawn, which view it showed (for measuring). ``exit_code`` is 1 after two errors in ten seconds.
    """

    def __init__(
        self,
        source: Callable[[], CeilingView],
        *,
        on_frame: Callable[[CeilingView], None] | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.exit_code = 0
        self._source = source
        self._on_frame = on_frame
        self._screen: CeilingScreen | None = None
        self._shown: CeilingView | None = None
        self._errors = GoesOn(self._crashed)
        self._draw_soon = Clock.create_trigger(self._draw, -1)

    def build(self) -> Widget:
        """The screen with the first view already on it."""
        self._errors.begin()
        install(panel_theme(*map(int, Window.size)))
        self._screen = CeilingScreen()
        self._draw()
        Clock.schedule_interval(self._draw, CLOCK_SECONDS)
        if self._on_frame is not None:
            Window.bind(on_flip=self._flipped)
        return self._screen

    def on_stop(self) -> None:
        """Let go of the error handler."""
        Clock.unschedule(self._draw)
        self._errors.end()

    def open_settings(self, *_args: object) -> bool:
        """Kivy's own settings panel does not exist here."""
        return False

    # -- called from any thread

    def refresh(self) -> None:
        """Something changed: ask ``source`` and draw it with the next frame."""
        self._draw_soon()

    # -- main thread

    def draw_anew(self, settings: ScreenSettings) -> None:
        """Draw everything for a panel of this size."""
        Window.system_size = (settings.width, settings.height)
        install(panel_theme(settings.width, settings.height))
        if self._screen is not None:
            Window.remove_widget(self._screen)
        self._screen = CeilingScreen()
        self._shown = None
        self.root = self._screen
        Window.add_widget(self._screen)
        self._draw()

    def _draw(self, *_args: object) -> None:
        view = self._source()
        if self._screen is not None and view != self._shown:
            self._screen.show(view)
            self._shown = view

    def _flipped(self, *_args: object) -> None:
        if self._on_frame is not None and self._shown is not None:
            glFinish()  # the frame is not only ordered but drawn
            self._on_frame(self._shown)

    def _crashed(self, error: Exception, again: bool) -> None:
        """Log, draw everything anew; a second time within ten seconds leave it to the supervisor."""
        _LOG.error("error in the window: %s", type(error).__name__, exc_info=error)
        self._shown = None
        if again:
            self.exit_code = 1
            self.stop()
