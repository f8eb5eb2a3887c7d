"""The ceiling display in pixels."""

from __future__ import annotations

import math
from pathlib import Path

from kivy.animation import Animation
from kivy.core.text import Label as TextMeasure
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.label import Label

from screens.ceiling.presenter import EARLIER_ROWS, CallLine, CeilingView
from screens.theme import MM_PER_INCH, Theme, current
from screens.widgets import text as _text  # noqa: F401 - kv names its classes

PULSE_SECONDS = 1.2
PULSES = 3
PULSE_STEP_SECONDS = 0.1
"""The two reds lie close together: ten steps a second look smooth and cost a third of all frames."""
RIGHT_SHARE = 0.39


DESIGN_WIDTH_MM, DESIGN_HEIGHT_MM = 952.0, 535.5
"""A panel of 43 inches. Sizes in ``view.kv`` are millimetres of it; other panels show it in proportion."""


def panel_theme(width: int, height: int) -> Theme:
    """The theme with which the display fills a window of ``width`` × ``height`` pixels, whatever its size."""
    px_per_mm = min(width / DESIGN_WIDTH_MM, height / DESIGN_HEIGHT_MM)
    return Theme(width, height, math.hypot(width, height) / px_per_mm / MM_PER_INCH)


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
            dark = Animation(
                ground=theme.lacquer_pressed, duration=half, step=PULSE_STEP_SECONDS, t="in_out_sine"
            )
            light = Animation(ground=theme.lacquer, duration=half, step=PULSE_STEP_SECONDS, t="in_out_sine")
            pulse = dark + light
            for _ in range(PULSES - 1):
                pulse = pulse + (dark + light)
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


class CalledNumbers(BoxLayout):
    """The newest call, and beside it those before, if there are any."""

    number_column = StringProperty("")
    counter_column = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows = [CallRow() for _ in range(EARLIER_ROWS)]
        for row in self._rows:
            self.ids.earlier.add_widget(row)

    def show(self, newest: CallLine, view: CeilingView) -> None:
        """Draw the calls of a view-model."""
        self.number_column, self.counter_column = view.number_column, view.counter_column
        self.ids.current.show(newest, view.current_title)
        self.ids.right.size_hint_x = RIGHT_SHARE if view.earlier else 0
        self.ids.right.opacity = 1 if view.earlier else 0
        self.spacing = current().mm(12) if view.earlier else 0
        for place, row in enumerate(self._rows):
            row.opacity = 1 if place < len(view.earlier) else 0
            if place < len(view.earlier):
                row.show(view.earlier[place])


class IdleLobby(BoxLayout):
    """Nobody was called yet today."""

    title = StringProperty("")
    hint = StringProperty("")


class NameCard(BoxLayout):
    """The screen's name in large, for staff who look for it; legible from the floor."""

    panel_name = StringProperty("")
    panel_size = StringProperty("")


class CeilingScreen(FloatLayout):
    """The whole display."""

    centre = StringProperty("")
    clock = StringProperty("")
    date = StringProperty("")
    waiting = StringProperty("")
    notice = StringProperty("")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._called = CalledNumbers()
        self._idle = IdleLobby()

    def show(self, view: CeilingView) -> None:
        """Draw a view-model; what has not changed is not drawn again."""
        self.centre, self.clock, self.date = view.centre, view.clock, view.date
        self.waiting, self.notice = view.waiting, view.notice
        if view.current is None:
            self._idle.title, self._idle.hint = view.idle_title, view.idle_hint
            self._put(self._idle)
        else:
            self._called.show(view.current, view)
            self._put(self._called)

    def _put(self, wanted: BoxLayout) -> None:
        """Only what is seen is in the window: a hidden widget is drawn all the same, at the full cost."""
        middle = self.ids.middle
        if middle.children != [wanted]:
            middle.clear_widgets()
            middle.add_widget(wanted)


Builder.load_file(str(Path(__file__).with_name("view.kv")))
