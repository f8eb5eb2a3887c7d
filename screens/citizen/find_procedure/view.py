"""The search for a procedure in pixels."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.find_procedure.presenter import FindProcedureView
from screens.citizen.parts import Button
from screens.theme import current
from screens.widgets.buttons import ChoiceTile, SecondaryButton
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class FindProcedurePage(Page):
    """Entry, what was found, keyboard."""

    view_model: ClassVar[type[Any]] = FindProcedureView

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
        if not current().portrait:  # what was typed stands above the keys, what was found has its whole side
            entry, typing = self.ids.entry.__self__, self.ids.typing
            self.ids.found.remove_widget(entry)
            typing.add_widget(entry, len(typing.children))

    def on_examples(self, *_args: object) -> None:
        """What people often look for."""
        self._examples.show(self.examples)

    def on_hits(self, *_args: object) -> None:
        """One tile for each procedure."""
        self._hits.show(self.hits)


def _show(widget: ChoiceTile | SecondaryButton, button: Button) -> None:
    widget.button = button
