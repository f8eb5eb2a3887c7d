"""How it was: a face, what about, and words."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.rate.presenter import RateView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class RatePage(Page):
    """How it was: a face, what about, and words."""

    view_model = RateView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
