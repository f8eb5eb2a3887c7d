"""The search for a procedure in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.find_procedure.presenter import FindProcedureView
from screens.citizen.parts import Button
from screens.widgets.buttons import ChoiceTile, SecondaryButton
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class FindProcedurePage(Page):
    """Entry, what was found, keyboard."""

    view_model = FindProcedureView

    title = StringProperty("")
    entry = StringProperty("")
    entry_hint = StringProperty("")
    examples_title = StringProperty("")
    examples = ObjectProperty(())
    hits = ObjectProperty(())
    previous = ObjectProperty(None, allownone=True)
    following = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)
    keyboard = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._examples: Rows[Button, SecondaryButton] = Rows(self.ids.examples, SecondaryButton, _show)
        self._hits: Rows[Button, ChoiceTile] = Rows(self.ids.hits, ChoiceTile, _show)

    def on_examples(self, *_args: object) -> None:
        """What people often look for."""
        self._examples.show(self.examples)

    def on_hits(self, *_args: object) -> None:
        """One tile for each procedure."""
        self._hits.show(self.hits)


def _show(widget: ChoiceTile | SecondaryButton, button: Button) -> None:
    widget.button = button
