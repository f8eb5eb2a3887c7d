"""Tiles in rows that are equally tall."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.uix.gridlayout import GridLayout
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
