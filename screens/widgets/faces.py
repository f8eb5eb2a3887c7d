"""The five faces of a rating, drawn."""

from __future__ import annotations

import math

from kivy.graphics import Color, InstructionGroup, SmoothEllipse, SmoothLine
from kivy.lang import Builder
from kivy.properties import ColorProperty, NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.theme import current
from screens.widgets.buttons import Slab

Builder.load_string(
    """
<FaceTile>:
    orientation: "vertical"
    padding: theme.mm(1), theme.mm(4)
    spacing: theme.mm(3)
    fill: theme.surface_pressed if self.state == "down" else theme.surface
    outline: theme.edge
    size_hint_y: None
    own_height: picture.height + words.height + theme.mm(15) if self.present else 0
    height: max(self.own_height, self.row_height)
    FacePicture:
        id: picture
        face: root.face
        size_hint_y: None
        height: theme.mm(34) if theme.portrait else theme.mm(40)
    Words:
        id: words
        text: root.label
        font_name: theme.semibold
        type_size: theme.capitals((7, 7.4, 7.6)[theme.text_size]) if theme.portrait else theme.body
        halign: "center"
    Widget:
"""
)

_BENDS = {1: -0.30, 2: -0.16, 3: 0.0, 4: 0.16, 5: 0.30}
"""How far the corners of the mouth stand above its middle, in radii."""


class FacePicture(Widget):
    """A face from 1 (very dissatisfied) to 5 (very satisfied); 0 draws none."""

    face = NumericProperty(0)
    ink = ColorProperty((0, 0, 0, 1))

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        self.bind(pos=self._draw, size=self._draw, face=self._draw)
        self._draw()

    def _draw(self, *_args: object) -> None:
        self._drawing.clear()
        radius = min(self.size) / 2 * 0.94
        if self.face not in _BENDS or radius < 2:
            return
        theme = current()
        ground = {1: theme.amber_ground, 2: theme.amber_ground, 3: theme.surface}.get(
            self.face, theme.jade_ground
        )
        line = max(1.5, radius * 0.055)
        x, y = self.x + self.width / 2, self.y + self.height / 2
        self._add(Color(*ground), SmoothEllipse(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius)))
        self._add(Color(*theme.ink), SmoothLine(circle=(x, y, radius - line), width=line))
        eye = radius * 0.18
        for side in (-1, 1):
            place = (x + side * radius * 0.36 - eye / 2, y + radius * 0.22 - eye / 2)
            self._add(SmoothEllipse(pos=place, size=(eye, eye * 1.25)))
        self._add(SmoothLine(points=self._mouth(x, y - radius * 0.34, radius), width=line, cap="round"))
        if self.face in (1, 5):  # told apart without colours, too: brows that fall or rise
            for side in (-1, 1):
                inner, outer = (0.50, 0.62) if self.face == 1 else (0.60, 0.56)
                brow = [
                    x + side * radius * 0.20,
                    y + radius * inner,
                    x + side * radius * 0.54,
                    y + radius * outer,
                ]
                self._add(SmoothLine(points=brow, width=line, cap="round"))

    def _mouth(self, x: float, y: float, radius: float) -> list[float]:
        bend, half, steps = _BENDS[int(self.face)] * radius, 0.46 * radius, 16
        points: list[float] = []
        for step in range(steps + 1):
            t = 2 * step / steps - 1
            points += [x + t * half, y + bend * (1 - math.cos(t * math.pi / 2)) - bend / 3]
        return points

    def _add(self, *instructions: object) -> None:
        for instruction in instructions:
            self._drawing.add(instruction)


class FaceTile(BoxLayout, Slab):
    """A face with its words beneath."""

    choice = ObjectProperty(None, allownone=True)
    face = NumericProperty(0)
    own_height = NumericProperty(0)
    row_height = NumericProperty(0)

    def on_choice(self, *_args: object) -> None:
        """Take over a face of the view-model."""
        self.button = self.choice.button if self.choice is not None else None
        self.face = self.choice.face if self.choice is not None else 0
