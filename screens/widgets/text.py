"""Text on screens: wraps to its width, is as high as it needs to be, never cut at the diacritics."""

from __future__ import annotations

from collections.abc import Sequence

from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.label import Label

BALANCED_LINES = 2

Builder.load_string(
    """
<Words>:
    font_name: theme.text
    type_size: theme.body
    font_size: self.type_size * self.squeeze
    color: theme.ink
    line_height: theme.line_height
    halign: "left"
    text_size: self.width, None
    size_hint_y: None
    height: self.texture_size[1] if self.text and not self.dropped else 0
    opacity: 0 if self.dropped else 1
    markup: False

<QuietWords>:
    color: theme.ink_quiet

<Lead>:
    balanced: True
    font_name: theme.semibold
    type_size: theme.lead

<Title>:
    balanced: True
    font_name: theme.bold
    type_size: theme.title

<Hero>:
    balanced: True
    font_name: theme.bold
    type_size: theme.hero
    halign: "center"

<Numeral>:
    font_name: theme.numerals
    type_size: theme.letters(self.capitals_mm, "numerals")
    line_height: 1
    halign: "center"
"""
)


class Words(Label):
    """Running text. An empty one takes no height.

    ``type_size`` is the size in pixels it wants; ``squeeze`` (at most 1) makes it smaller where a whole
    screen would not fit otherwise. Two ``balanced`` lines are about equally long: no word stands alone.
    ``spare`` words are ``dropped`` before all others would get smaller than the norm.
    """

    type_size = NumericProperty(10)
    squeeze = NumericProperty(1.0)
    balanced = BooleanProperty(False)
    spare = BooleanProperty(False)
    dropped = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("text", "width", "font_size", "font_name", "balanced", "halign"):
            self.fbind(name, self._balance)
        self.fbind("text", self._forget)
        self._balance()

    def _forget(self, *_args: object) -> None:
        """Kivy keeps the lines and the picture of the last words of a label that becomes empty."""
        if not self.text:
            self._label._cached_lines, self._label.texture = [], None

    def _balance(self, *_args: object) -> None:
        spare = 0.0
        if self.balanced and self.text and "\n" not in self.text and self.width > 1:
            measure = CoreLabel(font_name=self.font_name, font_size=self.font_size)
            space = measure.get_extents(" ")[0]
            widths = [measure.get_extents(word)[0] for word in self.text.split(" ")]
            spare = max(0.0, self.width - narrowest(widths, space, self.width) - space)
        self.padding = (spare / 2, 0, spare / 2, 0) if self.halign == "center" else (0, 0, spare, 0)


def narrowest(widths: Sequence[float], space: float, room: float) -> float:
    """Line width that makes two lines of words of ``widths`` about equally long; else ``room`` (one unit)."""
    lines = _lines(widths, space, room)
    if lines != BALANCED_LINES:
        return room
    low, high = max(widths), room
    while high - low > 1:
        middle = (low + high) / 2
        low, high = (low, middle) if _lines(widths, space, middle) <= lines else (middle, high)
    return high


def _lines(widths: Sequence[float], space: float, room: float) -> int:
    lines, filled = 1, 0.0
    for width in widths:
        if filled and filled + space + width > room:
            lines, filled = lines + 1, width
        else:
            filled += width + (space if filled else 0.0)
    return lines


class QuietWords(Words):
    """Text of second rank."""


class Lead(Words):
    """A name, or a sentence that matters more than running text."""


class Title(Words):
    """The question or statement of a screen."""


class Hero(Words):
    """The one big sentence of a screen."""


class Numeral(Words):
    """A number in tabular digits; ``capitals_mm`` is how high its capitals are, in millimetres."""

    capitals_mm = NumericProperty(20)
