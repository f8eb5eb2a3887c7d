"""Each element of a scene as a picture with transparency and the place where it lies in the frame."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageDraw, UnidentifiedImageError

from kiosk.processes.clip_making.icons import Icons, draw_icon
from kiosk.processes.clip_making.lettering import Align, Look, TooLongError, lettered
from kiosk.processes.clip_making.storyboard import (
    CAPITALS_LEAST,
    FRAME,
    Card,
    Element,
    Icon,
    Picture,
    Row,
    Rows,
    Screen,
    Shape,
    Words,
)

FINER = 3
RADIUS = 14
LINE = 3
PADDING = 22
BAR = 56  # height of a browser's address bar


class DrawingError(ValueError):
    """An element cannot be drawn; the text says why, the caller adds the scene."""


@dataclass(frozen=True)
class Layer:
    """A picture in the frame from spoken line ``begins`` until the end of line ``until``."""

    picture: Image.Image
    place: tuple[int, int]
    begins: int
    until: int | None
    words: str = ""  #: what is written on it


@dataclass(frozen=True)
class Workshop:
    """What drawing needs: colours and fonts, icons, the storyboard's folder, the kiosk's own screens."""

    look: Look
    icons: Icons
    folder: Path
    screen: Callable[[str], Path]

    def colour(self, role: str) -> str:
        """``#RRGGBB`` of a role."""
        return self.look.colours[role]

    def icon(self, name: str, size: float, own: str = "ink") -> Image.Image:
        """An icon by name. Raises ``DrawingError``."""
        strokes = self.icons.get(name)
        if strokes is None:
            raise DrawingError(f"there is no icon “{name}”; there are: {', '.join(sorted(self.icons))}")
        return draw_icon(strokes, round(size), own, self.look.colours)


def drawn(shop: Workshop, element: Element) -> list[Layer]:
    """The layers of one element. Raises ``DrawingError``."""
    try:
        if isinstance(element, Rows):
            return _rows(shop, element)
        return [_layer(shop, element)]
    except TooLongError as error:
        raise DrawingError(str(error)) from error


def _layer(shop: Workshop, element: Words | Card | Icon | Screen | Picture | Shape) -> Layer:
    match element:
        case Words():
            return _words(shop, element)
        case Card():
            return replace(_one(element, _card(shop, element), element.box[:2]), words=element.card)
        case Icon():
            return _one(element, shop.icon(element.icon, element.size, element.colour), element.at)
        case Screen():
            picture = _opened(shop.screen(element.screen), element.crop)
            return _one(element, _filled(picture, element.box[2:]), element.box[:2])
        case Picture():
            return _one(element, _picture(shop, element), element.box[:2])
        case Shape():
            return _one(element, _shape(shop, element), (0, 0))


def heading(shop: Workshop, text: str) -> Image.Image:
    """A scene's heading, one line or two."""
    try:
        return lettered(shop.look, text, capitals=40, width=1160, weight="bold", height=140)
    except TooLongError as error:
        raise DrawingError(f"heading: {error}") from error


def _one(element: Element, picture: Image.Image, place: tuple[float, float]) -> Layer:
    return Layer(picture, (round(place[0]), round(place[1])), element.begins, element.until)


def _words(shop: Workshop, one: Words) -> Layer:
    picture = lettered(
        shop.look,
        one.words,
        capitals=one.capitals,
        width=one.width,
        weight=one.weight,
        colour=one.colour,
        align=one.align,
    )
    if one.at[1] + picture.height > FRAME[1] or one.at[0] + picture.width > FRAME[0]:
        raise DrawingError(f"“{one.words}” runs out of the frame")
    return Layer(picture, (round(one.at[0]), round(one.at[1])), one.begins, one.until, one.words)


def panel(
    shop: Workshop, size: tuple[float, float], ground: str, edge: str | None = "hairline"
) -> Image.Image:
    """A card without words: rounded, with a fine edge."""
    wide, high = round(size[0]), round(size[1])
    large = Image.new("RGBA", (wide * FINER, high * FINER), (0, 0, 0, 0))
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, wide * FINER - 1, high * FINER - 1),
        RADIUS * FINER,
        fill=shop.colour(ground),
        outline=shop.colour(edge) if edge else None,
        width=LINE * FINER,
    )
    return large.resize((wide, high), Image.Resampling.LANCZOS)


