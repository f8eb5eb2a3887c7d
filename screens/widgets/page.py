"""The middle of every citizen's screen, and the ways on and out always at the same place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any, ClassVar

from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout
from kivy.uix.widget import Widget

from screens.theme import current
from screens.widgets import keys as _keys  # noqa: F401 - kv names its classes
from screens.widgets import notices as _notices  # noqa: F401 - kv names its classes
from screens.widgets.buttons import (
    BackButton,
    Pressable,
    PrimaryButton,
    QuietButton,
    SecondaryButton,
    TextButton,
)
from screens.widgets.column import Column

Builder.load_string(
    """
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
    orientation: "rl-tb" if theme.left_handed else "lr-tb"
    spacing: theme.mm(8) if theme.portrait else theme.mm(14)
"""
)


class TwoSides(GridLayout):
    """Two halves: one above the other on an upright panel, side by side on a lying one."""


class Body(Column):
    """The middle of a page."""


class Sheet(Body):
    """A card of its own on the page, such as the ticket."""


class Actions(BoxLayout):
    """The ways on and out. Upright: the main button above, *back* at the left below, the ways out beside it.
    Lying: all in one row, *back* at the left. For the left hand the rows are turned round."""

    primary = ObjectProperty(None, allownone=True)
    second = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    leave = ListProperty([])

    def __init__(self, **kwargs: object) -> None:
        theme = current()
        super().__init__(orientation="vertical", size_hint_y=None, spacing=theme.mm(5), **kwargs)
        self._primary, self._second, self._back = PrimaryButton(), SecondaryButton(), BackButton()
        self._ways_out = [self._way_out(), self._way_out()]
        self._bottom = BoxLayout(size_hint_y=None, spacing=theme.mm(5))
        self.bind(minimum_height=self.setter("height"))
        self._bottom.bind(minimum_height=self._bottom.setter("height"))
        for name in ("primary", "second", "back", "leave"):
            self.bind(**{name: self._arrange})
        for widget in (self._primary, self._second):
            widget.bind(one_line=self._share)
        self.bind(width=self._share)
        self._arrange()

    @property
    def in_order(self) -> tuple[Pressable, ...]:
        """All buttons in their natural order: on first, back last but the ways out."""
        return self._primary, self._second, self._back, *self._ways_out

    def _arrange(self, *_args: object) -> None:
        self._primary.button, self._second.button, self._back.button = self.primary, self.second, self.back
        ways_out = [button for button in self.leave if button is not None]
        while len(self._ways_out) < len(ways_out):
            self._ways_out.append(self._way_out())
        none = [None] * (len(self._ways_out) - len(ways_out))
        for widget, button in zip(self._ways_out, [*ways_out, *none], strict=True):
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
        ahead = [*back, *reversed(big)]
        if len(ahead) + len(out) == 1:  # alone, it keeps its side: back at the left, all others at the right
            ahead, out = (ahead, [Widget()]) if back else ([Widget()], [*ahead, *out])
        # Ways out stay in their order also for the left hand: the page before, then the page after.
        row = [*out, *reversed(ahead)] if current().left_handed else [*ahead, *out]
        if row:
            for widget in row:
                widget.pos_hint = {"center_y": 0.5}
                self._bottom.add_widget(widget)
            self.add_widget(self._bottom)
        self._share()

    def _way_out(self) -> QuietButton:
        button = QuietButton()
        button.bind(one_line=self._share)
        return button

    def _share(self, *_args: object) -> None:
        """All in the lower row are equally wide, unless words would need two lines that else need one."""
        row = [widget for widget in self._bottom.children if isinstance(widget, TextButton)]
        fixed = [widget for widget in self._bottom.children if widget.size_hint_x is None]
        gaps = (len(self._bottom.children) - 1) * self._bottom.spacing
        room = self.width - sum(widget.width for widget in fixed) - gaps
        needs = [widget.one_line + current().mm(BESIDE_WORDS_MM) for widget in row]
        tight = bool(needs) and max(needs) * len(needs) > room >= sum(needs)
        for widget, need in zip(row, needs, strict=True):
            widget.size_hint_x = need if tight else 1


BESIDE_WORDS_MM = 12  # a button is so much wider than its words
ROW_PX = 8  # what differs less in height stands in one row


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
        changed = [f.name for f in fields(model) if getattr(self, f.name) != getattr(model, f.name)]
        for name in changed:
            setattr(self, name, getattr(model, name))
        if changed:  # words that fit by now would flicker
            self._refit()

    def clear(self) -> None:
        """Back to empty fields."""
        for field in fields(self.view_model):
            setattr(self, field.name, self.property(field.name).defaultvalue)
        self._refit()

    def pressables(self) -> list[Pressable]:
        """What can be pressed now, in natural order: the content from the top, then the ways on and out."""
        found = [w for w in self.walk(restrict=True) if isinstance(w, Pressable) and w.present and w.enabled]
        last = {id(w): n for n, w in enumerate(a for one in self._actions() for a in one.in_order)}
        content = [w for w in found if id(w) not in last]
        content.sort(key=lambda w: (-round(w.top / ROW_PX), w.x))
        return [*content, *sorted((w for w in found if id(w) in last), key=lambda w: last[id(w)])]

    def _actions(self) -> list[Actions]:
        return [widget for widget in self.walk(restrict=True) if isinstance(widget, Actions)]

    def _refit(self) -> None:
        for widget in self.walk(restrict=True):
            if isinstance(widget, Column):
                widget.refit()

    def send_event(self, event: object) -> None:
        """Pass on what was pressed."""
        if self.send is not None:
            self.send(event)
