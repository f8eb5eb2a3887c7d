"""The frame of every citizen's screen: the middle, and the ways on and out always at the same place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar

from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from screens.theme import current
from screens.widgets import keys as _keys  # noqa: F401 - kv names its classes
from screens.widgets import notices as _notices  # noqa: F401 - kv names its classes
from screens.widgets.buttons import BackButton, PrimaryButton, QuietButton, SecondaryButton
from screens.widgets.column import Column

Builder.load_string(
    """
<Header>:
    size_hint_y: None
    height: max(theme.mm(26), name.height + theme.mm(4))
    padding: theme.margin, 0
    spacing: theme.mm(5)
    canvas.before:
        Color:
            rgba: theme.surface
        Rectangle:
            pos: self.pos
            size: self.size
        Color:
            rgba: theme.hairline
        Rectangle:
            pos: self.pos
            size: self.width, theme.line
    Glyph:
        kind: "door"
        colour: theme.ink
        size_hint: None, 1
        width: theme.mm(15)
    Words:
        id: name
        text: root.centre
        balanced: True
        font_name: theme.semibold
        pos_hint: {"center_y": 0.5}

<HelpLine>:
    size_hint_y: None
    height: max(theme.mm(20), words.height + theme.mm(4))
    padding: theme.margin, 0
    spacing: theme.mm(4)
    canvas.before:
        Color:
            rgba: theme.surface
        Rectangle:
            pos: self.pos
            size: self.size
        Color:
            rgba: theme.hairline
        Rectangle:
            pos: self.x, self.top - theme.line
            size: self.width, theme.line
    Disc:
        kind: "info"
        fill: theme.surface
        ring: theme.ink
        sign: theme.ink
        size_hint: None, 1
        width: theme.mm(10)
    Words:
        id: words
        text: root.help
        balanced: True
        pos_hint: {"center_y": 0.5}

<Body>:
    gap: theme.mm(6) if theme.portrait else theme.mm(3)

<Sheet>:
    inset_x: theme.mm(8)
    inset_y: theme.mm(6)
    canvas.before:
        Color:
            rgba: theme.surface
        SmoothRoundedRectangle:
            pos: self.pos
            size: self.size
            radius: [theme.radius]
        Color:
            rgba: theme.hairline
        SmoothLine:
            rounded_rectangle: (self.x + 1, self.y + 1, self.width - 2, self.height - 2, theme.radius)
            width: 1

<Page>:
    orientation: "vertical"
    padding: theme.margin, theme.mm(7) if theme.portrait else theme.mm(5)
    spacing: theme.mm(6) if theme.portrait else theme.mm(4)

<TwoSides>:
    cols: 1 if theme.portrait else 2
    spacing: theme.mm(8) if theme.portrait else theme.mm(14)
"""
)


class Header(BoxLayout):
    """The centre's name."""

    centre = StringProperty("")


class HelpLine(BoxLayout):
    """Whom to ask, on every screen at the bottom."""

    help = StringProperty("")


class TwoSides(GridLayout):
    """Two halves: one above the other on an upright panel, side by side on a lying one."""


class Body(Column):
    """The middle of a page."""


class Sheet(Body):
    """A card of its own on the page, such as the ticket."""


class Actions(BoxLayout):
    """The ways on and out. Upright: the main button above, *back* at the left below, the ways out beside it.
    Lying: all in one row, *back* at the left."""

    primary = ObjectProperty(None, allownone=True)
    second = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    leave = ListProperty([])

    def __init__(self, **kwargs: object) -> None:
        theme = current()
        super().__init__(orientation="vertical", size_hint_y=None, spacing=theme.mm(5), **kwargs)
        self._primary, self._second, self._back = PrimaryButton(), SecondaryButton(), BackButton()
        self._ways_out = (QuietButton(), QuietButton())
        self._bottom = BoxLayout(size_hint_y=None, spacing=theme.mm(5))
        self.bind(minimum_height=self.setter("height"))
        self._bottom.bind(minimum_height=self._bottom.setter("height"))
        for name in ("primary", "second", "back", "leave"):
            self.bind(**{name: self._arrange})
        self._arrange()

    def _arrange(self, *_args: object) -> None:
        self._primary.button, self._second.button, self._back.button = self.primary, self.second, self.back
        ways_out = [button for button in self.leave if button is not None]
        for widget, button in zip(self._ways_out, [*ways_out, None, None], strict=False):
            widget.button = button
        big: list[Widget] = [widget for widget in (self._primary, self._second) if widget.present]
        back: list[Widget] = [self._back] if self._back.present else []
        out: list[Widget] = [widget for widget in self._ways_out if widget.present]
        self.clear_widgets()
        self._bottom.clear_widgets()
        if current().portrait:
            for widget in big:
                self.add_widget(widget)
            big = []
        row = [*back, *reversed(big), *out]
        if len(row) == 1:  # alone, it keeps its side: back at the left, ways out at the right
            row = [*row, Widget()] if back else [Widget(), *row]
        if row:
            for widget in row:
                widget.pos_hint = {"center_y": 0.5}
                self._bottom.add_widget(widget)
            self.add_widget(self._bottom)


class Page(BoxLayout):
    """Base of every screen: its properties are named as the fields of its view-model and follow it.

    ``show(model)`` sets them, ``clear()`` empties them again, so that nothing of a person stays in a widget.
    """

    send: Callable[[object], None] | None = None
    view_model: ClassVar[type[Any]]

    def show(self, model: Any) -> None:
        """Take over every field of ``model``. Raises ``TypeError`` for another screen's."""
        if type(model) is not self.view_model:
            raise TypeError(f"{type(self).__name__} cannot show {type(model).__name__}")
        for field in fields(self.view_model):
            setattr(self, field.name, getattr(model, field.name))
        self._refit()

    def clear(self) -> None:
        """Back to empty fields."""
        for field in fields(self.view_model):
            setattr(self, field.name, self.property(field.name).defaultvalue)
        self._refit()

    def _refit(self) -> None:
        for widget in self.walk(restrict=True):
            if isinstance(widget, Column):
                widget.refit()

    def send_event(self, event: object) -> None:
        """Pass on what was pressed."""
        if self.send is not None:
            self.send(event)
