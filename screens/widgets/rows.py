"""Widgets that follow a list of values: kept and updated in place, so that nothing pressed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from kivy.uix.layout import Layout
from kivy.uix.widget import Widget

W = TypeVar("W", bound=Widget)
V = TypeVar("V")


class Rows(Generic[V, W]):
    """One widget of ``box`` for each value: made by ``make``, updated by ``update(widget, value)``.

    They stand above ``before``, the last child of ``box``, where one is given.
    """

    def __init__(
        self,
        box: Layout,
        make: Callable[[], W],
        update: Callable[[W, V], None],
        before: Widget | None = None,
    ) -> None:
        self._box, self._make, self._update = box, make, update
        self._under = 0 if before is None else 1
        self._widgets: list[W] = []

    def show(self, values: Sequence[V]) -> None:
        """Make the widgets follow ``values``."""
        while len(self._widgets) > len(values):
            self._box.remove_widget(self._widgets.pop())
        while len(self._widgets) < len(values):
            widget = self._make()
            self._widgets.append(widget)
            self._box.add_widget(widget, self._under)
        for widget, value in zip(self._widgets, values, strict=True):
            self._update(widget, value)
