"""The list of clips: a tile with picture, title and length; a button for each topic."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.widgets.buttons import Slab, TextButton

Builder.load_string(
    """
<ClipTile>:
    size_hint_y: None
    own_height: max(theme.mm(46), words.height + theme.mm(8))
    height: max(self.own_height, self.row_height)
    padding: theme.mm(4)
    spacing: theme.mm(6)
    fill: theme.surface_pressed if self.state == "down" else theme.surface
    outline: theme.edge
    RelativeLayout:
        size_hint: None, None
        size: theme.mm(66), theme.mm(37.2)
        pos_hint: {"center_y": 0.5}
        canvas.before:
            Color:
                rgba: theme.dark
            SmoothRoundedRectangle:
                size: self.size
                radius: [theme.radius]
        Image:
            source: root.poster
            opacity: 1 if root.poster else 0
            fit_mode: "contain"
            size_hint: 0.97, 0.97
            pos_hint: {"center_x": 0.5, "center_y": 0.5}
        Disc:
            kind: "play"
            fill: theme.surface
            ring: theme.ink
            sign: theme.ink
            size_hint: None, None
            size: theme.mm(15), theme.mm(15)
            pos_hint: {"right": 0.98, "y": 0.03}
    BoxLayout:
        id: words
        orientation: "vertical"
        size_hint_y: None
        height: self.minimum_height
        pos_hint: {"center_y": 0.5}
        spacing: theme.mm(1)
        Lead:
            text: root.label
        QuietWords:
            text: root.length

<TopicButton>:
    fill: theme.surface_pressed if self.state == "down" else \
        (theme.jade_ground if self.chosen else theme.surface)
    outline: theme.jade if self.chosen else theme.edge
"""
)


class ClipTile(BoxLayout, Slab):
    """A clip to choose; ``poster`` is the picture's place or empty."""

    own_height = NumericProperty(0)
    row_height = NumericProperty(0)
    length = StringProperty("")
    poster = StringProperty("")


class TopicButton(TextButton):
    """A topic to list; ``chosen``: it is listed."""

    chosen = BooleanProperty(False)