def _card(shop: Workshop, card: Card) -> Image.Image:
    _, _, width, height = card.box
    on_dark = card.ground in ("lacquer", "jade", "dark", "amber")
    picture = panel(shop, (width, height), card.ground, None if on_dark else "hairline")
    colour = "on_lacquer" if on_dark and card.colour == "ink" else card.colour
    upright = card.icon is not None and height > 0.6 * width
    room = width - 2 * PADDING
    size = 0.0
    if card.icon is not None:
        size = min(height * 0.42, width * 0.6) if upright else min(height - 2 * PADDING, 150)
        room -= 0 if upright else size + PADDING
    words = [(card.card, card.weight, card.capitals)]
    words += [(card.note, "regular", min(40.0, max(24.0, card.capitals * 0.86)))] if card.note else []
    align: Align = "center" if upright or card.icon is None else "left"
    texts = [
        lettered(shop.look, text, capitals=capitals, width=room, weight=weight, colour=colour, align=align)
        for text, weight, capitals in words
    ]
    high = sum(text.height for text in texts) + (size + PADDING / 2 if upright else 0)
    if high > height - PADDING:
        raise DrawingError(f"“{card.card}” does not fit into its card of {width:.0f} × {height:.0f}")
    y = (height - high) / 2
    left = float(PADDING)
    if card.icon is not None:
        icon = shop.icon(card.icon, size)
        at = ((width - size) / 2, y) if upright else (PADDING, (height - size) / 2)
        picture.alpha_composite(icon, (round(at[0]), round(at[1])))
        y += size + PADDING / 2 if upright else 0
        left += 0 if upright else size + PADDING
    for text in texts:
        picture.alpha_composite(text, (round(left), round(y)))
        y += text.height
    return picture


def _rows(shop: Workshop, rows: Rows) -> list[Layer]:
    x, y, width, height = rows.box
    gap = 18
    each = min(170.0, (height - gap * (len(rows.rows) - 1)) / len(rows.rows))
    top = y + (height - each * len(rows.rows) - gap * (len(rows.rows) - 1)) / 2
    layers = []
    for number, row in enumerate(rows.rows):
        begins = row.begins or max(rows.begins, number + 1)
        picture = _row(shop, row, (width, each), rows.capitals)
        place = (round(x), round(top + number * (each + gap)))
        layers.append(Layer(picture, place, begins, rows.until, row.row))
    return layers


def _row(shop: Workshop, row: Row, size: tuple[float, float], capitals: float) -> Image.Image:
    width, height = size
    picture = panel(shop, size, "surface")
    left = float(PADDING)
    badge = min(height - 28, 116)
    if row.number:
        circle = Image.new("RGBA", (round(badge * FINER), round(badge * FINER)), (0, 0, 0, 0))
        ImageDraw.Draw(circle).ellipse((0, 0, badge * FINER - 1, badge * FINER - 1), fill=shop.colour("jade"))
        circle = circle.resize((round(badge), round(badge)), Image.Resampling.LANCZOS)
        told = lettered(
            shop.look,
            row.number,
            capitals=badge * 0.42,
            width=badge,
            weight="bold",
            colour="surface",
            align="center",
        )
        circle.alpha_composite(told, (0, max(0, round((badge - told.height) / 2))))
        picture.alpha_composite(circle, (round(left), round((height - badge) / 2)))
        left += badge + PADDING
    if row.icon:
        picture.alpha_composite(shop.icon(row.icon, badge), (round(left), round((height - badge) / 2)))
        left += badge + PADDING
    room = width - left - PADDING
    texts = _stacked(shop, row.row, row.note, (room, height - 4), capitals)
    high = sum(text.height for text in texts)
    y = (height - high) / 2
    for text in texts:
        picture.alpha_composite(text, (round(left), round(y)))
        y += text.height
    return picture


