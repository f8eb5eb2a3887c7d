"""The paper of the virtual printer: rows of dots as the head burns them, and a picture of the piece."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

DOTS = {80: 576, 58: 384}
"""Dots of the head by paper width in mm (203 dpi, 8 dots a mm)."""

LONGEST = 16_000
"""Rows (2 m) after which a piece ends by itself, so that no job can fill the memory."""

SIDE = {80: 32, 58: 40}
TOP = 40
_BOTTOM = 20
_DESK_MARGIN = 24
_DESK = (222, 213, 196)
_PAPER = (255, 254, 250)
_INK = (28, 26, 30)
_TOOTH = 8


class Strip:
    """What has come out since the last cut. A row is ``across`` bytes, the left dot first, 1 is ink."""

    def __init__(self, paper_mm: int) -> None:
        self.paper_mm = paper_mm
        self.dots = DOTS[paper_mm]
        self.across = self.dots // 8
        self._rows = bytearray()

    @property
    def rows(self) -> int:
        return len(self._rows) // self.across

    @property
    def full(self) -> bool:
        return self.rows >= LONGEST

    def burn(self, data: bytes, width_bytes: int, left: int = 0) -> None:
        """Rows of ``width_bytes`` each, beginning ``left`` dots from the head's left end; what sticks out is
        lost.
        """
        room = LONGEST - self.rows
        for start in range(0, min(len(data), room * width_bytes), width_bytes):
            row = data[start : start + width_bytes]
            if left % 8 == 0:
                row = bytes(left // 8) + row
            else:
                bits = int.from_bytes(row, "big") << (8 - left % 8)
                row = bytes(left // 8) + bits.to_bytes(width_bytes + 1, "big")
            self._rows += row[: self.across].ljust(self.across, b"\0")

    def feed(self, rows: int) -> None:
        """Blank paper."""
        self._rows += bytes(self.across * min(rows, LONGEST - self.rows))

    def picture(self) -> Image.Image:
        """Mode "1": exactly the dots burnt, 0 where there is ink."""
        inverted = bytes(byte ^ 0xFF for byte in self._rows)
        return Image.frombytes("1", (self.dots, self.rows), inverted)

    def clear(self) -> None:
        self._rows.clear()


def lying_on_a_desk(picture: Image.Image, paper_mm: int, *, torn: bool) -> Image.Image:
    """The piece of paper as one would see it: margins, the cutter's edge (or a torn one), a soft shadow.

    The dot (x, y) of ``picture`` is the pixel (``origin(paper_mm)[0] + x``, ``origin(paper_mm)[1] + y``).
    """
    side = SIDE[paper_mm]
    width = picture.width + 2 * side
    height = picture.height + TOP + _BOTTOM
    size = (width + 2 * _DESK_MARGIN, height + 2 * _DESK_MARGIN)
    outline = _outline(width, height, torn)
    shape = Image.new("L", size, 0)
    ImageDraw.Draw(shape).polygon([(x + _DESK_MARGIN, y + _DESK_MARGIN) for x, y in outline], fill=255)
    shadow = Image.new("L", size, 0)
    shadow.paste(shape.point(lambda value: value * 2 // 5), (3, 6))
    desk = Image.new("RGB", size, _DESK)
    desk.paste((92, 80, 64), mask=shadow.filter(ImageFilter.GaussianBlur(6)))
    desk.paste(_PAPER, mask=shape)
    ink = Image.eval(picture, lambda value: 255 - value)
    desk.paste(_INK, (_DESK_MARGIN + side, _DESK_MARGIN + TOP), mask=ink)
    return desk


def origin(paper_mm: int) -> tuple[int, int]:
    """Where the dot (0, 0) of a piece lies in the picture made by ``lying_on_a_desk``."""
    return _DESK_MARGIN + SIDE[paper_mm], _DESK_MARGIN + TOP


def _outline(width: int, height: int, torn: bool) -> list[tuple[int, int]]:
    """Straight sides, the cutter's fine teeth above and below; a torn end has larger, uneven ones."""
    points = [(0, 3), (width - 1, 3)]
    points[1:1] = [(x, 0 if x // _TOOTH % 2 else 3) for x in range(_TOOTH, width - 1, _TOOTH)]
    depth = 12 if torn else 3
    step = 3 * _TOOTH if torn else _TOOTH
    lower = [
        (x, height - 1 - (depth * (x * 7919 // step % 5) // 5 if torn else (0 if x // step % 2 else depth)))
        for x in range(width - 1, 0, -step)
    ]
    return [*points, *lower, (0, height - 1)]
