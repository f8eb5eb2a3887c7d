"""Reads ESC/POS as a receipt printer does: text, pictures, QR codes, feeds, cuts, questions.

Blocking and sequential like the printer's own processor; where the bytes come from and what the mechanism
does with them is given from outside. Bytes of any kind are taken: what is no command is passed over or
printed as letters. Source of lengths: Epson ESC/POS command reference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Protocol

import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.exceptions import DataOverflowError

_FONT = Path(__file__).resolve().parents[3] / "media" / "fonts" / "BeVietnamPro-Regular.ttf"
_ROWS_AT_ONCE = 24
_LINE_ROWS = 30
_CODE_PAGES = {
    0: "cp437",
    2: "cp850",
    3: "cp860",
    5: "cp865",
    16: "cp1252",
    17: "cp866",
    18: "cp852",
    27: "cp1258",
}

# Commands without effect on this paper: bytes that follow the two of the command itself.
_IGNORED_ESC = {
    **dict.fromkeys(b"\x20!=%?EGMRTUV{crt-3", 1),
    **dict.fromkeys(b"<LSFm\x0cio2", 0),
    **dict.fromkeys(b"$\\", 2),
    **dict.fromkeys(b"c", 2),
    ord("p"): 3,
    ord("W"): 8,
    ord("&"): 0,
}
_IGNORED_GS = {
    **dict.fromkeys(b"BHTbfhwxcEjz", 1),
    **dict.fromkeys(b"LPW", 2),
    **dict.fromkeys(b"/|", 1),
    ord("$"): 2,
    ord("\\"): 2,
    ord("^"): 3,
    ord(":"): 0,
    ord("<"): 0,
}
_IGNORED_FS = {**dict.fromkeys(b".&", 0), **dict.fromkeys(b"!-CW", 1), **dict.fromkeys(b"Sp", 2)}


class SessionOverError(Exception):
    """The connection is over, or the printer was switched off: the command begun is forgotten."""


class Mechanism(Protocol):
    """What the interpreter moves."""

    @property
    def dots(self) -> int: ...
    def wait_until_online(self) -> None:
        """Blocks while something keeps the printer from working. Raises ``SessionOverError``."""

    def initialised(self) -> None: ...
    def burn(self, data: bytes, width_bytes: int, left: int) -> None: ...
    def feed(self, rows: int) -> None: ...
    def cut(self) -> None: ...
    def fence(self, n: int) -> None: ...
    def process_id(self, job_id: bytes) -> None: ...
    def offline_id(self, job_id: bytes) -> None: ...
    def identify(self, n: int) -> None: ...
    def automatic_status(self, mask: int) -> None: ...


@dataclass(frozen=True)
class _Style:
    align: int = 0
    wide: int = 1
    high: int = 1
    bold: bool = False
    underline: bool = False
    page: str = "cp437"
    line_rows: int = _LINE_ROWS


@dataclass
class _Stored:
    """What `GS ( k` and `GS ( L` keep until they are told to print it."""

    qr: bytes = b""
    module: int = 3
    correction: int = qrcode.constants.ERROR_CORRECT_L
    graphics: list[tuple[bytes, int]] = field(default_factory=list)


class Interpreter:
    """One printer's command processor.

    ``read(n)`` gives exactly n bytes, waiting for them; it raises ``SessionOverError``. ``forget()`` is told
    when a real-time command was met among the others (it is answered elsewhere and belongs to no job).
    """

    def __init__(
        self, read: Callable[[int], bytes], mechanism: Mechanism, forget: Callable[[int], None] | None = None
    ) -> None:
        self._read = read
        self._mechanism = mechanism
        self._forget = forget or (lambda _count: None)
        self._reset()

    def _reset(self) -> None:
        self._style = _Style()
        self._stored = _Stored()
        self._line: list[Image.Image] = []

    def run(self) -> None:
        """Carry out commands until the session ends."""
        try:
            while True:
                self._command()
        except SessionOverError:
            self._reset()

    def _byte(self) -> int:
        return self._read(1)[0]

    def _word(self) -> int:
        return int.from_bytes(self._read(2), "little")

    def _command(self) -> None:
        byte = self._byte()
        if byte == 0x10:
            self._real_time()
            return
        self._mechanism.wait_until_online()
        if byte == 0x1B:
            self._esc(self._byte())
        elif byte == 0x1D:
            self._gs(self._byte())
        elif byte == 0x1C:
            self._skip(_IGNORED_FS.get(self._byte(), 0))
        elif byte == 0x0A:
            self._print_line()
        elif byte == 0x09:
            self._letters(b" " * 4)
        elif byte >= 0x20:
            self._letters(bytes((byte,)))

    def _real_time(self) -> None:
        kind = self._byte()
        count = {0x04: 1, 0x05: 1, 0x14: 3}.get(kind, 0)
        self._skip(count)
        self._forget(2 + count)

    def _skip(self, count: int) -> None:
        while count > 0:
            count -= len(self._read(min(count, 4096)))

    def _esc(self, command: int) -> None:
        if (style := self._style_command(command)) is not None:
            self._style = style
            return
        match chr(command):
            case "@":
                self._reset()
                self._mechanism.initialised()
            case "d":
                count = self._byte()
                self._print_line(feed=False)
                self._mechanism.feed(count * self._style.line_rows)
            case "J":
                count = self._byte()
                self._print_line(feed=False)
                self._mechanism.feed(count)
            case "*":
                self._columns()
            case "D":
                while self._byte() != 0:
                    pass
            case "i" | "m":
                self._cut(0)
            case _:
                self._skip(_IGNORED_ESC.get(command, 0))

    def _style_command(self, command: int) -> _Style | None:
        """The style after an ``ESC`` command that changes it, ``None`` for another command."""
        style = self._style
        match chr(command):
            case "a":
                style = replace(style, align=self._byte() % 48 % 3)
            case "E" | "G":
                style = replace(style, bold=bool(self._byte() & 1))
            case "-":
                style = replace(style, underline=bool(self._byte() % 48))
            case "!":
                mode = self._byte()
                style = replace(
                    style,
                    bold=bool(mode & 0x08),
                    high=2 if mode & 0x10 else 1,
                    wide=2 if mode & 0x20 else 1,
                    underline=bool(mode & 0x80),
                )
            case "t":
                style = replace(style, page=_CODE_PAGES.get(self._byte(), "ascii"))
            case "2":
                style = replace(style, line_rows=_LINE_ROWS)
            case "3":
                style = replace(style, line_rows=self._byte())
            case _:
                return None
        return style

    def _gs(self, command: int) -> None:
        match chr(command):
            case "v":
                self._raster()
            case "V":
                mode = self._byte()
                self._cut(self._byte() if mode in (65, 66, 97, 98, 103, 104) else 0)
            case "r":
                self._mechanism.fence(self._byte())
            case "I":
                self._mechanism.identify(self._byte())
            case "a":
                self._mechanism.automatic_status(self._byte())
            case "!":
                size = self._byte()
                self._style = replace(self._style, wide=(size >> 4 & 7) + 1, high=(size & 7) + 1)
            case "(":
                self._function(self._byte())
            case "k":
                self._bar_code()
            case "*":
                across, down = self._read(2)
                self._skip(across * down * 8)
            case _:
                self._skip(_IGNORED_GS.get(command, 0))

    def _raster(self) -> None:
        """``GS v 0 m xL xH yL yH``: rows as they come, in small batches, as a printer without much memory
        does.
        """
        _, mode = self._read(2)
        across, rows = self._word(), self._word()
        self._print_line(feed=False)
        wide, high = (2 if mode & 1 else 1), (2 if mode & 2 else 1)
        if across == 0:
            return
        at_once = max(1, min(_ROWS_AT_ONCE, 65536 // across))
        while rows > 0:
            count = min(at_once, rows)
            data = self._read(across * count)
            rows -= count
            self._mechanism.wait_until_online()
            if wide == high == 1:
                self._burn(data, across)
            else:
                picture = Image.frombytes("1", (across * 8, count), data)
                picture = picture.crop((0, 0, min(across * 8, self._mechanism.dots), count))
                picture = picture.resize((picture.width * wide, count * high), Image.Resampling.NEAREST)
                self._burn(picture.tobytes(), (picture.width + 7) // 8)

    def _burn(self, data: bytes, width_bytes: int) -> None:
        spare = max(0, self._mechanism.dots - width_bytes * 8)
        self._mechanism.burn(data, width_bytes, (0, spare // 2, spare)[self._style.align])

    def _columns(self) -> None:
        """``ESC * m nL nH``: a band 8 or 24 dots high, column by column."""
        mode, count = self._byte(), self._word()
        deep = 3 if mode & 32 else 1
        double = 1 if mode & 1 else 2
        band = Image.new("1", (min(count * double, self._mechanism.dots), deep * 8))
        for column in range(count):
            bits = int.from_bytes(self._read(deep), "big")
            for wide in range(double):
                x = column * double + wide
                if x < band.width:
                    for y in range(deep * 8):
                        if bits >> (deep * 8 - 1 - y) & 1:
                            band.putpixel((x, y), 255)
        self._line.append(band)

    def _letters(self, data: bytes) -> None:
        text = data.decode(self._style.page, errors="replace").replace("\ufffd", "?")
        for letter in text:
            cell = _cell(letter, self._style.bold)
            if self._style.wide > 1 or self._style.high > 1:
                cell = cell.resize(
                    (cell.width * self._style.wide, cell.height * self._style.high), Image.Resampling.NEAREST
                )
            if self._style.underline:
                cell = cell.copy()
                ImageDraw.Draw(cell).rectangle((0, cell.height - 2, cell.width, cell.height), fill=255)
            if sum(item.width for item in self._line) + cell.width > self._mechanism.dots:
                self._print_line()
            self._line.append(cell)

    def _print_line(self, *, feed: bool = True) -> None:
        if not self._line:
            if feed:
                self._mechanism.feed(self._style.line_rows)
            return
        height = max(item.height for item in self._line)
        width = min(sum(item.width for item in self._line), self._mechanism.dots)
        line = Image.new("1", (width, height))
        left = 0
        for item in self._line:
            line.paste(item, (left, height - item.height))
            left += item.width
        self._line = []
        self._burn(line.tobytes(), (width + 7) // 8)
        if feed and height < self._style.line_rows:
            self._mechanism.feed(self._style.line_rows - height)

    def _cut(self, feed: int) -> None:
        self._print_line(feed=False)
        if feed:
            self._mechanism.feed(feed)
        self._mechanism.cut()

    def _function(self, letter: int) -> None:
        """``GS ( X pL pH …``: the length stands in front, so unknown functions can be passed over."""
        length = self._word()
        data = self._read(length) if length else b""
        if letter == ord("H") and len(data) >= 6 and data[0] in (48, 49):
            (self._mechanism.process_id if data[0] == 48 else self._mechanism.offline_id)(data[2:6])
        elif letter == ord("k") and len(data) >= 2 and data[0] == 49:
            self._qr(data[1], data[2:])
        elif letter == ord("L") and len(data) >= 2:
            self._graphics(data[1], data[2:])

    def _qr(self, function: int, data: bytes) -> None:
        if function == 67 and data:
            self._stored.module = min(16, max(1, data[0]))
        elif function == 69 and data:
            levels = (1, 0, 3, 2)  # L M Q H in the numbers of the standard's format information
            self._stored.correction = levels[data[0] % 48 % 4]
        elif function == 80:
            self._stored.qr = data[1:]
        elif function == 81 and self._stored.qr:
            code = qrcode.QRCode(
                error_correction=self._stored.correction, box_size=self._stored.module, border=0
            )
            code.add_data(self._stored.qr)
            try:
                code.make(fit=True)
            except (DataOverflowError, ValueError):
                return
            side = len(code.get_matrix()) * self._stored.module
            picture = Image.new("1", (side, side))
            pen = ImageDraw.Draw(picture)
            size = self._stored.module
            for y, cells in enumerate(code.get_matrix()):
                for x, dark in enumerate(cells):
                    if dark:
                        pen.rectangle(
                            (x * size, y * size, x * size + size - 1, y * size + size - 1), fill=255
                        )
            self._print_line(feed=False)
            self._burn(picture.tobytes(), (side + 7) // 8)

    def _graphics(self, function: int, data: bytes) -> None:
        if function == 112 and len(data) >= 8:
            across = (int.from_bytes(data[4:6], "little") + 7) // 8
            if across:
                self._stored.graphics = [(data[8:], across)]
        elif function in (2, 50):
            for rows, across in self._stored.graphics:
                self._print_line(feed=False)
                self._burn(rows[: len(rows) // across * across], across)
            self._stored.graphics = []

    def _bar_code(self) -> None:
        """``GS k``: bar codes are not drawn; their data are passed over."""
        kind = self._byte()
        if kind >= 65:
            self._skip(self._byte())
            return
        while self._byte() != 0:
            pass


@cache
def _cell(letter: str, bold: bool) -> Image.Image:
    """One letter of the built-in font A: 12 × 24 dots."""
    cell = Image.new("L", (12, 24))
    font = ImageFont.truetype(str(_FONT), 19)
    width = font.getlength(letter)
    ImageDraw.Draw(cell).text(
        ((12 - width) / 2, 0), letter, fill=255, font=font, stroke_width=0.4 if bold else 0
    )
    return cell.point(lambda value: 255 if value > 110 else 0, mode="1")
