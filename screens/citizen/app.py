"""The citizen's window as a Kivy application. It draws what the visit says and hands back what was touched.

``prepare_window`` must have been called before this module is imported.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.widget import Widget

from screens.citizen.at_rest import AtRest
from screens.citizen.screens import KioskView
from screens.citizen.stage import Stage
from screens.errors import GoesOn, describe
from screens.key_focus import KeyFocus
from screens.pace import Pace
from screens.widgets.clip_player import OpenClip

log = logging.getLogger(__name__)


class StaffScreen(Protocol):
    """A widget that takes every touch, such as ``screens.maintenance.view.MaintenanceRoot``."""

    def enter(self) -> None:
        """It is shown now."""

    def leave(self) -> None:
        """It was taken away."""


class CitizenApp(App):
    """One window for one kiosk.

    ``source`` gives what is to be shown now; it is asked on the main thread after each ``refresh``.
    ``send`` takes the events of touches (``kiosk.visit.events.Intent``); it must not wait.
    ``on_crash`` is called after an error in the window was logged: it wipes the visit and makes ``source``
    give the problem screen. ``maintenance`` builds the staff's screen; it is given what closes it again.
    ``speak`` says sentences that a key asked for (what the focus came to, the screen once more), whatever is
    being said; none of them: it stops.
    After ``async_run`` returns, ``exit_code`` is 1 when the window crashed twice within ten seconds.
    """

    def __init__(
        self,
        source: Callable[[], KioskView],
        send: Callable[[object], None],
        on_crash: Callable[[], None],
        *,
        open_clip: OpenClip | None = None,
        maintenance: Callable[[Callable[[], None]], StaffScreen] | None = None,
        speak: Callable[[tuple[str, ...]], None] | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.exit_code = 0
        self._source, self._send, self._on_crash = source, send, on_crash
        self._open_clip, self._maintenance, self._speak = open_clip, maintenance, speak
        self._stage: Stage | None = None
        self._at_rest: AtRest | None = None
        self._pace = Pace()
        self._key_focus = KeyFocus()
        self._staff_screen: StaffScreen | None = None
        self._errors = GoesOn(self._crashed)
        self._draw_soon = Clock.create_trigger(self._draw, 0)

    def build(self) -> Widget:
        """The stage with the first view already on it."""
        self._errors.begin()
        self._stage = Stage(self._send_on, self.show_maintenance, self._open_clip, self._speak)
        self._at_rest = AtRest(self._stage.build_ahead)
        self._draw()
        self._pace.begin()
        self._key_focus.begin()
        return self._stage

    def on_stop(self) -> None:
        """Let go of clips and of the error handler."""
        if self._stage is not None:
            self._stage.wipe()
            self._stage.let_go()
        if self._at_rest is not None:
            self._at_rest.end()
        self._pace.end()
        self._key_focus.end()
        self._errors.end()

    def open_settings(self, *_args: object) -> bool:
        """Kivy's own settings panel does not exist here."""
        return False

    # -- called from any thread ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Something changed: ask ``source`` and draw it with the next frame; many calls make one drawing."""
        self._draw_soon()
        self._pace.hurry()

    def post(self, call: Callable[[], None]) -> None:
        """Have ``call`` done on the main thread with the next frame."""
        Clock.schedule_once(lambda _seconds: call(), 0)

    # -- main thread ---------------------------------------------------------------------------------------

    def _draw(self, *_args: object) -> None:
        if self._stage is None or self._at_rest is None:
            return
        view = self._source()
        self._stage.show(view)
        if view.name == "start" and view.overlay is None:
            self._at_rest.rest()
        else:
            self._at_rest.disturbed(left=True)

    def _send_on(self, event: object) -> None:
        if self._at_rest is not None:
            self._at_rest.disturbed()
        self._send(event)
        self._draw_soon()  # also where nothing changed: it rests again

    def show_maintenance(self) -> None:
        """Lay the staff's screen over the citizen's, of which nothing can be touched beneath it."""
        if self._maintenance is None or self._staff_screen is not None:
            return
        if self._stage is not None:
            self._stage.cover()
        self._staff_screen = self._maintenance(self.close_maintenance)
        Window.add_widget(self._staff_screen)
        self._staff_screen.enter()

    def close_maintenance(self) -> None:
        """Take the staff's screen away."""
        if self._staff_screen is not None:
            self._staff_screen.leave()
            Window.remove_widget(self._staff_screen)
            self._staff_screen = None
            if self._stage is not None:
                self._stage.uncover()

    def _crashed(self, error: Exception, again: bool) -> None:
        """Log the error without its words (they may hold personal data), wipe, show the problem screen."""
        log.error("error in the window: %s", describe(error))
        if self._stage is not None:
            self._stage.wipe()
        self._on_crash()
        if again:
            self.exit_code = 1
            self.stop()
        else:
            self.refresh()
