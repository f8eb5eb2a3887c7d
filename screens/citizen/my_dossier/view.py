"""The code of a dossier and where to look it up, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from screens.citizen.my_dossier.presenter import MyDossierView, StateLine
from screens.widgets.notices import HeadedWords, NumberedWords
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class MyDossierPage(Page):
    """The code on its own pad; then how far it is or how to look it up, and what the states mean."""

    view_model = MyDossierView

    step = StringProperty("")
    title = StringProperty("")
    hint = StringProperty("")
    entry = StringProperty("")
    entry_hint = StringProperty("")
    keypad = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)
    code = StringProperty("")
    qr = StringProperty("")
    steps = ObjectProperty(())
    results = StringProperty("")
    states = ObjectProperty(())
    place = StringProperty("")
    proceed = ObjectProperty(None, allownone=True)
    take_number = ObjectProperty(None, allownone=True)
    more = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    procedure = StringProperty("")
    due = StringProperty("")
    told = StringProperty("")
    doubt = StringProperty("")
    spoken = ObjectProperty(())

    typing = BooleanProperty(False)
    known = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._steps: Rows[tuple[int, str], NumberedWords] = Rows(self.ids.steps, NumberedWords, _show_step)
        self._states: Rows[StateLine, HeadedWords] = Rows(self.ids.states, HeadedWords, _show_state)

    def on_steps(self, *_args: object) -> None:
        """One numbered line for each step."""
        self._steps.show(list(enumerate(self.steps, 1)))

    def on_states(self, *_args: object) -> None:
        """One piece for each state."""
        self._states.show(self.states)


def _show_step(line: NumberedWords, step: tuple[int, str]) -> None:
    line.place, line.text = str(step[0]), step[1]


def _show_state(piece: HeadedWords, state: StateLine) -> None:
    piece.heading, piece.text = state.name, state.meaning
