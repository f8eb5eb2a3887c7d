"""Everything to press. Each answers the finger at once by its colour and sends its event on release.

A widget here takes a ``button`` of ``screens.citizen.parts``: words, event, enabled. None makes it vanish.
The event climbs to the nearest ancestor with ``send_event`` (the page).
"""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.anchorlayout import AnchorLayout
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.theme import current
from screens.widgets import pictures as _pictures  # noqa: F401 - kv names its classes
from screens.widgets import text as _text  # noqa: F401 - kv names its classes

Builder.load_string(
    """
<Slab>:
    lip: theme.lip
    shadowed: self.enabled and self.state == "normal" and self.lip > 0
    canvas.before:
        Color:  # a rectangle without a size keeps the shape it had
            rgba: theme.shadow if self.shadowed else theme.clear
        SmoothRoundedRectangle:
            pos: self.x, self.y - self.lip
            size: (self.width, 2 * theme.radius + self.lip) if self.shadowed else (0, 0)
            radius: [theme.radius]
        Color:
            rgba: self.fill if self.present else theme.clear
        SmoothRoundedRectangle:
            pos: self.pos
            size: self.size
            radius: [theme.radius]
        Color:
            rgba: self.outline if self.present else theme.clear
        SmoothLine:
            rounded_rectangle: (self.x + theme.line, self.y + theme.line, self.width - 2 * theme.line, \
                self.height - 2 * theme.line, theme.radius)
            width: theme.line

<TextButton>:
    size_hint_y: None
    own_height: max(theme.mm(self.least_mm), label.height + theme.mm(8)) if self.present else 0
    height: max(self.own_height, self.row_height) if self.present else 0
    padding: theme.mm(5), 0
    text_colour: theme.ink
    Lead:
        id: label
        text: root.label
        color: root.text_colour
        halign: "center"

<PrimaryButton>:
    least_mm: 30 if theme.portrait else 24
    fill: (theme.lacquer_pressed if self.state == "down" else theme.lacquer) if self.enabled else theme.paper
    outline: self.fill if self.enabled else theme.surface_pressed
    text_colour: theme.on_lacquer if self.enabled else theme.ink_quiet

<SecondaryButton>:
    fill: theme.surface_pressed if self.state == "down" else theme.surface if self.enabled else theme.paper
    outline: theme.edge if self.enabled else theme.surface_pressed
    text_colour: theme.ink if self.enabled else theme.ink_quiet

<QuietButton>:
    fill: theme.surface_pressed if self.state == "down" else theme.paper
    outline: theme.edge if self.enabled else theme.surface_pressed
    text_colour: theme.ink if self.enabled else theme.ink_quiet

<BackButton>:
    size_hint: None, None
    size: (max(theme.mm(62), theme.mm(24) + label.texture_size[0]), theme.mm(24)) if self.present else (0, 0)
    padding: theme.mm(5), 0
    spacing: theme.mm(2)
    fill: theme.surface_pressed if self.state == "down" else theme.paper
    outline: theme.edge
    Glyph:
        kind: "back" if root.present else ""
        colour: theme.ink
        size_hint: None, 1
        width: theme.mm(10) if root.present else 0
    Label:
        id: label
        text: root.label
        font_name: theme.semibold
        font_size: theme.lead
        color: theme.ink

<ChoiceTile>:
    size_hint_y: None
    own_height: max(theme.mm(26), words.height + theme.mm(5 if theme.portrait else 3)) if self.present else 0
    height: max(self.own_height, self.row_height)
    padding: theme.mm(8), 0
    spacing: theme.mm(4)
    fill: theme.surface_pressed if self.busy or self.state == "down" else \
        (theme.surface if self.enabled else theme.paper)
    outline: (theme.jade if self.chosen else theme.edge) if self.enabled else theme.hairline
    Disc:
        kind: "check"
        fill: theme.jade
        ring: theme.jade
        sign: theme.surface
        opacity: 1 if root.chosen else 0
        size_hint: None, 1
        width: theme.mm(13) if root.chosen else 0
    BoxLayout:
        id: words
        orientation: "vertical"
        size_hint_y: None
        height: self.minimum_height
        spacing: theme.mm(0.5)
        pos_hint: {"center_y": 0.5}
        Lead:
            text: root.label
            color: theme.ink if root.enabled else theme.ink_quiet
        QuietWords:
            text: root.hint
            spare: not root.enabled
        Words:
            text: root.state_words
            balanced: True
            font_name: theme.semibold
    Glyph:
        kind: "forward" if root.enabled and root.leads_on else ""
        colour: theme.ink
        size_hint: None, 1
        width: theme.mm(9) if root.leads_on else 0

<Key>:
    fill: theme.surface_pressed if self.state == "down" or self.active else theme.surface
    outline: theme.edge
    Label:
        text: "" if root.glyph else root.label
        font_name: theme.semibold
        font_size: root.fitted_size
        color: theme.ink
        halign: "center"
    Glyph:
        kind: root.glyph
        colour: theme.ink
        size_hint: None, None
        size: (theme.mm(11), theme.mm(11)) if root.glyph else (0, 0)
"""
)


