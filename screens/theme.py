"""How the lobby's screens look: colours by their role, sizes in millimetres of the real panel, fonts.

No Kivy is imported before ``install`` is called, so that the window can be prepared first
(``screens.window.prepare_window``). After ``install`` every kv rule knows the name ``theme``: a widget takes
it when it is made, so another theme means other widgets.

Sizes: EN 301 549 V3.2.1 §5.1.4 (capital height), §8.3 (reach), VVSG 2.0 §7.1 (sizes of type), §7.2 (touch
targets). Contrast: WCAG 2.2, 1.4.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path

from kiosk.visit.comfort import Comfort, TextSize

FONTS = Path(__file__).parent.parent / "media" / "fonts"

# Capital height in em, read from each file's letter H.
CAPITALS_TEXT = 0.740  # Be Vietnam Pro
CAPITALS_NUMERALS = 0.714  # Noto Sans Bold; its digits are tabular, those of Be Vietnam Pro are not

FONT_FILES = {
    "text": "BeVietnamPro-Regular.ttf",
    "semibold": "BeVietnamPro-SemiBold.ttf",
    "bold": "BeVietnamPro-Bold.ttf",
    "numerals": "NotoSans-Bold.ttf",
}

MM_PER_INCH = 25.4

# Least sizes in millimetres, held by the tests of the screens.
TOUCH_MM = 20.0
TOUCH_LEAST_MM = 13.0
GAP_MM = 3.0
CAPITALS_LEAST_MM = 7.0
SAME_PANEL = 0.02  # panels that differ less are the same
TEXT_CONTRAST = 10.0
SHAPE_CONTRAST = 4.5
HIGH_TEXT_CONTRAST = 15.0
HIGH_SHAPE_CONTRAST = 7.0

# How far up from the floor everything to touch stands for somebody who sits, and how high panels hang.
REACH_MM = 1100.0
BOTTOM_MM = 750.0
LEAST_REACH = 0.62  # a panel that hangs so high that less of it is in reach is used up to this share

# Running text grows by so many millimetres of capital height; type of GROWN_MM and more does not grow.
GROWTH_MM = {TextSize.NORMAL: 0.0, TextSize.LARGE: 1.2, TextSize.LARGEST: 2.5}
GROWN_MM = 14.0

Rgba = tuple[float, float, float, float]


@dataclass(frozen=True)
class Palette:
    """Colours by role, as ``#RRGGBB``. ``TEXT_PAIRS`` and ``SHAPE_PAIRS`` say which may stand on which."""

    paper: str = "#F7F1E5"  # background of every screen
    surface: str = "#FFFCF5"  # cards, tiles, keys
    surface_pressed: str = "#EADFC9"
    ink: str = "#1F1A17"
    ink_quiet: str = "#3F3731"  # second voice; still 10:1 on paper
    hairline: str = "#D9CDB8"  # decoration only; never the only sign of a control
    edge: str = "#786A57"  # outline of a control
    lacquer: str = "#85110F"  # the one thing to press
    lacquer_pressed: str = "#5C0A09"
    on_lacquer: str = "#FFFFFF"
    jade: str = "#1E6B52"  # done
    jade_ground: str = "#DCEBE1"
    amber: str = "#945600"  # wait
    amber_ground: str = "#F7E7C6"
    shadow: str = "#E4D8C1"  # under what can be pressed; decoration
    focus: str = "#0B4A8B"  # ring around what the keys stand on
    focus_rim: str = "#FFFFFF"  # its inner rim, so that it stands out on every ground
    dark: str = "#1F1A17"  # behind clips
    on_dark: str = "#FFFCF5"
    veil: str = "#1F1A17"  # over the screen behind the idle warning, drawn half transparent


HIGH_CONTRAST = Palette(
    paper="#0C0B0A",
    surface="#171513",
    surface_pressed="#26211C",
    ink="#FFFFFF",
    ink_quiet="#F4EEE3",
    hairline="#6E6558",
    edge="#B8AD9D",
    lacquer="#FFE08F",
    lacquer_pressed="#FFF1C8",
    on_lacquer="#0C0B0A",
    jade="#8FE0BC",
    jade_ground="#10261D",
    amber="#FFC46B",
    amber_ground="#2A1E08",
    shadow="#000000",
    focus="#7FD0FF",
    focus_rim="#000000",
    dark="#000000",
    on_dark="#FFFFFF",
    veil="#000000",
)
"""Light words on a dark ground, which does not dazzle eyes with a cataract."""


