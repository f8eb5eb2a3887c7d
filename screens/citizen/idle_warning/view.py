"""The warning before everything is wiped, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from screens.citizen.idle_warning.presenter import IdleWarningView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class IdleWarningOverlay(Page):
    """Lies over the screen and takes every touch."""

    view_model = IdleWarningView

    title = StringProperty("")
    text = StringProperty("")
    seconds = NumericProperty(0)
    stay = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
