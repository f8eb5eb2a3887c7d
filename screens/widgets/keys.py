"""Keypad and Vietnamese keyboard. They hold no text: each key sends its event, what was typed comes back."""

from __future__ import annotations

from itertools import zip_longest

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.visit.events import BackspaceTapped
from screens.citizen.keyboard import SUGGESTIONS
from screens.citizen.parts import Button
from screens.citizen.parts import Keyboard as KeyboardModel
from screens.theme import current
from screens.widgets.buttons import Key

Builder.load_string(
    """
<Keypad>:
    orientation: "vertical"
    spacing: theme.gap
    size_hint: None, None
    width: min(theme.mm(200), self.parent.width) if self.parent else theme.mm(200)
    pos_hint: {"center_x": 0.5}

<Keyboard>:
    orientation: "vertical"
    spacing: theme.gap
    size_hint_y: None
"""
)

KEYPAD_ROW_MM = 27.0
KEYPAD_ROW_LYING_MM = 23.0
KEYBOARD_ROW_MM = 21.0
KEYBOARD_ROW_LYING_MM = 17.5
LONG_LABEL = 3


class _Board(BoxLayout):
    """Rows of keys, updated in place when their shape stays."""

    row_mm = NumericProperty(KEYPAD_ROW_MM)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.height = 0  # until there are keys
        self._keys: list[list[Key]] = []

    def _shape(self, widths: list[list[float]]) -> list[list[Key]]:
        self.opacity = 1 if widths else 0
        if not widths:  # the keys stay for the next time, but nothing is seen of them and nothing felt
            for key in (key for row in self._keys for key in row):
                key.button = None
            self.height = 0
            return []
        if [len(row) for row in self._keys] != [len(row) for row in widths]:
            self.clear_widgets()
            self._keys = []
            for row in widths:
                line = BoxLayout(spacing=self.spacing)
                keys = [Key() for _ in row]
                for key in keys:
                    line.add_widget(key)
                self.add_widget(line)
                self._keys.append(keys)
        rows = len(widths)
        self.height = rows * current().mm(self.row_mm) + (rows - 1) * self.spacing
        for keys, row in zip(self._keys, widths, strict=True):
            for key, width in zip(keys, row, strict=True):
                key.size_hint_x = width
        return self._keys


class Keypad(_Board):
    """Digits, *clear* and *backspace* as the view-model's ``Keypad`` gives them."""

    keypad = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(row_mm=KEYPAD_ROW_MM if current().portrait else KEYPAD_ROW_LYING_MM, **kwargs)

    def on_keypad(self, *_args: object) -> None:
        """Show the keys."""
        rows: tuple[tuple[Button, ...], ...] = self.keypad.rows if self.keypad is not None else ()
        for keys, buttons in zip(self._shape([[1.0 for _ in row] for row in rows]), rows, strict=True):
            for key, button in zip(keys, buttons, strict=True):
                key.button = button
                key.glyph = "backspace" if isinstance(button.event, BackspaceTapped) else ""
                key.capitals_mm = 7 if len(button.label) >= LONG_LABEL else 11


class Keyboard(_Board):
    """The Vietnamese keyboard as the view-model's ``Keyboard`` gives it."""

    keyboard = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        row_mm = KEYBOARD_ROW_MM if current().portrait else KEYBOARD_ROW_LYING_MM
        super().__init__(row_mm=row_mm, **kwargs)

    def on_keyboard(self, *_args: object) -> None:
        """Show the keys, and above them what may be taken instead of typing on."""
        keyboard: KeyboardModel | None = self.keyboard
        rows = keyboard.rows if keyboard is not None else ()
        widths = [[key.width for key in row] for row in rows]
        offered = keyboard.suggestions if keyboard is not None else None
        if offered is not None:
            widths.insert(0, [1.0] * SUGGESTIONS)
        keys = self._shape(widths)
        if offered is not None:
            for key, button in zip_longest(keys[0], offered):
                key.button, key.glyph, key.capitals_mm = button, "", 7
            keys = keys[1:]
        for line, models in zip(keys, rows, strict=True):
            for key, model in zip(line, models, strict=True):
                key.button = Button(model.label, model.event)
                key.active = model.active
                key.glyph = "backspace" if isinstance(model.event, BackspaceTapped) else ""
                key.capitals_mm = 8 if len(model.label) < LONG_LABEL else 7