def _stacked(
    shop: Workshop, words: str, note: str | None, room: tuple[float, float], capitals: float
) -> list[Image.Image]:
    """A row's words and its note, which is set smaller where there is not room enough."""
    width, height = room
    first = lettered(shop.look, words, capitals=capitals, width=width, weight="semibold")
    if note is None and first.height <= height:
        return [first]
    for size in range(round(capitals * 0.8), round(CAPITALS_LEAST) - 1, -1):
        second = lettered(shop.look, note or "", capitals=size, width=width, colour="ink_quiet")
        if first.height + second.height <= height:
            return [first, second]
    raise DrawingError(f"“{words}” does not fit into its row; use fewer rows or smaller capitals")


def _opened(path: Path, crop: tuple[float, float, float, float] | None) -> Image.Image:
    try:
        with Image.open(path) as file:
            picture = file.convert("RGBA")
    except FileNotFoundError as error:
        raise DrawingError(f"there is no picture {path.name}") from error
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DrawingError(f"{path.name} is no picture: {error}") from error
    if crop is not None:
        x, y, width, height = crop
        wide, high = picture.size
        picture = picture.crop(
            (round(x * wide), round(y * high), round((x + width) * wide), round((y + height) * high))
        )
    return picture


def _filled(picture: Image.Image, size: tuple[float, ...]) -> Image.Image:
    """The picture as large as it fits into ``size``, in the middle of it."""
    wide, high = round(size[0]), round(size[1])
    scale = min(wide / picture.width, high / picture.height)
    fitted = picture.resize(
        (max(1, round(picture.width * scale)), max(1, round(picture.height * scale))),
        Image.Resampling.LANCZOS,
    )
    whole = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    whole.paste(fitted, ((wide - fitted.width) // 2, (high - fitted.height) // 2))
    return whole


def _picture(shop: Workshop, one: Picture) -> Image.Image:
    width, height = one.box[2:]
    picture = _opened(shop.folder / one.picture, one.crop)
    if one.frame == "none":
        return _filled(picture, (width, height))
    bar = BAR if one.frame == "browser" else 0
    framed = panel(shop, (width, height), "surface", "edge")
    inner = _filled(picture, (width - 2 * LINE, height - 2 * LINE - bar))
    framed.alpha_composite(inner, (LINE, LINE + bar))
    if bar:
        framed.alpha_composite(panel(shop, (width - 24, bar - 12), "paper"), (12, 9))
        told = lettered(shop.look, one.address or " ", capitals=24, width=width - 60)
        framed.alpha_composite(told, (30, round(9 + (bar - 12 - told.height) / 2)))
    return framed


def _shape(shop: Workshop, one: Shape) -> Image.Image:
    large = Image.new("RGBA", (FRAME[0] * 2, FRAME[1] * 2), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    points = [(x * 2, y * 2) for x, y in one.points]
    fill = shop.colour(one.fill) if one.fill else None
    line = shop.colour(one.line) if one.line else None
    width = max(1, round(one.width * 2))
    (x, y), (right, bottom) = points[0], points[-1]
    around = (min(x, right), min(y, bottom), max(x, right), max(y, bottom))
    if one.shape == "box":
        pen.rounded_rectangle(around, RADIUS * 2, fill=fill, outline=line, width=width)
    elif one.shape == "ellipse":
        pen.ellipse(around, fill=fill, outline=line, width=width)
    elif one.shape == "polygon":
        pen.polygon(points, fill=fill, outline=line, width=width)
    else:
        pen.line(points, fill=line, width=width, joint="curve")
        if one.shape == "arrow":
            _head(pen, points[-2], points[-1], width, line or shop.colour("edge"))
    return large.resize(FRAME, Image.Resampling.LANCZOS)


def _head(
    pen: ImageDraw.ImageDraw,
    before: tuple[float, float],
    tip: tuple[float, float],
    width: int,
    colour: str,
) -> None:
    turn = math.atan2(tip[1] - before[1], tip[0] - before[0])
    size = width * 4
    sides = [(tip[0] + size * math.cos(turn + a), tip[1] + size * math.sin(turn + a)) for a in (0, 2.5, -2.5)]
    pen.polygon(sides, fill=colour)
