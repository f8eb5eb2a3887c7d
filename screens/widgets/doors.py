"""The large doors of the start screen."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.layout import Layout
from kivy.uix.widget import Widget

from screens.theme import current
from screens.widgets.buttons import Slab

Builder.load_string(
    """
<DoorTile>:
    size_hint_y: None
    own_height: max(theme.mm(34 if theme.portrait else 30), words.height + theme.mm(7)) if self.present else 0
    padding: theme.mm(5 if theme.portrait else 4), 0
    spacing: theme.mm(4 if theme.portrait else 3)
    words_colour: (theme.on_lacquer if self.main else theme.ink) if self.enabled else theme.ink_quiet
    fill: ((theme.lacquer_pressed if self.state == "down" else theme.lacquer) if self.main else \
        (theme.surface_pressed if self.state == "down" else theme.surface)) if self.enabled else theme.paper
    outline: (self.fill if self.main else theme.edge) if self.enabled else theme.hairline
    Glyph:
        kind: root.sign
        colour: root.words_colour
        size_hint: None, None
        size: [theme.mm(16 if theme.portrait else 13)] * 2
        pos_hint: {"center_y": 0.5}
    BoxLayout:
        id: words
        orientation: "vertical"
        size_hint_y: None
        height: self.minimum_height
        pos_hint: {"center_y": 0.5}
        Lead:
            text: root.label
            color: root.words_colour
        Words:
            text: root.hint
            balanced: True
            color: root.words_colour

<QuietTile>:
    size_hint_y: None
    own_height: max(theme.mm(21), words.height + theme.mm(6)) if self.present else 0
    padding: theme.mm(3), 0
    fill: theme.surface_pressed if self.state == "down" else theme.paper
    outline: theme.edge
    Lead:
        id: words
        text: root.label
        halign: "center"
        pos_hint: {"center_y": 0.5}
"""
)


class DoorTile(BoxLayout, Slab):
    """A sign, a name, and perhaps what it asks for; ``main`` is the one in lacquer."""

    door = ObjectProperty(None, allownone=True)
    sign = StringProperty("")
    main = BooleanProperty(False)
    own_height = NumericProperty(0)
    words_colour = ColorProperty((0, 0, 0, 1))

    def on_door(self, *_args: object) -> None:
        """Take over a door of the view-model."""
        self.button = self.door.button if self.door is not None else None
        self.sign = self.door.sign if self.door is not None else ""
        self.main = self.door is not None and self.door.main


class QuietTile(BoxLayout, Slab):
    """One of several quiet ways on, as tall as the one beside it."""

    own_height = NumericProperty(0)


class Doors(Layout):
    """Two doors in a row, all equally tall; of an odd number the first has a row for itself."""

    gap = NumericProperty(0)
    minimum_height = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(gap=current().gap, **kwargs)
        again = self._trigger_layout
        self.bind(pos=again, size=again, children=again)

    def add_widget(self, widget: Widget, *args: object, **kwargs: object) -> None:
        """A door more; how tall it wants to be counts for all."""
        super().add_widget(widget, *args, **kwargs)
        widget.bind(own_height=self._trigger_layout)

    def remove_widget(self, widget: Widget, *args: object, **kwargs: object) -> None:
        """A door less."""
        widget.unbind(own_height=self._trigger_layout)
        super().remove_widget(widget, *args, **kwargs)

    def do_layout(self, *_args: object) -> None:
        """Place the doors (called by Kivy when something changed)."""
        doors = self.children[::-1]
        if not doors:
            self.minimum_height = 0
            return
        rows = [[doors[0]], doors[1:]] if len(doors) % 2 else [doors]
        lines = [part[at : at + 2] for part in rows for at in range(0, len(part), 2)]
        height = max(door.own_height for door in doors)
        half = (self.width - self.gap) / 2
        self.minimum_height = len(lines) * height + (len(lines) - 1) * self.gap
        top = self.top
        for line in lines:
            top -= height
            wide = len(line) == 1 and len(doors) % 2 == 1
            order = line[::-1] if current().left_handed else line
            for place, door in enumerate(order):
                door.size = (self.width if wide else half), height
                door.pos = self.x + place * (half + self.gap), top
            top -= self.gap