# (foreground, background) pairs in use: text has 10:1, shapes that carry meaning 4.5:1.
TEXT_PAIRS = (
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "surface_pressed"),
    ("ink", "jade_ground"),
    ("ink", "amber_ground"),
    ("ink_quiet", "paper"),
    ("ink_quiet", "surface"),
    ("on_lacquer", "lacquer"),
    ("on_lacquer", "lacquer_pressed"),
    ("on_dark", "dark"),
)
SHAPE_PAIRS = (
    ("edge", "paper"),
    ("edge", "surface"),
    ("lacquer", "paper"),
    ("lacquer", "surface"),
    ("jade", "paper"),
    ("jade", "surface"),
    ("jade", "jade_ground"),
    ("amber", "paper"),
    ("amber", "surface"),
    ("amber", "amber_ground"),
    ("surface", "jade"),
    ("focus", "paper"),
    ("focus", "surface"),
    ("focus", "focus_rim"),
)


def luminance(colour: str) -> float:
    """Relative luminance (0 to 1) of ``#RRGGBB``, WCAG 2.2."""
    values = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio (1 to 21) of two colours ``#RRGGBB``, WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def rgba(colour: str, opacity: float = 1.0) -> Rgba:
    """``#RRGGBB`` as four numbers from 0 to 1, as Kivy takes colours."""
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue, opacity


@dataclass(frozen=True)
class Millimetres:
    """Turns millimetres of the real panel into pixels."""

    px_per_mm: float

    def __call__(self, mm: float) -> float:
        """Pixels for ``mm``, rounded to whole pixels so that edges stay sharp."""
        return float(round(mm * self.px_per_mm))

    def font_size(self, capitals_mm: float, face: str = "text") -> float:
        """Font size in pixels whose capitals are ``capitals_mm`` high."""
        em = CAPITALS_NUMERALS if face == "numerals" else CAPITALS_TEXT
        return capitals_mm * self.px_per_mm / em


