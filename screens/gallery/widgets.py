"""Every widget of ``screens.widgets`` in each of its states, as pages of samples. Needs a prepared window.

The words are those of the citizen's catalogue; the captions name class and state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kivy.graphics import Color, Rectangle
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget

from screens.gallery.widget_samples import GROUPS, Sample
from screens.locale import catalogue
from screens.theme import CAPITALS_LEAST_MM, current
from screens.widgets.focus import FocusRing

CAPTION_MM = 3.0
BESIDES_MM = 11.5  # the caption and what is left free
ON_A_PAGE = 0.92  # of the panel's height


def widget_pages(language: str) -> Iterator[tuple[str, Widget]]:
    """Name and page, one after the other, for the theme that is current. A page is used at once or never."""
    words = catalogue("citizen", language)
    for name, make in GROUPS.items():
        pages = _paged(make(words))
        for number, samples in enumerate(pages, 1):
            yield f"widgets_{name}" + (f"_{number}" if len(pages) > 1 else ""), WidgetPage(samples)


def sampled_classes(language: str = "vi") -> set[str]:
    """Names of the classes that stand on a page, alone or within another."""
    words = catalogue("citizen", language)
    return {
        type(widget).__name__
        for make in GROUPS.values()
        for sample in make(words)
        for widget in sample.widget.walk(restrict=True)
    } | {FocusRing.__name__}


def _paged(samples: Sequence[Sample]) -> list[list[Sample]]:
    """As many samples on a page as have room, by the height that each asks for; the wide ones last."""
    theme = current()
    pages: list[list[Sample]] = [[]]
    for sample in sorted(samples, key=lambda one: one.wide):
        if pages[-1] and theme.mm(_height_mm([*pages[-1], sample])) > theme.height * ON_A_PAGE:
            pages.append([])
        pages[-1].append(sample)
    return pages


def _height_mm(samples: Sequence[Sample]) -> float:
    """About how high they stand on a page, millimetres."""
    columns = _in_columns([sample for sample in samples if not sample.wide])
    highest = max(sum(map(_cell_mm, column)) for column in columns)
    return highest + sum(_cell_mm(sample) for sample in samples if sample.wide)


def _cell_mm(sample: Sample) -> float:
    return _widget_mm(sample) + BESIDES_MM


def _widget_mm(sample: Sample) -> float:
    """Larger letters take more lines, too."""
    theme = current()
    grown: float = theme.body / theme.capitals(CAPITALS_LEAST_MM)
    return float(sample.height_mm * grown**1.5)


def _in_columns(samples: Sequence[Sample]) -> list[list[Sample]]:
    """Each beneath the shortest column so far."""
    columns: list[list[Sample]] = [[] for _ in range(_columns())]
    filled = [0.0] * len(columns)
    for sample in samples:
        place = filled.index(min(filled))
        filled[place] += _cell_mm(sample)
        columns[place].append(sample)
    return columns


def _columns() -> int:
    return 2 if current().portrait else 3


class WidgetPage(FloatLayout):
    """Samples in columns, each beneath its caption; the wide ones below."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        super().__init__()
        theme = current()
        with self.canvas.before:
            Color(*theme.paper)
            self._ground = Rectangle()
        self.bind(pos=self._lay, size=self._lay)
        narrow = [sample for sample in samples if not sample.wide]
        page = BoxLayout(orientation="vertical", spacing=theme.mm(4), padding=theme.mm(6))
        if narrow:
            page.add_widget(_side_by_side(narrow))
        for sample in samples:
            if sample.wide:
                page.add_widget(_captioned(sample))
        page.add_widget(Widget(size_hint_y=0.01))
        self.add_widget(page)
        for sample in samples:
            if sample.focused:
                ring = FocusRing()
                self.add_widget(ring)
                ring.stand_around(sample.widget)

    def _lay(self, *_args: object) -> None:
        self._ground.pos, self._ground.size = self.pos, self.size


def _side_by_side(samples: Sequence[Sample]) -> Widget:
    theme = current()
    row = BoxLayout(spacing=theme.mm(7), size_hint_y=None)
    row.bind(minimum_height=row.setter("height"))
    for stack in _in_columns(samples):
        column = BoxLayout(orientation="vertical", size_hint_y=None, spacing=theme.mm(4), pos_hint={"top": 1})
        column.bind(minimum_height=column.setter("height"))
        row.add_widget(column)
        for sample in stack:
            column.add_widget(_captioned(sample))
    return row


def _captioned(sample: Sample) -> Widget:
    theme = current()
    cell = BoxLayout(orientation="vertical", size_hint_y=None, spacing=theme.mm(2.5))
    cell.bind(minimum_height=cell.setter("height"))
    caption = Label(
        text=sample.caption,
        font_name=theme.text,
        font_size=theme.capitals(CAPTION_MM),
        color=theme.ink,
        size_hint_y=None,
        height=theme.mm(CAPTION_MM + 2),
        halign="left",
    )
    caption.bind(size=lambda label, size: setattr(label, "text_size", size))
    cell.add_widget(caption)
    widget = sample.widget
    if widget.size_hint_y is not None:
        widget.size_hint_y, widget.height = None, theme.mm(_widget_mm(sample))
    cell.add_widget(widget)
    return cell


__all__ = ["WidgetPage", "sampled_classes", "widget_pages"]
