"""The six digits of the card in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from screens.citizen.enter_can.presenter import EnterCanView
from screens.widgets.entry import DigitBox
from screens.widgets.page import Page
from screens.widgets.rows import Rows

Builder.load_file(str(Path(__file__).with_name("view.kv")))


class EnterCanPage(Page):
    """Six boxes and a large keypad."""

    view_model = EnterCanView

    title = StringProperty("")
    hint = StringProperty("")
    scan_hint = StringProperty("")
    boxes = ObjectProperty(())
    keypad = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)
    notice = ObjectProperty(())
    proceed = ObjectProperty(None, allownone=True)
    without_card = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._boxes: Rows[str, DigitBox] = Rows(self.ids.boxes, DigitBox, _show_digit)

    def on_boxes(self, *_args: object) -> None:
        """One box for each digit."""
        self._boxes.show(self.boxes)


def _show_digit(box: DigitBox, digit: str) -> None:
    box.digit = digit
