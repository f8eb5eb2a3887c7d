"""Builds the instruction clips from pictures of the kiosk's own screens.

    python main.py tour --out tour && python media/clips/build.py --pictures tour

A clip is told by ``<clip>.storyboard.toml``: a title and scenes, each with the picture of a screen (one
of the tour's visit), how long it stays, the caption and, when something is to be touched, where. Written
beside it: ``<clip>.webm`` (VP9, 12 frames a second), ``<clip>.vtt`` (captions, WebVTT), ``<clip>.jpg``
(poster) and the list of all clips, ``clips.toml``.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import tomli_w
from PIL import Image, ImageDraw, ImageOps

HERE = Path(__file__).resolve().parent
SIZE = (720, 1280)
FRAMES_PER_SECOND = 12
FADE_SECONDS = 0.5
LACQUER = (163, 32, 29)
PAPER = (247, 241, 229)


@dataclass(frozen=True)
class Scene:
    """One picture, its seconds on screen, its caption, and the point to touch in fractions of the picture."""

    picture: str
    seconds: float
    caption: str
    touch: tuple[float, float] | None


def read_storyboard(path: Path) -> tuple[str, list[Scene]]:
    """Title and scenes of a storyboard. Raises ``KeyError`` or ``TOMLDecodeError`` for anything else."""
    board = tomllib.loads(path.read_text(encoding="utf-8"))
    scenes = [
        Scene(
            picture=scene["picture"],
            seconds=float(scene["seconds"]),
            caption=scene["caption"],
            touch=(scene["touch"][0], scene["touch"][1]) if "touch" in scene else None,
        )
        for scene in board["scene"]
    ]
    return board["title"], scenes


def captions(scenes: list[Scene]) -> str:
    """The scenes' captions as WebVTT (W3C WebVTT §4)."""
    lines, start = ["WEBVTT", ""], 0.0
    for scene in scenes:
        end = start + scene.seconds
        lines += [f"{_clock(start)} --> {_clock(end)}", scene.caption, ""]
        start = end
    return "\n".join(lines)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02d}:{rest:06.3f}"


def _with_finger(picture: Image.Image, touch: tuple[float, float], moment: float) -> Image.Image:
    """The picture with a ring closing on the point to touch; ``moment`` runs from 0 to 1 within the scene."""
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn, "RGBA")
    x, y = touch[0] * SIZE[0], touch[1] * SIZE[1]
    pulse = 0.5 + 0.5 * math.cos(moment * math.tau * 3)
    radius = 38 + 26 * pulse
    for size, width, colour in ((radius + 5, 19, (*PAPER, 255)), (radius, 9, (*LACQUER, 255))):
        pen.ellipse((x - size, y - size, x + size, y + size), outline=colour, width=width)
    for size, colour in ((23, (*PAPER, 255)), (18, (*LACQUER, 255))):  # light round red: seen on a red button
        pen.ellipse((x - size, y - size, x + size, y + size), fill=colour)
    return drawn


def _still(path: Path) -> Image.Image:
    """The picture as large as the frame allows, on paper colour: the ceiling's picture is a wide one."""
    with Image.open(path) as picture:
        return ImageOps.pad(picture.convert("RGB"), SIZE, Image.Resampling.LANCZOS, color=PAPER)


def _encode(scenes: list[Scene], pictures: Path, file: Path) -> None:
    encoder = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}",
         "-r", str(FRAMES_PER_SECOND), "-i", "-", "-c:v", "libvpx-vp9", "-crf", "40", "-b:v", "0",
         "-row-mt", "1", "-pix_fmt", "yuv420p", "-g", str(FRAMES_PER_SECOND * 5),
         "-fflags", "+bitexact", str(file)],
        stdin=subprocess.PIPE,
    )  # fmt: skip
    assert encoder.stdin is not None  # noqa: S101 - Popen was asked for it
    before: Image.Image | None = None
    for scene in scenes:
        still = _still(pictures / f"{scene.picture}.png")
        count = round(scene.seconds * FRAMES_PER_SECOND)
        fading = round(FADE_SECONDS * FRAMES_PER_SECOND)
        frame = still
        for number in range(count):
            # The finger comes when the caption has been read, so eyes and hand are not asked for at once.
            frame = still
            if scene.touch and number >= count // 2:
                frame = _with_finger(still, scene.touch, (number - count // 2) / (count - count // 2))
            if before is not None and number < fading:
                frame = Image.blend(before, frame, (number + 1) / (fading + 1))
            encoder.stdin.write(frame.tobytes())
        before = frame
    encoder.stdin.close()
    if encoder.wait():
        raise SystemExit(f"ffmpeg could not write {file.name}")


def build(name: str, pictures: Path) -> dict[str, object]:
    """Write the files of one clip; returns its entry of the manifest."""
    title, scenes = read_storyboard(HERE / f"{name}.storyboard.toml")
    video = HERE / f"{name}.webm"
    _encode(scenes, pictures, video)
    (HERE / f"{name}.vtt").write_text(captions(scenes), encoding="utf-8")
    poster = _still(pictures / f"{scenes[0].picture}.png").resize((SIZE[0] // 2, SIZE[1] // 2))
    poster.save(HERE / f"{name}.jpg", quality=80)
    return {
        "id": name,
        "title": title,
        "seconds": round(sum(scene.seconds for scene in scenes)),
        "poster": f"{name}.jpg",
    }


def main() -> None:
    """Build every clip that has a storyboard and write the list of them."""
    parser = argparse.ArgumentParser(description="Builds the instruction clips from pictures of the kiosk.")
    parser.add_argument(
        "--pictures", type=Path, required=True, help="folder of PNG files, as `main.py tour` writes it"
    )
    pictures = parser.parse_args().pictures
    names = sorted(path.name.removesuffix(".storyboard.toml") for path in HERE.glob("*.storyboard.toml"))
    entries = [build(name, pictures) for name in names]
    (HERE / "clips.toml").write_text(tomli_w.dumps({"clip": entries}), encoding="utf-8")


if __name__ == "__main__":
    main()