LEAST_KEY_MM = 7.5  # capitals of a key's words where larger ones would touch its edges
BESIDE_KEY_MM = 5  # a key is so much wider than its words
LINE_EM = 1.3  # a line of the key's letters is so many times as high as their size


def climb(widget: Widget, event: object) -> None:
    """Hand ``event`` to the nearest ancestor with ``send_event``."""
    above = widget.parent
    while above is not None and above is not above.parent:
        if hasattr(above, "send_event"):
            above.send_event(event)
            return
        above = above.parent


class Pressable(ButtonBehavior, Widget):
    """Holds a button of the view-model and sends its event; disabled or absent ones take no touch."""

    min_state_time = NumericProperty(0.1)
    button = ObjectProperty(None, allownone=True)
    label = StringProperty("")
    hint = StringProperty("")
    present = BooleanProperty(False)
    enabled = BooleanProperty(False)
    fill = ColorProperty((0, 0, 0, 0))
    outline = ColorProperty((0, 0, 0, 0))

    def on_button(self, *_args: object) -> None:
        """Take the words of the new button."""
        button = self.button
        self.present = button is not None
        self.enabled = button is not None and button.enabled
        self.label = button.label if button is not None else ""
        self.hint = getattr(button, "hint", "")

    def on_touch_down(self, touch: object) -> bool:
        """Refuse touches while there is nothing to send."""
        if not self.enabled:
            return False
        return bool(super().on_touch_down(touch))

    def press(self) -> None:
        """Press it by a key: it answers as to a finger."""
        if self.enabled:
            self.state = "down"
            Clock.schedule_once(self._let_go, self.min_state_time)
            self.on_release()

    def _let_go(self, _seconds: float) -> None:
        self.state = "normal"

    def on_release(self, *_args: object) -> None:
        """Send the event."""
        if self.button is not None and self.enabled:
            climb(self, self.button.event)


class Slab(Pressable):
    """A pressable surface with an outline. ``lip`` px of its shadow look out while it can be pressed."""

    least_mm = NumericProperty(24)
    lip = NumericProperty(0)
    shadowed = BooleanProperty(False)


class TextButton(AnchorLayout, Slab):
    """A button with words in its middle; grows with them and, in a ``LevelGrid``, with those beside it."""

    own_height = NumericProperty(0)
    row_height = NumericProperty(0)
    text_colour = ColorProperty((0, 0, 0, 1))
    one_line = NumericProperty(0)

    def on_label(self, *_args: object) -> None:
        """``one_line``: how wide its words are on one line, in pixels."""
        theme = current()
        measure = CoreLabel(font_name=theme.semibold, font_size=theme.lead)
        self.one_line = measure.get_extents(self.label)[0] if self.label else 0


class PrimaryButton(TextButton):
    """Lacquer red: the one thing to press on a screen."""


class SecondaryButton(TextButton):
    """Any other choice."""


class QuietButton(TextButton):
    """A way out: leave, finish, another."""


class BackButton(BoxLayout, Slab):
    """One screen back; stands at the same place on every screen."""


class ChoiceTile(BoxLayout, Slab):
    """A large choice: name, what it covers, how many wait. ``chosen`` marks an answer given before.

    ``own_height`` is what its words need; ``row_height`` that of the tallest tile beside it.
    """

    state_words = StringProperty("")
    own_height = NumericProperty(0)
    row_height = NumericProperty(0)
    chosen = BooleanProperty(False)
    leads_on = BooleanProperty(True)
    busy = BooleanProperty(False)


class Key(AnchorLayout, Slab):
    """One key of a keypad or keyboard."""

    glyph = StringProperty("")
    active = BooleanProperty(False)
    capitals_mm = NumericProperty(10)
    fitted_size = NumericProperty(10)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("label", "size", "capitals_mm"):
            self.fbind(name, self._fit)
        self._fit()

    def _fit(self, *_args: object) -> None:
        """Letters grow with the others as far as the key is wide."""
        theme = current()
        wanted = theme.letters(self.capitals_mm)
        least = min(wanted, theme.capitals(LEAST_KEY_MM))
        room = self.width - theme.mm(BESIDE_KEY_MM)
        if wanted > least and len(self.label) > 1:
            wide = CoreLabel(font_name=theme.semibold, font_size=wanted).get_extents(self.label)[0]
            wanted = max(least, min(wanted, wanted * room / wide))
        wanted = min(wanted, max(least, self.height / LINE_EM))
        self.fitted_size = wanted
