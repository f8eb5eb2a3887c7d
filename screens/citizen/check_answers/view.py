"""*Check your answers* in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from screens.citizen.check_answers.presenter import AnswerLine, CheckAnswersView
from screens.widgets.notices import SummaryRow
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class CheckAnswersPage(Page):
    """Every line with its source and *change*."""

    view_model = CheckAnswersView

    title = StringProperty("")
    section = StringProperty("")
    page = StringProperty("")
    lines = ObjectProperty(())
    message = ObjectProperty(None, allownone=True)
    declaration = StringProperty("")
    translation = StringProperty("")
    confirm = ObjectProperty(None, allownone=True)
    next_page = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)
    sending = BooleanProperty(False)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._lines: Rows[AnswerLine, SummaryRow] = Rows(self.ids.lines, SummaryRow, _show_line)

    def on_lines(self, *_args: object) -> None:
        """One row for each answer."""
        self._lines.show(self.lines)


def _show_line(row: SummaryRow, line: AnswerLine) -> None:
    row.label, row.source, row.value = line.label, line.source, line.value
    row.problem, row.change, row.missing = line.problem, line.change, line.missing
