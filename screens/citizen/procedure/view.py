"""One procedure in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.citizen.procedure.presenter import Part, ProcedureView
from screens.widgets.page import Page
from screens.widgets.rows import Rows


class ListedLine(BoxLayout):
    """A line of a part; ``listed`` ones have a tick before them."""

    text = StringProperty("")
    listed = BooleanProperty(False)


class PartWords(BoxLayout):
    """A heading and its lines."""

    heading = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._lines: Rows[tuple[str, bool], ListedLine] = Rows(self.ids.lines, ListedLine, _show_line)

    def show(self, part: Part) -> None:
        """Follow the part."""
        self.heading = part.heading
        self._lines.show([(line, part.listed) for line in part.lines])


Builder.load_file(str(Path(__file__).with_name("view.kv")))


class ProcedurePage(Page):
    """What to bring, how long, the fee."""

    view_model = ProcedureView

    title = StringProperty("")
    code = StringProperty("")
    parts = ObjectProperty(())
    progress = StringProperty("")
    url = StringProperty("")
    url_hint = StringProperty("")
    number = ObjectProperty(None, allownone=True)
    sheet = ObjectProperty(None, allownone=True)
    following = ObjectProperty(None, allownone=True)
    clip = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    spoken = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._parts: Rows[Part, PartWords] = Rows(self.ids.parts, PartWords, PartWords.show)

    def on_parts(self, *_args: object) -> None:
        """One block for each part."""
        self._parts.show(self.parts)


def _show_line(widget: ListedLine, line: tuple[str, bool]) -> None:
    widget.text, widget.listed = line
