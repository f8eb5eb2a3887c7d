"""The strip of paper on which slips are drawn, one thing under the other: text, number, plate, rule, QR code.

All lengths are dots of a 203 dpi head (8 dots = 1 mm). In the picture 0 is ink and 255 is paper, as Pillow's
mode "1" has it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import qrcode
from PIL import Image, ImageDraw, ImageFont

DOTS_PER_MM = 8
DOTS = {80: 576, 58: 384}
"""Printable dots across, by paper width in mm."""

_FONTS = Path(__file__).resolve().parents[2] / "media" / "fonts"
TEXT = "BeVietnamPro-SemiBold.ttf"
BOLD = "BeVietnamPro-Bold.ttf"
_NUMBER = "NotoSans-Bold.ttf"
_INK = 0
_PAPER = 255
_THRESHOLD = 140  # of 255: grey below it becomes ink
_MOST_ROWS = 6000
_MOST_LINES = 60


def code_modules(text: str) -> list[list[bool]]:
    """The QR code of a text, error correction M, without its quiet zone (ISO/IEC 18004)."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    modules: list[list[bool]] = code.get_matrix()
    return modules


@cache
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FONTS / name), size, layout_engine=ImageFont.Layout.BASIC)


def _extent(text: str, font: ImageFont.FreeTypeFont) -> tuple[int, int]:
    """First and last row of a line, counted from where it is drawn.

    The height that the font declares; more where stacked capitals such as Ẳ rise above it.
    """
    ascent, descent = font.getmetrics()
    _, top, _, bottom = font.getbbox(text)
    return min(0, math.floor(top)), max(ascent + descent, math.ceil(bottom))


@lru_cache(2048)  # service names and catalogue words come again on every ticket
def _width(text: str, font: ImageFont.FreeTypeFont) -> int:
    return math.ceil(font.getlength(text))


