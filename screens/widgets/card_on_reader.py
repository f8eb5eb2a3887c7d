"""A chip card, the hand that lays it down, and the reader."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from kivy.clock import Clock, ClockEvent
from kivy.graphics import (
    ClearBuffers,
    ClearColor,
    Color,
    Fbo,
    InstructionGroup,
    PopMatrix,
    PushMatrix,
    Rectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
    SmoothTriangle,
    Translate,
)
from kivy.properties import BooleanProperty, NumericProperty, OptionProperty
from kivy.uix.widget import Widget

from screens.theme import Rgba, current
from screens.widgets.signs import Points

Box = tuple[float, float, float, float]

# One round of the hand: down, a rest, up, a longer rest. Each frame draws the whole window, which without a
# graphics chip costs some 20 ms; the rest is so long that all of it stays below this share of one core.
FRAMES_PER_SECOND = 10
DOWN_SECONDS, LYING_SECONDS, UP_SECONDS = 1.4, 2.0, 1.0
REST_SECONDS, LONGEST_REST_SECONDS = 5.0, 40.0
MOST_SHARE = 0.03
MOST_PRINTS = 3
_LOWERED = 27.0  # in the drawing's units: the card touches the reader
_STANDING = 34.0  # how much lower a card stands in the reader
_HEIGHT = 122
_READER = (21.0, -1.0, 118.0, 36.0)  # where the parts are, with room for smooth edges
_HAND = (33.0, 61.0, 160.0, 61.0)
_WIDE, _MIDDLE = 126, 80
_WIDE_WITH_HAND, _MIDDLE_WITH_HAND = 158, 100


class _Pen:
    """Draws in the picture's own units: x from 22 to 138, with the hand to 178, y from 0 to 121."""

    def __init__(self, drawing: InstructionGroup, unit: float, left: float, bottom: float) -> None:
        self._drawing, self.unit, self._left, self._bottom = drawing, unit, left, bottom

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self._left + x * self.unit, self._bottom + y * self.unit

    def add(self, instruction: object) -> None:
        self._drawing.add(instruction)

    def slab(self, box: Box, radius: float, colour: Rgba) -> None:
        x, y, width, height = box
        size = (width * self.unit, height * self.unit)
        self.add(Color(*colour))
        self.add(
            SmoothRoundedRectangle(
                pos=self.at(x, y), size=size, radius=[max(0.1, radius * self.unit)], segments=24
            )
        )

    def outlined(self, box: Box, radius: float, colour: Rgba, line: Rgba) -> None:
        x, y, width, height = box
        self.slab(box, radius, line)
        self.slab((x + 1, y + 1, width - 2, height - 2), radius - 1, colour)

    def stroke(self, points: Points, width: float, colour: Rgba) -> None:
        self.add(Color(*colour))
        flat = [value for x, y in points for value in self.at(x, y)]
        self.add(SmoothLine(points=flat, width=width * self.unit, joint="round", cap="round"))


class _Print:
    """A part of the picture drawn once into a texture: anew in each frame it would take a third of a frame.

    ``box``: where its parts are, in the drawing's units. Around them the texture has the page's colour
    without weight, so that the edges stay smooth.
    """

    def __init__(self, unit: float, box: Box, parts: Callable[[_Pen], None]) -> None:
        x, y, width, height = box
        self._offset = (x * unit, y * unit)
        self._fbo = Fbo(size=(math.ceil(width * unit), math.ceil(height * unit)))
        drawing = InstructionGroup()
        drawing.add(ClearColor(*current().paper[:3], 0))
        drawing.add(ClearBuffers())
        parts(_Pen(drawing, unit, -self._offset[0], -self._offset[1]))
        self._fbo.add(drawing)
        self._fbo.draw()

    def at(self, left: float, bottom: float) -> Rectangle:
        """It, where the drawing's zero is at ``left``, ``bottom``."""
        x, y = round(left + self._offset[0]), round(bottom + self._offset[1])
        return Rectangle(texture=self._fbo.texture, pos=(x, y), size=self._fbo.size)


