"""What was typed so far, shown large. The widgets hold nothing but what the view-model gives them to show."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from screens.widgets import text as _text  # noqa: F401 - kv names its classes

Builder.load_string(
    """
<Field>:
    canvas.before:
        Color:
            rgba: theme.surface
        SmoothRoundedRectangle:
            pos: self.pos
            size: self.size
            radius: [theme.radius]
        Color:
            rgba: theme.ink if self.marked else theme.edge
        SmoothLine:
            rounded_rectangle: (self.x + theme.line, self.y + theme.line, self.width - 2 * theme.line, \
                self.height - 2 * theme.line, theme.radius)
            width: theme.line

<DigitBox>:
    marked: bool(self.digit)
    Numeral:
        text: root.digit
        capitals_mm: 13

<EntryBox>:
    marked: True
    size_hint_y: None
    height: max(theme.mm(26 if theme.portrait else 18), words.height + theme.mm(6)) if self.wanted else 0
    opacity: 1 if self.wanted else 0
    padding: (theme.mm(6), 0) if self.wanted else (0, 0)
    Words:
        id: words
        text: (root.text or root.hint) if root.wanted else ""
        typed: bool(root.text)
        color: theme.ink if root.text else theme.ink_quiet
        font_name: theme.semibold if root.text else theme.text
        type_size: theme.letters(9) if root.text else theme.body
"""
)


class Field(AnchorLayout):
    """A place for typed signs."""

    marked = BooleanProperty(False)


class DigitBox(Field):
    """One digit."""

    digit = StringProperty("")


class EntryBox(Field):
    """A line of text; ``hint`` stands in it while it is empty. Takes no place while not ``wanted``."""

    text = StringProperty("")
    hint = StringProperty("")
    wanted = BooleanProperty(False)
