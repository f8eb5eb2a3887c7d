"""One question in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from screens.citizen.question.presenter import Option, QuestionView
from screens.widgets.buttons import ChoiceTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class QuestionPage(Page):
    """Choices, digits, a date or text; only what the question needs is there."""

    view_model = QuestionView

    title = StringProperty("")
    hint = StringProperty("")
    progress = StringProperty("")
    kind = StringProperty("")
    options = ObjectProperty(())
    more = ObjectProperty(None, allownone=True)
    entry = StringProperty("")
    entry_hint = StringProperty("")
    keypad = ObjectProperty(None, allownone=True)
    keyboard = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)
    proceed = ObjectProperty(None, allownone=True)
    skip = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    pad = BooleanProperty(False)  # answered on the number pad or the keyboard

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._options: Rows[Option, ChoiceTile] = Rows(self.ids.options, _tile, _show_option)

    def on_options(self, *_args: object) -> None:
        """One tile for each answer."""
        self._options.show(self.options)


def _tile() -> ChoiceTile:
    return ChoiceTile(leads_on=False)


def _show_option(tile: ChoiceTile, option: Option) -> None:
    tile.button, tile.chosen = option.button, option.chosen
