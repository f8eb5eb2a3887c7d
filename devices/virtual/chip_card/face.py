"""A drawn portrait for DG2: a bust in the person's own colours, plainly no photograph."""

from __future__ import annotations

import io
import zlib
from functools import cache

from PIL import Image, ImageDraw, ImageFilter

from devices.virtual.chip_card.citizens import DemoCitizen
from kiosk.identity.citizen import Sex

WIDTH, HEIGHT = 240, 320
_SCALE = 3
_CLOTHES = ("#7A2E2A", "#2F5D50", "#37506B", "#6B4A2E", "#5A3E66", "#3F5F2F")
_SKIN = ("#E3B58D", "#D9A679", "#EBC29D")


@cache
def portrait(citizen: DemoCitizen) -> bytes:
    """JPEG of 240×320 pixels, between 10 and 15 kB."""
    seed = zlib.crc32(citizen.name.encode())
    old = citizen.birth_date.year < 1960
    size = (WIDTH * _SCALE, HEIGHT * _SCALE)
    image = Image.new("RGB", size, "#DCE6EE")
    draw = ImageDraw.Draw(image)
    for row in range(size[1]):
        shade = 226 - 26 * row // size[1]
        draw.line((0, row, size[0], row), fill=(shade - 10, shade, shade + 10))
    hair = "#B9B4AE" if old else "#231B17"
    skin, clothes = _SKIN[seed % len(_SKIN)], _CLOTHES[seed // 7 % len(_CLOTHES)]

    def ellipse(x: float, y: float, rx: float, ry: float, fill: str) -> None:
        draw.ellipse([(v * _SCALE) for v in (x - rx, y - ry, x + rx, y + ry)], fill=fill)

    woman = citizen.sex is Sex.FEMALE
    if woman:
        ellipse(120, 140, 68, 84, hair)
        draw.rectangle([v * _SCALE for v in (56, 140, 184, 232)], fill=hair)
    else:
        ellipse(120, 118, 60, 62, hair)
    ellipse(120, 330, 108, 92, clothes)
    draw.rectangle([v * _SCALE for v in (98, 190, 142, 250)], fill=skin)
    ellipse(120, 250, 26, 20, skin)
    for side in (-1, 1):
        ellipse(120 + side * 52, 150, 9, 15, skin)
    ellipse(120, 148, 51, 66, skin)
    brow = 96 if woman else 92
    ellipse(120, brow, 50, 24 if not old else 14, hair)
    for side in (-1, 1):
        x = 120 + side * 21
        ellipse(x, 148, 9, 5, "#FFFFFF")
        ellipse(x, 148, 4.6, 4.6, "#2A1C14")
        draw.arc([v * _SCALE for v in (x - 13, 128, x + 13, 146)], 200, 340, fill=hair, width=3 * _SCALE)
    draw.arc([v * _SCALE for v in (110, 150, 128, 176)], 60, 150, fill="#B98660", width=2 * _SCALE)
    draw.arc([v * _SCALE for v in (98, 168, 142, 194)], 35, 145, fill="#9C4F45", width=3 * _SCALE)
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    grain = Image.effect_noise((WIDTH, HEIGHT), 14).filter(ImageFilter.GaussianBlur(0.6)).convert("RGB")
    return _jpeg(Image.blend(small, grain, 0.06))


def _jpeg(image: Image.Image) -> bytes:
    """The best quality that stays within 15 kB."""
    data = b""
    for quality in range(95, 40, -3):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        data = buffer.getvalue()
        if len(data) <= 15_000:
            break
    return data
