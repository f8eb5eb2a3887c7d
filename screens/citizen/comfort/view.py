"""Letters, contrast, reach, hand and voice."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.comfort.presenter import ComfortView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ComfortPanel(Page):
    """Letters, contrast, reach, hand and voice."""

    view_model = ComfortView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