class CardOnReader(Widget):
    """A chip card and its reader, proportions kept.

    ``doing`` is ``laying`` (a hand lays it down), ``taking`` (arrow up) or ``resting`` (it stands in the
    reader). ``moving``: the hand shows it again and again; ``lowered`` is how far it is down, 0 to 1.
    """

    doing = OptionProperty("laying", options=["laying", "taking", "resting"])
    moving = BooleanProperty(False)
    lowered = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._drawing = InstructionGroup()
        self.canvas.add(self._drawing)
        self._shift: Translate | None = None
        self._prints: dict[float, tuple[_Print, _Print]] = {}  # of the units drawn last
        self._unit = 0.0
        self._round: ClockEvent | None = None
        self._seconds = 0.0
        self._spent_before = 0.0
        draw_soon = Clock.create_trigger(self._draw, -1)  # once for all that one layout changes
        self.bind(pos=draw_soon, size=draw_soon, doing=draw_soon)
        self.bind(doing=self._begin, moving=self._begin, lowered=self._lower)
        self._draw()

    def _begin(self, *_args: object) -> None:
        if self._round is not None:
            self._round.cancel()
            self._round = None
        self.lowered, self._seconds = 0, 0.0
        if self.moving and self.doing == "laying" and current().motion:
            self._round = Clock.schedule_once(self._go_on, REST_SECONDS)

    def _go_on(self, _seconds: float) -> None:
        """One frame of the hand."""
        pause = 1 / FRAMES_PER_SECOND
        if self._seconds == 0:
            self._spent_before = time.process_time()
        self._seconds += pause
        if self._seconds < DOWN_SECONDS:
            self.lowered = _eased(self._seconds / DOWN_SECONDS)
        elif self._seconds < DOWN_SECONDS + pause:
            self.lowered, self._seconds, pause = 1, DOWN_SECONDS + pause, LYING_SECONDS
        elif self._seconds < DOWN_SECONDS + UP_SECONDS:
            self.lowered = 1 - _eased((self._seconds - DOWN_SECONDS) / UP_SECONDS)
        else:
            spent = time.process_time() - self._spent_before
            self.lowered, self._seconds = 0, 0.0
            pause = min(LONGEST_REST_SECONDS, max(REST_SECONDS, spent / MOST_SHARE))
        self._round = Clock.schedule_once(self._go_on, pause)

    def _lower(self, *_args: object) -> None:
        if self._shift is not None:
            self._shift.y = -round(_LOWERED * self.lowered * self._unit)

    def _printed(self, unit: float) -> tuple[_Print, _Print]:
        """Reader and hand. While a page is filled its parts move, and come back to where they stood."""
        found = self._prints.pop(unit, None)
        if found is None:
            found = _Print(unit, _READER, _reader), _Print(unit, _HAND, _hand_with_card)
        self._prints[unit] = found
        for old in list(self._prints)[:-MOST_PRINTS]:
            del self._prints[old]
        return found

    def _draw(self, *_args: object) -> None:
        self._drawing.clear()
        self._shift = None
        with_hand = self.doing == "laying"
        wide, middle = (_WIDE_WITH_HAND, _MIDDLE_WITH_HAND) if with_hand else (_WIDE, _MIDDLE)
        unit = self._unit = min(self.width / wide, self.height / _HEIGHT)
        if unit < 0.2:
            return
        left = self.x + self.width / 2 - middle * unit
        bottom = self.y + (self.height - _HEIGHT * unit) / 2
        if with_hand:
            reader, hand = self._printed(unit)
            self._shift = Translate(0, 0)
            self._lower()
            for instruction in (
                Color(1, 1, 1, 1),
                reader.at(left, bottom),
                PushMatrix(),
                self._shift,
                hand.at(left, bottom),
                PopMatrix(),
            ):
                self._drawing.add(instruction)
            return
        pen = _Pen(self._drawing, unit, left, bottom)
        _reader(pen)
        _card(pen, -_STANDING if self.doing == "resting" else 0.0, chip=102.0)
        if self.doing == "resting":
            _reader(pen, front=True)  # hides the card's lower edge
        else:
            _arrow_up(pen)


