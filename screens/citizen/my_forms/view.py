"""The forms that can be filled in here."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.my_forms.presenter import MyFormsView
from screens.widgets.page import Page

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class MyFormsPage(Page):
    """The forms that can be filled in here."""

    view_model = MyFormsView

    title = StringProperty("")
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())
