"""A picture as the bytes of an ESC/POS job. Pure: python-escpos builds them into memory.

Commands (Epson ESC/POS reference): ``ESC @`` initialise, ``GS v 0`` raster picture, ``GS V 66`` feed to the
cutter and cut, ``ESC d`` feed lines, ``GS ( H`` function 48 process-ID request, ``GS r 1`` paper status in
order of receipt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from escpos.capabilities import get_profile
from escpos.printer import Dummy
from PIL import Image

ROWS_AT_ONCE = 128
"""Rows of one raster command. Small, so that a printer that lost its place comes back to it soon."""

_REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x08]|\x05[\x00-\x03]|\x14[\x01-\x08])")
_FARTHEST_SHIFT = 7


@dataclass(frozen=True)
class Job:
    """Bytes of one slip, and the picture that they put on paper (moved aside by ``shift`` dots)."""

    data: bytes
    picture: Image.Image
    shift: int


def encode(picture: Image.Image, *, cut: bool) -> Job:
    """A mode "1" picture as a whole job: initialise, picture, cut or feed past the tear bar.

    Bytes of a picture can look like a real-time command (``DLE EOT``, ``DLE ENQ``, ``DLE DC4``), which
    printers obey also inside picture data (Custom P80C manual). Then the picture is moved aside by a dot or a
    few.
    """
    for shift in range(_FARTHEST_SHIFT + 1):
        moved = picture if shift == 0 else _moved(picture, shift)
        data = _bytes(moved, cut)
        if not looks_like_real_time(data):
            return Job(data, moved, shift)
    return _with_dots(moved, shift, cut)


def process_request(job_id: bytes) -> bytes:
    """``GS ( H`` function 48: ask for an answer with ``job_id`` (4 bytes of 32..126) once all is printed.

    Raises ``ValueError`` for another length or other bytes.
    """
    if len(job_id) != 4 or any(not 32 <= byte <= 126 for byte in job_id):
        raise ValueError("a process id has four bytes of 32 to 126")
    return b"\x1d\x28\x48\x06\x00\x30\x30" + job_id


FENCE = b"\x1dr1"
"""``GS r 49``: paper status, answered only when everything received before has been processed."""


def resynchronise(paper_dots: int) -> bytes:
    """Enough NULs to end a raster command that was broken off; outside a command they do nothing."""
    return bytes(ROWS_AT_ONCE * paper_dots // 8 + 8)


def looks_like_real_time(data: bytes) -> bool:
    """Whether bytes hold a real-time command or something that a printer takes for one."""
    return _REAL_TIME.search(data) is not None


def _bytes(picture: Image.Image, cut: bool) -> bytes:
    profile = get_profile("default")
    profile.profile_data = {**profile.profile_data, "media": {"width": {"pixels": picture.width}}}
    printer = Dummy()
    printer.profile = profile
    printer.hw("INIT")
    printer.image(picture, fragment_height=ROWS_AT_ONCE, impl="bitImageRaster")
    if cut:
        printer.cut(feed=False)
    else:
        printer.print_and_feed(5)
    output: bytes = printer.output
    return output


def _moved(picture: Image.Image, shift: int) -> Image.Image:
    moved = Image.new("1", picture.size, 255)
    moved.paste(picture, (shift, 0))
    return moved


def _with_dots(picture: Image.Image, shift: int, cut: bool) -> Job:
    """Last resort: one dot of ink more where a look-alike stands. The new byte can begin no other."""
    picture = picture.copy()
    across = picture.width // 8
    ink = Image.eval(picture, lambda value: 255 - value).tobytes()
    while found := _REAL_TIME.search(ink):
        place = found.end() - 1
        picture.putpixel((place % across * 8, place // across), 0)
        ink = ink[:place] + bytes((ink[place] | 0x80,)) + ink[place + 1 :]
    return Job(_bytes(picture, cut), picture, shift)
