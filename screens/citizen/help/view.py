"""The call for an officer in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.help.presenter import HelpView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class HelpPanel(Page):
    """How far the call is, large enough to be read by somebody who is upset."""

    view_model = HelpView

    title = StringProperty("")
    text = StringProperty("")
    hotline = StringProperty("")
    sign = StringProperty("")
    again = ObjectProperty(None, allownone=True)
    close = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
