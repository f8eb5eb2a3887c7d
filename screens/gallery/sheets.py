"""Pictures to look through: contact sheets of many screens, an index, the set of docs/screens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from itertools import count
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from screens.theme import FONT_FILES, FONTS, Palette

SHEET = "sheet_"
SHEET_WIDE = 2400
SMALL_WIDE = 432
SMALL_BYTES = 60_000
_GAP = 12
_CAPTION = 22


def write_sheets(folder: Path, pictures: Sequence[Path], each: int, columns: int) -> list[Path]:
    """Put ``each`` pictures on one sheet, ``columns`` beside each other, named; returns the sheets."""
    written = []
    for number, part in zip(count(1), _parts(pictures, each)):
        path = folder / f"{SHEET}{number:02d}.png"
        _sheet(part, columns).save(path)
        written.append(path)
    return written


def _parts(pictures: Sequence[Path], each: int) -> Iterator[Sequence[Path]]:
    for start in range(0, len(pictures), each):
        yield pictures[start : start + each]


def _sheet(pictures: Sequence[Path], columns: int) -> Image.Image:
    wide = (SHEET_WIDE - _GAP * (columns + 1)) // columns
    with Image.open(pictures[0]) as first:
        high = round(first.height * wide / first.width)
    rows = -(-len(pictures) // columns)
    size = (SHEET_WIDE, _GAP + rows * (high + _CAPTION + _GAP))
    palette = Palette()
    sheet = Image.new("RGB", size, palette.dark)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(FONTS / FONT_FILES["text"]), 15)
    for place, path in enumerate(pictures):
        row, column = divmod(place, columns)
        x, y = _GAP + column * (wide + _GAP), _GAP + row * (high + _CAPTION + _GAP)
        with Image.open(path) as picture:
            sheet.paste(
                picture.convert("RGB").resize((wide, high), Image.Resampling.LANCZOS), (x, y + _CAPTION)
            )
        pen.text((x, y), path.stem, font=font, fill=palette.on_dark)
    return sheet


def write_index(out: Path, folders: Sequence[Path]) -> None:
    """``index.html``: every picture by panel, language and mode, small, and itself behind it."""
    parts = [_HEAD]
    for folder in folders:
        name = folder.relative_to(out).as_posix()
        parts.append(f"<h2 id='{escape(name)}'>{escape(name)}</h2><p>")
        for path in sorted(folder.glob("*.png")):
            where = escape(path.relative_to(out).as_posix())
            image = f"<img loading='lazy' src='{where}' alt=''>"
            parts.append(f"<a href='{where}'>{image}<span>{escape(path.stem)}</span></a>")
        parts.append("</p>")
    (out / "index.html").write_text("\n".join(parts), encoding="utf-8")


_HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens</title><style>
body{font:16px sans-serif;margin:1rem;background:#1f1a17;color:#fffcf5}
a{display:inline-block;width:220px;margin:0 10px 14px 0;color:inherit;text-decoration:none;vertical-align:top}
img{width:100%;display:block}span{font-size:12px;word-break:break-all}
</style><h1>Screens</h1>"""


def write_small(picture: Path, path: Path) -> int:
    """``picture`` 432 px wide, of few colours; returns its bytes, at most ``SMALL_BYTES``."""
    with Image.open(picture) as opened:
        high = round(opened.height * SMALL_WIDE / opened.width)
        small = opened.convert("RGB").resize((SMALL_WIDE, high), Image.Resampling.LANCZOS)
    for colours in (128, 64, 32, 16):
        drawn = small.quantize(colours, dither=Image.Dither.NONE)
        drawn.save(path, optimize=True)
        if path.stat().st_size <= SMALL_BYTES:
            break
    return path.stat().st_size
