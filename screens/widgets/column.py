"""A column that spends no gap on what is not there."""

from __future__ import annotations

import math

from kivy.clock import Clock
from kivy.properties import NumericProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.layout import Layout
from kivy.uix.widget import Widget

from screens.theme import CAPITALS_LEAST_MM, current
from screens.widgets.text import Words

LEAST_SQUEEZE = 0.55
NORM_MM = (CAPITALS_LEAST_MM, 7.4, 7.4)  # least capitals, by the size of the letters
SETTLED_FRAMES = 3  # so many frames without a change of height: sizes have settled
GENTLEST, HARDEST = 0.985, 0.8  # one step of making type smaller


class Column(Layout):
    """Children one below the other. Those of no height are skipped together with their gap.

    A child with ``size_hint_y`` takes a share of the height left over; ``Fill`` is one without a gap.
    Where everything to touch must stand low, the first child to touch is no higher than one reaches.
    ``minimum_height`` (px) is what the fixed children need. When that is more than there is, all type in
    the column is made smaller step by step, down to the norm; then spare words are dropped, and only where
    that is not enough type gets smaller than the norm, down to 0.55.
    """

    gap = NumericProperty(0)
    inset_x = NumericProperty(0)
    inset_y = NumericProperty(0)
    minimum_height = NumericProperty(0)
    squeeze = NumericProperty(1.0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        again = self._trigger_layout
        self.bind(pos=again, size=again, children=again, gap=again, inset_x=again, inset_y=again)
        self._quiet_frames = 0
        self._next_frame = Clock.create_trigger(self._look, 0)
        self.bind(minimum_height=self._fit_soon, height=self.refit)

    def do_layout(self, *_args: object) -> None:
        """Place the children (called by Kivy when something changed)."""
        shown = [c for c in reversed(self.children) if c.size_hint_y is not None or c.height > 0]
        solid = [child for child in shown if not isinstance(child, Fill)]
        gaps = max(0, len(solid) - 1) * self.gap
        first = next((child for child in solid if _touched(child)), None) if current().low else None
        out_of_reach = self._out_of_reach(solid, first)
        least = sum(_least(child) for child in solid) + gaps + 2 * self.inset_y
        self.minimum_height = least + out_of_reach
        left_over = max(0.0, self.height - self.minimum_height)
        shares = sum(child.size_hint_y for child in shown if child.size_hint_y is not None) or 1.0
        top = self.top - self.inset_y
        width = self.width - 2 * self.inset_x
        begun = False
        for child in shown:
            if not isinstance(child, Fill):
                top -= self.gap if begun else 0.0
                begun = True
            if child is first:
                top = min(top, current().reach)
            if child.size_hint_x is not None:
                child.width = width * child.size_hint_x
            if child.size_hint_y is not None:
                child.height = _least(child) + left_over * child.size_hint_y / shares
            child.x = self.x + self.inset_x + (width - child.width) / 2
            top -= child.height
            child.y = top

    def _out_of_reach(self, solid: list[Widget], first: Widget | None) -> float:
        """Height that stays empty above ``first``, the uppermost child to touch, so that it is in reach."""
        if first is None or self.size_hint_y is None:
            return 0.0
        above = solid[: solid.index(first)]
        top = self.top - self.inset_y - sum(_least(child) for child in above) - len(above) * self.gap
        return float(max(0.0, top - current().reach))

    def refit(self, *_args: object) -> None:
        """Begin again at full size; called when something else is shown, or the place is another."""
        if self.size_hint_y is None:  # as high as its words: a column around it fits them
            return
        if self.squeeze != 1.0:
            self._set(1.0)
        for words in self._words():
            words.dropped = False
        self._fit_soon()

    def _fit_soon(self, *_args: object) -> None:
        """Look whether everything fits once sizes have settled."""
        self._quiet_frames = 0
        self._next_frame()

    def _look(self, *_args: object) -> None:
        self._quiet_frames += 1
        if self._quiet_frames < SETTLED_FRAMES:
            self._next_frame()
        elif self.size_hint_y is not None and self.height > 1:
            self._fit()

    def _fit(self) -> None:
        """Smaller type by about what is missing: lines get lower, and fewer."""
        if self.minimum_height - self.height <= 1 or self.squeeze <= LEAST_SQUEEZE:
            return
        norm = _norm()
        if self.squeeze > norm or not self._drop():
            step = min(GENTLEST, max(HARDEST, math.sqrt(self.height / self.minimum_height)))
            self._set(max(norm if self.squeeze > norm else LEAST_SQUEEZE, self.squeeze * step))
        self._fit_soon()

    def _drop(self) -> bool:
        """Leave out the spare words. False when there are none left."""
        spare = [words for words in self._words() if words.spare and words.text and not words.dropped]
        for words in spare:
            words.dropped = True
        return bool(spare)

    def _words(self) -> list[Words]:
        return [widget for widget in self.walk(restrict=True) if isinstance(widget, Words)]

    def _set(self, squeeze: float) -> None:
        self.squeeze = squeeze
        for words in self._words():
            words.squeeze = squeeze


def _norm() -> float:
    """The squeeze at which running text is as small as it may become."""
    theme = current()
    return min(1.0, theme.capitals(NORM_MM[theme.text_size]) / theme.body)


def _touched(child: Widget) -> bool:
    """Whether something of it can be pressed, and no column of its own sees to that."""
    if child.size_hint_y is not None and any(isinstance(w, Column) for w in child.walk(restrict=True)):
        return False
    return any(isinstance(widget, ButtonBehavior) for widget in child.walk(restrict=True))


class Fill(Widget):
    """Free height in a ``Column``."""


def _least(child: Widget) -> float:
    if isinstance(child, Fill):
        return 0.0
    return float(child.height if child.size_hint_y is None else child.size_hint_min_y or 0.0)
