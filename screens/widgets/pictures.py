"""Drawn things: small signs, the card above its reader, QR codes. All are vectors; no picture files."""

from __future__ import annotations

import math

from kivy.graphics import (
    Color,
    InstructionGroup,
    Line,
    Rectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
    SmoothTriangle,
)
from kivy.graphics.texture import Texture
from kivy.properties import ColorProperty, OptionProperty, StringProperty
from kivy.uix.widget import Widget
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from screens.theme import Rgba, current
from screens.widgets.signs import DOTS, FILLED, STROKES, Points


class Glyph(Widget):
    """A sign by its ``kind``: a name of ``screens.widgets.signs``; drawn in ``colour``."""

    kind = StringProperty("")
    colour = ColorProperty((0, 0, 0, 1))

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        self.bind(pos=self._draw, size=self._draw, kind=self._draw, colour=self._draw)
        self._draw()

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
        self.bind(
            pos=self._draw,
            size=self._draw,
            kind=self._draw,
            fill=self._draw,
            ring=self._draw,
            sign=self._draw,
        )
        self._draw()

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


class CardOnReader(Widget):
    """A chip card and its reader, proportions kept.

    ``doing`` is ``laying`` (arrow down), ``taking`` (arrow up) or ``resting`` (standing in the reader).
    """

    doing = OptionProperty("laying", options=["laying", "taking", "resting"])

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        self.bind(pos=self._draw, size=self._draw, doing=self._draw)
        self._draw()

    # The drawing's own units: x from 22 to 138, y from 0 to 121.
    def _draw(self, *_args: object) -> None:
        theme = current()
        self._drawing.clear()
        unit = min(self.width / 126, self.height / 122)
        if unit < 0.2:
            return
        left, bottom = self.x + self.width / 2 - 80 * unit, self.y + self.height / 2 - 60.5 * unit

        def at(x: float, y: float) -> tuple[float, float]:
            return left + x * unit, bottom + y * unit

        def slab(box: tuple[float, float, float, float], radius: float, colour: Rgba) -> None:
            x, y, width, height = box
            size = (width * unit, height * unit)
            self._drawing.add(Color(*colour))
            self._drawing.add(
                SmoothRoundedRectangle(pos=at(x, y), size=size, radius=[radius * unit], segments=24)
            )

        def stroke(points: Points, width: float, colour: Rgba) -> None:
            self._drawing.add(Color(*colour))
            flat = [value for x, y in points for value in at(x, y)]
            self._drawing.add(SmoothLine(points=flat, width=width * unit, joint="round", cap="round"))

        resting = self.doing == "resting"
        card = -34.0 if resting else 0.0  # how far the card stands lower

        # the reader: a low dark box with its light place for the card and a jade lamp
        slab((22, 0, 116, 34), 5, theme.ink)
        slab((28, 20, 104, 10), 3, theme.ink_quiet)

        # the card, its portrait, its lines, its chip
        slab((35, 62 + card, 92, 58), 5, theme.hairline)
        slab((34, 63 + card, 92, 58), 5, theme.edge)
        slab((34.8, 63.8 + card, 90.4, 56.4), 4.4, theme.surface)
        slab((34.8, 106 + card, 90.4, 14.2), 4.4, theme.jade_ground)
        slab((34.8, 104 + card, 90.4, 6), 0.1, theme.jade_ground)
        stroke(((46, 112.6 + card), (102, 112.6 + card)), 1.3, theme.jade)
        slab((42, 70 + card, 22, 28), 2, theme.hairline)
        self._drawing.add(Color(*theme.edge))
        self._drawing.add(SmoothEllipse(pos=at(48.5, 84 + card), size=(9 * unit, 10 * unit)))
        slab((45, 70.8 + card, 16, 10.5), 5, theme.edge)
        for row, end in ((95, 112), (88, 104), (81, 92)):
            stroke(((70, row + card), (end, row + card)), 1.1, theme.edge)
        slab((102, 69 + card, 17, 13.5), 2, theme.amber)
        for line in (
            ((102, 75.7 + card), (119, 75.7 + card)),
            ((107.6, 69 + card), (107.6, 82.5 + card)),
            ((113.4, 69 + card), (113.4, 82.5 + card)),
        ):
            stroke(line, 0.35, theme.amber_ground)

        if resting:  # the front of the reader hides the card's lower edge
            slab((22, 0, 116, 34), 5, theme.ink)
        slab((28, 8, 40, 3), 1.5, theme.edge)
        slab((124, 7, 6, 6), 3, theme.jade_ground)
        if resting:
            return

        # the one red thing: down, onto the reader; up, when a card was left there
        self._drawing.add(Color(*theme.lacquer))
        taking = self.doing == "taking"
        shaft, head = (38, ((80, 59), (68, 47), (92, 47))) if taking else (49, ((80, 38), (68, 50), (92, 50)))
        self._drawing.add(Rectangle(pos=at(76.5, shaft), size=(7 * unit, 9 * unit)))
        flat = [value for x, y in head for value in at(x, y)]
        self._drawing.add(SmoothTriangle(points=flat))


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
