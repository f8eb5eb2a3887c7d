"""What a storyboard may say, and its mistakes named by file, line and scene.

The frame is 1280 × 720; every place is in its pixels, from the upper left. ``from`` and ``until`` count the
spoken lines of the scene, from 1: a thing appears as its line begins.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    model_validator,
)

from kiosk.clip_library import ID, PROCEDURE
from kiosk.processes.clip_making.yaml_lines import Lines, YamlError, read_yaml

FRAME = (1280, 720)
CAPITALS_LEAST = FRAME[1] / 30  # pixels: legible across a lobby's kiosk

Role = Literal[
    "paper", "surface", "surface_pressed", "ink", "ink_quiet", "hairline", "edge", "lacquer", "on_lacquer",
    "jade", "jade_ground", "amber", "amber_ground", "dark", "on_dark",
]  # fmt: skip
Weight = Literal["regular", "semibold", "bold"]


class StoryboardError(ValueError):
    """A storyboard cannot be used; ``problems`` are finished lines: file, line, scene, what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _spoken(text: str) -> str:
    found = re.search(r"\d", text)
    if found:
        raise ValueError("numbers are spoken as words (“hai nghìn đồng”); put digits into “caption” instead")
    return text


def _by_language(value: object) -> object:
    return {"vi": value} if isinstance(value, str) else value


def _in_frame(point: tuple[float, float]) -> tuple[float, float]:
    if not (0 <= point[0] <= FRAME[0] and 0 <= point[1] <= FRAME[1]):
        raise ValueError(f"{list(point)} lies outside the frame of {FRAME[0]} × {FRAME[1]}")
    return point


