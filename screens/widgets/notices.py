"""What is said beside the question: notices, steps of progress, lines of a summary."""

from __future__ import annotations

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from screens.theme import current
from screens.widgets import buttons as _buttons  # noqa: F401 - kv names its classes

Builder.load_string(
    """
#:import names_kept screens.widgets.text.names_kept

<Notice>:
    size_hint_y: None
    height: words.height + theme.mm(8 if theme.portrait else 6) if self.text else 0
    padding: (theme.mm(5), 0) if self.text else 0
    spacing: theme.mm(4)
    opacity: 1 if self.text else 0
    canvas.before:
        Color:
            rgba: self.ground
        SmoothRoundedRectangle:
            pos: self.pos
            size: self.size
            radius: [theme.radius]
    Disc:
        kind: root.sign
        fill: root.mark
        ring: root.mark
        sign: theme.surface
        size_hint: None, 1
        width: theme.mm(11) if root.text else 0
    Words:
        id: words
        text: root.text
        balanced: True
        font_name: theme.semibold
        pos_hint: {"center_y": 0.5}

<StepRow>:
    size_hint_y: None
    height: max(theme.mm(20), words.height)
    spacing: theme.mm(6)
    Disc:
        kind: {"done": "check", "now": "wait"}.get(root.step, "")
        fill: {"done": theme.jade, "now": theme.amber_ground}.get(root.step, theme.paper)
        ring: {"done": theme.jade, "now": theme.amber}.get(root.step, theme.edge)
        sign: theme.surface if root.step == "done" else theme.ink
        size_hint: None, 1
        width: theme.mm(16)
    Words:
        id: words
        text: root.text
        type_size: theme.lead
        font_name: theme.semibold if root.step == "now" else theme.text
        color: theme.ink_quiet if root.step == "later" else theme.ink
        pos_hint: {"center_y": 0.5}

<SummaryRow>:
    size_hint_y: None
    own_height: max(words.height, change.height) + theme.mm(4)
    height: max(self.own_height, self.row_height)
    padding: 0, theme.mm(2)
    spacing: theme.mm(4 if theme.portrait else 3)
    canvas.before:
        Color:
            rgba: theme.hairline
        Rectangle:
            pos: self.x, self.y
            size: self.width, theme.line
    BoxLayout:
        id: words
        orientation: "vertical"
        size_hint_y: None
        height: self.minimum_height
        pos_hint: {"top": 1} if root.row_height > root.own_height else {"center_y": 0.5}
        QuietWords:  # no line begins with the dot
            dot: "\u00a0\u00a0·  " if theme.portrait else "\u00a0· "
            text: root.label + (self.dot + root.source if root.source else "")
            balanced: True
        Words:
            text: names_kept(root.value)
            font_name: theme.text if root.missing else theme.semibold
            color: theme.ink_quiet if root.missing else theme.ink
            type_size: theme.letters(7.5)
        Notice:
            text: root.problem
            tone: "trouble"
    SecondaryButton:
        id: change
        least_mm: 20
        button: root.change
        size_hint_x: None
        beside_mm: 12 if theme.portrait else 10.5
        width: max(theme.mm(30), self.one_line + theme.mm(self.beside_mm)) if self.present else 0
        pos_hint: {"center_y": 0.5}

<HeadedWords>:
    orientation: "vertical"
    size_hint_y: None
    own_height: self.minimum_height
    height: max(self.own_height, self.row_height)
    Words:
        text: root.heading
        font_name: theme.semibold
    Words:
        text: root.text if theme.text_size else names_kept(root.text)  # larger letters need each line
        balanced: True
    Widget:  # keeps the words at the top beside taller ones

<NumberedWords>:
    size_hint_y: None
    height: max(theme.mm(16), words.height)
    spacing: theme.mm(5)
    AnchorLayout:
        size_hint_x: None
        width: theme.mm(15)
        Disc:
            ring: theme.ink
            size_hint: None, None
            size: theme.mm(15), theme.mm(15)
        Numeral:
            text: root.place
            capitals_mm: 8
    Words:
        id: words
        text: root.text
        pos_hint: {"center_y": 0.5}
"""
)

_SIGNS = {"info": "info", "done": "check", "wait": "wait", "trouble": "trouble"}


class Notice(BoxLayout):
    """A short notice; ``tone`` is info, done, wait or trouble. Takes no place while ``text`` is empty."""

    text = StringProperty("")
    tone = StringProperty("info")
    message = ObjectProperty(None, allownone=True)
    sign = StringProperty("info")
    mark = ColorProperty((0, 0, 0, 0))
    ground = ColorProperty((0, 0, 0, 0))

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.on_tone()

    def on_message(self, *_args: object) -> None:
        """Take words and tone of the message."""
        self.text = self.message.text if self.message is not None else ""
        self.tone = self.message.tone if self.message is not None else "info"

    def on_tone(self, *_args: object) -> None:
        """Colours of the tone. Red is kept for the thing to press."""
        theme = current()
        self.sign = _SIGNS.get(self.tone, "info")
        self.mark, self.ground = {
            "done": (theme.jade, theme.jade_ground),
            "wait": (theme.amber, theme.amber_ground),
            "trouble": (theme.ink, theme.amber_ground),
        }.get(self.tone, (theme.ink_quiet, theme.surface))


class StepRow(BoxLayout):
    """One step: ``step`` is done, now or later."""

    text = StringProperty("")
    step = StringProperty("later")


class SummaryRow(BoxLayout):
    """One line of a summary: what was asked, where the answer comes from, the answer, *change*.

    In a ``LevelGrid`` all of a row begin at the same height.
    """

    own_height = NumericProperty(0)
    row_height = NumericProperty(0)
    missing = BooleanProperty(False)

    label = StringProperty("")
    source = StringProperty("")
    value = StringProperty("")
    problem = StringProperty("")
    change = ObjectProperty(None, allownone=True)


class HeadedWords(BoxLayout):
    """A short heading and its words; in a ``LevelGrid`` level with those beside it."""

    own_height = NumericProperty(0)
    row_height = NumericProperty(0)
    heading = StringProperty("")
    text = StringProperty("")


class NumberedWords(BoxLayout):
    """One of several steps in order; ``place`` is its number."""

    place = StringProperty("")
    text = StringProperty("")
