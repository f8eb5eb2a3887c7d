"""The widgets themselves, made anew for each page, with what each state needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.eforms.vietnamese_input import InputMethod
from kiosk.visit.events import Back
from screens.citizen.clips.presenter import Controls
from screens.citizen.frame import FrameView
from screens.citizen.keyboard import vietnamese_keyboard
from screens.citizen.paging import Pages
from screens.citizen.parts import Button, Message, Picked, keypad
from screens.citizen.rate.presenter import Face
from screens.citizen.start.presenter import Door
from screens.locale import Words
from screens.theme import current
from screens.widgets import buttons, doors, entry, faces, frame, keys, notices, options, pictures, text
from screens.widgets.card_on_reader import CardOnReader
from screens.widgets.clip_controls import ClipControls
from screens.widgets.clip_player import ClipPlayer
from screens.widgets.clip_tile import ClipTile, TopicButton
from screens.widgets.column import Column, Fill
from screens.widgets.page import Actions, Body, Sheet, TwoSides
from screens.widgets.signs import STROKES
from screens.widgets.slip import Slip
from screens.widgets.tiles import LevelGrid, SideBySide
from screens.widgets.turning import Turning

EVENT = Back("gallery")
FOLLOW = "http://192.168.1.10:8080/follow/2f7c"
SIGNS_IN_A_ROW = 9


@dataclass
class Sample:
    """A widget beneath its caption; ``height_mm``: about what it needs, or gets if it takes any."""

    caption: str
    widget: Widget
    height_mm: float = 30
    focused: bool = False
    wide: bool = False  #: as wide as the panel


def _states(make: Callable[[], Any], label: str, mm: float, hint: str = "") -> list[Sample]:
    """Usual, pressed, disabled and focused."""
    name, found = "", []
    for state in ("usual", "pressed", "disabled", "focused"):
        widget = make()
        name = type(widget).__name__
        widget.button = Button(label, EVENT, enabled=state != "disabled", hint=hint)
        if state == "pressed":
            widget.state = "down"
        found.append(Sample(f"{name}, {state}", widget, mm, state == "focused"))
    return found


def _with(widget: Any, **properties: Any) -> Any:
    for name, value in properties.items():
        setattr(widget, name, value)
    return widget


def letters(words: Words) -> list[Sample]:
    """The steps of the type."""
    long = words("start.notice")
    kinds = (text.Words, text.QuietWords, text.Lead, text.Title, text.Hero)
    found = [Sample(kind.__name__, kind(text=long), 45) for kind in kinds]
    return [*found, Sample("Numeral", text.Numeral(text="A015 – 0123456789", capitals_mm=11), 18)]


def pressed(words: Words) -> list[Sample]:
    """Buttons."""
    kinds = (buttons.PrimaryButton, buttons.SecondaryButton, buttons.QuietButton, buttons.BackButton)
    return [one for kind in kinds for one in _states(kind, words("frame.back"), 30)]


def tiles(words: Words) -> list[Sample]:
    """Choices."""
    label, hint = words("start.take_number"), words("start.take_number_hint")
    found = _states(buttons.ChoiceTile, label, 32, hint)
    for name in ("chosen", "busy"):
        tile = _with(buttons.ChoiceTile(), button=Button(label, EVENT, hint=hint), **{name: True})
        found.append(Sample(f"ChoiceTile, {name}", tile, 32))
    found += _states(options.OptionButton, label, 22)
    found.append(
        Sample(
            "OptionButton, chosen",
            _with(options.OptionButton(), button=Button(label, EVENT), chosen=True),
            22,
        )
    )
    three = tuple(
        Picked(Button(words(f"comfort.size_{size}"), EVENT), size == "large", mm)
        for size, mm in (("normal", 7), ("large", 8.2), ("largest", 9.5))
    )
    found.append(
        Sample(
            "Options", _with(options.Options(), heading=words("comfort.size"), options=three), 36, wide=True
        )
    )
    less, more = Button(words("comfort.softer"), EVENT), Button(words("comfort.louder"), EVENT)
    found += [
        Sample(
            f"MoreOrLess, {value} of 4",
            _with(options.MoreOrLess(), heading=words("comfort.volume"), less=less, more=more, value=value),
            36,
            wide=True,
        )
        for value in (0, 3)
    ]
    grid = LevelGrid(cols=2, size_hint_y=None, spacing=current().gap)
    grid.bind(minimum_height=grid.setter("height"))
    for long in (False, True):
        tile = _with(buttons.ChoiceTile(), button=Button(label, EVENT, hint=hint if long else ""))
        grid.add_widget(tile)
    return [*found, Sample("LevelGrid of ChoiceTile", grid, 40, wide=True)]


def large(words: Words) -> list[Sample]:
    """Doors and faces."""
    names = {"take": "start.take_number", "find": "start.find", "rate": "start.rate"}
    found = []
    for main, enabled, state in ((True, True, "normal"), (False, True, "normal"), (True, True, "down"),
                                 (False, True, "down"), (True, False, "normal")):  # fmt: skip
        tile = doors.DoorTile(height=current().mm(36))
        tile.door = Door(
            Button(words(names["take"]), EVENT, enabled, words("start.take_number_hint")), "number", main
        )
        tile.state = state
        kind = "main" if main else "other"
        told = "pressed" if state == "down" else "usual" if enabled else "disabled"
        found.append(Sample(f"DoorTile, {kind}, {told}", tile, 36, main and told == "usual"))
    quiet = _with(doors.QuietTile(height=current().mm(22)), button=Button(words(names["find"]), EVENT))
    found.append(Sample("QuietTile", quiet, 22))
    three = doors.Doors(size_hint_y=None)
    three.bind(minimum_height=three.setter("height"))
    for number, (sign, key) in enumerate(names.items()):
        kind = {"take": "number"}.get(sign, sign)
        three.add_widget(_with(doors.DoorTile(), door=Door(Button(words(key), EVENT), kind, number == 0)))
    found.append(Sample("Doors", three, 75, wide=True))
    for face in range(1, 6):
        tile = _with(faces.FaceTile(), choice=Face(Button(words.lines("rate.faces")[face - 1], EVENT), face))
        tile.state = "down" if face == 4 else "normal"
        found.append(Sample(f"FaceTile {face}" + (", pressed" if face == 4 else ""), tile, 60, face == 2))
    return found


def typed(words: Words) -> list[Sample]:
    """Keys, keypads, and what was typed."""
    found = [Sample("Keypad", _with(keys.Keypad(), keypad=keypad("gallery", words)), 120)]
    for method in InputMethod:
        board = vietnamese_keyboard(
            "gallery",
            words,
            capital=method is InputMethod.DIRECT,
            method=method,
            suggestions=("Nguyễn", "Ngô"),
        )
        shown = _with(keys.Keyboard(), keyboard=board)
        found.append(Sample(f"Keyboard, {method.name.lower()}", shown, 175, wide=True))
    for state in ("usual", "pressed", "active"):
        key = buttons.Key(size_hint_y=None, height=current().mm(21), button=Button("ơ", EVENT))
        key.state, key.active = ("down" if state == "pressed" else "normal"), state == "active"
        found.append(Sample(f"Key, {state}", key, 21, state == "usual"))
    found += [
        Sample("DigitBox, empty", entry.DigitBox(), 24),
        Sample("DigitBox", entry.DigitBox(digit="7"), 24),
        Sample("EntryBox, empty", entry.EntryBox(wanted=True, hint=words("question.text_hint")), 28),
        Sample("EntryBox", entry.EntryBox(wanted=True, text="Trần Văn Đỗ"), 28),
    ]
    return found


def told(words: Words) -> list[Sample]:
    """Notices, steps, lines of a summary, pages of a list."""
    line = words("start.action_no_reader")
    found = [
        Sample(f"Notice, {tone}", _with(notices.Notice(), message=Message(line, tone)), 30)
        for tone in ("info", "done", "wait", "trouble")
    ]
    found += [Sample(f"StepRow, {step}", notices.StepRow(text=line, step=step), 24) for step in _STEPS]
    change = Button(words("check_answers.change"), EVENT)
    row = {"label": words("start.find"), "value": "Trần Văn Đỗ", "change": change}
    found += [
        Sample("SummaryRow", notices.SummaryRow(**row), 30),
        Sample("SummaryRow, with a problem", notices.SummaryRow(**row, problem=line), 60),
        Sample("HeadedWords", notices.HeadedWords(heading=words("start.find"), text=line), 30),
        Sample("NumberedWords", notices.NumberedWords(place="2", text=line), 26),
    ]
    for page in (1, 2, 3):
        pages = Pages(
            Button(words("pages.before"), EVENT, enabled=page > 1),
            Button(words("pages.after"), EVENT, enabled=page < 3),
            words("pages.place", n=page, total=3),
        )
        found.append(Sample(f"Turning, page {page} of 3", _with(Turning(), pages=pages), 26, wide=True))
    return found


_STEPS = ("done", "now", "later")


def drawn(_words: Words) -> list[Sample]:
    """Signs, discs, codes, the card on the reader."""
    theme, found = current(), []
    kinds = [kind for kind in sorted({*STROKES, "play"}) if kind]
    for start in range(0, len(kinds), SIGNS_IN_A_ROW):
        row = BoxLayout(spacing=theme.mm(2))
        some = kinds[start : start + SIGNS_IN_A_ROW]
        for kind in some:
            row.add_widget(pictures.Glyph(kind=kind, colour=theme.ink))
        found.append(Sample("Glyph: " + ", ".join(some[:3]) + " …", row, 14))
    discs = BoxLayout()
    for kind, ground in (("check", theme.jade), ("wait", theme.amber), ("trouble", theme.ink)):
        discs.add_widget(pictures.Disc(kind=kind, fill=ground, ring=ground, sign=theme.surface))
    found.append(Sample("Disc", discs, 20))
    found.append(Sample("QrImage", _with(pictures.QrImage(), code=FOLLOW), 50))
    found += [Sample(f"CardOnReader, {doing}", CardOnReader(doing=doing), 80) for doing in _DOING]
    found += [
        Sample(f"FacePicture {face}", faces.FacePicture(face=face, ink=theme.ink), 24) for face in range(1, 6)
    ]
    return [*found, *(Sample(f"Steps, {value} of 4", options.Steps(value=value), 20) for value in (1, 4))]


_DOING = ("laying", "taking", "resting")


def around(words: Words) -> list[Sample]:
    """The frame, its parts, and what makes up a page."""
    found = []
    for state in ("usual", "pressed", "on"):
        button = frame.FrameButton(sign="sound", least_mm=15, button=Button(words("frame.listen"), EVENT))
        button.state, button.on = ("down" if state == "pressed" else "normal"), state == "on"
        found.append(Sample(f"FrameButton, {state}", button, 18, state == "usual"))
    back = Button(words("frame.back"), EVENT)
    named = {one: Button(words(f"frame.{one}"), EVENT) for one in ("language", "comfort", "listen", "call")}
    view = FrameView(named["language"], named["comfort"], named["listen"], named["call"])
    whole = frame.Frame()
    whole.show(words("start.title"), words("frame.help", hotline="1800 1096"), view)
    for told, band in (("header", whole.header), ("foot", whole.foot)):
        found.append(Sample(f"Band: {told}", band, 40, wide=True))
    actions = Actions()
    actions.primary, actions.second, actions.back, actions.leave = back, back, back, [back]
    found.append(Sample("Actions", actions, 100, wide=True))
    for kind in (Body, Sheet, Slip, Column):
        column = kind()
        column.add_widget(text.Title(text=words("start.title")))
        column.add_widget(Fill())
        column.add_widget(text.Words(text=words("start.notice")))
        found.append(Sample(kind.__name__, column, 110))
    sides = TwoSides()
    for _ in range(2):
        sides.add_widget(_with(pictures.QrImage(), code=FOLLOW))
    columns = SideBySide(cols=2, size_hint_y=None)
    columns.bind(minimum_height=columns.setter("height"))
    for _ in range(3):
        columns.add_widget(text.Words(text=words("start.notice")))
    return [*found, Sample("TwoSides", sides, 75), Sample("SideBySide", columns, 60, wide=True)]


def clips(words: Words) -> list[Sample]:
    """What belongs to clips."""
    found = _states(lambda: ClipTile(length="1:12"), words("start.clips"), 50)
    found += _states(TopicButton, words("start.find"), 30)[:2]
    found.append(
        Sample("TopicButton, chosen", TopicButton(button=Button(words("start.find"), EVENT), chosen=True), 30)
    )
    controls = Controls(*(Button(words(f"clips.{one}", speed="1"), EVENT) for one in _CONTROLS))
    found.append(Sample("ClipControls", ClipControls(controls=controls), 150, wide=True))
    player = ClipPlayer(share=0.4, caption=words("start.action"))
    return [*found, Sample("ClipPlayer", player, 110)]


_CONTROLS = ("pause", "step_back", "step_forward", "speed", "captions_off", "take")

GROUPS: dict[str, Callable[[Words], list[Sample]]] = {
    "letters": letters,
    "buttons": pressed,
    "tiles": tiles,
    "doors": large,
    "typing": typed,
    "notices": told,
    "pictures": drawn,
    "frame": around,
    "clips": clips,
}
"""Pages by what they show."""
