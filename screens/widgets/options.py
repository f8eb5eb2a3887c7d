"""Choosing one of a few side by side, and more or less of something."""

from __future__ import annotations

from kivy.graphics import Color, InstructionGroup, SmoothRoundedRectangle
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.citizen.parts import Picked
from screens.theme import current
from screens.widgets import pictures as _pictures  # noqa: F401 - kv names its classes
from screens.widgets import text as _text  # noqa: F401 - kv names its classes
from screens.widgets.buttons import Slab
from screens.widgets.rows import Rows

Builder.load_string(
    """
#:import LevelGrid screens.widgets.tiles.LevelGrid

<OptionButton>:
    size_hint_y: None
    least_mm: 20
    own_height: max(theme.mm(self.least_mm), words.height + theme.mm(4)) if self.present else 0
    height: max(self.own_height, self.row_height)
    padding: theme.mm(3), 0
    spacing: theme.mm(2)
    fill: theme.surface_pressed if self.state == "down" else \
        (theme.jade_ground if self.chosen else theme.surface if self.enabled else theme.paper)
    outline: theme.jade if self.chosen else theme.edge if self.enabled else theme.surface_pressed
    Disc:
        kind: "check"
        fill: theme.jade
        ring: theme.jade
        sign: theme.surface
        opacity: 1 if root.chosen else 0
        size_hint: None, 1
        width: theme.mm(9) if root.chosen else 0
    Words:
        id: words
        text: root.label
        font_name: theme.semibold
        type_size: theme.capitals(root.sample_mm) if root.sample_mm else theme.body
        halign: "center"
        pos_hint: {"center_y": 0.5}

<Options>:
    orientation: "vertical"
    size_hint_y: None
    height: self.minimum_height if self.heading else 0
    spacing: theme.mm(1)
    Words:
        text: root.heading
    LevelGrid:
        id: row
        cols: max(1, len(root.options))
        size_hint_y: None
        height: self.minimum_height
        spacing: theme.gap

<MoreOrLess>:
    orientation: "vertical"
    size_hint_y: None
    height: self.minimum_height if self.heading else 0
    spacing: theme.mm(1)
    Words:
        text: root.heading
    BoxLayout:
        size_hint_y: None
        height: self.minimum_height
        spacing: theme.gap
        OptionButton:
            button: root.less
        Steps:
            value: root.value
            most: root.most
            size_hint_y: None
            height: theme.mm(20)
            pos_hint: {"center_y": 0.5}
        OptionButton:
            button: root.more
"""
)


class OptionButton(BoxLayout, Slab):
    """One of a few; ``sample_mm`` shows its words with capitals of this height."""

    chosen = BooleanProperty(False)
    sample_mm = NumericProperty(0)
    own_height = NumericProperty(0)
    row_height = NumericProperty(0)


class Options(BoxLayout):
    """A heading and the ``options`` (``Picked``) beside each other, equally tall."""

    heading = StringProperty("")
    options = ObjectProperty(())

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: Rows[Picked, OptionButton] = Rows(self.ids.row, OptionButton, _show)

    def on_options(self, *_args: object) -> None:
        """One button for each."""
        self._rows.show(self.options)


def _show(button: OptionButton, picked: Picked) -> None:
    button.sample_mm = picked.sample_mm
    button.button, button.chosen = picked.button, picked.chosen


class Steps(Widget):
    """Bars that grow from left to right; those up to ``value`` of ``most`` are filled."""

    value = NumericProperty(0)
    most = NumericProperty(4)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        self.bind(pos=self._draw, size=self._draw, value=self._draw, most=self._draw)

    def _draw(self, *_args: object) -> None:
        self._drawing.clear()
        theme, bars = current(), int(self.most)
        if bars < 1 or self.width < bars:
            return
        step = self.width / bars
        for bar in range(bars):
            high = self.height * (0.3 + 0.6 * (bar + 1) / bars)
            place = (self.x + (bar + 0.2) * step, self.center_y - self.height * 0.45)
            self._drawing.add(Color(*(theme.jade if bar < self.value else theme.hairline)))
            self._drawing.add(
                SmoothRoundedRectangle(pos=place, size=(0.6 * step, high), radius=[theme.radius / 2])
            )


class MoreOrLess(BoxLayout):
    """A heading, *less*, how much it is, *more*."""

    heading = StringProperty("")
    less = ObjectProperty(None, allownone=True)
    more = ObjectProperty(None, allownone=True)
    value = NumericProperty(0)
    most = NumericProperty(4)
