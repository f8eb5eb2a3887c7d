"""A column that spends no gap on what is not there."""

from __future__ import annotations

from kivy.clock import Clock
from kivy.properties import NumericProperty
from kivy.uix.layout import Layout
from kivy.uix.widget import Widget

from screens.widgets.text import Words

LEAST_SQUEEZE = 0.55
SETTLE_SECONDS = 0.05  # sizes have settled two frames after a change


class Column(Layout):
    """Children one below the other. Those of no height are skipped together with their gap.

    A child with ``size_hint_y`` takes a share of the height left over; ``Fill`` is one without a gap.
    ``minimum_height`` (px) is what the fixed children need. When that is more than there is, all type in
    the column is made smaller step by step, down to 0.55.
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
        self._fit_soon = Clock.create_trigger(self._fit, SETTLE_SECONDS)
        self.bind(minimum_height=self._fit_soon, height=self.refit)

    def do_layout(self, *_args: object) -> None:
        """Place the children (called by Kivy when something changed)."""
        shown = [c for c in reversed(self.children) if c.size_hint_y is not None or c.height > 0]
        solid = [child for child in shown if not isinstance(child, Fill)]
        gaps = max(0, len(solid) - 1) * self.gap
        least = sum(_least(child) for child in solid) + gaps + 2 * self.inset_y
        self.minimum_height = least
        left_over = max(0.0, self.height - least)
        shares = sum(child.size_hint_y for child in shown if child.size_hint_y is not None) or 1.0
        top = self.top - self.inset_y
        width = self.width - 2 * self.inset_x
        begun = False
        for child in shown:
            if not isinstance(child, Fill):
                top -= self.gap if begun else 0.0
                begun = True
            if child.size_hint_x is not None:
                child.width = width * child.size_hint_x
            if child.size_hint_y is not None:
                child.height = _least(child) + left_over * child.size_hint_y / shares
            child.x = self.x + self.inset_x + (width - child.width) / 2
            top -= child.height
            child.y = top

    def refit(self, *_args: object) -> None:
        """Begin again at full size; called when something else is shown, or the place is another."""
        if self.squeeze != 1.0:
            self._set(1.0)
        self._fit_soon()

    def _fit(self, *_args: object) -> None:
        if self.size_hint_y is None or self.height <= 1:
            return
        if self.minimum_height - self.height > 1 and self.squeeze > LEAST_SQUEEZE:
            self._set(max(LEAST_SQUEEZE, self.squeeze * 0.96))
            self._fit_soon()

    def _set(self, squeeze: float) -> None:
        self.squeeze = squeeze
        for widget in self.walk(restrict=True):
            if isinstance(widget, Words):
                widget.squeeze = squeeze


class Fill(Widget):
    """Free height in a ``Column``."""


def _least(child: Widget) -> float:
    if isinstance(child, Fill):
        return 0.0
    return float(child.height if child.size_hint_y is None else child.size_hint_min_y or 0.0)