def _reader(pen: _Pen, *, front: bool = False) -> None:
    """A low dark box with its light place for the card and a jade lamp."""
    theme = current()
    pen.outlined((22, 0, 116, 34), 5, theme.dark, theme.edge)
    if not front:
        pen.slab((28, 20, 104, 10), 3, theme.edge)
    pen.slab((28, 8, 40, 3), 1.5, theme.edge)
    pen.slab((124, 7, 6, 6), 3, theme.jade)


def _card(pen: _Pen, lower: float, chip: float) -> None:
    """The card, its portrait, its lines, and its chip from ``chip`` on."""
    theme = current()
    pen.slab((35, 62 + lower, 92, 58), 5, theme.hairline)
    pen.slab((34, 63 + lower, 92, 58), 5, theme.edge)
    pen.slab((34.8, 63.8 + lower, 90.4, 56.4), 4.4, theme.surface)
    pen.slab((34.8, 106 + lower, 90.4, 14.2), 4.4, theme.jade_ground)
    pen.slab((34.8, 104 + lower, 90.4, 6), 0.1, theme.jade_ground)
    pen.stroke(((46, 112.6 + lower), (102, 112.6 + lower)), 1.3, theme.jade)
    pen.slab((42, 70 + lower, 22, 28), 2, theme.hairline)
    pen.add(Color(*theme.edge))
    pen.add(SmoothEllipse(pos=pen.at(48.5, 84 + lower), size=(9 * pen.unit, 10 * pen.unit)))
    pen.slab((45, 70.8 + lower, 16, 10.5), 5, theme.edge)
    for row, end in ((96, min(chip + 26, 112.0)), (89, min(chip + 18, 104.0))):
        pen.stroke(((70, row + lower), (end, row + lower)), 1.1, theme.edge)
    pen.slab((chip, 69 + lower, 17, 13.5), 2, theme.amber)
    for line in (
        ((chip, 75.7 + lower), (chip + 17, 75.7 + lower)),
        ((chip + 5.6, 69 + lower), (chip + 5.6, 82.5 + lower)),
        ((chip + 11.4, 69 + lower), (chip + 11.4, 82.5 + lower)),
    ):
        pen.stroke(line, 0.35, theme.amber_ground)


def _hand_with_card(pen: _Pen) -> None:
    _hand_behind(pen)
    _card(pen, 0.0, chip=70.0)
    _thumb(pen)


def _hand_behind(pen: _Pen) -> None:
    theme = current()
    pen.outlined((152, 70, 40, 38), 4, theme.jade, theme.ink)  # sleeve
    pen.outlined((112, 66, 46, 46), 15, theme.amber_ground, theme.ink)  # palm


def _thumb(pen: _Pen) -> None:
    theme = current()
    pen.outlined((104, 82, 44, 15), 7.5, theme.amber_ground, theme.ink)
    pen.slab((134, 83, 15, 13), 1, theme.amber_ground)  # grows out of the palm


def _arrow_up(pen: _Pen) -> None:
    pen.add(Color(*current().ink))
    pen.add(Rectangle(pos=pen.at(76.5, 38), size=(7 * pen.unit, 9 * pen.unit)))
    flat = [value for x, y in ((80, 59), (68, 47), (92, 47)) for value in pen.at(x, y)]
    pen.add(SmoothTriangle(points=flat))


def _eased(part: float) -> float:
    """0 to 1, slow at both ends."""
    return part * part * (3 - 2 * part)
