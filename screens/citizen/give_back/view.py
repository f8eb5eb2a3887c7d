"""Whether a number is really to be given back."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.give_back.presenter import GiveBackView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class GiveBackPage(Page):
    """Whether a number is really to be given back."""

    view_model = GiveBackView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
