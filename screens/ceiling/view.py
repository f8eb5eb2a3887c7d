"""The ceiling display in pixels."""

from __future__ import annotations

from pathlib import Path

from kivy.animation import Animation
from kivy.core.text import Label as TextMeasure
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label

from screens.ceiling.presenter import EARLIER_ROWS, CallLine, CeilingView
from screens.theme import current
from screens.widgets import text as _text  # noqa: F401 - kv names its classes

PULSE_SECONDS = 1.2
PULSES = 3
RIGHT_SHARE = 0.39


class BigNumber(Label):
    """One line of tabular digits, never cut or wrapped: what is too long for ``room`` is drawn smaller.

    ``capitals_mm`` is the height wanted, ``room`` the width in pixels it may take.
    """

    capitals_mm = NumericProperty(60)
    room = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.bind(text=self._fit, room=self._fit, capitals_mm=self._fit)
        self._fit()

    def _fit(self, *_args: object) -> None:
        theme = current()
        wanted = theme.capitals(self.capitals_mm, "numerals")
        measure = TextMeasure(font_name=theme.numerals, font_size=wanted)
        width = measure.get_extents(self.text)[0] if self.text else 0
        self.font_size = wanted * min(1.0, self.room / width) if width and self.room > 0 else wanted


class CallRow(BoxLayout):
    """An earlier call."""

    number = StringProperty("")
    counter = StringProperty("")
    fresh = BooleanProperty(False)

    def show(self, line: CallLine) -> None:
        """Take over one call."""
        self.number, self.counter, self.fresh = line.number, line.counter, line.fresh


class CurrentCall(BoxLayout):
    """The newest call, on lacquer red while it is fresh."""

    title = StringProperty("")
    number = StringProperty("")
    counter = StringProperty("")
    ground = ColorProperty((0, 0, 0, 0))
    ink = ColorProperty((0, 0, 0, 1))

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._key = 0
        self._pulse: Animation | None = None

    def show(self, line: CallLine, title: str) -> None:
        """Take over a call; a new one pulses calmly, once for each time it is called."""
        theme = current()
        self.title, self.number, self.counter = title, line.number, line.counter
        if line.key != self._key and line.fresh:
            self._rest()
            self.ground, self.ink = theme.lacquer, theme.on_lacquer
            half = PULSE_SECONDS / 2
            once = Animation(ground=theme.lacquer_pressed, duration=half, t="in_out_sine") + Animation(
                ground=theme.lacquer, duration=half, t="in_out_sine"
            )
            pulse = once
            for _ in range(PULSES - 1):
                pulse = pulse + once
            self._pulse = pulse
            pulse.start(self)
        elif line.fresh and self._pulse is None:
            self.ground, self.ink = theme.lacquer, theme.on_lacquer
        elif not line.fresh:
            self._rest()
            self.ground, self.ink = theme.surface, theme.ink
        self._key = line.key

    def _rest(self) -> None:
        if self._pulse is not None:
            self._pulse.cancel(self)
            self._pulse = None


class IdleLobby(BoxLayout):
    """Nobody was called yet today."""

    title = StringProperty("")
    hint = StringProperty("")


class NameCard(BoxLayout):
    """The screen's name in large, for staff who look for it."""

    name_text = StringProperty("")
    size_text = StringProperty("")


class CeilingScreen(FloatLayout):
    """The whole display."""

    centre = StringProperty("")
    clock = StringProperty("")
    date = StringProperty("")
    number_column = StringProperty("")
    counter_column = StringProperty("")
    idle_title = StringProperty("")
    idle_hint = StringProperty("")
    waiting = StringProperty("")
    notice = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[CallRow] = []
        self._name_card: NameCard | None = None
        for _ in range(EARLIER_ROWS):
            row = CallRow()
            self._rows.append(row)
            self.ids.earlier.add_widget(row)

    def show(self, view: CeilingView) -> None:
        """Draw a view-model; what has not changed is not drawn again."""
        for name in (
            "centre", "clock", "date", "number_column", "counter_column",
            "idle_title", "idle_hint", "waiting", "notice",
        ):  # fmt: skip
            setattr(self, name, getattr(view, name))
        self.ids.called.opacity = 1 if view.current is not None else 0
        self.ids.idle.opacity = 0 if view.current is not None else 1
        if view.current is not None:
            self.ids.current.show(view.current, view.current_title)
        self.ids.right.size_hint_x = RIGHT_SHARE if view.earlier else 0
        self.ids.right.opacity = 1 if view.earlier else 0
        self.ids.called.spacing = current().mm(12) if view.earlier else 0
        for place, row in enumerate(self._rows):
            row.opacity = 1 if place < len(view.earlier) else 0
            if place < len(view.earlier):
                row.show(view.earlier[place])

    def show_name(self, name: str, size: str) -> None:
        """Lay the screen's name over everything."""
        self.hide_name()
        self._name_card = NameCard(name_text=name, size_text=size)
        self.add_widget(self._name_card)

    def hide_name(self) -> None:
        """Take the name away again."""
        if self._name_card is not None:
            self.remove_widget(self._name_card)
            self._name_card = None


Builder.load_file(str(Path(__file__).with_name("view.kv")))
