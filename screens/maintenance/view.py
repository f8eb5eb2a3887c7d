"""The maintenance screen's pixels: draws the presenter's view and hands back what was pressed."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from screens.maintenance.model import (
    Button,
    CanView,
    DeviceRow,
    DeviceView,
    EditView,
    ListView,
    PinView,
    SettingRow,
)
from screens.maintenance.presenter import MaintenancePresenter
from screens.theme import current
from screens.widgets import notices as _notices  # noqa: F401 - kv names its classes
from screens.widgets import pictures as _pictures  # noqa: F401 - kv names its classes
from screens.widgets.buttons import Key, Slab, TextButton
from screens.widgets.entry import DigitBox
from screens.widgets.rows import Rows
from screens.widgets.text import Words

SMALL = 5.0
"""Height of capitals in millimetres: staff stand close and need more on one screen."""
KEY_MM = 15.0
PIN_KEY_MM = 24.0
CAN_KEY_LYING_MM = 18.0

_SIGNS = {"done": "check", "wait": "wait", "trouble": "trouble"}


class StaffButton(TextButton):
    """A button of ordinary rank; ``active`` marks the value that is set."""

    active = BooleanProperty(False)

    def on_button(self, *args: object) -> None:
        """Take the words of the new button."""
        super().on_button(*args)
        self.active = bool(getattr(self.button, "active", False))


class StaffKey(Key):
    """A key; ``active`` while shift is on."""

    def on_button(self, *args: object) -> None:
        """Take the words of the new button."""
        super().on_button(*args)
        self.active = bool(getattr(self.button, "active", False))


class Toned(Widget):
    """Something that shows by sign and colour how a device is."""

    tone = StringProperty("done")
    sign = StringProperty("check")
    mark = ColorProperty((0, 0, 0, 0))

    def on_tone(self, *_args: object) -> None:
        """Sign and colour of the tone."""
        theme = current()
        self.sign = _SIGNS[self.tone]
        self.mark = {"done": theme.jade, "wait": theme.amber, "trouble": theme.lacquer}[self.tone]


class DeviceTile(BoxLayout, Slab, Toned):
    """One device of the list."""

    device_state = StringProperty("")
    remedy = StringProperty("")

    def follow(self, row: DeviceRow) -> None:
        """Show this row."""
        self.button, self.tone, self.device_state, self.remedy = row.button, row.tone, row.state, row.remedy
        self.on_tone()


class SettingLine(BoxLayout):
    """One setting of a device."""

    label = StringProperty("")
    value = StringProperty("")
    change = ObjectProperty(None, allownone=True)

    def follow(self, row: SettingRow) -> None:
        """Show this setting."""
        self.label, self.value, self.change = row.label, row.value, row.change


class StaffWords(Words):
    """Running text for staff."""

    capitals_mm = NumericProperty(SMALL)


def _follow_words(label: StaffWords, text: str) -> None:
    label.text = text


def _follow_digit(box: DigitBox, digit: str) -> None:
    box.digit = digit


def _follow_button(widget: StaffButton, button: Button) -> None:
    widget.button = button


class StaffPage(BoxLayout):
    """Base of the five pages: properties are named as the fields of the view-model and follow it."""

    view_model: ClassVar[type[Any]]

    def show(self, model: Any) -> None:
        """Take over every field of ``model``."""
        for field in fields(self.view_model):
            setattr(self, self.renamed(field.name), getattr(model, field.name))

    @staticmethod
    def renamed(name: str) -> str:
        """``state`` is a word of Kivy's buttons."""
        return "device_state" if name == "state" else name


class _Keys:
    """Rows of keys, made anew only when their shape changes."""

    def __init__(self, box: BoxLayout, row_mm: float, capitals_mm: float) -> None:
        self._box, self._row_mm, self._capitals_mm = box, row_mm, capitals_mm
        self._keys: list[list[StaffKey]] = []

    def show(self, rows: tuple[tuple[Button, ...], ...]) -> None:
        """Make the keys follow ``rows``."""
        theme = current()
        if [len(row) for row in rows] != [len(keys) for keys in self._keys]:
            self._box.clear_widgets()
            self._keys = [[StaffKey(capitals_mm=self._capitals_mm) for _ in row] for row in rows]
            for keys in self._keys:
                line = BoxLayout(spacing=theme.mm(3))
                for key in keys:
                    line.add_widget(key)
                self._box.add_widget(line)
            self._box.height = len(rows) * theme.mm(self._row_mm) + max(0, len(rows) - 1) * theme.mm(3)
        for keys, row in zip(self._keys, rows, strict=True):
            for key, button in zip(keys, row, strict=True):
                key.button = button
                key.glyph = {"⌫": "backspace", "⇧": "shift"}.get(button.label, "")
                key.capitals_mm = self._capitals_mm if len(button.label) == 1 else min(self._capitals_mm, 6)


class PinPage(StaffPage):
    """The PIN pad."""

    view_model = PinView
    title = StringProperty("")
    prompt = StringProperty("")
    dots = NumericProperty(0)
    keys = ListProperty([])
    open = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._board = _Keys(self.ids["keys"], PIN_KEY_MM, 9)

    def on_keys(self, *_args: object) -> None:
        """Show the keys."""
        self._board.show(tuple(self.keys))


