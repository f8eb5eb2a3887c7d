"""Tiles in rows that are equally tall, and texts side by side that need not be."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import NumericProperty
from kivy.uix.gridlayout import GridLayout
from kivy.uix.layout import Layout
from kivy.uix.widget import Widget


class LevelGrid(GridLayout):
    """A grid whose children tell ``own_height`` and take ``row_height``: that of the tallest beside them."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._level_soon = Clock.create_trigger(self._level, -1)
        self.bind(cols=self._level_soon)

    def add_widget(self, widget: Widget, *args: object, **kwargs: object) -> None:
        """Take in a tile."""
        widget.bind(own_height=self._level_soon)
        super().add_widget(widget, *args, **kwargs)
        self._level_soon()

    def remove_widget(self, widget: Widget, *args: object, **kwargs: object) -> None:
        """Let go of a tile."""
        widget.unbind(own_height=self._level_soon)
        super().remove_widget(widget, *args, **kwargs)
        self._level_soon()

    def _level(self, *_args: object) -> None:
        tiles, columns = self.children[::-1], self.cols or 1
        for start in range(0, len(tiles), columns):
            row = tiles[start : start + columns]
            for tile in row:
                tile.row_height = max(one.own_height for one in row)


class SideBySide(Layout):
    """Texts in ``cols`` columns from the top down: each next one stands where there is most room.

    ``minimum_height`` (px) is that of the tallest column. Children have a height of their own.
    """

    cols = NumericProperty(1)
    gap_x = NumericProperty(0)
    gap_y = NumericProperty(0)
    minimum_height = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        again = self._trigger_layout
        for name in ("pos", "size", "children", "cols", "gap_x", "gap_y"):
            self.fbind(name, again)

    def do_layout(self, *_args: object) -> None:
        """Place the children (called by Kivy when something changed)."""
        columns = max(1, int(self.cols))
        width = (self.width - (columns - 1) * self.gap_x) / columns
        filled = [0.0] * columns
        for child in self.children[::-1]:
            child.width = width
            if child.height <= 0:
                continue
            at = filled.index(min(filled))
            above = filled[at] + (self.gap_y if filled[at] else 0.0)
            filled[at] = above + child.height
            child.pos = self.x + at * (width + self.gap_x), self.top - filled[at]
        self.minimum_height = max(filled)
