"""The frames of a clip, one after the other: layers that fade in, highlights, the camera, the hand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from kiosk.processes.clip_making.drawing import DrawingError, Layer, Workshop, drawn, heading
from kiosk.processes.clip_making.narration import Narration, TimedScene
from kiosk.processes.clip_making.storyboard import FRAME, Pointer, StoryboardError, Zoom, scene_place

FRAMES_PER_SECOND = 15
FADE_SECONDS = 0.5  # from one scene to the next
APPEAR_SECONDS = 0.35
MOVE_SECONDS = 0.8
TAP_SECONDS = 0.9
HAND = 150
HAND_TIP = (0.36, 0.05)  # where the finger's tip is in its drawing
HEADING_AT = (60, 42)
BAR_HEIGHT = 10


@dataclass(frozen=True)
class _Drawn:
    timed: TimedScene
    layers: tuple[Layer, ...]


class Film:
    """Every scene drawn once; ``frames`` puts them together. Raises ``StoryboardError`` when made."""

    def __init__(self, narration: Narration, shop: Workshop, path: Path) -> None:
        self._narration = narration
        self._shop = shop
        self._hand = shop.icon("hand", HAND)
        self._paper = Image.new("RGB", FRAME, shop.colour("paper"))
        self._ring: dict[int, Image.Image] = {}
        self._scenes: list[_Drawn] = []
        problems: list[str] = []
        for number, timed in enumerate(narration.scenes, 1):
            layers: list[Layer] = []
            try:
                for element in timed.scene.show:
                    layers += drawn(shop, element)
                if timed.scene.heading:
                    layers.append(
                        Layer(heading(shop, timed.scene.heading), HEADING_AT, 1, None, timed.scene.heading)
                    )
            except DrawingError as error:
                problems.append(f"{scene_place(path, number, timed.scene)}: {error}")
            problems += [f"{scene_place(path, number, timed.scene)}: {told}" for told in _covered(layers)]
            self._scenes.append(_Drawn(timed, tuple(layers)))
        if problems:
            raise StoryboardError(problems)

    @property
    def count(self) -> int:
        """Number of frames."""
        return math.ceil(self._narration.seconds * FRAMES_PER_SECOND)

    def poster(self, scene: int) -> Image.Image:
        """The scene (from 1) with everything it shows at its end, without the hand."""
        shown = self._scenes[scene - 1]
        return self._composed(shown, shown.timed.seconds, still=True)

    def frames(self) -> Iterator[bytes]:
        """Each frame as RGB, top row first. A frame that is like the one before is not drawn again."""
        known: tuple[object, ...] = ()
        kept = b""
        before: Image.Image | None = None
        number = 0
        for place, scene in enumerate(self._scenes):
            end = math.ceil((scene.timed.start + scene.timed.seconds) * FRAMES_PER_SECOND)
            end = self.count if place == len(self._scenes) - 1 else end
            last = self._paper
            while number < end:
                moment = number / FRAMES_PER_SECOND - scene.timed.start
                fade = min(1.0, max(0.0, (moment + 1 / FRAMES_PER_SECOND) / FADE_SECONDS))
                now = (place, 1.0 if before is None else round(fade, 3), self._look_at(scene, moment))
                if now != known:
                    last = self._composed(scene, moment)
                    shown = last if before is None or fade >= 1 else Image.blend(before, last, fade)
                    kept, known = shown.tobytes(), now
                number += 1
                yield kept
            before = last

    # -- one frame -----------------------------------------------------------------------------------------

    def _look_at(self, scene: _Drawn, moment: float) -> tuple[object, ...]:
        """Everything that changes with time: equal values give equal frames."""
        return (
            tuple(round(_opacity(scene.timed, layer, moment), 2) for layer in scene.layers),
            tuple(
                moment >= scene.timed.line_start(one.begins)
                and (one.until is None or moment < scene.timed.line_end(one.until))
                for one in scene.timed.scene.highlights
            ),
            self._camera(scene.timed, moment),
            _hand(scene.timed, moment),
            round(self._progress(scene.timed, moment), 3),
        )

    def _composed(self, scene: _Drawn, moment: float, *, still: bool = False) -> Image.Image:
        timed = scene.timed
        frame = self._paper.copy()
        for layer in scene.layers:
            opacity = 1.0 if still and layer.until is None else _opacity(timed, layer, moment)
            if opacity <= 0:
                continue
            mask = layer.picture.getchannel("A")
            if opacity < 1:
                mask = mask.point([round(value * opacity) for value in range(256)])
            frame.paste(layer.picture, layer.place, mask)
        if not still:
            self._highlight(frame, timed, moment)
            self._point(frame, timed, moment)
        frame = frame if still else self._seen(frame, self._camera(timed, moment))
        self._bar(frame, 0.0 if still else self._progress(timed, moment))
        return frame

    def _highlight(self, frame: Image.Image, timed: TimedScene, moment: float) -> None:
        pen = ImageDraw.Draw(frame)
        for one in timed.scene.highlights:
            ended = one.until is not None and moment >= timed.line_end(one.until)
            if moment < timed.line_start(one.begins) or ended:
                continue
            x, y, width, height = one.highlight
            for out, colour, thick in ((4, "paper", 14), (0, "amber", 7)):
                pen.rounded_rectangle(
                    (x - out, y - out, x + width + out, y + height + out),
                    16,
                    outline=self._shop.colour(colour),
                    width=thick,
                )

    def _point(self, frame: Image.Image, timed: TimedScene, moment: float) -> None:
        x, y, opacity, tap = _hand(timed, moment)
        if opacity <= 0:
            return
        if tap > 0:
            self._tap(frame, x, y, tap)
        press = 6 * math.sin(math.pi * min(1.0, tap * 2)) if tap > 0 else 0
        place = (round(x - HAND_TIP[0] * HAND), round(y - HAND_TIP[1] * HAND + press))
        mask = self._hand.getchannel("A")
        if opacity < 1:
            mask = mask.point([round(value * opacity) for value in range(256)])
        frame.paste(self._hand, place, mask)

    def _tap(self, frame: Image.Image, x: float, y: float, tap: float) -> None:
        """A ring that opens round the finger's tip."""
        radius = round(18 + 34 * tap)
        ring = self._ring.get(radius)
        if ring is None:
            size = radius * 2 + 16
            large = Image.new("RGBA", (size * 2, size * 2), (0, 0, 0, 0))
            pen = ImageDraw.Draw(large)
            pen.ellipse((2, 2, size * 2 - 2, size * 2 - 2), outline=self._shop.colour("paper"), width=24)
            pen.ellipse((8, 8, size * 2 - 8, size * 2 - 8), outline=self._shop.colour("lacquer"), width=14)
            ring = self._ring[radius] = large.resize((size, size), Image.Resampling.LANCZOS)
        frame.paste(ring, (round(x - ring.width / 2), round(y - ring.height / 2)), ring)

    def _camera(self, timed: TimedScene, moment: float) -> tuple[float, float, float, float]:
        """The part of the frame that is seen: x, y, width, height."""
        x, y, width, height = 0.0, 0.0, float(FRAME[0]), float(FRAME[1])
        for zoom in sorted(timed.scene.zooms, key=lambda one: one.begins):
            share = _eased((moment - timed.line_start(zoom.begins) - 0.2) / (MOVE_SECONDS * 1.4))
            to = _wide(zoom)
            x, y = x + (to[0] - x) * share, y + (to[1] - y) * share
            width, height = width + (to[2] - width) * share, height + (to[3] - height) * share
        return round(x, 1), round(y, 1), round(width, 1), round(height, 1)

    @staticmethod
    def _seen(frame: Image.Image, seen: tuple[float, ...]) -> Image.Image:
        x, y, width, height = seen
        if width >= FRAME[0]:
            return frame
        return frame.resize(FRAME, Image.Resampling.BICUBIC, box=(x, y, x + width, y + height))

    def _progress(self, timed: TimedScene, moment: float) -> float:
        """How much of the clip is over, in steps of whole scenes: nothing moves without need."""
        return (timed.start + timed.seconds) / self._narration.seconds

    def _bar(self, frame: Image.Image, share: float) -> None:
        pen = ImageDraw.Draw(frame)
        top = FRAME[1] - BAR_HEIGHT
        pen.rectangle((0, top, FRAME[0], FRAME[1]), fill=self._shop.colour("hairline"))
        if share > 0:
            pen.rectangle((0, top, round(FRAME[0] * share), FRAME[1]), fill=self._shop.colour("jade"))


