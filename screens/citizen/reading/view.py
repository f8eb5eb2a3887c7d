"""The chip being read, in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.reading.presenter import ReadingView, StepLine
from screens.widgets.notices import StepRow
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ReadingPage(Page):
    """Steps, and nothing to press but *stop*."""

    view_model = ReadingView

    title = StringProperty("")
    keep_still = StringProperty("")
    steps = ObjectProperty(())
    stop = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._steps: Rows[StepLine, StepRow] = Rows(self.ids.steps, StepRow, _show_step)

    def on_steps(self, *_args: object) -> None:
        """One row for each step."""
        self._steps.show(self.steps)


def _show_step(row: StepRow, step: StepLine) -> None:
    row.text, row.step = step.label, step.state