def _fitting(name: str, size: int, text: str, room: int) -> ImageFont.FreeTypeFont:
    """The font at ``size``, or as much smaller as the text needs to be no wider than ``room``."""
    width = _width(text, _font(name, size))
    if width > room:
        size = max(12, size * room // width)
        while size > 12 and _width(text, _font(name, size)) > room:
            size -= 1
    return _font(name, size)


def _words(text: str) -> list[str]:
    """What stands between spaces; a no-break space is part of a word, and is drawn like a space."""
    return [word for word in re.split(r"[ \t\r\n]+", text) if word]


def _wrap(
    text: str, font: ImageFont.FreeTypeFont, width: int, most_lines: int, *, balanced: bool = True
) -> list[str]:
    """Lines no wider than ``width``; too long words are broken, too many lines end in “…”."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        rest = word
        while rest:
            candidate = f"{line} {rest}".strip()
            if _width(candidate, font) <= width:
                line, rest = candidate, ""
            elif line:
                lines.append(line)
                line = ""
            else:
                fits = max(1, sum(_width(rest[:end], font) <= width for end in range(1, len(rest) + 1)))
                lines.append(rest[:fits])
                rest = rest[fits:]
    if line:
        lines.append(line)
    if len(lines) > most_lines:
        last = lines[most_lines - 1]
        while last and _width(f"{last}…", font) > width:
            last = last[:-1].rstrip()
        lines = [*lines[: most_lines - 1], f"{last}…"]
    return _balanced(lines, font, width) if balanced else lines


def _balanced(lines: list[str], font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The same words in as many lines, the longest of them as short as possible: no lonely last word."""
    words = _words(" ".join(lines))
    count = len(lines)
    if count < 2 or len(words) > 40:
        return lines
    best, best_width = lines, max(_width(line, font) for line in lines)
    for limit in range(best_width, width // 2, -8):
        attempt: list[str] = []
        for word in words:
            if attempt and _width(f"{attempt[-1]} {word}", font) <= limit:
                attempt[-1] += f" {word}"
            else:
                attempt.append(word)
        if len(attempt) != count or max(_width(line, font) for line in attempt) > limit:
            break
        best = attempt
    return best


class Strip:
    """A strip that grows downwards while things are put on it, one under the other, centred."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._grey = Image.new("L", (width, _MOST_ROWS), _PAPER)
        self._pen = ImageDraw.Draw(self._grey)
        self._top = 0

    def picture(self) -> Image.Image:
        """What stands on the strip so far."""
        strip = self._grey.crop((0, 0, self.width, max(1, self._top)))
        return strip.point(lambda value: _PAPER if value >= _THRESHOLD else _INK, mode="1")

    def space(self, rows: int) -> None:
        self._top += rows

    def text(self, text: str, font_name: str, size: int, *, most_lines: int = 1, fit: bool = False) -> None:
        """Centred lines; ``fit`` makes the letters smaller instead of breaking or cutting."""
        text = unicodedata.normalize("NFC", text)
        margin = 8
        room = self.width - 2 * margin
        font = _fitting(font_name, size, text, room) if fit else _font(font_name, size)
        for line in _wrap(text, font, room, most_lines):
            self._line(line, font, self.width / 2, _INK)

    def item(self, text: str, font_name: str, size: int, *, box: bool = False) -> None:
        """Lines from the left edge, as many as it takes; with ``box`` beside an empty square to tick."""
        text = unicodedata.normalize("NFC", text)
        font = _font(font_name, size)
        left = 8 + (round(1.5 * size) if box else 0)
        if box:
            top, side = self._top + self._line_height(font) // 2 - size // 2, size
            self._pen.rectangle((8, top, 8 + side, top + side), outline=_INK, width=3)
        for line in _wrap(text, font, self.width - 8 - left, _MOST_LINES, balanced=False):
            self._line(line, font, left + _width(line, font) / 2, _INK)

    def number(self, number: str, cap_height: int) -> None:
        """The ticket's number as large as ``cap_height`` rows and the paper's width allow."""
        size = round(cap_height / 0.714)  # capitals of Noto Sans are 0.714 em high
        font = _fitting(_NUMBER, size, number, self.width - 16)
        left, top, right, bottom = font.getbbox(number)
        self._pen.text(
            ((self.width - (right - left)) / 2 - left, self._top - top), number, fill=_INK, font=font
        )
        self._top += math.ceil(bottom - top)

    def plate(self, text: str, font_name: str, size: int) -> None:
        """Text in paper white on a plate of ink with round corners."""
        font = _fitting(font_name, size, text, self.width - 56)
        height = self._line_height(font) + 12
        half = _width(text, font) / 2 + 26
        middle = self.width / 2
        self._pen.rounded_rectangle(
            (middle - half, self._top, middle + half, self._top + height), radius=14, fill=_INK
        )
        bottom = self._top + height
        self._top += 6
        self._line(text, font, middle, _PAPER)
        self._top = bottom + 1

    def rule(self) -> None:
        """A dashed line across."""
        for left in range(8, self.width - 8, 12):
            self._pen.rectangle((left, self._top, left + 6, self._top + 1), fill=_INK)
        self._top += 2

    def sawteeth(self) -> None:
        """The band of triangles between two lines that runs around Đông Sơn bronze drums."""
        tooth, height = 16, 14
        self._pen.rectangle((8, self._top, self.width - 9, self._top + 2), fill=_INK)
        top = self._top + 6
        for left in range(8, self.width - 8 - tooth + 1, tooth):
            self._pen.polygon(
                ((left, top + height), (left + tooth / 2, top), (left + tooth - 1, top + height)), fill=_INK
            )
        self._top = top + height + 1

    def code(self, content: str, caption: str, font_name: str, size: int) -> None:
        """A QR code at least 20 mm wide, its quiet zone, and beside or under it what it is for."""
        modules = code_modules(content)
        quiet = 4
        across = len(modules) + 2 * quiet
        most = self.width * 3 // 5 if self.width >= DOTS[80] else self.width
        module = max(math.ceil(20 * DOTS_PER_MM / len(modules)), 6)
        module = max(1, min(module, most // across)) if most // across >= 4 else max(1, self.width // across)
        side = module * across
        font = _font(font_name, size)
        beside = self.width - side - 8
        if beside >= 170:
            left = 0
            lines = _wrap(caption, font, beside - 4, 6)
            top = self._top
            self._top += max(0, (side - len(lines) * self._line_height(font)) // 2)
            for line in lines:
                self._line(line, font, side + beside / 2 - 4, _INK)
            self._top = top
        else:
            left = (self.width - side) // 2
        for row, cells in enumerate(modules):
            for column, dark in enumerate(cells):
                if dark:
                    x = left + (quiet + column) * module
                    y = self._top + (quiet + row) * module
                    self._pen.rectangle((x, y, x + module - 1, y + module - 1), fill=_INK)
        self._top += side
        if beside < 170:
            self.text(caption, font_name, size, most_lines=3)
            self.space(14)

    def ruler(self) -> None:
        """Marks every 8 dots (1 mm), longer every 40 and 80, and full bars on the first and the last dot."""
        top = self._top
        for dot in range(0, self.width, DOTS_PER_MM):
            millimetre = dot // DOTS_PER_MM
            length = 26 if millimetre % 10 == 0 else 18 if millimetre % 5 == 0 else 10
            self._pen.line((dot, top, dot, top + length), fill=_INK)
        self._pen.rectangle((0, top, 2, top + 52), fill=_INK)
        self._pen.rectangle((self.width - 3, top, self.width - 1, top + 52), fill=_INK)
        font = _font(_NUMBER, 20)
        for millimetre in range(10, self.width // DOTS_PER_MM - 3, 10):
            label = str(millimetre)
            self._pen.text(
                (millimetre * DOTS_PER_MM - _width(label, font) / 2, top + 26), label, fill=_INK, font=font
            )
        self._top += 58

    def gratings(self) -> None:
        """Fields of lines one to four dots wide with gaps as wide, and one field of full ink."""
        fields = 5
        width = (self.width - 16) // fields
        for field in range(fields):
            left = 8 + field * width
            if field == fields - 1:
                self._pen.rectangle((left, self._top, left + width - 9, self._top + 39), fill=_INK)
                continue
            stroke = field + 1
            for x in range(left, left + width - 8 - stroke, 2 * stroke):
                self._pen.rectangle((x, self._top, x + stroke - 1, self._top + 39), fill=_INK)
        self._top += 40

    @staticmethod
    def _line_height(font: ImageFont.FreeTypeFont) -> int:
        ascent, descent = font.getmetrics()
        return ascent + descent

    def _line(self, text: str, font: ImageFont.FreeTypeFont, middle: float, ink: int) -> None:
        """One centred line in the whole height of the font's line, so stacked marks never touch."""
        above, below = _extent(text, font)
        self._pen.text((middle - _width(text, font) / 2, self._top - above), text, fill=ink, font=font)
        self._top += below - above
