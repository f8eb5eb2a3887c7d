"""Whether a number is really to be given back, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.give_back.presenter import GiveBackView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class GiveBackPage(Page):
    """A calm yes or no."""

    view_model = GiveBackView

    title = StringProperty("")
    number = StringProperty("")
    service = StringProperty("")
    what_then = StringProperty("")
    message = ObjectProperty(None, allownone=True)
    keep = ObjectProperty(None, allownone=True)
    give = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
