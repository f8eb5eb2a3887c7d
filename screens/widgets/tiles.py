"""Tiles in rows that are equally tall, and texts side by side that need not be."""

from __future__ import annotations

from collections.abc import Sequence

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
    """Texts from the top down, in one column or in two (``cols``) that are as low as they can be.

    Of two, the first is read before the second where that is no taller than any other way to share them.
    ``minimum_height`` (px) is that of the taller column. Children have a height of their own.
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
        width = self.width if self.cols == 1 else (self.width - self.gap_x) / 2
        for child in self.children:
            child.width = width
        shown = [child for child in self.children[::-1] if child.height > 0]
        heights = [child.height for child in shown]
        first = shared(heights, self.gap_y) if self.cols > 1 else set(range(len(shown)))
        tops = [self.top, self.top]
        for place, child in enumerate(shown):
            side = 0 if place in first else 1
            child.pos = self.x + side * (width + self.gap_x), tops[side] - child.height
            tops[side] -= child.height + self.gap_y
        self.minimum_height = max(0.0, self.top - min(tops) - self.gap_y)


def shared(heights: Sequence[float], gap: float) -> set[int]:
    """The places of those that stand in the first of two columns, so that the taller one is least tall."""

    def tall(first: set[int]) -> float:
        sides = ([h for n, h in enumerate(heights) if (n in first) is wanted] for wanted in (True, False))
        return max(sum(side) + gap * max(0, len(side) - 1) for side in sides)

    in_turn: set[int] = set()  # each next one where there is most room
    filled = [0.0, 0.0]
    for place, height in enumerate(heights):
        side = filled.index(min(filled))
        filled[side] += height + gap
        if side == 0:
            in_turn.add(place)
    ways = [set(range(count)) for count in range(len(heights), 0, -1)]
    return min([*ways, in_turn], key=tall, default=in_turn)
