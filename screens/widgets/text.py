"""Text on screens: wraps to its width, is as high as it needs to be, never cut at the diacritics."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.label import Label

BALANCED_LINES = 2
_KEPT = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))
_PLACES = frozenset(_KEPT["places"])
_LONGEST_NAME = 4  # words
SHORT_LINE = 0.3  # a last line that fills less of the width looks forgotten

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
    screen would not fit otherwise. No word stands alone on the last line; two ``balanced`` lines are about
    equally long. ``typed`` words break where the line is full, so that they stay while more are coming.
    ``spare`` words are ``dropped`` before all others would get smaller than the norm.
    """

    type_size = NumericProperty(10)
    squeeze = NumericProperty(1.0)
    balanced = BooleanProperty(False)
    typed = BooleanProperty(False)
    spare = BooleanProperty(False)
    dropped = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("text", "width", "font_size", "font_name", "balanced", "typed", "halign"):
            self.fbind(name, self._balance)
        self.fbind("text", self._forget)
        self._balance()

    def _forget(self, *_args: object) -> None:
        """Kivy keeps the lines and the picture of the last words of a label that becomes empty."""
        if not self.text:
            self._label._cached_lines, self._label.texture = [], None

    def _balance(self, *_args: object) -> None:
        spare = self._spare_width() if self.text and self.width > 1 and not self.typed else 0.0
        self.padding = (spare / 2, 0, spare / 2, 0) if self.halign == "center" else (0, 0, spare, 0)

    def _spare_width(self) -> float:
        measure = CoreLabel(font_name=self.font_name, font_size=self.font_size)
        if measure.get_extents(self.text)[0] <= self.width:
            return 0.0
        texts = self.text.split("\n")
        parts = [[measure.get_extents(word)[0] for word in text.split(" ")] for text in texts]
        # Widths are rounded: the space is what is left between the words of a whole text.
        spaces = [
            (measure.get_extents(text)[0] - sum(widths)) / (len(widths) - 1)
            for text, widths in zip(texts, parts, strict=True)
            if len(widths) > 1
        ]
        space = max(spaces, default=0.0)
        return max(0.0, float(self.width - narrowest(parts, space, self.width, even=self.balanced) - space))


def dot_kept(text: str) -> str:
    """``text`` with its dots held to the word before, so that no line begins with one."""
    return text.replace(" ·", "\u00a0·")


def names_kept(text: str) -> str:
    """``text`` with each place's name held together: *xã Thuận Hòa* stands on one line."""
    for several in _KEPT["together"]:
        text = text.replace(several, several.replace(" ", "\u00a0"))
    words = text.split(" ")
    kept, named = words[0], 0
    for before, word in pairwise(words):
        ended = before.endswith((",", ".", ";", ":"))
        begins = before.casefold() in _PLACES
        named = named + 1 if word[:1].isupper() and not ended and (begins or 0 < named < _LONGEST_NAME) else 0
        kept += ("\u00a0" if named else " ") + word
    return kept


def narrowest(parts: Sequence[Sequence[float]], space: float, room: float, *, even: bool = False) -> float:
    """Line width at which no part of a text ends in a short line, for as many lines as ``room`` takes.

    ``parts`` holds the widths of the words of each part, all in one unit. ``even``: a text of two lines has
    them equally long, however long the second one is. ``room`` where nothing is to be mended.
    """
    filled = [_lines(widths, space, room) for widths in parts]
    lines = sum(map(len, filled))
    alone = any(
        len(part) > 1 and (part[-1] < SHORT_LINE * room or part[-1] == widths[-1])
        for widths, part in zip(parts, filled, strict=True)
    )
    if not alone and not (even and lines == BALANCED_LINES):
        return room
    low, high = max(max(widths) for widths in parts), room
    while high - low > 1:
        middle = (low + high) / 2
        fits = sum(len(_lines(widths, space, middle)) for widths in parts) <= lines
        low, high = (low, middle) if fits else (middle, high)
    return high


def _lines(widths: Sequence[float], space: float, room: float) -> list[float]:
    """How far each line is filled."""
    lines = [widths[0]]
    for width in widths[1:]:
        if lines[-1] + space + width > room:
            lines.append(width)
        else:
            lines[-1] += space + width
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