def _box_in_frame(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x, y, width, height = box
    if x < 0 or y < 0 or width < 8 or height < 8 or x + width > FRAME[0] or y + height > FRAME[1]:
        raise ValueError(f"{list(box)} (x, y, width, height) does not lie in the frame of 1280 × 720")
    return box


def _crop_of(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x, y, width, height = box
    if x < 0 or y < 0 or width < 0.02 or height < 0.02 or x + width > 1.001 or y + height > 1.001:
        raise ValueError(f"{list(box)} (x, y, width, height) must be parts of the picture, from 0 to 1")
    return box


Text = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_nfc)]
Texts = Annotated[dict[str, Text], BeforeValidator(_by_language)]
Point = Annotated[tuple[float, float], AfterValidator(_in_frame)]
Box = Annotated[tuple[float, float, float, float], AfterValidator(_box_in_frame)]
Crop = Annotated[tuple[float, float, float, float], AfterValidator(_crop_of)]
Capitals = Annotated[float, Field(ge=CAPITALS_LEAST, le=200)]
FileName = Annotated[str, Field(pattern=r"^[^/\\][^\\]*$", max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Shown(_Part):
    begins: int = Field(1, alias="from", ge=1)
    until: int | None = Field(None, ge=1)


class Words(_Shown):
    """Text on the ground. ``capitals``: their height in pixels."""

    words: Text
    at: Point
    width: float = Field(1160, gt=20, le=1280)
    capitals: Capitals = 30
    weight: Weight = "regular"
    colour: Role = "ink"
    align: Literal["left", "center", "right"] = "left"


class Card(_Shown):
    """A card with words, and an icon above or beside them."""

    card: Text
    box: Box
    note: Text | None = None
    icon: str | None = None
    capitals: Capitals = 30
    weight: Weight = "semibold"
    colour: Role = "ink"
    ground: Role = "surface"


class Row(_Part):
    """One row of a list; it comes with the spoken line of its own number unless ``from`` says another."""

    row: Text
    note: Text | None = None
    icon: str | None = None
    number: str | None = Field(None, max_length=2)
    begins: int | None = Field(None, alias="from", ge=1)


class Rows(_Shown):
    """Cards one under the other, filling ``box``."""

    rows: tuple[
        Annotated[Row, BeforeValidator(lambda row: {"row": row} if isinstance(row, str) else row)], ...
    ] = Field(min_length=1, max_length=5)
    box: Box = (60, 130, 1160, 550)
    capitals: Capitals = 38


class Icon(_Shown):
    """A drawing of the set (or of this storyboard's ``icons``), ``size`` pixels wide and high."""

    icon: str
    at: Point
    size: float = Field(220, ge=24, le=720)
    colour: Role = "ink"


class Screen(_Shown):
    """A picture of the kiosk's own screen by its name in the gallery; ``crop`` in parts of the picture."""

    screen: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    box: Box = (0, 0, 1280, 720)
    crop: Crop | None = None


class Picture(_Shown):
    """A picture from a file beside the storyboard, e.g. of the portal's page (``frame: browser``)."""

    picture: FileName
    box: Box = (60, 120, 1160, 520)
    crop: Crop | None = None
    frame: Literal["none", "card", "browser"] = "card"
    address: str = Field("", max_length=60)


class Shape(_Shown):
    """A plain form. ``points``: two corners of a box or an ellipse, the ends of a line or an arrow."""

    shape: Literal["box", "ellipse", "line", "arrow", "polygon"]
    points: tuple[Point, ...] = Field(min_length=2, max_length=40)
    fill: Role | None = None
    line: Role | None = "edge"
    width: float = Field(4, gt=0, le=60)


_KINDS: dict[str, type[_Shown]] = {
    "words": Words, "card": Card, "rows": Rows, "icon": Icon, "screen": Screen, "picture": Picture,
    "shape": Shape,
}  # fmt: skip


def _kind(value: Any) -> str | None:
    if isinstance(value, _Shown):
        return next(name for name, kind in _KINDS.items() if type(value) is kind)
    if not isinstance(value, dict):
        return None
    names = [
        name for name in ("card", "words", "rows", "screen", "picture", "shape", "icon") if name in value
    ]
    return names[0] if names else None


Element = Annotated[
    Annotated[Words, Tag("words")]
    | Annotated[Card, Tag("card")]
    | Annotated[Rows, Tag("rows")]
    | Annotated[Icon, Tag("icon")]
    | Annotated[Screen, Tag("screen")]
    | Annotated[Picture, Tag("picture")]
    | Annotated[Shape, Tag("shape")],
    Discriminator(
        _kind,
        custom_error_type="element",
        custom_error_message=f"needs one of {', '.join(_KINDS)}",
    ),
]


class Line(_Part):
    """One spoken sentence: by the voice (``say``) or from a file (``recorded``). ``caption`` is what is read;
    without it what is said. ``pause``: seconds of quiet after it.
    """

    say: Annotated[Text, AfterValidator(_spoken)] | None = None
    recorded: FileName | None = None
    caption: Texts | None = None
    pause: float = Field(0.4, ge=0, le=10)

    @model_validator(mode="after")
    def _one_source(self) -> Line:
        if (self.say is None) == (self.recorded is None):
            raise ValueError("a line needs either “say” or “recorded”")
        if self.recorded is not None and "vi" not in (self.caption or {}):
            raise ValueError("a recorded line needs its “caption” in Vietnamese")
        return self

    @property
    def captions(self) -> dict[str, str]:
        """What is read, by language."""
        return {**({"vi": self.say} if self.say else {}), **(self.caption or {})}


class Highlight(_Shown):
    """A frame drawn round something."""

    highlight: Box


class Pointer(_Part):
    """A hand that comes with line ``from``, moves to ``at`` and, with ``tap``, presses."""

    at: Point
    begins: int = Field(1, alias="from", ge=1)
    after: float = Field(0.3, ge=0, le=60)
    tap: bool = True


class Zoom(_Part):
    """From line ``from`` on the frame shows ``box`` of itself; 16:9 is kept."""

    zoom: Box
    begins: int = Field(1, alias="from", ge=1)


def _line(value: object) -> object:
    return {"say": value} if isinstance(value, str) else value


class Scene(_Part):
    """One scene: what is shown and what is said; it lasts as long as its lines, at least ``seconds``."""

    name: str = Field("", max_length=60)
    heading: Text | None = None
    show: tuple[Element, ...] = ()
    lines: tuple[Annotated[Line, BeforeValidator(_line)], ...] = ()
    pointers: tuple[Pointer, ...] = ()
    highlights: tuple[Highlight, ...] = ()
    zooms: tuple[Zoom, ...] = ()
    seconds: float = Field(0, ge=0, le=600)

    @model_validator(mode="after")
    def _whole(self) -> Scene:
        if not self.lines and self.seconds < 1:
            raise ValueError("a scene needs lines, or seconds (at least 1)")
        last = max(1, len(self.lines))
        begins = [part.begins for part in (*self.show, *self.pointers, *self.highlights, *self.zooms)]
        begins += [row.begins or 1 for one in self.show if isinstance(one, Rows) for row in one.rows]
        if max(begins, default=1) > last:
            raise ValueError(f"“from: {max(begins)}”, but the scene has {last} line(s)")
        return self


class Voice(_Part):
    """Who speaks: a voice of espeak-ng and its words a minute."""

    name: str = "vi"
    words_per_minute: int = Field(135, ge=80, le=250)


class Storyboard(_Part):
    """A whole clip. ``order``: where it stands in the list, small first."""

    id: str
    title: Texts
    topic: Texts
    procedures: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None
    order: int = 100
    voice: Voice = Field(default_factory=lambda: Voice(words_per_minute=135))
    poster: int = Field(1, ge=1)
    icons: dict[str, list[dict[str, Any]]] = {}
    scenes: tuple[Scene, ...] = Field(min_length=1, max_length=60)

    @model_validator(mode="after")
    def _whole(self) -> Storyboard:
        if not ID.fullmatch(self.id):
            raise ValueError("id: small letters without accents, digits and hyphens only")
        for code in self.procedures:
            if not PROCEDURE.fullmatch(code):
                raise ValueError(f"procedures: “{code}” is no code of a procedure, like 1.001193")
        if "vi" not in self.title or "vi" not in self.topic:
            raise ValueError("title and topic need their Vietnamese words")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("valid_until lies before valid_from")
        if self.poster > len(self.scenes):
            raise ValueError(f"poster: there is no scene {self.poster}")
        if not any(scene.lines for scene in self.scenes):
            raise ValueError("nothing is said in any scene")
        return self

    @property
    def languages(self) -> tuple[str, ...]:
        """Vietnamese, and every language that each line has a caption in."""
        lines = [line.captions for scene in self.scenes for line in scene.lines]
        others = set(lines[0]) - {"vi"}
        return ("vi", *sorted(name for name in others if all(name in line for line in lines)))


def load_storyboard(path: Path) -> Storyboard:
    """The storyboard in ``path``. Raises ``StoryboardError`` with every mistake found."""
    try:
        content, lines = read_yaml(path)
    except YamlError as error:
        raise StoryboardError(error.problems) from error
    if not isinstance(content, dict):
        raise StoryboardError([f"{path.name}:1: a storyboard begins with id, title, topic, scenes"])
    try:
        return Storyboard.model_validate({"id": path.stem, **content})
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A list whose items are wrong is also told to be too short: that would only confuse.
        real = [one for one in found if one["type"] != "too_short" or len(found) == 1]
        told = [_told(path, one, content, lines) for one in real or found]
        raise StoryboardError(told) from error


def scene_place(path: Path, number: int, scene: Scene, line: int | None = None) -> str:
    """How a scene is named in an error: ``birth.yaml: scene 3 (papers)``."""
    name = f" ({scene.name})" if scene.name else ""
    return f"{path.name}{f':{line}' if line else ''}: scene {number}{name}"


def _told(path: Path, error: Any, content: dict[str, Any], lines: Lines) -> str:
    place = tuple(error["loc"])
    line = lines.of(place)
    why = error["msg"].removeprefix("Value error, ")
    kept = [str(part) for part in place if part not in _KINDS or part == place[-1]]
    if place[:1] == ("scenes",) and len(place) > 1 and isinstance(place[1], int):
        scenes = content.get("scenes")
        scene = scenes[place[1]] if isinstance(scenes, list) and place[1] < len(scenes) else {}
        name = scene.get("name") if isinstance(scene, dict) else None
        what = ".".join(kept[2:])
        told = f"scene {place[1] + 1}{f' ({name})' if name else ''}"
        return f"{path.name}:{line}: {told}: {what + ': ' if what else ''}{why}"
    what = ".".join(kept)
    return f"{path.name}:{line}: {what + ': ' if what else ''}{why}"
