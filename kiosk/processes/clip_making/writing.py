"""Writes a clip's folder: video, captions, transcript, poster, and last its manifest; all or nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from PIL import Image

from kiosk.clip_library import MANIFEST, ClipFile, ClipManifest, FileKind
from kiosk.processes.clip_making.programs import ProgramError, complaint, levelling, loudness

FORMATS = ("mp4", "webm")
POSTER_SIZE = (640, 360)


@dataclass(frozen=True)
class Pictures:
    """Raw frames: RGB, ``size`` pixels, ``rate`` a second."""

    frames: Iterable[bytes]
    size: tuple[int, int]
    rate: int


def encode(pictures: Pictures, sound: Path, folder: Path, formats: Iterable[str]) -> list[Path]:
    """The frames with their sound at −23 LUFS as ``clip.mp4`` (H.264, AAC) or ``clip.webm`` (VP9, Opus).

    Raises ``ProgramError``.
    """
    level = levelling(loudness(sound))
    size = f"{pictures.size[0]}x{pictures.size[1]}"
    command = [
        *("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size),
        *("-r", str(pictures.rate), "-i", "-", "-i", str(sound)),
    ]
    files = [folder / f"clip.{name}" for name in formats]
    for file in files:
        command += [*_codecs(file.suffix, pictures.rate), "-af", f"{level},aresample=48000", "-ac", "1"]
        command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", str(file)]
    try:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    except FileNotFoundError as error:
        raise ProgramError("ffmpeg is not installed") from error
    if child.stdin is None or child.stderr is None:
        raise ProgramError("ffmpeg has no pipe")
    try:
        for frame in pictures.frames:
            child.stdin.write(frame)
        child.stdin.close()
    except BrokenPipeError:
        pass  # its exit status and its words tell why
    told = child.stderr.read()
    if child.wait() != 0:
        raise ProgramError(f"ffmpeg could not write {files[0].name}: {complaint(told)}")
    return files


def _codecs(ending: str, rate: int) -> list[str]:
    keys = str(rate * 8)  # a picture to start from every eight seconds: a step of ten seconds is quick
    if ending == ".mp4":
        return [
            *("-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "medium", "-crf", "28"),
            *("-tune", "animation", "-profile:v", "high", "-pix_fmt", "yuv420p", "-g", keys),
            *("-movflags", "+faststart", "-c:a", "aac", "-b:a", "40k"),
        ]
    return [
        *("-map", "0:v", "-map", "1:a", "-c:v", "libvpx-vp9", "-crf", "38", "-b:v", "0", "-row-mt", "1"),
        *("-pix_fmt", "yuv420p", "-g", keys, "-c:a", "libopus", "-b:a", "32k"),
    ]


def save_poster(picture: Image.Image, folder: Path) -> None:
    """The clip's picture for the list, as ``poster.jpg``."""
    small = picture.convert("RGB")
    small.thumbnail(POSTER_SIZE, Image.Resampling.LANCZOS)
    small.save(folder / "poster.jpg", quality=82, optimize=True)


@contextmanager
def new_folder(out: Path, name: str) -> Iterator[Path]:
    """A folder to write a clip into; it takes the place ``out/name`` when everything went well."""
    out.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=out))
    made.chmod(0o755)
    old = out / f".{name}-old"
    try:
        yield made
        target = out / name
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write_manifest(clip: ClipManifest, folder: Path) -> None:
    """``clip.toml`` with size and SHA-256 of every file of the folder."""
    files = tuple(_described(path) for path in sorted(folder.iterdir()) if path.name != MANIFEST)
    values: dict[str, Any] = {
        "id": clip.id,
        "title": dict(clip.title),
        "topic": dict(clip.topic),
        "procedures": list(clip.procedures),
        "languages": list(clip.languages),
        "seconds": round(clip.seconds, 2),
        "width": clip.width,
        "height": clip.height,
        "order": clip.order,
        "origin": clip.origin,
        "made": clip.made,
    }
    for name in ("loudness", "valid_from", "valid_until"):
        if getattr(clip, name) is not None:
            values[name] = getattr(clip, name)
    values["file"] = [
        {
            "name": one.name,
            "kind": one.kind.value,
            "size": one.size,
            "sha256": one.sha256,
            **({"language": one.language} if one.language else {}),
        }
        for one in files
    ]
    path = folder / MANIFEST
    with path.open("wb") as file:
        tomli_w.dump(values, file)
        file.flush()
        os.fsync(file.fileno())


_KINDS = {
    ".mp4": FileKind.VIDEO,
    ".webm": FileKind.VIDEO,
    ".vtt": FileKind.CAPTIONS,
    ".txt": FileKind.TRANSCRIPT,
    ".jpg": FileKind.POSTER,
}


def _described(path: Path) -> ClipFile:
    kind = _KINDS[path.suffix]
    language = None
    if kind in (FileKind.CAPTIONS, FileKind.TRANSCRIPT):
        language = path.name.split(".")[-2]
    return ClipFile(path.name, kind, path.stat().st_size, checksum(path), language)


def checksum(path: Path) -> str:
    """SHA-256 of a file in hex. Raises ``OSError``."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
