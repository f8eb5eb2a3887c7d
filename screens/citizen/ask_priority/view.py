"""The question of priority in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.ask_priority.presenter import AskPriorityView
from screens.citizen.parts import Button
from screens.widgets.buttons import ChoiceTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class AskPriorityPage(Page):
    """One touch answers and takes the number."""

    view_model = AskPriorityView

    title = StringProperty("")
    hint = StringProperty("")
    choices = ObjectProperty(())
    none = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._choices: Rows[Button, ChoiceTile] = Rows(self.ids.choices, ChoiceTile, _show_choice)

    def on_choices(self, *_args: object) -> None:
        """One tile for each class."""
        self._choices.show(self.choices)


def _show_choice(tile: ChoiceTile, button: Button) -> None:
    tile.button = button
