"""One procedure in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.citizen.procedure.presenter import Part, ProcedureView
from screens.theme import current
from screens.widgets.page import Page
from screens.widgets.rows import Rows
from screens.widgets.tiles import shared


class ListedLine(BoxLayout):
    """A line of a part; ``listed`` ones have a tick before them."""

    text = StringProperty("")
    listed = BooleanProperty(False)


class PartWords(BoxLayout):
    """A heading and its lines."""

    heading = StringProperty("")
    columns = NumericProperty(1)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._lines: Rows[tuple[str, bool], ListedLine] = Rows(self.ids.lines, ListedLine, _show_line)

    def show(self, part: Part) -> None:
        """Follow the part."""
        self.heading = part.heading
        self._lines.show([(line, part.listed) for line in part.lines])


# Letters on a line of a lying panel, as wide as the page and as wide as half of it; lines a heading takes; so
# many lines fit, and short ones are easier to read.
LETTERS_ACROSS, LETTERS_A_SIDE = 90, 42
HEADING_LINES = 1.6
LINES_WITH_EASE = 8.0

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
        portal = None
        if not current().portrait:  # the code stands where the parts leave most room
            portal = self.ids.portal.__self__
            portal.parent.remove_widget(portal)
            self.ids.parts.add_widget(portal)
        self._parts: Rows[Part, PartWords] = Rows(self.ids.parts, PartWords, self._show_part, before=portal)

    def on_parts(self, *_args: object) -> None:
        """One block for each part; lying, in two columns, or the lines of each where that is less tall."""
        self.ids.parts.cols = 1 if current().portrait else columns(self.parts)
        self._parts.show(self.parts)

    def _show_part(self, widget: PartWords, part: Part) -> None:
        widget.columns = (
            2 if not current().portrait and self.ids.parts.cols == 1 and len(part.lines) > 1 else 1
        )
        widget.show(part)


def columns(parts: Sequence[Part]) -> int:
    """How many columns of parts are less tall on a lying page: one of long lines, or two of short ones."""
    if len(parts) < 2:  # alone, it has the page for itself
        return 1
    across, beside = (
        [HEADING_LINES + sum(_lines(line, letters) for line in part.lines) for part in parts]
        for letters in (LETTERS_ACROSS, LETTERS_A_SIDE)
    )
    first = shared(beside, 0)
    taller = max(sum(h for n, h in enumerate(beside) if (n in first) is wanted) for wanted in (True, False))
    return 2 if taller <= max(sum(across), LINES_WITH_EASE) else 1


def _lines(text: str, letters: int) -> int:
    return -(-len(text) // letters)


def _show_line(widget: ListedLine, line: tuple[str, bool]) -> None:
    widget.text, widget.listed = line
