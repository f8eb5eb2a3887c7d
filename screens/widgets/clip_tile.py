"""One clip of the list: picture, title, length."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.widgets.buttons import Slab

Builder.load_string(
    """
<ClipTile>:
    size_hint_y: None
    height: theme.mm(64)
    padding: theme.mm(5)
    spacing: theme.mm(8)
    fill: theme.surface_pressed if self.state == "down" else theme.surface
    outline: theme.edge
    RelativeLayout:
        size_hint_x: None
        width: theme.mm(80) if theme.portrait else theme.mm(60)
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
            size_hint: 0.96, 0.96
            pos_hint: {"center_x": 0.5, "center_y": 0.5}
        Disc:
            kind: "play"
            fill: theme.surface
            ring: theme.ink
            sign: theme.ink
            size_hint: None, None
            size: theme.mm(22), theme.mm(22)
            pos_hint: {"center_x": 0.5, "center_y": 0.5}
    BoxLayout:
        orientation: "vertical"
        size_hint_y: None
        height: self.minimum_height
        pos_hint: {"center_y": 0.5}
        spacing: theme.mm(2)
        Lead:
            text: root.label
        QuietWords:
            text: root.length
"""
)


class ClipTile(BoxLayout, Slab):
    """A clip to choose; ``poster`` is the picture's place or empty."""

    length = StringProperty("")
    poster = StringProperty("")
