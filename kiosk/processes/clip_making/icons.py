"""Drawings told as shapes on a square of 100 × 100: ``media/clips/icons.yaml`` and a storyboard's own.

``line: [[x, y], …]`` · ``box: [x, y, width, height]`` (with ``radius``) · ``circle: [x, y, radius]`` ·
``arc: [x, y, radius, from, to]`` (degrees, clockwise from the right) · ``polygon: [[x, y], …]``; each with
``fill`` (a colour's role) and ``stroke`` (a role, or ``none``) and ``width``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from PIL import Image, ImageDraw
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from kiosk.clip_library import SHIPPED
from kiosk.processes.clip_making.storyboard import Role, StoryboardError
from kiosk.processes.clip_making.yaml_lines import YamlError, read_yaml

GRID = 100
FINER = 4  # drawn so many times larger, then made smaller: smooth edges

Number = Annotated[float, Field(ge=-20, le=120)]
Spot = tuple[Number, Number]


class Stroke(BaseModel):
    """One shape of an icon."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    line: tuple[Spot, ...] | None = None
    box: tuple[Number, Number, Number, Number] | None = None
    circle: tuple[Number, Number, Number] | None = None
    arc: tuple[Number, Number, Number, float, float] | None = None
    polygon: tuple[Spot, ...] | None = None
    radius: float = Field(0, ge=0, le=50)
    fill: Role | None = None
    stroke: Role | Literal["own", "none"] = "own"
    width: float = Field(5, gt=0, le=40)

    @model_validator(mode="after")
    def _one(self) -> Stroke:
        told = [self.line, self.box, self.circle, self.arc, self.polygon]
        if sum(one is not None for one in told) != 1:
            raise ValueError("a shape is one of line, box, circle, arc, polygon")
        return self


Icons = Mapping[str, tuple[Stroke, ...]]
_ADAPTER: TypeAdapter[dict[str, tuple[Stroke, ...]]] = TypeAdapter(dict[str, tuple[Stroke, ...]])


@cache
def shipped_icons() -> Icons:
    """The set that comes with the program. Raises ``StoryboardError``."""
    path = SHIPPED / "icons.yaml"
    try:
        content, _ = read_yaml(path)
    except YamlError as error:
        raise StoryboardError(error.problems) from error
    return own_icons(content, path)


def own_icons(content: Mapping[str, Any], path: Path) -> Icons:
    """Icons told in a storyboard. Raises ``StoryboardError``."""
    try:
        return _ADAPTER.validate_python(dict(content))
    except ValidationError as error:
        told = [
            f"{path.name}: icon {'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors(include_url=False)
        ]
        raise StoryboardError(told) from error


def draw_icon(strokes: tuple[Stroke, ...], size: int, own: str, colours: Mapping[str, str]) -> Image.Image:
    """The icon as a picture with transparency. ``own`` is the role of strokes without a colour."""
    large = Image.new("RGBA", (size * FINER, size * FINER), (0, 0, 0, 0))
    pen = ImageDraw.Draw(large)
    scale = size * FINER / GRID
    for one in strokes:
        line = None if one.stroke == "none" else colours[own if one.stroke == "own" else one.stroke]
        fill = colours[one.fill] if one.fill else None
        _draw(pen, one, scale, line, fill)
    return large.resize((size, size), Image.Resampling.LANCZOS)


def _draw(pen: ImageDraw.ImageDraw, one: Stroke, scale: float, line: str | None, fill: str | None) -> None:
    width = max(1, round(one.width * scale))
    if one.box is not None:
        x, y, wide, high = (value * scale for value in one.box)
        pen.rounded_rectangle(
            (x, y, x + wide, y + high), one.radius * scale, fill=fill, outline=line, width=width
        )
    elif one.circle is not None:
        x, y, radius = (value * scale for value in one.circle)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill, outline=line, width=width)
    elif one.arc is not None:
        x, y, radius = (value * scale for value in one.arc[:3])
        around = (x - radius, y - radius, x + radius, y + radius)
        pen.arc(around, one.arc[3], one.arc[4], fill=line, width=width)
    else:
        points = [(x * scale, y * scale) for x, y in one.polygon or one.line or ()]
        if one.polygon is not None:
            if fill:
                pen.polygon(points, fill=fill)
            points.append(points[0])
        if line:
            pen.line(points, fill=line, width=width, joint="curve")
            for x, y in points:  # round ends and corners
                half = width / 2
                pen.ellipse((x - half, y - half, x + half, y + half), fill=line)