class Theme:
    """One panel's sizes and colours. Colours are attributes by role, as Kivy takes them: ``theme.lacquer``.

    ``width`` and ``height`` are the window's in pixels, ``diagonal_inches`` the panel's; square pixels.
    ``enlarge`` makes every millimetre larger or smaller (1: true to size). ``bottom_mm``: the panel's lower
    edge above the floor. ``comfort`` is what the citizen chose; ``suited_to`` makes another choice's theme.
    """

    # Kivy spaces lines by the font's own ascent + descent (Be Vietnam Pro 1.265 em, Noto Sans 1.362 em),
    # times this: lines stand at least 1.25 em apart.
    line_height = 1.06

    text = "text"
    semibold = "semibold"
    bold = "bold"
    numerals = "numerals"

    clear: Rgba = (0.0, 0.0, 0.0, 0.0)  # nothing is drawn

    paper: Rgba
    surface: Rgba
    surface_pressed: Rgba
    ink: Rgba
    ink_quiet: Rgba
    hairline: Rgba
    edge: Rgba
    lacquer: Rgba
    lacquer_pressed: Rgba
    on_lacquer: Rgba
    jade: Rgba
    jade_ground: Rgba
    amber: Rgba
    amber_ground: Rgba
    shadow: Rgba
    focus: Rgba
    focus_rim: Rgba
    dark: Rgba
    on_dark: Rgba
    veil: Rgba

    def __init__(
        self,
        width: int,
        height: int,
        diagonal_inches: float,
        palette: Palette | None = None,
        enlarge: float = 1.0,
        *,
        comfort: Comfort | None = None,
        bottom_mm: float = BOTTOM_MM,
    ) -> None:
        self.width = width
        self.height = height
        self.diagonal_inches = diagonal_inches
        self.comfort = comfort or Comfort()
        self.palette = palette or (HIGH_CONTRAST if self.comfort.high_contrast else Palette())
        self.enlarge = enlarge
        self.bottom_mm = bottom_mm
        self.true_px_per_mm = math.hypot(width, height) / (diagonal_inches * MM_PER_INCH)
        self.mm = Millimetres(self.true_px_per_mm * enlarge)
        for field in fields(self.palette):
            setattr(self, field.name, rgba(getattr(self.palette, field.name)))

    def drawn_for(self, short_mm: float, long_mm: float) -> Theme:
        """This theme for screens that were drawn for a panel of ``short_mm`` × ``long_mm``.

        On a larger panel everything grows with it; on a smaller one it shrinks, but never so far that a touch
        target of 20 mm gets below 13 mm.
        """
        px_per_mm = self.true_px_per_mm
        short, long = sorted((self.width / px_per_mm, self.height / px_per_mm))
        enlarge = max(TOUCH_LEAST_MM / TOUCH_MM, min(short / short_mm, long / long_mm))
        if abs(enlarge - 1) < SAME_PANEL:
            enlarge = 1.0
        return self._with(enlarge, self.comfort)

    def suited_to(self, comfort: Comfort) -> Theme:
        """This theme as somebody wants it; this very one when nothing that is seen differs."""
        return self if looks(comfort) == looks(self.comfort) else self._with(self.enlarge, comfort)

    def _with(self, enlarge: float, comfort: Comfort) -> Theme:
        palette = None if self.palette in (Palette(), HIGH_CONTRAST) else self.palette
        return Theme(
            self.width,
            self.height,
            self.diagonal_inches,
            palette,
            enlarge,
            comfort=comfort,
            bottom_mm=self.bottom_mm,
        )

    @property
    def low(self) -> bool:
        """Whether everything to touch stands low, and some of the panel is out of that reach."""
        return self.comfort.low and self.reach < self.height

    @property
    def reach(self) -> float:
        """How far up from the panel's lower edge one reaches from a wheelchair, in pixels."""
        within = (REACH_MM - self.bottom_mm) * self.true_px_per_mm
        return float(round(min(self.height, max(within, LEAST_REACH * self.height))))

    @property
    def left_handed(self) -> bool:
        """Whether what is pressed most stands at the left."""
        return self.comfort.left_handed

    @property
    def text_size(self) -> int:
        """0, 1 or 2: letters as usual, large, largest."""
        return int(self.comfort.text_size)

    @property
    def portrait(self) -> bool:
        """Whether the panel stands upright."""
        return self.height > self.width

    def capitals(self, mm: float, face: str = "text") -> float:
        """Font size in pixels for capitals of ``mm`` millimetres."""
        return self.mm.font_size(mm, face)

    def letters(self, mm: float, face: str = "text") -> float:
        """Font size in pixels for type that has capitals of ``mm`` at the normal size and grows when asked.

        The smaller it is the more it grows, so that headings leave room for what they head.
        """
        growth = GROWTH_MM[self.comfort.text_size] * (GROWN_MM - mm) / (GROWN_MM - CAPITALS_LEAST_MM)
        return self.capitals(mm + max(0.0, min(GROWTH_MM[self.comfort.text_size], growth)), face)

    # The steps of the citizen's type, capital height in millimetres at the normal size.
    @property
    def body(self) -> float:
        """Font size of running text."""
        return self.letters(CAPITALS_LEAST_MM)

    @property
    def frame_type(self) -> float:
        """Font size of the words around every screen; grows half as much as running text."""
        return self.capitals(CAPITALS_LEAST_MM + 0.5 * GROWTH_MM[self.comfort.text_size])

    @property
    def lead(self) -> float:
        """Font size of what is a little more than running text: names of choices, buttons."""
        return self.letters(8.0)

    @property
    def title(self) -> float:
        """Font size of the question or statement of a screen."""
        return self.letters(10.0)

    @property
    def hero(self) -> float:
        """Font size of the one big sentence of the start screen."""
        return self.letters(13.0)

    # The grid, in pixels.
    @property
    def gap(self) -> float:
        """Least distance between things to touch, with a little to spare."""
        return self.mm(4)

    @property
    def margin(self) -> float:
        """From the panel's edge to the content."""
        return self.mm(14)

    @property
    def touch(self) -> float:
        """Height of something to touch."""
        return self.mm(TOUCH_MM)

    @property
    def radius(self) -> float:
        """Corner radius of cards and buttons."""
        return self.mm(3)

    @property
    def line(self) -> float:
        """Width of an outline."""
        return max(2.0, self.mm(0.6))

    @property
    def lip(self) -> float:
        """How far the shadow under something to press looks out."""
        return max(1.0, self.mm(0.8))

    # Motion, in milliseconds. Nothing moves that does not tell something; without ``motion`` nothing does.
    motion = True
    quick_ms = 120  # an answer to the finger
    calm_ms = 180  # another screen
    slow_ms = 2400  # one round of a picture that shows what to do


def looks(comfort: Comfort) -> tuple[object, ...]:
    """What of a choice is seen without another word: when it changes the screens are built anew."""
    return comfort.text_size, comfort.high_contrast, comfort.low, comfort.left_handed


_installed: list[Theme] = []


def install(theme: Theme) -> None:
    """Make ``theme`` the one of this process: registers the fonts, gives kv the name ``theme``."""
    from kivy.core.text import LabelBase  # noqa: PLC0415 - after the window is prepared
    from kivy.lang.parser import global_idmap  # noqa: PLC0415

    if not _installed:
        for name, file in FONT_FILES.items():
            LabelBase.register(name, str(FONTS / file))
    global_idmap["theme"] = theme
    _installed[:] = [theme]


def current() -> Theme:
    """The theme of this process. Raises ``RuntimeError`` before ``install``."""
    if not _installed:
        raise RuntimeError("screens.theme.install has not been called")
    return _installed[0]
