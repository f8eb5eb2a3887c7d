"""The languages, each by its own name."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.language.presenter import LanguageView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class LanguagePanel(Page):
    """The languages, each by its own name."""

    view_model = LanguageView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
