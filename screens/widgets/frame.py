"""What stands around every screen: the centre's name and three buttons above, whom to call beneath.

Where everything to touch must stand low, the three buttons go down to the others.
"""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.citizen.frame import FrameView
from screens.theme import current
from screens.widgets import pictures as _pictures  # noqa: F401 - kv names its classes
from screens.widgets import text as _text  # noqa: F401 - kv names its classes
from screens.widgets.buttons import Slab

Builder.load_string(
    """
#:import names_kept screens.widgets.text.names_kept

<FrameButton>:
    size_hint_y: None
    height: max(theme.mm(self.least_mm), words.texture_size[1] + theme.mm(2))
    width: words.texture_size[0] + theme.mm(25)
    padding: theme.mm(3), 0
    spacing: theme.mm(2.5)
    lip: 0
    fill: theme.surface_pressed if self.state == "down" else theme.jade_ground if self.on else theme.surface
    outline: theme.jade if self.on else theme.edge
    Widget:
        size_hint_x: 0.5
    Glyph:
        kind: root.sign
        colour: theme.ink
        size_hint: None, None
        size: theme.mm(9), theme.mm(9)
        pos_hint: {"center_y": 0.5}
    Label:
        id: words
        text: root.label
        font_name: theme.semibold
        font_size: theme.frame_type
        line_height: theme.line_height
        color: theme.ink
        size_hint: None, 1
        width: self.texture_size[0]
    Widget:
        size_hint_x: 0.5

<CentreName>:
    spacing: theme.mm(4)
    size_hint_y: None
    height: max(theme.mm(14), name.height)
    Glyph:
        kind: "door"
        colour: theme.ink
        size_hint: None, None
        size: theme.mm(11), theme.mm(11)
        pos_hint: {"center_y": 0.5}
    Words:
        id: name
        text: names_kept(root.centre)
        type_size: theme.frame_type
        balanced: True
        font_name: theme.semibold
        pos_hint: {"center_y": 0.5}

<Hotline>:
    spacing: theme.mm(4)
    size_hint_y: None
    height: max(theme.mm(11), words.height)
    pos_hint: {"center_y": 0.5}
    Disc:
        kind: "phone"
        fill: theme.surface
        ring: theme.ink
        sign: theme.ink
        size_hint: None, 1
        width: theme.mm(11)
    Words:
        id: words
        text: root.help
        type_size: theme.frame_type
        balanced: True
        pos_hint: {"center_y": 0.5}

<Band>:
    orientation: "vertical"
    size_hint_y: None
    height: self.minimum_height
    padding: theme.margin, theme.mm(3)
    spacing: theme.mm(3.4)
    canvas.before:
        Color:
            rgba: theme.surface
        Rectangle:
            pos: self.pos
            size: self.size
        Color:
            rgba: theme.hairline
        Rectangle:
            pos: self.x, self.y if self.above else self.top - theme.line
            size: self.width, theme.line
"""
)


class FrameButton(BoxLayout, Slab):
    """One of the frame's buttons: a sign and its words; ``on`` while what it switches is on."""

    sign = StringProperty("")
    on = BooleanProperty(False)


class CentreName(BoxLayout):
    """Whose machine this is."""

    centre = StringProperty("")


class Hotline(BoxLayout):
    """The number to call."""

    help = StringProperty("")


class Band(BoxLayout):
    """A strip along the panel's upper or lower edge."""

    above = BooleanProperty(False)


class Frame:
    """The strips ``header`` and ``foot`` and what stands in them, laid out for the theme that is current."""

    def __init__(self) -> None:
        theme = current()
        self.name, self.hotline = CentreName(), Hotline()
        self.language = FrameButton(sign="globe", least_mm=15)
        self.comfort = FrameButton(sign="letters", least_mm=15)
        self.listen = FrameButton(sign="sound", least_mm=15)
        self.call = FrameButton(sign="bell", least_mm=20)
        three: list[Widget] = [self.language, self.comfort, self.listen]
        self.header, self.foot = Band(above=True), Band()
        buttons = BoxLayout(size_hint_y=None, spacing=theme.gap)
        buttons.bind(minimum_height=buttons.setter("height"))
        for button in three:
            buttons.add_widget(button)
        if theme.low:
            self.header.add_widget(self.name)
        elif theme.portrait:
            self.header.add_widget(self.name)
            self.header.add_widget(buttons)
        else:
            row = BoxLayout(size_hint_y=None, spacing=theme.mm(6))
            row.bind(minimum_height=row.setter("height"))
            buttons.size_hint_x = None
            buttons.bind(minimum_width=buttons.setter("width"))
            for button in three:
                button.size_hint_x = None
            for widget in _sided(self.name, buttons):
                widget.pos_hint = {"center_y": 0.5}
                row.add_widget(widget)
            self.header.add_widget(row)
        self.call.size_hint_x = None
        lower = BoxLayout(size_hint_y=None, spacing=theme.mm(6))
        lower.bind(minimum_height=lower.setter("height"))
        for widget in _sided(self.hotline, self.call):
            lower.add_widget(widget)
        self.foot.add_widget(lower)
        if theme.low:
            self.foot.add_widget(buttons)

    @property
    def buttons(self) -> tuple[FrameButton, ...]:
        """In their natural order."""
        return self.language, self.comfort, self.listen, self.call

    def show(self, centre: str, help_words: str, view: FrameView) -> None:
        """The words and events of this moment."""
        self.name.centre, self.hotline.help = centre, help_words
        self.language.button, self.comfort.button = view.language, view.comfort
        self.listen.button, self.call.button = view.listen, view.call
        self.listen.on = view.listening
        self.listen.sign = "sound_off" if view.listening else "sound"

    def clear(self) -> None:
        """No event of a visit stays."""
        for button in self.buttons:
            button.button = None


def _sided(words: Widget, pressed: Widget) -> tuple[Widget, Widget]:
    """What is pressed stands at the side of the hand."""
    return (pressed, words) if current().left_handed else (words, pressed)