class ListPage(StaffPage):
    """All devices."""

    view_model = ListView
    title = StringProperty("")
    summary = ObjectProperty(None, allownone=True)
    message = ObjectProperty(None, allownone=True)
    rows = ListProperty([])
    switch = ObjectProperty(None, allownone=True)
    machine = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._tiles: Rows[DeviceRow, DeviceTile] = Rows(self.ids["rows"], DeviceTile, DeviceTile.follow)

    def on_rows(self, *_args: object) -> None:
        """Show the devices."""
        self._tiles.show(self.rows)


class DevicePage(StaffPage, Toned):
    """One device."""

    view_model = DeviceView
    title = StringProperty("")
    device_state = StringProperty("")
    causes = ListProperty([])
    facts = StringProperty("")
    test = ObjectProperty(None, allownone=True)
    result = ObjectProperty(None, allownone=True)
    lines = ListProperty([])
    settings_title = StringProperty("")
    settings = ListProperty([])
    save = ObjectProperty(None, allownone=True)
    discard = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._causes: Rows[str, StaffWords] = Rows(self.ids["causes"], StaffWords, _follow_words)
        self._lines: Rows[str, StaffWords] = Rows(self.ids["lines"], StaffWords, _follow_words)
        self._settings: Rows[SettingRow, SettingLine] = Rows(
            self.ids["settings"], SettingLine, SettingLine.follow
        )

    def show(self, model: DeviceView) -> None:
        """Take over every field; another device begins at the top."""
        if model.title != self.title:
            self.ids["scroll"].scroll_y = 1
        super().show(model)
        self.on_tone()

    def on_causes(self, *_args: object) -> None:
        """Show why the device is not well."""
        self._causes.show(self.causes)

    def on_lines(self, *_args: object) -> None:
        """Show what the test did and saw."""
        self._lines.show(self.lines)

    def on_settings(self, *_args: object) -> None:
        """Show the settings."""
        self._settings.show(self.settings)


class CanPage(StaffPage):
    """The six digits of the card on the reader."""

    view_model = CanView
    title = StringProperty("")
    prompt = StringProperty("")
    note = StringProperty("")
    key_mm = NumericProperty(PIN_KEY_MM)
    boxes = ListProperty([])
    keys = ListProperty([])
    read = ObjectProperty(None, allownone=True)
    skip = ObjectProperty(None, allownone=True)
    back = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.key_mm = PIN_KEY_MM if current().portrait else CAN_KEY_LYING_MM
        self._board = _Keys(self.ids["keys"], self.key_mm, 9)
        self._boxes: Rows[str, DigitBox] = Rows(self.ids["boxes"], DigitBox, _follow_digit)

    def on_keys(self, *_args: object) -> None:
        """Show the keys."""
        self._board.show(tuple(self.keys))

    def on_boxes(self, *_args: object) -> None:
        """One box for each digit."""
        self._boxes.show(self.boxes)


class EditPage(StaffPage):
    """One setting."""

    view_model = EditView
    title = StringProperty("")
    value = StringProperty("")
    hint = StringProperty("")
    choices = ListProperty([])
    steps = ListProperty([])
    keys = ListProperty([])
    done = ObjectProperty(None, allownone=True)
    cancel = ObjectProperty(None, allownone=True)
    leave = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._board = _Keys(self.ids["keys"], KEY_MM, 6)
        self._choices: Rows[Button, StaffButton] = Rows(self.ids["choices"], StaffButton, _follow_button)
        self._steps: Rows[Button, StaffButton] = Rows(self.ids["steps"], StaffButton, _follow_button)

    def on_keys(self, *_args: object) -> None:
        """Show the keys."""
        self._board.show(tuple(self.keys))

    def on_choices(self, *_args: object) -> None:
        """Show the offered values."""
        self._choices.show(self.choices)

    def on_steps(self, *_args: object) -> None:
        """Show less and more."""
        self._steps.show(self.steps)


Builder.load_file(str(Path(__file__).with_name("view.kv")))

_PAGES: tuple[type[StaffPage], ...] = (PinPage, ListPage, DevicePage, CanPage, EditPage)


class MaintenanceRoot(BoxLayout):
    """The whole maintenance screen. ``enter`` shows it from the PIN on; ``leave`` stops its clock.

    Its presenter's ``leave`` tells the owner to take this widget away. Nothing beneath it can be seen.
    """

    covers = True

    def __init__(self, presenter: MaintenancePresenter, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._presenter = presenter
        self._pages: dict[type[Any], StaffPage] = {}
        self._ticking: Any = None
        presenter.changed = self._draw

    @property
    def screen_name(self) -> str:
        """Name of what is shown: pin, list, device, can or edit."""
        return type(self._presenter.view).__name__.removesuffix("View").lower()

    def enter(self) -> None:
        """Begin with the PIN."""
        self._presenter.enter()
        self.leave()
        self._ticking = Clock.schedule_interval(lambda _seconds: self._presenter.tick(), 1.0)

    def leave(self) -> None:
        """Stop the clock; to be called when the widget is taken away."""
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None

    def send_event(self, event: object) -> None:
        """Pass on what was pressed."""
        self._presenter.handle(event)

    def on_touch_down(self, touch: Any) -> bool:
        """Someone is there; nothing below this screen gets the touch."""
        self._presenter.touched()
        super().on_touch_down(touch)
        return True

    def _draw(self) -> None:
        model = self._presenter.view
        page = self._pages.get(type(model))
        if page is None:
            page = next(one for one in _PAGES if one.view_model is type(model))()
            self._pages[type(model)] = page
        page.show(model)
        if page not in self.children:
            self.clear_widgets()
            self.add_widget(page)