def _covered(layers: list[Layer]) -> Iterator[str]:
    """Words and cards that lie over each other."""
    told = [(layer, _letters(layer)) for layer in layers if layer.words]
    for place, (one, box) in enumerate(told):
        for other, around in told[place + 1 :]:
            apart = one.until is not None and one.until < other.begins
            apart = apart or (other.until is not None and other.until < one.begins)
            across = box[0] < around[2] and around[0] < box[2]
            if not apart and across and box[1] < around[3] and around[1] < box[3]:
                yield f"“{one.words}” and “{other.words}” lie over each other"


def _letters(layer: Layer) -> tuple[int, int, int, int]:
    """Where the letters of a layer are in the frame: left, top, right, bottom."""
    left, top, right, bottom = layer.picture.getbbox() or (0, 0, 0, 0)
    x, y = layer.place
    return x + left, y + top, x + right, y + bottom


def _eased(share: float) -> float:
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def _wide(zoom: Zoom) -> tuple[float, float, float, float]:
    """The zoom's box grown to 16:9 and kept inside the frame."""
    x, y, width, height = zoom.zoom
    wide = max(width, height * FRAME[0] / FRAME[1])
    high = wide * FRAME[1] / FRAME[0]
    left = min(max(0.0, x + width / 2 - wide / 2), max(0.0, FRAME[0] - wide))
    top = min(max(0.0, y + height / 2 - high / 2), max(0.0, FRAME[1] - high))
    return left, top, min(wide, float(FRAME[0])), min(high, float(FRAME[1]))


