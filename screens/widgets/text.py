"""Text on screens: wraps to its width, is as high as it needs to be, never cut at the diacritics."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import NumericProperty
from kivy.uix.label import Label

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
    height: self.texture_size[1] if self.text else 0
    markup: False

<QuietWords>:
    color: theme.ink_quiet

<Lead>:
    font_name: theme.semibold
    type_size: theme.lead

<Title>:
    font_name: theme.bold
    type_size: theme.title

<Hero>:
    font_name: theme.bold
    type_size: theme.hero
    halign: "center"

<Numeral>:
    font_name: theme.numerals
    type_size: theme.capitals(self.capitals_mm, "numerals")
    line_height: 1
    halign: "center"
"""
)


class Words(Label):
    """Running text. An empty one takes no height.

    ``type_size`` is the size in pixels it wants; ``squeeze`` (at most 1) makes it smaller where a whole screen
    would not fit otherwise.
    """

    type_size = NumericProperty(10)
    squeeze = NumericProperty(1.0)


class QuietWords(Words):
    """Text of second rank."""


class Lead(Words):
    """A name, or a sentence that matters more than running text."""


class Title(Words):
    """The question or statement of a screen."""


class Hero(Words):
    """The one big sentence of a screen."""


class Numeral(Words):
    """A number in tabular digits; ``capitals_mm`` is the height of its capitals in millimetres."""

    capitals_mm = NumericProperty(20)
