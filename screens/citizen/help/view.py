"""An officer is called."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.help.presenter import HelpView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class HelpPanel(Page):
    """An officer is called."""

    view_model = HelpView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