def _opacity(timed: TimedScene, layer: Layer, moment: float) -> float:
    opacity = 1.0
    if layer.begins > 1:
        opacity = (moment - timed.line_start(layer.begins)) / APPEAR_SECONDS
    if layer.until is not None:
        opacity = min(opacity, (timed.line_end(layer.until) + APPEAR_SECONDS - moment) / APPEAR_SECONDS)
    return min(1.0, max(0.0, opacity))


def _hand(timed: TimedScene, moment: float) -> tuple[float, float, float, float]:
    """Place of the finger's tip, how visible the hand is, and how far the tap is (0 to 1)."""
    pointers = sorted(timed.scene.pointers, key=lambda one: (one.begins, one.after))
    place: tuple[float, float] | None = None
    opacity = tap = 0.0
    for one in pointers:
        begins = _begins(timed, one)
        if moment < begins:
            break
        start = place or (one.at[0] + 90, one.at[1] + 130)
        share = _eased((moment - begins) / MOVE_SECONDS)
        opacity = 1.0 if place else min(1.0, (moment - begins) / APPEAR_SECONDS)
        place = (start[0] + (one.at[0] - start[0]) * share, start[1] + (one.at[1] - start[1]) * share)
        pressed = (moment - begins - MOVE_SECONDS) / TAP_SECONDS
        tap = pressed if one.tap and 0 < pressed < 1 else 0.0
    if place is None:
        return 0.0, 0.0, 0.0, 0.0
    return round(place[0], 1), round(place[1], 1), round(opacity, 2), round(tap, 2)


def _begins(timed: TimedScene, one: Pointer) -> float:
    lead = timed.lines[0].start - timed.start if timed.lines and one.begins == 1 else 0.0
    return lead + timed.line_start(one.begins) + one.after
