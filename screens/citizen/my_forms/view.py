"""The forms that can be filled in here, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.my_forms.presenter import FormCard, MyFormsView
from screens.widgets.buttons import ChoiceTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class MyFormsPage(Page):
    """Each form with what it is for and the number it goes with."""

    view_model = MyFormsView

    title = StringProperty("")
    greeting = StringProperty("")
    lead = StringProperty("")
    forms = ObjectProperty(())
    message = ObjectProperty(None, allownone=True)
    again = ObjectProperty(None, allownone=True)
    pages = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._forms: Rows[FormCard, ChoiceTile] = Rows(self.ids.forms, ChoiceTile, _show_form)

    def on_forms(self, *_args: object) -> None:
        """One tile for each form."""
        self._forms.show(self.forms)


def _show_form(tile: ChoiceTile, form: FormCard) -> None:
    tile.button, tile.state_words = form.button, form.state
