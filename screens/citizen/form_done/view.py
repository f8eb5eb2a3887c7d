"""The form is at the counter, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.form_done.presenter import FormDoneView
from screens.widgets.notices import NumberedWords
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class FormDonePage(Page):
    """What happens next."""

    view_model = FormDoneView

    title = StringProperty("")
    number = StringProperty("")
    steps = ObjectProperty(())
    wiped = StringProperty("")
    card_reminder = ObjectProperty(None, allownone=True)
    another = ObjectProperty(None, allownone=True)
    finish = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._steps: Rows[tuple[int, str], NumberedWords] = Rows(self.ids.steps, NumberedWords, _show_step)

    def on_steps(self, *_args: object) -> None:
        """One numbered line for each step."""
        self._steps.show(tuple(enumerate(self.steps, 1)))


def _show_step(words: NumberedWords, step: tuple[int, str]) -> None:
    words.place, words.text = str(step[0]), step[1]
