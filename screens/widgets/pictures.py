"""Drawn things: small signs and QR codes. All are vectors; no picture files."""

from __future__ import annotations

import math
from collections.abc import Callable

from kivy.clock import Clock
from kivy.graphics import (
    Color,
    InstructionGroup,
    Line,
    Rectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothTriangle,
)
from kivy.graphics.texture import Texture
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from screens.theme import current
from screens.widgets.signs import DOTS, FILLED, STROKES


def before_the_frame(draw: Callable[..., None]) -> Callable[..., None]:
    """``draw`` once for the next frame, however often it is asked; a layout moves a widget several times."""
    return Clock.create_trigger(draw, -1)  # type: ignore[no-any-return]


class Glyph(Widget):
    """A sign by its ``kind``: a name of ``screens.widgets.signs``; drawn in ``colour``."""

    kind = StringProperty("")
    colour = ColorProperty((0, 0, 0, 1))

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        draw = before_the_frame(self._draw)
        self.bind(pos=draw, size=draw, kind=draw, colour=draw)
        draw()

    def _draw(self, *_args: object) -> None:
        self._drawing.clear()
        side = min(self.size)
        if side < 1:
            return
        left, bottom = self.x + (self.width - side) / 2, self.y + (self.height - side) / 2
        self._drawing.add(Color(*self.colour))
        if self.kind in FILLED:
            flat = [value for x, y in FILLED[self.kind] for value in (left + x * side, bottom + y * side)]
            self._drawing.add(SmoothTriangle(points=flat))
        if self.kind in DOTS:
            x, y = DOTS[self.kind]
            dot = side * 0.14
            place = (left + x * side - dot / 2, bottom + y * side - dot / 2)
            self._drawing.add(SmoothEllipse(pos=place, size=(dot, dot), segments=24))
        for stroke in STROKES.get(self.kind, ()):
            points = [value for x, y in stroke for value in (left + x * side, bottom + y * side)]
            self._drawing.add(
                SmoothLine(points=points, width=max(1.5, side * 0.055), joint="round", cap="round")
            )


class Disc(Widget):
    """A filled circle or ring with a sign in it: the mark of a step or a notice."""

    kind = StringProperty("")
    fill = ColorProperty((0, 0, 0, 0))
    ring = ColorProperty((0, 0, 0, 1))
    sign = ColorProperty((1, 1, 1, 1))

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        self._glyph = Glyph(size_hint=(None, None))
        self.add_widget(self._glyph)
        draw = before_the_frame(self._draw)
        self.bind(pos=draw, size=draw, kind=draw, fill=draw, ring=draw, sign=draw)
        draw()

    def _draw(self, *_args: object) -> None:
        self._drawing.clear()
        side = min(self.size)
        left, bottom = self.x + (self.width - side) / 2, self.y + (self.height - side) / 2
        self._drawing.add(Color(*self.fill))
        self._drawing.add(SmoothEllipse(pos=(left, bottom), size=(side, side), segments=64))
        self._drawing.add(Color(*self.ring))
        width = max(1.5, side * 0.04)
        self._drawing.add(
            SmoothLine(circle=(left + side / 2, bottom + side / 2, side / 2 - width), width=width)
        )
        self._glyph.kind, self._glyph.colour = self.kind, self.sign
        self._glyph.size = side * 0.56, side * 0.56
        self._glyph.pos = left + side * 0.22, bottom + side * 0.22


class QrImage(Widget):
    """``code`` as a QR (ISO/IEC 18004, level M) with its quiet zone of four modules, black on white."""

    code = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        self._texture: Texture | None = None
        self.bind(pos=self._draw, size=self._draw, code=self._encode)

    def _encode(self, *_args: object) -> None:
        self._texture = None
        if self.code:
            qr = QRCode(error_correction=ERROR_CORRECT_M, border=4)
            qr.add_data(self.code)
            qr.make(fit=True)
            matrix = qr.get_matrix()
            modules = len(matrix)
            pixels = bytes(0 if dark else 255 for row in reversed(matrix) for dark in row for _ in range(3))
            self._texture = Texture.create(size=(modules, modules), colorfmt="rgb")
            self._texture.mag_filter = "nearest"
            self._texture.min_filter = "nearest"
            self._texture.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")
        self._draw()

    def _draw(self, *_args: object) -> None:
        self._drawing.clear()
        if self._texture is None:
            return
        modules = self._texture.width
        side = math.floor(min(self.size) / modules) * modules  # whole pixels for each module
        self._drawing.add(Color(1, 1, 1, 1))
        place = (round(self.x + (self.width - side) / 2), round(self.y + (self.height - side) / 2))
        self._drawing.add(Rectangle(texture=self._texture, pos=place, size=(side, side)))
        self._drawing.add(Color(*current().hairline))
        self._drawing.add(Line(rectangle=(*place, side, side), width=1))
