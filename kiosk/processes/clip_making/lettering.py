"""Text in the lobby's own typeface and colours, broken into lines that fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

CAPITALS_EM = 0.740  # height of Be Vietnam Pro's H
LINE_EM = 1.3  # room for stacked accents
FINER = 2  # letters are drawn larger and made smaller: even strokes

Align = Literal["left", "center", "right"]


class TooLongError(ValueError):
    """Words do not fit into their place even broken into lines."""


@dataclass(frozen=True)
class Look:
    """Colours by role (``#RRGGBB``) and font files by weight (regular, semibold, bold)."""

    colours: Mapping[str, str]
    fonts: Mapping[str, Path]


@lru_cache(maxsize=64)
def _font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size)


def lettered(
    look: Look,
    text: str,
    *,
    capitals: float,
    width: float,
    weight: str = "regular",
    colour: str = "ink",
    align: Align = "left",
    height: float | None = None,
) -> Image.Image:
    """The words as a picture ``width`` wide and as high as they need; at “~” no line is broken.

    Raises ``TooLongError``.
    """
    font = _font(look.fonts[weight], round(capitals / CAPITALS_EM * FINER))
    rows = [row.replace("~", " ") for row in _balanced(text, font, width * FINER)]
    step = round(capitals / CAPITALS_EM * LINE_EM * FINER)
    if height is not None and len(rows) * step > (height + capitals * 0.3) * FINER:
        raise TooLongError(
            f"“{text}” needs {len(rows)} lines and does not fit in {height:.0f} pixels' height"
        )
    large = Image.new("RGBA", (round(width * FINER), step * len(rows)), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    across = {"left": 0.0, "center": width * FINER / 2, "right": width * FINER}[align]
    anchor = {"left": "ls", "center": "ms", "right": "rs"}[align]
    for number, row in enumerate(rows):
        base = number * step + (step + capitals * FINER) / 2  # capitals stand in the middle of the line
        pen.text((across, base), row, font=font, fill=look.colours[colour], anchor=anchor)
    return large.resize((max(1, round(width)), max(1, large.height // FINER)), Image.Resampling.LANCZOS)


def _balanced(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """As few rows as possible, and these of about the same length: no word stands alone at the end."""
    rows = _broken(text, font, width)
    longest = max(font.getlength(word) for word in text.split())
    narrow, wide = max(longest, width * 0.4), width
    while len(rows) > 1 and wide - narrow > 8:
        middle = (narrow + wide) / 2
        tried = _broken(text, font, middle)
        if len(tried) == len(rows):
            rows, wide = tried, middle
        else:
            narrow = middle
    return rows


def _broken(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and font.getlength(longer) <= width:
            rows[-1] = longer
        elif font.getlength(word) <= width:
            rows.append(word)
        else:
            raise TooLongError(f"“{word}” is wider than its place of {width / FINER:.0f} pixels")
    return rows
