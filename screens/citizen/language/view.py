"""The languages in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.language.presenter import LanguageView
from screens.citizen.parts import Picked
from screens.widgets.buttons import ChoiceTile
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class LanguagePanel(Page):
    """One touch changes every word."""

    view_model = LanguageView

    title = StringProperty("")
    choices = ObjectProperty(())
    close = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._choices: Rows[Picked, ChoiceTile] = Rows(self.ids.choices, _tile, _show_choice)

    def on_choices(self, *_args: object) -> None:
        """One tile for each language."""
        self._choices.show(self.choices)


def _tile() -> ChoiceTile:
    return ChoiceTile(leads_on=False)


def _show_choice(tile: ChoiceTile, picked: Picked) -> None:
    tile.button, tile.chosen = picked.button, picked.chosen
